"""The spectrum at a bearing's fault orders as one vector: what the encoder of lines takes.

A line is a sum of whole multiples of the bearing's orders and of the shaft's. So one small table of
multiples, times the orders of any bearing, says where to read; the vector means the same for a
6205 and for a spherical roller bearing, and that is why it travels between machines.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.kinematics import FaultOrders
from faultlens.signals.lines import READ_WITHIN, spread
from faultlens.signals.modulation import ContrastSpectrum

Multiples = tuple[float, float, float, float, float]
"""How often a line holds (bpfo, bpfi, ball, ftf, shaft)."""


def _table() -> tuple[tuple[str, Multiples], ...]:
    rows: list[tuple[str, Multiples]] = []
    rows += [("outer", (k, 0, 0, 0, 0)) for k in range(1, 7)]
    rows += [("outer", (k, 0, 0, 0, side)) for k in range(1, 5) for side in (-1, 1)]
    rows += [("inner", (0, k, 0, 0, 0)) for k in range(1, 5)]
    rows += [("inner", (0, k, 0, 0, side)) for k in range(1, 5) for side in (-2, -1, 1, 2)]
    rows += [("ball", (0, 0, k, 0, 0)) for k in range(1, 5)]
    rows += [("ball", (0, 0, k, side, 0)) for k in range(1, 5) for side in (-2, -1, 1, 2)]
    # A defect that meets only one of the two races strikes once per spin, not twice.
    rows += [("ball", (0, 0, k / 2, 0, 0)) for k in (1, 3, 5, 7)]
    rows += [("cage", (0, 0, 0, k, 0)) for k in range(1, 9)]
    # How the cage passes a load that turns with the shaft, and the shaft's own lines beside it.
    rows += [("cage", (0, 0, 0, side, k)) for k in range(1, 5) for side in (-1, 1)]
    rows += [("cage", (0, 0, 0, -k, k)) for k in range(2, 5)]
    rows += [("shaft", (0, 0, 0, 0, k)) for k in range(1, 9)]
    rows += [("shaft", (0, 0, 0, 0, k)) for k in (0.5, 1.5, 2.5, 3.5)]
    return tuple(rows)


LINES = _table()
"""Family and multiples of every line that is read."""

_MULTIPLES = np.array([multiples for _, multiples in LINES])
_FAMILY = np.array([family for family, _ in LINES])
_WHOLE = np.array([sum(m != 0 for m in row) == 1 and max(row) % 1 == 0 for _, row in LINES])
"""Lines that are harmonics of one family: what others are compared with."""

GLOBALS = 4
"""Numbers of the whole spectrum behind the lines: see `line_array`."""

LENGTH = 3 * len(LINES) + GLOBALS

SPREAD_AT, STRAY_AT = 3 * len(LINES), 3 * len(LINES) + 1
"""Where the spectrum's spread and its highest stray peaks stand in the vector."""

SPREAD_SCALE = 4.0
"""Brings the spread, a quarter of a nat, to the size of the other features."""


def harmonic_index(family: str, harmonic: int) -> int:
    """Where the contrast of one harmonic of a family stands in the vector.

    Args:
        family: "outer", "inner", "ball", "cage" or "shaft".
        harmonic: 1 for the fundamental.

    Example:
        >>> LINES[harmonic_index("ball", 2)]
        ('ball', (0, 0, 2, 0, 0))
    """
    place = ("outer", "inner", "ball", "cage", "shaft").index(family)
    wanted = np.where(np.arange(5) == place, harmonic, 0)
    return int((wanted == _MULTIPLES).all(axis=1).argmax())


@dataclass(frozen=True, eq=False)
class LinePositions:
    """Where a bearing's lines lie, and which of them could be something else.

    Args:
        orders: (line,) expected order.
        with_shaft: (line,) 1 where the line meets a whole shaft order, towards 0 with distance.
        with_family: (line,) the same for the harmonics of another family.
    """

    orders: NDArray[np.float64]
    with_shaft: NDArray[np.float64]
    with_family: NDArray[np.float64]


@lru_cache(maxsize=64)
def line_positions(orders: FaultOrders, resolution_orders: float) -> LinePositions:
    """Expected order of every line of `LINES`, and its coincidences.

    Args:
        orders: of the bearing.
        resolution_orders: distance at which two lines are told apart, shaft orders.

    Example:
        >>> found = line_positions(FaultOrders(3.6, 5.4, 2.4, 0.4), 0.03)
        >>> found.orders[:2].round(2), len(found.orders) == len(LINES)
        (array([3.6, 7.2]), True)
    """
    basis = np.array([orders.bpfo, orders.bpfi, orders.ball, orders.ftf, 1.0])
    at = _MULTIPLES @ basis
    width = np.maximum(READ_WITHIN * np.abs(at), resolution_orders)
    with_shaft = np.exp(-(((at - np.rint(at)) / width) ** 2))
    with_family = np.zeros(len(at))
    for family in ("outer", "inner", "ball"):
        harmonics = at[_WHOLE & (family == _FAMILY)]
        nearest = np.abs(at[:, None] - harmonics).min(axis=1)
        met = np.exp(-((nearest / width) ** 2))
        with_family = np.maximum(with_family, np.where(family == _FAMILY, 0.0, met))
    for x in (at, with_shaft, with_family):
        x.flags.writeable = False  # shared by all recordings of this bearing
    return LinePositions(at, with_shaft, with_family)


