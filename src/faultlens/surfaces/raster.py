"""Deviations of every point of a scan, gathered on a raster of the unrolled reference."""

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnusableSurfaceError, UsageError
from faultlens.core.notice import Notice
from faultlens.surfaces.deviation import DeviationMap
from faultlens.surfaces.lone_points import lone_points
from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.spacing import Raster, suited
from faultlens.surfaces.surface import Surface
from faultlens.surfaces.two_surfaces import poor_fit, second_surface

MOST_CELLS = 16_000_000
"""Cells of the largest raster: 200 MB of it, and four times a camera's picture."""

EDGE_SHARE, MARGIN = 0.01, 0.25
"""Points beyond this share at each end, further out than this share of the extent, are flying."""

MANY_OUTLIERS = 0.01
"""Share of outliers above which the user is told."""


def deviation_map(
    surface: Surface, reference: AbstractReference, *, spacing_mm: float | None = None
) -> DeviationMap:
    """How far each place of a scan lies off its reference.

    Args:
        surface: the scan.
        reference: fitted to it, or registered with it.
        spacing_mm: side of the cells, mm; None for about the distance between its points.

    Raises:
        UsageError: a spacing that is no positive number, or so small that nothing could hold the
            raster.
        UnusableSurfaceError: no point of the scan lies on the reference.

    Example:
        >>> from faultlens.surfaces.reference.fit import fit_reference
        >>> from faultlens.surfaces.surface import height_map
        >>> heights = np.zeros((20, 30))
        >>> heights[5:8, 5:8] = -0.2
        >>> scan = height_map(heights, 0.1)
        >>> deviations = deviation_map(scan, fit_reference(scan, "plane"))
        >>> deviations.deviations_mm.shape, f"{deviations.deviations_mm.min():.3f}"
        ((20, 30), '-0.200')
    """
    if spacing_mm is not None and not (np.isfinite(spacing_mm) and spacing_mm > 0):
        raise UsageError(f"The spacing is {spacing_mm:g} mm; give a positive number of mm.")
    sheet, of_point = _unrolled(surface, reference)
    kept = _within(sheet)
    near = sheet if kept.all() else sheet[:, kept]
    natural = suited(surface, reference, near[:2])
    cells, shape, origin = _cells(near, natural)
    lone, far = lone_points(cells, shape, near[2], natural.side_mm)
    second = second_surface(cells[~lone], shape, near[2, ~lone], far[~lone])
    left = ~lone
    left[left] = ~second.points
    outliers = int(len(kept) - len(lone) + lone.sum())
    kept[kept] = left
    if not kept.any():
        raise UnusableSurfaceError(
            "Every point of the scan lies alone, far off all others; check that the file is a "
            "scan of one part."
        )
    if spacing_mm is not None or second.points.any():
        near = sheet if kept.all() else sheet[:, kept]
        natural = suited(surface, reference, near[:2], spacing_mm)
        cells, shape, origin = _cells(near, natural)
        values = near[2]
    elif left.all():
        values = near[2]
    else:
        cells, shape, origin = _cropped(cells[left], shape, origin, natural.side_mm)
        values = near[2, left]
    counts = np.bincount(cells, minlength=shape[0] * shape[1])
    heights = _mean(cells, values, counts).astype(np.float32).reshape(shape)
    colours = None if surface.colours is None else surface.colours[of_point][kept]
    return DeviationMap(
        heights,
        counts.astype(np.int32).reshape(shape),
        natural.side_mm,
        origin,
        reference,
        outliers,
        None if colours is None else _coloured(cells, colours, counts).reshape(*shape, 3),
        _told(outliers, len(kept))
        + (
            second.warnings
            or poor_fit(heights, natural.side_mm, reference, surface.points_mm, values)
        ),
    )


