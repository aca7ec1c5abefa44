"""A spectrum with the lines that speak for a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from faultlens.line.dashboard.charts.chart import Chart, Table, canvas, curve
from faultlens.line.dashboard.charts.lines import grid
from faultlens.line.dashboard.charts.scale import linear_scale
from faultlens.line.dashboard.charts.svg import at, short, tag, words


@dataclass(frozen=True)
class Peak:
    """One line of the spectrum that is named.

    Args:
        place: on the axis, in its unit.
        name: such as "BPFI 2×".
        is_matched: whether it was found, and not only expected.
    """

    place: float
    name: str
    is_matched: bool = True


def spectrum(
    levels: Sequence[float],
    width: float,
    *,
    name: str,
    headings: tuple[str, str],
    unit: str,
    peaks: Sequence[Peak] = (),
    height: float = 180,
) -> Chart:
    """Levels over equal bands from zero, with named lines.

    Args:
        levels: per band, dB or another.
        width: of a band, in the axis's unit.
        name: what is drawn.
        headings: of the table: place, level.
        unit: of the axis.
        peaks: named lines.
        height: of the plot, px.

    Example:
        >>> chart = spectrum([1, 5, 2], 100.0, name="Spectrum", headings=("Hz", "dB"), unit="Hz")
        >>> chart.table.rows[1]
        ('150', '5')
    """
    end = width * len(levels) or 1.0
    scale = linear_scale(levels, low=min(levels, default=0.0), ticks=3)
    drawn = grid(scale, height, short)
    for tick in linear_scale([0.0, end], low=0.0, high=end, ticks=5).ticks:
        side = " first" if tick == 0 else " last" if tick > 0.97 * end else ""
        place = {"class": f"tick x{side}", "x": at(tick / end), "y": height + 18}
        drawn.append(words(f"{tick:,.5g}" + (f" {unit}" if tick == 0 else ""), place))
    top = [((k + 0.5) / len(levels), height * (1 - scale.at(x))) for k, x in enumerate(levels)]
    if top:
        drawn.append(curve([(top[0][0], height), *top, (top[-1][0], height)], height, "band line"))
        drawn.append(curve(top, height, "line thin"))
    drawn += [_peak(x, k, end, height) for k, x in enumerate(peaks) if 0 <= x.place <= end]
    rows = tuple((short((k + 0.5) * width), short(x)) for k, x in enumerate(levels))
    return Chart(
        "plot", name, canvas(name, height, *drawn), Table(headings, rows), is_empty=not levels
    )


def _peak(peak: Peak, number: int, end: float, height: float) -> str:
    x = at(peak.place / end)
    style = "peak" if peak.is_matched else "peak faint"
    line = tag("line", {"x1": x, "x2": x, "y1": 0, "y2": height})
    # Neighbours take turns in three rows, so that their names do not cover each other.
    name = words(peak.name, {"class": "peak-name", "x": x, "dx": 4, "y": 10 + 13 * (number % 3)})
    return tag("g", {"class": style}, line, name)
