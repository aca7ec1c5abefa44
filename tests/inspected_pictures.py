"""Inspected pictures with known truth, as sheet, page and tables get them."""

from dataclasses import replace
from typing import Any

import numpy as np

from faultlens.reports.inspection_sentence import inspection_sentence
from faultlens.reports.inspection_view import PictureFinding, PictureView, SpottedRegion

LABELS = {
    "en": {"defect": "scratch", "unknown": "unknown", "no_defect": "no defect"},
    "zh": {"defect": "划痕", "unknown": "未知", "no_defect": "无缺陷"},
}


def bar(width: int, height: int, box: tuple[int, int, int, int]) -> np.ndarray:
    """A mask that is set within one box."""
    x, y, wide, high = box
    mask = np.zeros((height, width), dtype=bool)
    mask[y : y + high, x : x + wide] = True
    return mask


def spotted(box: tuple[int, int, int, int], score: float = 0.9) -> SpottedRegion:
    """The region of a box that its mask fills."""
    _, _, wide, high = box
    long, short = max(wide, high), min(wide, high)
    return SpottedRegion(box, score, float(wide * high), float(long), float(short), 0.0)


def inspected(
    kind: str = "defect",
    *,
    size: tuple[int, int] = (200, 150),
    boxes: tuple[tuple[int, int, int, int], ...] | None = None,
    others: int = 3,
    score: float = 0.8,
    alarm: bool | None = None,
    lang: str = "en",
    label: str | None = None,
    colour: bool = False,
    conditions: tuple[Any, ...] = (),
    by_references: bool = False,
    **facts: Any,
) -> PictureView:
    """A grey or coloured picture with bars as its defects, and the heat of them."""
    width, height = size
    chance = np.random.default_rng(width * height)
    pixels = chance.integers(90, 130, (height, width, 3) if colour else (height, width))
    if boxes is None:
        boxes = ((width // 8, height // 8, max(width // 4, 1), max(height // 12, 1)),)
    places = () if kind == "no_defect" else boxes
    mask = np.zeros((height, width), dtype=bool)
    for box in places:
        mask |= bar(width, height, box)
    words = LABELS[lang]
    verdict = PictureFinding(
        label or words[kind],
        score,
        kind,
        tuple(map(spotted, places)),
        mask if places else None,
        conditions,
    )
    rest = [
        PictureFinding(
            f"sentence number {x} that was asked for", (1 - score) / (others + 3), "defect"
        )
        for x in range(others)
    ]
    rest += [
        PictureFinding(words[x], (1 - score) / (others + 3), x)
        for x in ("no_defect", "unknown")
        if x != kind
    ]
    view = PictureView(
        name="plate.png",
        pixels=pixels.astype(np.uint8),
        width_px=width,
        height_px=height,
        verdict=verdict.label,
        kind=kind,
        alarm=kind == "defect" if alarm is None else alarm,
        alarm_score=score if kind == "defect" else 0.2,
        threshold=0.62,
        findings=tuple(sorted((verdict, *rest), key=lambda x: -x.score)),
        heat=0.9 * mask.astype(np.float32),
        heat_level=0.5,
        false_alarm_rate=0.01,
        part="steel plate",
        model="builtin/surface@0123456789ab",
        seconds=0.1,
        lang=lang,
    )
    view = replace(view, **facts)
    return replace(view, sentence=inspection_sentence(view, by_references=by_references))
