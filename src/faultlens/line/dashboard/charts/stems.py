"""Lines of a spectrum as stems: found ones by their strength, expected ones as rings."""

from collections.abc import Sequence
from dataclasses import dataclass

from faultlens.line.dashboard.charts.chart import Chart, Table, canvas
from faultlens.line.dashboard.charts.lines import grid
from faultlens.line.dashboard.charts.scale import linear_scale
from faultlens.line.dashboard.charts.svg import at, short, tag, words


@dataclass(frozen=True)
class Stem:
    """One line.

    Args:
        place: on the axis.
        strength: height of it.
        name: such as "BPFI 2×".
        is_found: whether it stands out, and was not only expected.
        is_named: whether its name is written beside it; the others say it when pointed at.
    """

    place: float
    strength: float
    name: str
    is_found: bool
    is_named: bool = True


def stems(
    lines: Sequence[Stem],
    *,
    name: str,
    headings: tuple[str, str, str],
    height: float = 150,
) -> Chart:
    """Lines over an axis from zero.

    Args:
        lines: in any order.
        name: what is drawn.
        headings: of the table: line, place, strength.
        height: of the plot, px.

    Example:
        >>> chart = stems([Stem(4.95, 3.2, "BPFI 1×", True)], name="Evidence",
        ...               headings=("Line", "Order", "Strength"))
        >>> chart.table.rows
        (('BPFI 1×', '4.95', '3.2'),)
    """
    ordered = sorted(lines, key=lambda x: x.place)
    end = 1.06 * max((x.place for x in ordered), default=1.0)
    scale = linear_scale([0.0, *(x.strength for x in ordered if x.is_found)], low=0.0, ticks=3)
    drawn = grid(scale, height, short)
    for tick in linear_scale([0.0, end], low=0.0, high=end, ticks=6).ticks:
        side = " first" if tick == 0 else ""
        place = {"class": f"tick x{side}", "x": at(tick / end), "y": height + 18}
        drawn.append(words(f"{tick:g}×", place))
    drawn += [_stem(x, end, height, scale.at(x.strength)) for x in ordered]
    rows = tuple(
        (x.name, short(x.place), short(x.strength) if x.is_found else "–") for x in ordered
    )
    return Chart(
        "plot", name, canvas(name, height, *drawn), Table(headings, rows), is_empty=not rows
    )


def _stem(line: Stem, end: float, height: float, share: float) -> str:
    x, y = at(line.place / end), height * (1 - share)
    tip = f"{line.name}\n{line.place:.3f}×"
    group = {"class": "stem" if line.is_found else "stem missing", "data-tip": tip}
    if not line.is_found:
        return tag("g", group, tag("circle", {"cx": x, "cy": height, "r": 4}))
    parts = [
        tag("line", {"class": "wide", "x1": x, "x2": x, "y1": y, "y2": height}),
        tag("line", {"x1": x, "x2": x, "y1": y, "y2": height}),
        tag("circle", {"cx": x, "cy": y, "r": 3.5}),
    ]
    if line.is_named:
        parts.append(words(line.name, {"class": "stem-name", "x": x, "dx": 6, "y": max(y - 4, 9)}))
    return tag("g", group, *parts)
