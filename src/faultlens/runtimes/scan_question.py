"""What is asked of a scan: sentences understood, and placed in the space of a model's words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.surface_scores import ensemble, without_directions
from faultlens.text.defect_sentences import AskedDefect, understood_defects
from faultlens.text.defects import Defect, defect
from faultlens.text.scan_shapes import SCAN_DEFECTS, scan_defects, shape_of
from faultlens.text.spelling import plain

UNKNOWN = "unknown"
"""Label of what no sentence fits; the user's own sentences keep off it."""

OWN_WORDS = 2
"""How often the user's own words count beside the names of the defect that they mean, as for
pictures (see `runtimes.defect_question`)."""

WEIGHTS = 3
"""Of the user's own words and of those names together."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ScanQuestion:
    """What is asked of scans.

    Args:
        asked: each defect asked for, in the order given; its sizes are conditions, not embedded.
        sound: the user's own words for "no defect"; empty where they have none.
        points: (sentence, dim) of `asked`, unit rows.
        reliefs: which way each goes, "depression" or "protrusion"; None where it does not say.
        notices: sentences that nobody knows, and the like.
    """

    asked: tuple[AskedDefect, ...]
    sound: tuple[str, ...]
    points: Floats = field(repr=False)
    reliefs: tuple[str | None, ...]
    notices: tuple[Notice, ...] = ()


def scan_question(defects: Sequence[str] | None, *, model: Model, lang: str = "en") -> ScanQuestion:
    """Understand what is asked for, and place it in the space of a model's words.

    A size with a number in a sentence ("deeper than 0.2 mm") is a condition of `asked` and not
    embedded. An adjective ("deep", "wide") states no size: "deep scratch" asks for a scratch.

    Args:
        defects: sentences, English or Chinese; None for `text.scan_shapes.SCAN_DEFECTS`.
        model: of the kind "scan".
        lang: language of the labels where none is given: "en" or "zh".

    Raises:
        UsageError: no sentence, too many, twice the same, or one that says nothing.
        BundleError: the text tower is missing, another, or damaged.

    Example:
        >>> scan_question(["crack", " "], model=None)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Sentence 2 is empty; ...
    """
    if isinstance(defects, str):
        raise UsageError(
            f"defects is the text '{defects}'; give a list of sentences, such as ['{defects}']."
        )
    if defects is None:
        defects = [x[0 if lang == "en" else 1] for x in SCAN_DEFECTS]
    everything = understood_defects(list(defects), scan_defects())
    if any(plain(x.label) == UNKNOWN for x in everything):
        raise UsageError(f"'{UNKNOWN}' stands in every result; leave it out.")
    asked = tuple(x for x in everything if not x.means_no_defect)
    if not asked:
        raise UsageError(
            "Every sentence means that nothing is wrong; name one defect at least, such as 'dent'."
        )
    shapes = [shape_of(x) for x in asked]
    return ScanQuestion(
        asked=asked,
        sound=tuple(x.label for x in everything if x.means_no_defect),
        points=sentence_points(asked, model),
        reliefs=tuple(None if x is None else x.relief for x in shapes),
        notices=tuple(
            _unknown(x)
            for x, shape in zip(asked, shapes, strict=True)
            if x.defect is None and shape is None
        ),
    )


def sentence_points(asked: Sequence[AskedDefect], model: Model) -> Floats:
    """The points of sentences: their own words, the names of what they mean, less what they deny.

    Args:
        asked: at least one.
        model: with the text tower `builtin/text`, or that tower.

    Returns:
        (sentence, dim) unit rows.

    Raises:
        BundleError: the text tower is missing, another, or damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> said = understood_defects(["bump", "weld spatter", "dent"], scan_defects())
        >>> bump, spatter, dent = sentence_points(said, load_model("builtin/text"))
        >>> bool(bump @ spatter > bump @ dent)
        True
    """
    groups = [(x, *_meant(x), [_names(y) for y in x.distractors]) for x in asked]
    every = dict.fromkeys(
        x
        for each, _, names, denied in groups
        for x in (each.bare, *names, *(name for group in denied for name in group))
    )
    rows = dict(zip(every, model.encode_text(list(every)), strict=True))
    points = []
    for each, own, names, denied in groups:
        point = rows[each.bare]
        if names:
            meant = ensemble(np.stack([rows[x] for x in names]))
            point = ensemble(np.stack([point] * own + [meant] * (WEIGHTS - own)))
        if denied:
            others = [ensemble(np.stack([rows[x] for x in group])) for group in denied]
            point = without_directions(point, np.stack(others))
        points.append(point)
    return np.stack(points)


def _meant(asked: AskedDefect) -> tuple[int, list[str]]:
    """Weight of a sentence's own words, and the names of what it means."""
    key, shape = "" if asked.defect is None else asked.defect.key, shape_of(asked)
    if shape is not None and key not in shape.names:
        # The tower knows the shape by other words than these.
        return WEIGHTS - OWN_WORDS, [x for name in shape.names for x in _names(defect(name))]
    return OWN_WORDS, [] if asked.defect is None else _names(asked.defect)


def _names(known: Defect) -> list[str]:
    return [known.names.en, *known.prompts_basic.en, *known.prompts_basic.zh]


def _unknown(asked: AskedDefect) -> Notice:
    return Notice(
        en=f"'{asked.label}' names no defect of the knowledge base; it is looked for by its words "
        "alone. 'faultlens knowledge --surface' lists what is known.",
        zh=f"“{asked.label}”不在缺陷知识库中，仅按字面含义查找。"
        "可用 faultlens knowledge --surface 查看已知缺陷。",
    )
