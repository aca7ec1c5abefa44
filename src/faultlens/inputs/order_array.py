"""The spectrum over shaft orders as a map of combs: what the encoder of orders takes.

Where the bearing is not known, nobody can say at which orders to read. So every order is tried as
the first of a comb, and the map says at each how strong the comb, its single teeth and its
neighbours at shaft and cage distance are.
"""

import numpy as np
from numpy.typing import NDArray

from faultlens.inputs.line_array import peaks_between
from faultlens.signals.lines import READ_WITHIN
from faultlens.signals.modulation import ContrastSpectrum

GRID = np.array([0.3 * 1.006**i for i in range(586)])
"""Orders tried as the first of a comb: .3 (a cage) to 10 (an inner race of many elements)."""

TEETH = 4
"""Harmonics of each comb."""

HIGHEST_ORDER = 24.5
"""End of the spectrum that is looked at, shaft orders."""

CAGE_ORDERS = (0.34, 0.46)
"""Where the cage's sidebands may lie, whatever the bearing (orders)."""

SPEED_ERROR = 0.02
"""Distance in which a sideband is looked for, orders: the stated speed may be that wrong."""

CHANNELS = TEETH + 8


def last_order(sample_rate_hz: float, shaft_hz: float) -> float:
    """End of the order axis that a recording can fill, at most `HIGHEST_ORDER`.

    Args:
        sample_rate_hz: samples per second.
        shaft_hz: shaft speed, Hz.

    Example:
        >>> last_order(12800, 30), last_order(1200, 30)
        (24.5, 10.0)
    """
    return min(HIGHEST_ORDER, sample_rate_hz / (4 * shaft_hz))


def order_array(spectrum: ContrastSpectrum) -> NDArray[np.float32]:
    """Map of combs over the order of their first tooth.

    Args:
        spectrum: contrast over orders of the stated shaft speed, up to `HIGHEST_ORDER`.

    Returns:
        (channel, order) contrast (nats) of teeth 1 to 4, of the shaft's sidebands below and above
        the first two teeth, and of the cage's.

    Example:
        >>> contrast = np.zeros(2450, np.float32)
        >>> contrast[[360, 720, 1080, 1440]] = 1.0  # a comb at 3.6
        >>> found = order_array(ContrastSpectrum(contrast, 0.01, 0.03))
        >>> found.shape, round(float(GRID[found[:4].sum(axis=0).argmax()]), 1)
        ((12, 586), 3.6)
    """
    return peaks_between(spectrum, *_RANGES)


def _ranges() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(channel, order) first and last order of what each number of the map is the highest of."""
    near, far = CAGE_ORDERS
    beside = (
        (-1 - SPEED_ERROR, -1 + SPEED_ERROR),
        (1 - SPEED_ERROR, 1 + SPEED_ERROR),
        (-far, -near),
        (near, far),
    )
    teeth = [
        (tooth * GRID - half, tooth * GRID + half)
        for tooth in range(1, TEETH + 1)
        for half in [READ_WITHIN * tooth * GRID]
    ]
    sides = [(tooth * GRID + low, tooth * GRID + high) for tooth in (1, 2) for low, high in beside]
    first, last = zip(*teeth, *sides, strict=True)
    return np.stack(first), np.stack(last)


_RANGES = _ranges()
