"""What pictures of surfaces are brought together with: sentences of each concept, as points."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.runtimes.loaded import Model
from faultlens.training.grammar import SOUND, read_worlds
from faultlens.training.wordings import draw_wordings

WORLD = "surface"


@dataclass(frozen=True, eq=False)
class SurfaceWords:
    """Points of the concepts in the space of the text tower.

    Args:
        concepts: keys, that of a sound surface first.
        captions: per concept (caption, dim) points of its sentences.
        means: (concept, dim) their normalised means.
    """

    concepts: tuple[str, ...]
    captions: tuple[NDArray[np.float32], ...]
    means: NDArray[np.float32]


def surface_words(tower: Model, corpus: Path, *, each: int, seed: int) -> SurfaceWords:
    """Encode sentences of every concept of the grammar of surfaces.

    Args:
        tower: the text tower.
        corpus: folder of the grammars.
        each: sentences drawn per concept and language.
        seed: of the sentences drawn.

    Raises:
        UsageError: no grammar in `corpus`.
        UnreadableFileError: a grammar is not TOML.

    Source: Radford et al., ICML 2021 (prompt ensembles).

    Example:
        >>> import tempfile
        >>> from faultlens.runtimes.loaded import load_model
        >>> tower = load_model("builtin/text")
        >>> surface_words(tower, Path(tempfile.mkdtemp()), each=2, seed=0)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No grammar (*.toml) in ...; give the folder recipes/text.
    """
    drawn: dict[str, list[str]] = {}
    worlds = [x for x in read_worlds(corpus) if x.name == WORLD]
    for wording in draw_wordings(worlds, each=each, seed=seed):
        drawn.setdefault(wording.concept.partition("/")[2], []).append(wording.sentence)
    concepts = tuple(sorted(drawn, key=lambda x: (x not in SOUND, x)))
    captions = tuple(tower.encode_text(list(dict.fromkeys(drawn[x]))) for x in concepts)
    means = np.stack([x.mean(axis=0) for x in captions])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return SurfaceWords(concepts, captions, means)
