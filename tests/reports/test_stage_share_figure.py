"""The picture of where the time goes: bars cut by measured shares, no text over another."""

from itertools import combinations

import pytest
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

from faultlens.core.notice import Notice
from faultlens.core.stages import STAGES
from faultlens.reports.stage_share_figure import (
    BAR_WIDTH_IN,
    GUIDE,
    StageTimes,
    milliseconds,
    stage_share_figure,
)

WHAT = Notice("1 s at 25.6 kHz, wav", "25.6 kHz，1 s，wav")


def times(*seconds: float, verb: str = "diagnose") -> StageTimes:
    return StageTimes(verb, WHAT, 20, dict(zip(STAGES, seconds, strict=True)))


def bars(figure: Figure) -> list[tuple[str, float]]:
    """Label and share of each piece, from the top."""
    pieces = []
    for each in figure.axes[0].containers:
        if isinstance(each, BarContainer) and each.get_label() in STAGES:
            (patch,) = each.patches
            pieces.append((str(each.get_label()), patch.get_width() / BAR_WIDTH_IN))
    return pieces


def test_a_bar_is_cut_where_its_stages_end_and_the_guide_stands_below() -> None:
    found = bars(stage_share_figure([times(0.001, 0.002, 0.006, 0.001)]))
    assert [x for x, _ in found[:4]] == list(STAGES)
    assert [x for _, x in found[:4]] == pytest.approx([0.1, 0.2, 0.6, 0.1])
    assert dict(found[4:]) == pytest.approx({x: GUIDE.get(x, 0) / 100 for x in STAGES})


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_text_stands_over_another(lang: str) -> None:
    measured = [
        times(0.0007, 0.0058, 0.0011, 0.0027),
        times(0.0017, 0.0001, 0.0073, 1.2363, verb="inspect"),
    ]
    figure = stage_share_figure(measured, lang)
    figure.canvas.draw()
    texts = [x for x in figure.axes[0].texts if x.get_text()]
    width, height = figure.canvas.get_width_height()
    boxes = [(x.get_text(), x.get_window_extent().padded(-1)) for x in texts]
    assert [(a, b) for (a, x), (b, y) in combinations(boxes, 2) if x.overlaps(y)] == []
    assert all(x.x0 >= 0 and x.x1 <= width and x.y0 >= 0 and x.y1 <= height for _, x in boxes)
    words = " ".join(x.get_text() for x in texts)
    assert "推理时间分布" in words  # the guide's own name for it, in both languages
    assert "□" not in words and "n = 20" in words


def test_shares_of_nothing_are_none() -> None:
    assert times(0, 0, 0, 0).share("model") == 0


def test_times_are_told_in_digits() -> None:
    assert [milliseconds(x) for x in (0.00001234, 0.0123456, 1.23456)] == ["0.012", "12.3", "1235"]
