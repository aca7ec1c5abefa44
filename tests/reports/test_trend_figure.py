"""The picture of a trend: marks where they belong, no text over another, both languages."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from faultlens.reports.trend_figure import ROWS_SHOWN, trend_figure
from faultlens.reports.trend_view import Moved, TrendMark, TrendView
from faultlens.reports.trend_words import trend_sentence
from faultlens.signals.health import Measure

COUNT = 60
MEASURES = tuple(
    Measure("vertical axis", "level", f"octave {i}", (3200.0 / 2**i, 6400.0 / 2**i))
    for i in range(ROWS_SHOWN)
)
MOVED = tuple(Moved(x, -3.0, 5.5 - i, 2.5) for i, x in enumerate(MEASURES[:3]))


def view(kind: str = "date", warning: int | None = 35, alarm: int | None = 52) -> TrendView:
    indicator = np.concatenate([np.full(25, 0.1), np.linspace(0.1, 3.0, 35)])
    return TrendView(
        title="Pump 7",
        files=tuple(f"{i}.csv" for i in range(COUNT)),
        times_s=np.arange(COUNT) * 43200.0,
        time_kind=kind,
        start="2024-01-30T06:00:00" if kind == "date" else None,
        indicator=indicator,
        low=np.maximum(indicator - 0.3, 0),
        high=indicator + 0.3,
        healthy=20,
        warning=None if warning is None else TrendMark(warning, MOVED),
        alarm=None if alarm is None else TrendMark(alarm, MOVED, 10.4),
        shown=MEASURES,
        distances=np.linspace(-1, 3, COUNT)[:, None] * np.ones(ROWS_SHOWN),
        footer="60 recordings  ·  12800 Hz",
    )


def texts(figure: Figure) -> list[Text]:
    """Every visible text, tick labels too."""
    figure.canvas.draw()
    found: list[Text] = []
    for axes in figure.axes:
        found += [x for x in axes.texts if x.get_visible()]
        if axes.get_label() in ("paper", "scale"):
            continue
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            inside = (t for t in axis.get_major_ticks() if low <= t.get_loc() <= high)
            found += [t.label1 for t in inside if t.label1.get_visible()]
    return [x for x in found if x.get_text()]


def overlaps(found: list[Text]) -> list[tuple[str, str]]:
    boxes = [(x.get_text(), x.get_window_extent().padded(-1)) for x in found]
    return [(a, b) for (a, p), (b, q) in combinations(boxes, 2) if p.overlaps(q)]


def panel(figure: Figure, name: str) -> Axes:
    return next(x for x in figure.axes if x.get_label() == name)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("kind", "warning", "alarm"),
    [("date", 35, 52), ("elapsed", 57, 58), ("order", 21, None), ("date", None, None)],
)
def test_no_text_covers_another_or_leaves_the_picture(
    lang: str, kind: str, warning: int | None, alarm: int | None
) -> None:
    figure = trend_figure(view(kind, warning, alarm), lang)
    found = texts(figure)
    assert len(found) > 15
    assert overlaps(found) == []
    for text in found:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0, text.get_text()
        assert box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, text.get_text()


def test_the_marks_stand_at_their_recordings() -> None:
    figure = trend_figure(view("order"))
    marked = [x for x in panel(figure, "indicator").lines if x.get_marker() == "o"]
    assert [float(x.get_xdata()[0]) for x in marked] == [36, 53]  # type: ignore[index]
    assert float(marked[0].get_ydata()[0]) == view().indicator[35]  # type: ignore[index]


def test_a_row_is_drawn_for_each_measure_shown() -> None:
    figure = trend_figure(view())
    assert len(panel(figure, "moved").collections) == ROWS_SHOWN
    told = [x.get_text() for x in panel(figure, "paper").texts]
    assert "level 3.2–6.4 kHz, vertical axis" in told


def test_an_indicator_beyond_the_axis_keeps_its_mark_inside() -> None:
    wild = replace(view(), indicator=np.linspace(0, 40, COUNT), high=np.linspace(1, 41, COUNT))
    axes = panel(trend_figure(wild), "indicator")
    heights = [float(x.get_ydata()[0]) for x in axes.lines if x.get_marker() == "o"]  # type: ignore[index]
    assert max(heights) <= axes.get_ylim()[1]


def test_the_sentence_says_when_and_why_in_both_languages() -> None:
    told = trend_sentence(view(), "en")
    assert told.startswith("First warning at 2024-02-16 18:00 (recording 36): level 3.2–6.4 kHz")
    assert "Alarm at 2024-02-25 06:00 (recording 53): half of all bands +10.4 dB" in told
    chinese = trend_sentence(view(), "zh")
    assert "首次预警：2024-02-16 18:00（第 36 条记录）" in chinese
    assert "半数频带 +10.4 dB" in chinese
    assert "+8.5 dB" in told
    assert "+8.5 dB" in chinese
