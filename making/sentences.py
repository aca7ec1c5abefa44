"""What recordings are brought together with: wordings of each class, as points in the space."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.models.training_free import CLASSES, UNKNOWN, Families, class_of
from faultlens.runtimes.loaded import Model
from faultlens.text.knowledge import load_faults
from faultlens.training.grammar import read_worlds
from faultlens.training.wordings import draw_wordings

WORLD = "bearing"

EACH = 150
"""Wordings drawn per class and language, besides those of the knowledge base."""


@dataclass(frozen=True, eq=False)
class ClassPoints:
    """Points of the classes in the space of the text tower.

    Args:
        captions: per class (caption, dim) points of its wordings.
        prototypes: (class, dim) their normalised means, less the mean of all classes.
        outside: concept -> (dim,) the same of meanings that no class has ("lubrication").
    """

    captions: tuple[NDArray[np.float32], ...]
    prototypes: NDArray[np.float32]
    outside: dict[str, NDArray[np.float32]]


def class_points(tower: Model, corpus: Path, *, seed: int) -> ClassPoints:
    """Encode the wordings of every class, and of what lies outside them.

    Args:
        tower: the text tower.
        corpus: folder of the grammars.
        seed: of the wordings drawn.

    Raises:
        UsageError: no grammar in `corpus`.
        UnreadableFileError: a grammar is not TOML.

    Source: Radford et al., ICML 2021 (prompt ensembles); the mean of all classes is taken off,
    since what all sentences on bearings share would otherwise be most of every cosine.

    Example:
        >>> import tempfile
        >>> from faultlens.runtimes.loaded import load_model
        >>> class_points(load_model("builtin/text"), Path(tempfile.mkdtemp()), seed=0)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No grammar (*.toml) in ...; give the folder recipes/text.
    """
    drawn: dict[str, list[str]] = {}
    worlds = [x for x in read_worlds(corpus) if x.name == WORLD]
    for wording in draw_wordings(worlds, each=EACH, seed=seed):
        drawn.setdefault(wording.concept.partition("/")[2], []).append(wording.sentence)
    faults = {class_of(x) if x.families else (): x for x in load_faults()}
    sayings = {
        families: [*drawn.pop(fault.key), *fault.sayings()] for families, fault in faults.items()
    }
    sayings[UNKNOWN] = drawn.pop("unknown")
    captions = tuple(tower.encode_text(list(dict.fromkeys(sayings[x]))) for x in CLASSES)
    means = np.stack([_unit(x.mean(axis=0)) for x in captions])
    shared = means.mean(axis=0)
    outside = {key: tower.encode_text(sentences) for key, sentences in sorted(drawn.items())}
    return ClassPoints(
        captions=captions,
        prototypes=np.stack([_unit(x - shared) for x in means]),
        outside={key: _unit(_unit(x.mean(axis=0)) - shared) for key, x in outside.items()},
    )


def class_key(families: Families) -> str:
    """The name of a class in a manifest.

    Args:
        families: those of a class, in its order; none for healthy.

    Example:
        >>> class_key(("inner", "ball")), class_key(())
        ('inner+ball', 'healthy')
    """
    return "+".join(families) or "healthy"


def _unit(point: NDArray[np.float32]) -> NDArray[np.float32]:
    scaled: NDArray[np.float32] = (point / np.linalg.norm(point)).astype(np.float32)
    return scaled
