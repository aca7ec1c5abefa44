"""From probabilities and regions to findings: which defect stands where, and what of it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.inference.inspection import NO_DEFECT, SurfaceFinding
from faultlens.profiles.weighed_picture import WeighedPicture
from faultlens.reports.inspection_phrases import inspection_phrase
from faultlens.reports.inspection_sentence import place_of
from faultlens.reports.inspection_view import CheckedCondition, SpottedRegion
from faultlens.runtimes.defect_question import UNKNOWN, DefectQuestion
from faultlens.runtimes.surface_scores import judged
from faultlens.text.defect_sentences import AskedDefect
from faultlens.text.holding import Held, Measures, holds

NAMED_FROM = 0.5
"""Probability that an anomaly has a name, below which its regions stand under "unknown"."""


@dataclass(frozen=True, eq=False)
class Spot:
    """One region of a picture before it has a name.

    Args:
        region: where it is and what was measured of it.
        names: (defect,) probability of each defect there, given an anomaly.
    """

    region: SpottedRegion
    names: NDArray[np.floating]


@dataclass(frozen=True)
class Scale:
    """What turns pixels into what sentences state.

    Args:
        height_px: of the picture.
        width_px: of the picture.
        mm_per_pixel: size of a pixel on the part, mm; None where nobody said.
    """

    height_px: int
    width_px: int
    mm_per_pixel: float | None = None


@dataclass(frozen=True)
class Findings:
    """What was found on one picture.

    Args:
        findings: every sentence asked for, "no defect" and "unknown", best first.
        anomaly: probability of an anomaly whose conditions do not fail.
        notices: conditions that cannot be measured, or fail, in words.
    """

    findings: tuple[SurfaceFinding, ...]
    anomaly: float
    notices: tuple[Notice, ...] = ()


def surface_findings(
    question: DefectQuestion,
    weighed: WeighedPicture,
    spots: Sequence[Spot],
    scale: Scale,
    lang: str = "en",
) -> Findings:
    """Findings of one picture, with the conditions of their sentences held against it.

    A defect that is there but fails its condition is none that was asked for: its probability goes
    to another sentence of the same defect, or else to "no defect".

    Args:
        question: what was asked.
        weighed: the picture's probabilities.
        spots: its regions, the worst first.
        scale: of the picture.
        lang: language of measured conditions, "en" or "zh".

    Example:
        >>> from faultlens.text.defect_sentences import understood_defects
        >>> asked = understood_defects(["crack longer than 5 px", "dent"])
        >>> question = DefectQuestion(asked, (), "plate", meanings=None)
        >>> seen = WeighedPicture(0.9, np.array([0.8, 0.2]), 1.0, np.zeros((1, 1)))
        >>> region = SpottedRegion((0, 0, 3, 1), 0.9, 3, 3, 1, 0)
        >>> spots = [Spot(region, np.array([0.9, 0.1]))]
        >>> [(x.label, round(x.score, 2)) for x in surface_findings(
        ...     question, seen, spots, Scale(9, 9)).findings][:2]
        [('no defect', 0.82), ('dent', 0.18)]
    """
    probabilities = judged(weighed.anomaly, weighed.names.tolist(), weighed.known)
    owners = _owners(question.asked, weighed.names, spots)
    found, notices = [], []
    for number, (asked, score) in enumerate(
        zip(question.asked, probabilities.defects, strict=True)
    ):
        its = [x.region for x, names in zip(spots, owners, strict=True) if number in names]
        conditions, told = _checked(asked, its, scale, lang)
        found.append(
            SurfaceFinding(
                label=asked.label,
                score=score,
                defect=asked.label if asked.defect is None else asked.defect.key,
                kind="defect",
                regions=tuple(its),
                conditions=conditions,
                likeness=score,
            )
        )
        notices += told
    found, excused = _excused(found)
    nameless = [x.region for x, names in zip(spots, owners, strict=True) if not names]
    sound = question.sound or (NO_DEFECT,)
    share = (probabilities.no_defect + excused) / len(sound)
    found += [SurfaceFinding(x, share, "no_defect", "no_defect") for x in sound]
    found.append(
        SurfaceFinding(UNKNOWN, probabilities.unknown, "unknown", "unknown", tuple(nameless))
    )
    # Sentences that hold come before equals that fail.
    ordered = sorted(found, key=lambda x: (-x.score, not x.holds))
    return Findings(tuple(ordered), max(0.0, weighed.anomaly - excused), tuple(notices))


def _owners(
    asked: Sequence[AskedDefect], names: NDArray[np.floating], spots: Sequence[Spot]
) -> list[set[int]]:
    """Per region the sentences that it stands under; several where they mean one defect."""
    if float(names.sum()) < NAMED_FROM:
        return [set() for _ in spots]
    keys = [x.bare if x.defect is None else x.defect.key for x in asked]
    whole = names / max(float(names.sum()), 1e-9)
    owners = []
    for spot in spots:
        together = dict.fromkeys(keys, 0.0)
        for key, share in zip(keys, (spot.names + whole) / 2, strict=True):
            together[key] += float(share)
        best = max(together, key=lambda x: together[x])
        owners.append({i for i, key in enumerate(keys) if key == best})
    return owners


def _checked(
    asked: AskedDefect, regions: Sequence[SpottedRegion], scale: Scale, lang: str
) -> tuple[tuple[CheckedCondition, ...], list[Notice]]:
    """The conditions of a sentence against the region that meets most of them."""
    if not asked.conditions:
        return (), []
    if not regions:
        nowhere = Notice(
            en="no place on the picture stands out for it", zh="图像上没有与之对应的区域"
        )
        return tuple(
            CheckedCondition(x.words, nowhere.of(lang), None) for x in asked.conditions
        ), []
    candidates = [
        [holds(x, _measures(each, scale, len(regions))) for x in asked.conditions]
        for each in regions
    ]
    best = min(candidates, key=lambda x: sum(each.holds is False for each in x))
    at = regions[candidates.index(best)]
    checked = tuple(
        CheckedCondition(x.condition.words, _measured(x, at, scale, lang), x.holds) for x in best
    )
    told = [_unmeasured(asked.label, x) for x in best if x.holds is None and x.note is not None]
    told += [
        _failed(asked.label, x, _measured(x, at, scale, "en"), _measured(x, at, scale, "zh"))
        for x in best
        if x.holds is False
    ]
    return checked, told


def _measures(region: SpottedRegion, scale: Scale, count: int) -> Measures:
    _, _, width, height = region.box
    return Measures(
        length_px=max(width, height) if region.length_px is None else region.length_px,
        width_px=min(width, height) if region.width_px is None else region.width_px,
        area_px=width * height if region.area_px is None else region.area_px,
        box=region.box,
        picture=(scale.height_px, scale.width_px),
        angle_deg=region.angle_deg,
        mm_per_pixel=scale.mm_per_pixel,
        count=count,
    )


def _measured(held: Held, region: SpottedRegion, scale: Scale, lang: str) -> str:
    if held.measured is not None:
        unit = {"mm2": "mm²", "px2": "px²", "deg": "°"}.get(
            held.condition.unit, held.condition.unit
        )
        return f"{held.measured:.3g} {unit}".strip().replace(" °", "°")
    if held.condition.quantity == "place":
        key = place_of(region, scale.width_px, scale.height_px)
        return inspection_phrase(key, lang)
    return "" if held.note is None else held.note.of(lang)


def _unmeasured(label: str, held: Held) -> Notice:
    stated, note = held.condition.words, held.note
    assert note is not None  # asked before
    return Notice(
        en=f"'{stated}' of '{label}' is not held against the picture: {note.en}",
        zh=f"“{label}”中的“{stated}”未能核对：{note.zh}",
    )


def _failed(label: str, held: Held, measured: str, measured_zh: str) -> Notice:
    stated = held.condition.words
    return Notice(
        en=f"Something like '{label}' was found, but '{stated}' does not hold: {measured}. It does "
        "not count as a defect.",
        zh=f"发现与“{label}”相似之处，但不满足“{stated}”：{measured_zh}。不计为缺陷。",
    )


def _excused(found: Sequence[SurfaceFinding]) -> tuple[list[SurfaceFinding], float]:
    """Scores moved away from findings whose condition fails; and what went to "no defect"."""
    excused = 0.0
    scores = [x.score for x in found]
    for number, each in enumerate(found):
        if each.holds:
            continue
        alike = [
            i for i, x in enumerate(found) if x.holds and x.defect == each.defect and i != number
        ]
        for i in alike:
            scores[i] += each.score / len(alike)
        excused += 0.0 if alike else each.score
        scores[number] = 0.0
    moved = [replace(x, score=score) for x, score in zip(found, scores, strict=True)]
    return moved, excused
