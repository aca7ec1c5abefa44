"""What patches of scans are brought together with: sentences of each kind, as points."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.scan_question import sentence_points
from faultlens.text.defect_sentences import AskedDefect, understood_defect, understood_defects
from faultlens.text.defects import defect
from faultlens.text.scan_shapes import load_shapes, scan_defects, shape_of
from faultlens.training.grammar import read_worlds
from faultlens.training.wordings import draw_wordings
from making.scan_material import KINDS

WORLD = "surface"

NONE = "none"
"""Table of free wordings that mean no kind."""

CONCEPTS = {
    "dent": ("dent",),
    "scratch": ("scratch",),
    "pit": ("pitting", "corrosion"),
    "crack": ("crack",),
    "protrusion": ("burr",),
}
"""Kind -> concepts of the grammar of surfaces whose sentences mean it."""

CARRIERS = (
    "{}", "{} on the surface", "{} on the part", "there is {}", "{}, clearly", "表面有{}", "{}",
)  # fmt: skip
"""Around sayings that the grammar does not have."""


def scan_sentences(corpus: Path, *, each: int, seed: int) -> dict[str, list[str]]:
    """Sentences of every kind, from the grammar and the knowledge base.

    Args:
        corpus: folder of the grammars of wordings.
        each: sentences drawn per concept and language.
        seed: of the sentences drawn.

    Returns:
        kind -> sentences, all different.

    Raises:
        UsageError: no grammar in `corpus`.

    Example:
        >>> found = scan_sentences(Path("recipes/text"), each=3, seed=0)
        >>> list(found) == list(KINDS), "weld spatter" in found["protrusion"]
        (True, True)
    """
    drawn: dict[str, list[str]] = {}
    worlds = [x for x in read_worlds(corpus) if x.name == WORLD]
    for wording in draw_wordings(worlds, each=each, seed=seed):
        drawn.setdefault(wording.concept.partition("/")[2], []).append(wording.sentence)
    found = {}
    for kind in KINDS:
        said = [x for concept in CONCEPTS[kind] for x in drawn[concept]]
        for key in load_shapes()[kind].keys:
            for saying in defect(key, scan_defects()).sayings():
                latin = saying.isascii()
                said += [x.format(saying) for x in CARRIERS if x.isascii() == latin]
        found[kind] = list(dict.fromkeys(said))
    return found


def scan_captions(tower: Model, sentences: dict[str, list[str]]) -> list[NDArray[np.float32]]:
    """The points of sentences, as a question would have them.

    Args:
        tower: the text tower.
        sentences: kind -> sentences, of `scan_sentences`.

    Returns:
        per kind (sentence, dim) unit rows.

    Raises:
        BundleError: the text tower is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> said = {x: [x] for x in KINDS}
        >>> scan_captions(load_model("builtin/text"), said)[0].shape
        (1, 256)
    """
    return [sentence_points(list(_understood(sentences[kind], kind)), tower) for kind in KINDS]


def free_wordings(tower: Model, path: Path) -> list[NDArray[np.float32]]:
    """The points of sentences in free wording, by which the model is calibrated.

    Args:
        tower: the text tower.
        path: TOML file, a table per kind and one of sentences that mean none of them.

    Returns:
        per kind (sentence, dim) unit rows; last, those that mean none.

    Raises:
        OSError: the file cannot be read.
        BundleError: the text tower is damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> len(free_wordings(load_model("builtin/text"), Path("recipes/scan_wordings.toml")))
        6
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        sentence_points(understood_defects([*said["en"], *said["zh"]], scan_defects()), tower)
        for said in (table[x] for x in (*KINDS, NONE))
    ]


def _understood(sentences: Iterable[str], kind: str) -> Iterable[AskedDefect]:
    """Those that ask for something, and for no other shape."""
    for sentence in sentences:
        try:
            asked = understood_defect(sentence, scan_defects())
        except UsageError:
            continue  # states what cannot be measured
        shape = shape_of(asked)
        if not asked.means_no_defect and (shape is None or shape.name == kind):
            yield asked
