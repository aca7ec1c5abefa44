"""The classes of a training on pictures: the user's own labels, and what the renderer draws."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import FaultlensError
from faultlens.datasets.pictures.captions import embedded
from faultlens.datasets.pictures.picture import NO_DEFECT
from faultlens.images.simulator.concepts import CLEAN, CONCEPTS
from faultlens.runtimes.loaded import Model
from faultlens.text.defect_sentences import understood_defect
from faultlens.text.defects import Defect
from faultlens.training.class_sentences import class_sentences, sentence_features
from faultlens.training.surface.experiment import PictureText
from faultlens.training.surface.words import SurfaceWords

MOST_SAID = 200
"""Captions of one class that are drawn from; more are hardly different."""


@dataclass(frozen=True)
class PictureClasses:
    """What pictures are told apart by.

    Args:
        names: labels in words; `NO_DEFECT` first.
        concepts: of each, the key of the renderer that draws it; None for what it cannot.
    """

    names: tuple[str, ...]
    concepts: tuple[str | None, ...]

    @property
    def drawn(self) -> dict[str, int]:
        """Key of the renderer -> class, of all that can be drawn, that of a sound surface first."""
        return {x: i for i, x in enumerate(self.concepts) if x is not None}


def picture_classes(labels: Iterable[str], *, with_rendered: bool) -> PictureClasses:
    """The labels, and where pictures are rendered, all that the renderer draws besides.

    What two labels both mean (a weld crack and a weld pore are weld defects to the renderer) is not
    drawn: it would be wrong for one of them.

    Args:
        labels: of the user's own pictures.
        with_rendered: whether rendered pictures are learned along.

    Example:
        >>> own = picture_classes(["pitted surface", "purple slime"], with_rendered=False)
        >>> own.names, own.concepts
        (('no defect', 'pitted surface', 'purple slime'), ('no_defect', 'pitting', None))
    """
    own = sorted(set(labels) - {NO_DEFECT})
    known = {x: _drawable(x) for x in own}
    often = Counter(known.values())
    table: dict[str, str | None] = {NO_DEFECT: CLEAN}
    table |= {x: known[x] if often[known[x]] == 1 else None for x in own}
    if with_rendered:
        table |= {CONCEPTS[x].name.en: x for x in CONCEPTS if not often[x]}
    return PictureClasses(tuple(table), tuple(table.values()))


def picture_words(
    classes: PictureClasses,
    captions: Mapping[str, Sequence[str]],
    text: PictureText,
    tower: Model,
) -> SurfaceWords:
    """What is said of each class, as points: its names make the mean, captions are drawn as well.

    Args:
        classes: what pictures are told apart by.
        captions: class -> captions of its pictures.
        text: prompts, and whether the knowledge base is asked.
        tower: the text model.

    Raises:
        UsageError: a prompt without its gap.

    Source: Radford et al., ICML 2021, section 3.1.4 (prompt ensembles).

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> own = picture_classes(["crack"], with_rendered=False)
        >>> words = picture_words(own, {"crack": ["a crack along the weld"]},
        ...                       PictureText(("{}",), knowledge=False), load_model("builtin/text"))
        >>> [len(x) for x in words.captions]
        [1, 2]
    """
    plain = class_sentences(classes.names, text.prompts)
    named = [
        tuple(dict.fromkeys([*said, *(_sayings(name) if text.knowledge else ())]))
        for name, said in zip(classes.names, plain, strict=True)
    ]
    told = [
        tuple(dict.fromkeys([*said, *embedded(dict.fromkeys(captions.get(name, ())))]))[
            : len(said) + MOST_SAID
        ]
        for name, said in zip(classes.names, named, strict=True)
    ]
    every = list(dict.fromkeys(x for each in told for x in each))
    rows = dict(zip(every, tower.encode_text(every), strict=True))

    def points(sentences: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([rows[x] for x in sentences])

    means = sentence_features(named, points).prototypes
    drawn = sentence_features(told, points).captions
    return SurfaceWords(classes.names, tuple(drawn), means)


def _drawable(label: str) -> str | None:
    known = _known(label)
    return known.concept if known is not None and known.concept in CONCEPTS else None


def _sayings(label: str) -> tuple[str, ...]:
    known = _known(label)
    if known is None:
        return ()
    names = (known.names.en, known.names.zh, *known.synonyms.en, *known.synonyms.zh)
    return (*names, *known.prompts_basic.en, *known.prompts_basic.zh)


def _known(label: str) -> Defect | None:
    try:
        return understood_defect(label).defect
    except FaultlensError:
        return None