def _unrolled(
    surface: Surface, reference: AbstractReference
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(3, point) u, v and w of all that lies on the sheet, and (point,) which points those are."""
    # Three sums of columns cost a tenth of what numpy takes for the rows of a long array.
    known = np.isfinite(surface.points_mm @ np.ones(3))
    whole = bool(known.all())
    located = reference.located(surface.points_mm if whole else surface.points_mm[known])
    sheet = np.ascontiguousarray(located.T)
    on_sheet = np.isfinite(sheet.sum(axis=0))
    if not on_sheet.any():
        raise UnusableSurfaceError(
            "No point of the scan lies on the reference surface; check that both show the same "
            "part, in the same unit."
        )
    if not on_sheet.all():
        sheet = sheet[:, on_sheet]
        known[known] = on_sheet
    return sheet, known


def _within(sheet: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(point,) whether it lies within the scan, or a little beside it: flying points do not."""
    u, v = sheet[:2]
    some = sheet[:2, :: max(1, len(u) // 50_000)]
    low, high = np.quantile(some, [EDGE_SHARE, 1 - EDGE_SHARE], axis=1)
    beside = MARGIN * float((high - low).max())
    across = (u >= low[0] - beside) & (u <= high[0] + beside)
    return np.asarray(across & (v >= low[1] - beside) & (v <= high[1] + beside), np.bool_)


def _cells(
    sheet: NDArray[np.float64], raster: Raster
) -> tuple[NDArray[np.int64], tuple[int, int], tuple[float, float]]:
    """Number of the cell of each point, rows and columns, and u and v of the first cell."""
    side, phase = raster.side_mm, np.asarray(raster.phase_mm)
    low, high = sheet[:2].min(axis=1), sheet[:2].max(axis=1)
    first, last = (np.rint((x - phase) / side).astype(np.int64) for x in (low, high))
    columns, rows = (int(x) for x in last - first + 1)
    if rows * columns > MOST_CELLS:
        fitting = side * float(np.sqrt(rows * columns / MOST_CELLS))
        raise UsageError(
            f"Cells of {side:g} mm make a raster of {rows} by {columns}, more than "
            f"{MOST_CELLS:,} cells; give a spacing of {fitting:.3g} mm or more."
        )
    origin = phase + first * side
    # Half a cell added and cut off is rounding, of numbers that are not negative.
    column = ((sheet[0] - (origin[0] - side / 2)) / side).astype(np.int64)
    row = ((sheet[1] - (origin[1] - side / 2)) / side).astype(np.int64)
    np.minimum(column, columns - 1, out=column)
    np.minimum(row, rows - 1, out=row)
    return row * columns + column, (rows, columns), (float(origin[0]), float(origin[1]))


def _cropped(
    cells: NDArray[np.int64], shape: tuple[int, int], origin: tuple[float, float], side_mm: float
) -> tuple[NDArray[np.int64], tuple[int, int], tuple[float, float]]:
    """What `_cells` gives of fewer points on the same raster: without what lies beyond them."""
    held = (np.bincount(cells, minlength=shape[0] * shape[1]) > 0).reshape(shape)
    rows, columns = (np.flatnonzero(held.any(axis=x)) for x in (1, 0))
    top, left = int(rows[0]), int(columns[0])
    fewer = (int(rows[-1]) - top + 1, int(columns[-1]) - left + 1)
    if fewer == shape:
        return cells, shape, origin
    row, column = np.divmod(cells, shape[1])
    first = (origin[0] + left * side_mm, origin[1] + top * side_mm)
    return (row - top) * fewer[1] + column - left, fewer, first


def _mean(
    cells: NDArray[np.int64], values: NDArray[np.generic], counts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(cell,) mean of the values in it; NaN where it is empty."""
    sums = np.bincount(cells, values, minlength=len(counts))
    means = np.full(len(counts), np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means


def _coloured(
    cells: NDArray[np.int64], colours: NDArray[np.uint8], counts: NDArray[np.int64]
) -> NDArray[np.uint8]:
    means = [np.nan_to_num(_mean(cells, colours[:, x], counts)) for x in range(3)]
    return np.rint(np.stack(means, axis=1)).astype(np.uint8)


def _told(outliers: int, points: int) -> tuple[Notice, ...]:
    if outliers <= MANY_OUTLIERS * points:
        return ()
    share = outliers / points
    return (
        Notice(
            f"{outliers} of {points} points ({share:.1%}) lie alone, far off the surface, and "
            "were left out.",
            f"{points} 个点中有 {outliers} 个（{share:.1%}）孤立且远离表面，已被剔除。",
        ),
    )
