"""What the picture of a trend shows: plain records, nothing left to judge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.health import Measure

DATED, ELAPSED, ORDER = "date", "elapsed", "order"
"""How the time of recordings is known: by date, by what passed since the first, by order alone."""


@dataclass(frozen=True)
class Moved:
    """A measure that moved.

    Args:
        measure: which.
        healthy: its healthy middle, in its own unit (dB, ln(kurtosis / 3), nats).
        now: its middle over the three latest recordings.
        spreads: its smoothed distance from the healthy middle, in healthy spreads.
    """

    measure: Measure
    healthy: float
    now: float
    spreads: float


@dataclass(frozen=True)
class TrendMark:
    """A warning or an alarm.

    Args:
        index: number of its recording, from 0.
        moved: the measures that moved most, the furthest first.
        broad_db: rise of half of all bands, dB, where that is the reason; None where it is not.
    """

    index: int
    moved: tuple[Moved, ...]
    broad_db: float | None = None


@dataclass(frozen=True, eq=False)
class TrendView:
    """A trend, ready to be drawn.

    Args:
        title: the asset, or the folder.
        files: recordings in the order of time.
        times_s: (recording,) since the first, s; their numbers where only the order is known.
        time_kind: `DATED`, `ELAPSED` or `ORDER`.
        start: date of the first recording, ISO 8601; None where it is not known.
        indicator: (recording,) 1 warns, 2 alarms.
        low: (recording,) lower end of its 95 % band.
        high: (recording,) upper end.
        healthy: how many first recordings are taken as healthy.
        warning: the first warning; None where there is none.
        alarm: the first alarm; None where there is none.
        shown: measures with a row of their own, those that moved most.
        distances: (recording, measure) smoothed distances of the measures shown, spreads.
        footer: what else the foot of the picture says.
    """

    title: str
    files: tuple[str, ...]
    times_s: NDArray[np.float64]
    time_kind: str
    start: str | None
    indicator: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    healthy: int
    warning: TrendMark | None
    alarm: TrendMark | None
    shown: tuple[Measure, ...]
    distances: NDArray[np.float64]
    footer: str
