"""A recording over time: of each stretch the least and the greatest sample."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.line.dashboard.charts.chart import Chart, Table, canvas, curve
from faultlens.line.dashboard.charts.svg import at, short, tag, words

STRETCHES = 480
"""Of a waveform: as fine as its pixels."""

ROWS = 24
"""Of the table, which no one reads sample by sample."""


def waveform(
    samples: NDArray[np.floating],
    sample_rate_hz: float,
    *,
    name: str,
    headings: tuple[str, str, str],
    height: float = 110,
) -> Chart:
    """Samples over time, as wide as they swing.

    Args:
        samples: (time,) in any unit; NaN counts for 0.
        sample_rate_hz: samples per second.
        name: what is drawn.
        headings: of the table: time in s, least, greatest.
        height: of the plot, px.

    Example:
        >>> chart = waveform(np.array([0.0, 1.0, -1.0]), 3.0, name="Waveform",
        ...                  headings=("s", "least", "greatest"))
        >>> chart.is_empty, chart.table.rows[1]
        (False, ('0.333', '1', '1'))
    """
    known = np.nan_to_num(np.asarray(samples, dtype=np.float64), posinf=0.0, neginf=0.0)
    low, high = _swings(known, STRETCHES)
    reach = float(np.abs(known).max(initial=0.0)) or 1.0
    middle = height / 2
    places = (np.arange(len(low)) + 0.5) / max(len(low), 1)
    upper = [
        (float(x), middle - (middle - 2) * float(y) / reach)
        for x, y in zip(places, high, strict=True)
    ]
    lower = [
        (float(x), middle - (middle - 2) * float(y) / reach)
        for x, y in zip(places, low, strict=True)
    ]
    drawn = [tag("line", {"class": "hair", "x1": 0, "x2": "100%", "y1": middle, "y2": middle})]
    if upper:
        drawn.append(curve([*upper, *reversed(lower)], height, "band wave"))
    seconds = len(known) / sample_rate_hz
    drawn += _axis(seconds, height)
    return Chart(
        "plot",
        name,
        canvas(name, height, *drawn),
        Table(headings, _rows(known, sample_rate_hz)),
        is_empty=not len(known),
    )


def _swings(
    samples: NDArray[np.float64], stretches: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if len(samples) <= stretches:
        return samples, samples
    edges = np.linspace(0, len(samples), stretches, endpoint=False).astype(int)
    return np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)


def _axis(seconds: float, height: float) -> Sequence[str]:
    made = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        side = " first" if share == 0 else " last" if share == 1 else ""
        place = {"class": f"tick x{side}", "x": at(share), "y": height + 18}
        unit = " s" if share == 0 else ""
        made.append(words(f"{short(share * seconds)}{unit}", place))
    return made


def _rows(samples: NDArray[np.float64], rate_hz: float) -> tuple[tuple[str, str, str], ...]:
    low, high = _swings(samples, ROWS)
    step = len(samples) / rate_hz / max(len(low), 1)
    return tuple(
        (short(k * step), f"{a:.3g}", f"{b:.3g}")
        for k, (a, b) in enumerate(zip(low, high, strict=True))
    )
