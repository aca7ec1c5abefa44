"""What is asked of a picture: sentences understood, and placed in the space of a model's words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.surface_scores import Meanings, ensemble, without_directions
from faultlens.text.defect_sentences import AskedDefect, asked_defects, understood_defects
from faultlens.text.defect_sets import SURFACE, named_set, set_of_part
from faultlens.text.defects import NO_DEFECT, Defect, defect, defect_set
from faultlens.text.prompts import (
    anomalous_sentences,
    contrasts,
    language_of,
    normal_sentences,
    sentences_for,
)
from faultlens.text.spelling import plain

GLARE = "reflection"
"""Key of what looks like a defect and is none."""

DAMAGED, DEFECT, NAMES, DENIED = "damaged", "defect ", "names ", "denied "
"""Names of groups of wordings beside the keys of the knowledge base."""

UNKNOWN = "unknown"
"""Label of what no sentence fits; the user's own sentences keep off it."""

OWN_WORDS = 2
"""How often the user's own words count beside the names of the defect that they mean: "cracks that
join up into a mesh" says more than "crack". By recipes/benchmarks/paraphrases.toml, surfaces: .875
and .938 of the sentences (English, Chinese) come nearest to their name, .854 and .917 where each
wording counts alike; no picture was looked at."""

PART = "metal surface"
"""What is on a picture where nobody says."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DefectQuestion:
    """What is asked of pictures.

    Args:
        asked: each defect asked for, in the order given.
        sound: the user's own words for "no defect"; empty where they have none.
        part: what is on the pictures, in words.
        meanings: the points of all of them.
        notices: sentences that nobody knows, and the like.
    """

    asked: tuple[AskedDefect, ...]
    sound: tuple[str, ...]
    part: str
    meanings: Meanings = field(repr=False)
    notices: tuple[Notice, ...] = ()


def defect_question(
    defects: Sequence[str] | None, *, part: str | None = None, model: Model, lang: str = "en"
) -> DefectQuestion:
    """Understand what is asked for, and place it in the space of a model's words.

    Args:
        defects: sentences, English or Chinese; None for what the model was adapted to, or else the
            set of the part.
        part: what is on the pictures, in any words; one that names a kind of part picks its set.
            None for what the model was adapted to, or else "metal surface".
        model: of the kind "image", with a text tower.
        lang: language of the labels of a set.

    Raises:
        UsageError: no sentence, too many, twice the same, or one that says nothing.
        BundleError: the text tower is missing, another, or damaged.

    Example:
        >>> defect_question(["crack", " "], model=None)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Sentence 2 is empty; ...
    """
    if part is not None and not part.strip():
        raise UsageError(f"part is {part!r}; say what is on the picture, such as 'drive shaft'.")
    if isinstance(defects, str):
        raise UsageError(
            f"defects is the text '{defects}'; give a list of sentences, such as ['{defects}']."
        )
    if defects is None and model.adapters is not None:
        defects = model.adapters.classes
    everything = (
        asked_defects(defect_set(set_of_part(_part(part, model))), lang)
        if defects is None
        else understood_defects(list(defects))
    )
    if any(plain(x.label) == UNKNOWN for x in everything):
        raise UsageError(f"'{UNKNOWN}' stands in every result; leave it out.")
    asked = tuple(x for x in everything if not x.means_no_defect)
    if not asked:
        raise UsageError(
            "Every sentence means that nothing is wrong; name one defect at least, such as 'crack'."
        )
    shown = _part(part, model)
    return DefectQuestion(
        asked=asked,
        sound=tuple(x.label for x in everything if x.means_no_defect),
        part=shown,
        meanings=_meanings(asked, shown, model),
        notices=(
            *(_unknown(x) for x in asked if x.defect is None),
            *([_no_set(shown)] if defects is None and named_set(shown) is None else []),
        ),
    )


def _part(part: str | None, model: Model) -> str:
    if part is not None:
        return part.strip()
    return PART if model.adapters is None else model.adapters.part


def _meanings(asked: Sequence[AskedDefect], part: str, model: Model) -> Meanings:
    # A tower of few sentences knows a defect by its names; one of the world, in many wordings.
    worded = _in_many_wordings if model.brings_text else _by_name
    groups = worded(asked, part)
    points = dict(zip(groups, _points(list(groups.values()), model), strict=True))
    defects = []
    for number, each in enumerate(asked):
        point = points[f"{DEFECT}{number}"]
        if (names := points.get(f"{NAMES}{number}")) is not None:
            point = ensemble(np.stack([point] * OWN_WORDS + [names]))
        denied = [points[f"{DENIED}{x.key}"] for x in each.distractors]
        defects.append(without_directions(point, np.stack(denied)) if denied else point)
    harmless = [points[GLARE]] if GLARE in points else []
    return Meanings(
        normal=points[NO_DEFECT][None],
        defects=np.stack(defects),
        harmless=np.stack(harmless) if harmless else np.zeros((0, 0), np.float32),
        anomalous=points.get(DAMAGED),
    )


def _by_name(asked: Sequence[AskedDefect], part: str) -> dict[str, Sequence[str]]:
    groups: dict[str, Sequence[str]] = {NO_DEFECT: _names(defect(NO_DEFECT))}
    if not any(x.defect is not None and x.defect.key == GLARE for x in asked):
        groups[GLARE] = _names(defect(GLARE))
    for number, each in enumerate(asked):
        groups[f"{DEFECT}{number}"] = [each.bare]
        if each.defect is not None:
            groups[f"{NAMES}{number}"] = _names(each.defect)
        groups |= {f"{DENIED}{x.key}": _names(x) for x in each.distractors}
    return groups


def _in_many_wordings(asked: Sequence[AskedDefect], part: str) -> dict[str, Sequence[str]]:
    lang = language_of(asked[0].bare)
    groups: dict[str, Sequence[str]] = {
        NO_DEFECT: normal_sentences(part, lang=lang),
        DAMAGED: anomalous_sentences(part, lang=lang),
    }
    for number, each in enumerate(asked):
        groups[f"{DEFECT}{number}"] = sentences_for(each, part)
        denied = zip(each.distractors, contrasts(each, part), strict=True)
        groups |= {f"{DENIED}{x.key}": said for x, said in denied}
    return groups


def _points(groups: Sequence[Sequence[str]], model: Model) -> Floats:
    """(group, dim) one point per group of wordings; every wording is encoded once."""
    every = list(dict.fromkeys(x for group in groups for x in group))
    rows = model.encode_text(every)
    place = {sentence: i for i, sentence in enumerate(every)}
    return np.stack([ensemble(rows[[place[x] for x in group]]) for group in groups])


def _names(known: Defect) -> list[str]:
    return [known.names.en, *known.prompts_basic.en, *known.prompts_basic.zh]


def _unknown(asked: AskedDefect) -> Notice:
    return Notice(
        en=f"'{asked.label}' names no defect of the knowledge base; it is looked for by its words "
        "alone. 'faultlens knowledge --surface' lists what is known.",
        zh=f"“{asked.label}”不在缺陷知识库中，仅按字面含义查找。"
        "可用 faultlens knowledge --surface 查看已知缺陷。",
    )


def _no_set(part: str) -> Notice:
    return Notice(
        en=f"No set of defects is known for '{part}'; those of any {SURFACE} are looked for. "
        "'faultlens knowledge --surface' lists the sets; --defects says what to look for.",
        zh=f"没有适用于“{part}”的缺陷集，按一般金属表面的缺陷查找。"
        "可用 faultlens knowledge --surface 查看各缺陷集，用 --defects 指定要查找的缺陷。",
    )