def line_array(
    spectrum: ContrastSpectrum, orders: FaultOrders, *, revolutions: float
) -> NDArray[np.float32]:
    """Contrast at every line, what each may be confused with, and four numbers of the spectrum.

    Args:
        spectrum: contrast over orders of the measured shaft speed, mean over windows.
        orders: of the bearing.
        revolutions: turns of the shaft in one window.

    Returns:
        (3 line + 4,) contrast (nats), coincidence with the shaft, coincidence with another family
        (0 to 1); then spread of the spectrum (nats, times 4), its highest peak away from all lines
        (nats), ln of the revolutions (over 3, less 1), and the resolution (orders, times 3).

    Example:
        >>> flat = ContrastSpectrum(np.zeros(2500, np.float32), 0.01, 0.03)
        >>> line_array(flat, FaultOrders(3.6, 5.4, 2.4, 0.4), revolutions=60).shape == (LENGTH,)
        True
    """
    places = line_positions(orders, spectrum.resolution_orders)
    half = READ_WITHIN * np.abs(places.orders)
    contrast = peaks_between(spectrum, places.orders - half, places.orders + half)
    whole = [
        SPREAD_SCALE * spread(spectrum.contrast),
        float(np.mean(stray_peaks(spectrum.contrast, spectrum.bin_orders, places.orders, count=4))),
        np.log(revolutions) / 3 - 1,
        3 * min(spectrum.resolution_orders, 1.0),
    ]
    vector: NDArray[np.float32] = np.concatenate(
        (contrast, places.with_shaft, places.with_family, np.array(whole))
    ).astype(np.float32)
    return vector


def peaks_between(
    spectrum: ContrastSpectrum, low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Highest contrast in each range of orders; 0 where the axis does not reach.

    Args:
        spectrum: over orders.
        low: (range,) first order of each range, or with more axes.
        high: (range,) last order of each range, or with more axes.

    Example:
        >>> ramp = ContrastSpectrum(np.arange(100, dtype=np.float32), 0.1, 0.3)
        >>> peaks_between(ramp, np.array([1.0, 99.0]), np.array([2.0, 100.0]))
        array([20.,  0.], dtype=float32)
    """
    length = len(spectrum.contrast)
    first = np.floor(low / spectrum.bin_orders + 1e-9).astype(int)
    last = np.ceil(high / spectrum.bin_orders - 1e-9).astype(int)
    inside = (first >= 1) & (last < length)
    first, last = np.where(inside, first, 0), np.where(inside, last, 0)
    # Highest of 1, 2, 4, ... bins from each bin on: two of these stretches, which may overlap,
    # cover any range, so that each is looked up twice instead of being gone through.
    level = np.frexp(last - first + 1)[1] - 1
    stretches = [spectrum.contrast]
    for doubled in range(int(level.max(initial=0))):
        step, highest = 1 << doubled, stretches[-1].copy()
        np.maximum(highest[:-step], highest[step:], out=highest[:-step])
        stretches.append(highest)
    table, at = np.concatenate(stretches), level * length
    found = np.maximum(table[at + first], table[at + last + 1 - (1 << level)])
    peaks: NDArray[np.float32] = np.where(inside, found, 0.0).astype(np.float32)
    return peaks


def stray_peaks(
    contrast: NDArray[np.floating], bin_orders: float, known: NDArray[np.float64], *, count: int
) -> list[float]:
    """The highest peaks that lie at no known line and at no half shaft order, highest first.

    Args:
        contrast: (bin,) nats, over shaft orders.
        bin_orders: distance of two bins, shaft orders.
        known: (line,) orders of the lines that explain what lies at them.
        count: of peaks; 0 nats where the axis is too short for so many.

    Example:
        >>> contrast = np.zeros(500)
        >>> contrast[[120, 230, 360]] = 1.0, 2.0, 3.0
        >>> stray_peaks(contrast, 0.01, np.array([3.6]), count=2)  # 3.6 is known
        [2.0, 1.0]
    """
    # Half orders too: looseness shows there, and it is not a bearing's.
    places = np.concatenate([known, np.arange(0.0, len(contrast) * bin_orders + 1, 0.5)])
    half = places * READ_WITHIN + 4 * bin_orders
    # Ends of ranges as steps up and down: where their sum is above zero, a range lies.
    size = len(contrast)
    low = np.maximum((places - half) / bin_orders, 0.0).astype(int)
    high = np.maximum((places + half) / bin_orders + 2, 0.0).astype(int)
    ups, downs = (np.bincount(np.minimum(x, size), minlength=size + 1) for x in (low, high))
    left = np.where(np.cumsum(ups - downs)[:size] > 0, 0.0, contrast)
    peaks = []
    for _ in range(count):
        top = int(left.argmax())
        peaks.append(float(left[top]))
        left[max(0, top - 6) : top + 7] = 0.0
    return peaks
