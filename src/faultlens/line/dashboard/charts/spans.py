"""Durations from the usual to the slowest on one logarithmic scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from faultlens.line.dashboard.charts.chart import Chart, Table, canvas
from faultlens.line.dashboard.charts.numbers import seconds_text
from faultlens.line.dashboard.charts.scale import Scale
from faultlens.line.dashboard.charts.svg import at, label, tag, words

ROW_PX = 48
"""Height of a row: its words, and its durations below them."""


@dataclass(frozen=True)
class Durations:
    """One row.

    Args:
        name: of what.
        p50_s: median, s.
        p99_s: 99th percentile, s.
        most_s: the slowest, s.
    """

    name: str
    p50_s: float
    p99_s: float
    most_s: float


def duration_spans(
    rows: Sequence[Durations], *, name: str, headings: tuple[str, str, str, str]
) -> Chart:
    """Median, 99th percentile and slowest of each row.

    Args:
        rows: in the order in which they are drawn.
        name: what is drawn.
        headings: of the table: what, median, 99th percentile, slowest.

    Example:
        >>> chart = duration_spans([Durations("camera", 0.02, 0.1, 0.4)], name="Latency",
        ...                        headings=("Source", "p50", "p99", "slowest"))
        >>> chart.table.rows
        (('camera', '20 ms', '100 ms', '400 ms'),)
    """
    scale = _decades(rows)
    height = ROW_PX * len(rows)
    drawn = []
    for tick in scale.ticks:
        side = " first" if tick == scale.ticks[0] else " last" if tick == scale.ticks[-1] else ""
        place = {"class": f"tick x{side}", "x": at(scale.at(tick)), "y": height + 16}
        drawn.append(words(seconds_text(tick), place))
    table = []
    for k, row in enumerate(rows):
        top, y = ROW_PX * k, ROW_PX * k + 32
        told = tuple(seconds_text(x) for x in (row.p50_s, row.p99_s, row.most_s))
        tip = "\n".join([row.name, *(f"{a}: {b}" for a, b in zip(headings[1:], told, strict=True))])
        low, middle, high = (at(scale.at(x)) for x in (row.p50_s, row.p99_s, row.most_s))
        hit = {"class": "hit", "x": 0, "y": top, "width": "100%", "height": ROW_PX - 4}
        reach = {"class": "whisker", "x1": low, "x2": middle, "y1": y, "y2": y}
        drawn += [
            label(row.name, y=top, width="60%"),
            *(_notch(scale.at(x), top) for x in scale.ticks),
            tag(
                "g",
                {"class": "point", "data-tip": tip},
                tag("rect", hit),
                words(told[1], {"class": "figure", "x": "100%", "y": top + 15}),
                tag("line", {"class": "reach", "x1": middle, "x2": high, "y1": y, "y2": y}),
                tag("line", reach),
                tag("line", {"class": "end", "x1": high, "x2": high, "y1": y - 4, "y2": y + 4}),
                tag("circle", {"class": "dot second", "cx": low, "cy": y, "r": 4}),
                tag("circle", {"class": "dot", "cx": middle, "cy": y, "r": 5}),
            ),
        ]
        table.append((row.name, *told))
    return Chart(
        "intervals", name, canvas(name, height, *drawn), Table(headings, tuple(table)),
        is_empty=not rows,
    )  # fmt: skip


def _decades(rows: Sequence[Durations]) -> Scale:
    least = min((x.p50_s for x in rows), default=0.001)
    most = max((x.most_s for x in rows), default=1.0)
    first = floor(log10(max(least, 1e-4)))
    last = max(ceil(log10(max(most, 1e-4)) - 1e-9), first + 1)
    return Scale(
        10.0**first, 10.0**last, tuple(10.0**k for k in range(first, last + 1)), is_log=True
    )


def _notch(share: float, top: float) -> str:
    x = at(share)
    return tag("line", {"class": "hair", "x1": x, "x2": x, "y1": top + 24, "y2": top + 40})
