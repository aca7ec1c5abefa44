"""A map of deviations in no more cells than a picture shows, and the light that lies on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.measurement_view import MeasurementView

LIGHT = (-0.55, 0.55)
"""Where the light comes from along u and v, per height: the upper left, as on printed maps."""

DEEPEST_SHADE = 0.16
"""Most that light and shade change a colour: form is felt, the colour still read."""


@dataclass(frozen=True, eq=False)
class ShownMap:
    """Deviations as a picture shows them.

    Args:
        deviations_mm: (row, column) mm; NaN where nothing was measured.
        extent_mm: least and greatest u, least and greatest v of the outer edges, mm.
        cell_mm: side of a cell, mm.
    """

    deviations_mm: NDArray[np.float32]
    extent_mm: tuple[float, float, float, float]
    cell_mm: float


def extent_mm(view: MeasurementView) -> tuple[float, float, float, float]:
    """The outer edges of the map on the sheet: least and greatest u, least and greatest v, mm.

    Args:
        view: the measured scan.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> [round(x, 2) for x in extent_mm(example_scan())]
        [-20.0, 20.0, -15.0, 15.0]
    """
    (u, v), pitch = view.deviations.origin_mm, view.deviations.spacing_mm
    rows, columns = view.deviations.deviations_mm.shape
    return u - pitch / 2, u + (columns - 0.5) * pitch, v - pitch / 2, v + (rows - 0.5) * pitch


def shown_map(view: MeasurementView, most: tuple[int, int]) -> ShownMap:
    """The map in cells that a picture can show; within defects what lies around does not dilute.

    A crack of one cell would fade to nothing in the mean of its block, so that a block which a
    defect reaches into shows the mean of the defect alone.

    Args:
        view: the measured scan.
        most: columns and rows at most.

    Returns:
        the map; the same cells where it is small enough.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> shown_map(example_scan(), (40, 40)).deviations_mm.shape
        (30, 40)
    """
    full = view.deviations.deviations_mm
    pitch = view.deviations.spacing_mm
    step = max(-(-full.shape[1] // max(most[0], 1)), -(-full.shape[0] // max(most[1], 1)), 1)
    left, right, bottom, top = extent_mm(view)
    if step == 1:
        return ShownMap(closed(full), (left, right, bottom, top), pitch)
    measured = np.isfinite(full)
    values = np.where(measured, full, np.float32(0))
    shown = _mean(values, measured, step)
    inside = defect_cells(view) & measured
    if inside.any():
        of_defects = _mean(np.where(inside, values, np.float32(0)), inside, step)
        shown = np.where(np.isfinite(of_defects), of_defects, shown)
    # Blocks at the far edges hold fewer cells, and are drawn as if they held all.
    rows, columns = shown.shape
    cell = step * pitch
    reach = (left, left + columns * cell, bottom, bottom + rows * cell)
    return ShownMap(closed(shown), reach, cell)


def defect_cells(view: MeasurementView) -> NDArray[np.bool_]:
    """(row, column) of the whole map within the outline of any defect.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> view = example_scan()
        >>> bool(defect_cells(view)[view.defects[0].defect.worst])
        True
    """
    inside = np.zeros(view.deviations.deviations_mm.shape, bool)
    for mark in view.defects:
        top, left, rows, columns = mark.defect.box
        piece = inside[top : top + rows, left : left + columns]
        piece |= mark.defect.mask[: piece.shape[0], : piece.shape[1]]
    return inside


def smoothed(values: NDArray[np.floating], cells: float) -> NDArray[np.float32]:
    """A map without the grain of its cells; where nothing was measured, what lies around.

    Args:
        values: (row, column); NaN where nothing was measured.
        cells: standard deviation of the smoothing.

    Example:
        >>> smoothed(np.array([[1.0, np.nan, 1.0]]), 1.0).round(3).tolist()
        [[1.0, 1.0, 1.0]]
    """
    from scipy.ndimage import gaussian_filter

    known = np.isfinite(values)
    total = gaussian_filter(np.where(known, values, 0).astype(np.float32), cells, truncate=3)
    if known.all():
        return np.asarray(total, np.float32)
    weight = gaussian_filter(known.astype(np.float32), cells, truncate=3)
    return np.asarray(total / np.maximum(weight, 1e-3), np.float32)


def shaded(colours: NDArray[np.uint8], shown: ShownMap, limit_mm: float) -> NDArray[np.uint8]:
    """The colours of a map with light from the upper left.

    Args:
        colours: (row, column, channel).
        shown: the deviations.
        limit_mm: deviation of the last colour, mm: the light is as steep as the colours are.

    Example:
        >>> slope = ShownMap(np.arange(9, dtype=np.float32).reshape(3, 3), (0, 3, 0, 3), 1.0)
        >>> grey = np.full((3, 3, 3), 200, np.uint8)
        >>> shaded(grey, slope, 10.0).shape
        (3, 3, 3)
    """
    height = smoothed(shown.deviations_mm, 1.0)
    if min(height.shape) < 2:
        return colours
    down, across = np.gradient(height)
    slope = (LIGHT[0] * across + LIGHT[1] * down) * np.float32(14 / limit_mm)
    # Light grows with the slope, and never beyond what the colour can bear.
    light = 1 + np.float32(DEEPEST_SHADE) * np.tanh(-slope)
    light[~np.isfinite(shown.deviations_mm)] = 1
    lit = np.clip(colours * light[..., None], 0, 255)
    return np.asarray(lit, np.uint8)


def closed(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Single cells without a point take what lies around: by chance a cloud leaves some empty.

    Args:
        values: (row, column); NaN where nothing was measured.

    Example:
        >>> gap = np.ones((5, 5))
        >>> gap[2, 2] = np.nan
        >>> float(closed(gap)[2, 2])
        1.0
    """
    from scipy.ndimage import uniform_filter

    given = np.asarray(values, np.float32)
    known = np.isfinite(given)
    if known.all() or min(given.shape) < 3:
        return given
    share = uniform_filter(known.astype(np.float32), 3, mode="nearest")
    total = uniform_filter(np.where(known, given, np.float32(0)), 3, mode="nearest")
    # More than half of the neighbours: real holes and the ends of the scan stay as they are.
    lone = ~known & (share > 0.5)
    return np.where(lone, total / np.maximum(share, np.float32(0.1)), given).astype(np.float32)


def _mean(
    values: NDArray[np.float32], counted: NDArray[np.bool_], step: int
) -> NDArray[np.floating]:
    total, count = (_block_sums(x, step) for x in (values, counted))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan)


def _block_sums(values: NDArray[np.generic], step: int) -> NDArray[np.float32]:
    # Whole lines are added up, which takes a fourth of the time of numpy's own sums of blocks.
    for axis in (0, 1):
        wide = np.swapaxes(values, 0, axis)
        sums = wide[::step].astype(np.float32)
        for start in range(1, step):
            line = wide[start::step]
            sums[: len(line)] += line
        values = np.swapaxes(sums, 0, axis)
    return np.asarray(values, np.float32)
