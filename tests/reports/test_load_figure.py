"""Pictures of a server under load: curves and ends where they belong, no text over another."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from faultlens.reports.load_figure import LoadCurve, latency_figure, overload_figure

RATE = np.array([2.0, 4.0, 8.0])


def curve(name: str, times: float = 1.0, answered: float = 1.0) -> LoadCurve:
    wait = np.array([0.1, 0.2, 0.9]) * times
    return LoadCurve(name, RATE, wait / 2, wait, np.array([1.0, 1.0, answered]))


def overlapping(figure: Figure) -> list[tuple[str, str]]:
    figure.canvas.draw()
    texts = [x for axes in figure.axes for x in axes.texts if x.get_text() and x.get_visible()]
    boxes = [(x.get_text(), x.get_window_extent().padded(-1)) for x in texts]
    return [(a, b) for (a, x), (b, y) in combinations(boxes, 2) if x.overlaps(y)]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_server_has_its_curves_and_its_name(lang: str) -> None:
    # Ends that meet: their names give way to each other.
    names = ("plain handler, async def, 2 processes", "faultlens, fp32", "faultlens, int8")
    figure = latency_figure([curve(x) for x in names], lang)
    axes = next(x for x in figure.axes if x.get_label() == "latency")
    solid = [x for x in axes.lines if x.get_marker() == "None" and x.get_linewidth() > 1.5]
    assert [np.asarray(x.get_ydata()).tolist() for x in solid] == [[0.1, 0.2, 0.9]] * 3
    assert overlapping(figure) == []


def test_a_load_that_was_not_borne_is_drawn_hollow() -> None:
    figure = latency_figure([curve("ours", answered=0.8)])
    axes = next(x for x in figure.axes if x.get_label() == "latency")
    hollow = [
        x
        for x in axes.lines
        if x.get_marker() == "o" and to_hex(x.get_markerfacecolor()) == "#ffffff"
    ]
    assert [np.asarray(x.get_xdata()).tolist() for x in hollow] == [[8.0]]


def test_a_server_that_answered_nothing_is_drawn_all_the_same() -> None:
    nothing = LoadCurve("ours", RATE, np.full(3, np.inf), np.full(3, np.inf), np.zeros(3))
    assert overlapping(latency_figure([curve("plain"), nothing])) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_ends_and_memory_of_an_overload_stand_over_one_clock(lang: str) -> None:
    ends = {"answered": np.full(60, 300.0), "refused": np.full(60, 300.0), "other": np.zeros(60)}
    figure = overload_figure(ends, np.arange(0, 60, 0.5), np.full(120, 400.0), lang)
    above, below = (next(x for x in figure.axes if x.get_label() == n) for n in ("ends", "memory"))
    assert above.get_xlim() == below.get_xlim() == (0, 60)
    tops = [x.get_extents().height for x in above.patches]
    assert sum(x > 1 for x in tops) == 120
    words = " ".join(x.get_text() for x in figure.axes[0].texts)
    assert words.count("50.0%") == 2 and "0.0%" in words
    assert overlapping(figure) == []


def test_memory_that_nobody_knows_is_left_out() -> None:
    figure = overload_figure({"answered": np.ones(3)}, np.arange(2.0), np.full(2, np.nan))
    assert overlapping(figure) == []
