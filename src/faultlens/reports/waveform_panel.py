"""The waveform: drawn as its envelope of extremes, so that an hour draws as fast as a second."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.palette import CURVE, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 1200
"""Columns in which extremes are kept: more than the panel has pixels at 150 dpi."""


def extremes(
    time_s: NDArray[np.floating], samples: NDArray[np.floating], columns: int = COLUMNS
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """The waveform thinned to the smallest and the largest sample of each column.

    Args:
        time_s: (sample,) seconds.
        samples: (sample,) any unit.
        columns: columns to keep.

    Returns:
        (point,) time in seconds and (point,) samples, at most about 4 points per column; a short
        waveform comes back as it is.

    Example:
        >>> time, kept = extremes(np.arange(10000.0), np.sin(np.arange(10000.0)), columns=10)
        >>> len(kept), bool(kept.max() > 0.999)
        (20, True)
    """
    if len(samples) <= 4 * columns:
        return time_s, samples
    starts = np.linspace(0, len(samples), columns, endpoint=False).astype(np.intp)
    low, high = np.minimum.reduceat(samples, starts), np.maximum.reduceat(samples, starts)
    return np.repeat(time_s[starts], 2), np.stack([low, high], axis=1).ravel()


def draw_waveform(
    axes: "Axes", time_s: NDArray[np.floating], samples: NDArray[np.floating]
) -> None:
    """Draw the waveform over its time axis.

    Args:
        axes: where to draw.
        time_s: (sample,) seconds.
        samples: (sample,) any unit.

    Example:
        >>> from matplotlib.figure import Figure
        >>> axes = Figure().add_subplot()
        >>> draw_waveform(axes, np.array([0.0, 1.0]), np.array([1.0, -1.0]))
        >>> tuple(map(float, axes.get_xlim()))
        (0.0, 1.0)
    """
    if not len(samples):
        return
    shown = extremes(time_s, samples)
    axes.axhline(0, color=RULE, linewidth=0.6)
    axes.plot(*shown, color=CURVE, linewidth=0.5, solid_joinstyle="round")
    reach = float(np.abs(shown[1]).max()) or 1.0
    axes.set(ylim=(-1.08 * reach, 1.08 * reach))
    if time_s[-1] > time_s[0]:
        axes.set_xlim(float(time_s[0]), float(time_s[-1]))
    axes.locator_params(axis="y", nbins=4)
    axes.locator_params(axis="x", nbins=8)
