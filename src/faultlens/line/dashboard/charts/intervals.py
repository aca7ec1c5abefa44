"""Shares with their intervals, one below the other, so that they can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from faultlens.line.dashboard.charts.chart import Chart, Table, canvas
from faultlens.line.dashboard.charts.numbers import percent_text, percent_tick
from faultlens.line.dashboard.charts.scale import linear_scale
from faultlens.line.dashboard.charts.svg import at, label, tag, words

ROW_PX = 48
"""Height of a row: its words, and its interval below them."""


@dataclass(frozen=True)
class ShareRow:
    """One share.

    Args:
        name: of what.
        share: 0 to 1; None where nothing was counted yet.
        low: lower end of its interval.
        high: upper end of it.
        aside: of how many, in words.
        style: "" or "second", for the other of two things compared.
    """

    name: str
    share: float | None
    low: float = 0.0
    high: float = 1.0
    aside: str = ""
    style: str = ""


def share_intervals(
    rows: Sequence[ShareRow],
    *,
    name: str,
    headings: tuple[str, str, str, str],
    limit: tuple[float, str] | None = None,
    whole: bool = False,
) -> Chart:
    """Shares as points with whiskers on one scale.

    Args:
        rows: in the order in which they are drawn.
        name: what is drawn.
        headings: of the table: what, share, interval, of how many.
        limit: a share that is not to be passed, and what it is called; None without one.
        whole: whether the scale ends at 1 and not from 0 at the widest interval.

    Example:
        >>> chart = share_intervals([ShareRow("press", 0.01, 0.002, 0.05, "200")], name="Missed",
        ...                         headings=("Source", "Rate", "95 %", "Of"))
        >>> chart.table.rows
        (('press', '1.0 %', '0.20 % – 5.0 %', '200'),)
    """
    known = [x for x in rows if x.share is not None]
    tops = [x.high for x in known] + ([limit[0]] if limit else [])
    if whole:
        scale = linear_scale([x.low for x in known], high=1.0, ticks=4)
    else:
        scale = linear_scale([0.0, *tops], low=0.0, ticks=4)
    height = ROW_PX * len(rows)
    drawn = []
    for tick in scale.ticks:
        side = " first" if tick == scale.ticks[0] else " last" if tick == scale.ticks[-1] else ""
        place = {"class": f"tick x{side}", "x": at(scale.at(tick)), "y": height + 16}
        drawn.append(words(percent_tick(tick), place))
    levels = [("hair", x) for x in scale.ticks] + ([("limit", limit[0])] if limit else [])
    table = []
    for k, row in enumerate(rows):
        top = ROW_PX * k
        drawn.append(label(row.name, y=top, width="60%"))
        drawn += [_notch(style, scale.at(x), top) for style, x in levels]
        between = f"{percent_text(row.low)} – {percent_text(row.high)}"
        if row.share is None:
            drawn.append(words(row.aside, {"class": "aside", "x": "100%", "y": top + 15}))
            table.append((row.name, "–", "–", row.aside))
            continue
        told = words(percent_text(row.share), {"class": "figure", "x": "100%", "y": top + 15})
        y, style = top + 32, f" {row.style}" if row.style else ""
        low, middle, high = (at(scale.at(x)) for x in (row.low, row.share, row.high))
        reach = tag("line", {"class": f"whisker{style}", "x1": low, "x2": high, "y1": y, "y2": y})
        dot = tag("circle", {"class": f"dot{style}", "cx": middle, "cy": y, "r": 5})
        hit = {"class": "hit", "x": 0, "y": top, "width": "100%", "height": ROW_PX - 4}
        tip = f"{row.name}\n{percent_text(row.share)} ({between})\n{row.aside}"
        drawn.append(
            tag("g", {"class": "point", "data-tip": tip}, tag("rect", hit), told, reach, dot)
        )
        table.append((row.name, percent_text(row.share), between, row.aside))
    return Chart(
        "intervals",
        name,
        canvas(name, height, *drawn),
        Table(headings, tuple(table)),
        is_empty=not rows,
    )


def _notch(style: str, share: float, top: float) -> str:
    """A tick of the scale behind one row; its words stay free of it."""
    x = at(share)
    return tag("line", {"class": style, "x1": x, "x2": x, "y1": top + 24, "y2": top + 40})
