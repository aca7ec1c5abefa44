"""Outliers of a scan: points far off its reference with next to no neighbour that agrees."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from faultlens.surfaces.reference.robust import robust_scale

FAR = 6.0
"""Robust standard deviations beyond which a point is far off."""

COMPANY = 5
"""Cells that must lie side by side and agree, for a far place to be a defect and no outlier."""

ALIKE, STEEP = 0.4, 3.0
"""Neighbours agree where they differ by less than this share of the greater, and no more than a
wall of this slope lets them, beside the noise."""

SPARSE = 0.35
"""Share of the usual number of measured cells around, below which a cell is outside of the scan."""


def lone_points(
    cells: NDArray[np.int64],
    shape: tuple[int, int],
    deviations_mm: NDArray[np.float64],
    side_mm: float,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which points are outliers, and which are far off in good company.

    Args:
        cells: (point,) number of the cell of each, row by row.
        shape: rows and columns of the raster.
        deviations_mm: (point,) mm.
        side_mm: of a cell, mm.

    Returns:
        (point,) outliers; (point,) far off with company, as a defect or a second surface is.

    Example:
        >>> off = np.random.default_rng(0).normal(0, 0.01, 400)
        >>> off[150] = 3.0
        >>> np.flatnonzero(lone_points(np.arange(400), (20, 20), off, 0.1)[0]).tolist()
        [150]
    """
    floor = 1e-12 + 1e-9 * float(np.abs(deviations_mm).max())
    scale = robust_scale(deviations_mm[:: max(1, len(deviations_mm) // 50_000)], floor)
    far = np.abs(deviations_mm) > FAR * scale
    lone = np.zeros(len(cells), bool)
    if far.any():
        lone[far] = _alone(cells, shape, deviations_mm, far, (4 * scale, STEEP * side_mm))
    outside = _outside(cells[~lone], shape)
    if outside.any():
        lone[~lone] |= outside
    return lone, far & ~lone


def _alone(
    cells: NDArray[np.int64],
    shape: tuple[int, int],
    deviations: NDArray[np.float64],
    far: NDArray[np.bool_],
    limits: tuple[float, float],
) -> NDArray[np.bool_]:
    """(far point,) whether less than `COMPANY` far places hang together with its own.

    A point that is far by a hair, on the rim of a dent, has its company below the limit: beside a
    neighbour that is not far and differs by no more than noise it is not alone.
    """
    own = cells[far]
    places, upper = _places(own, deviations[far], shape, limits)
    near = _means(cells[~far], deviations[~far], shape)
    # Next to no cell of a scan is far: those alone are looked around from, on a raster with a rim.
    wide = shape[1] + 2
    layers = [np.pad(x, 1, constant_values=np.nan).ravel() for x in (*places, near)]
    held = np.unique(own)
    middle = (held // shape[1] + 1) * wide + held % shape[1] + 1
    numbers = np.zeros(layers[0].size, np.int64)
    numbers[middle] = np.arange(len(held))
    starts, ends = [], []
    grounded = np.zeros((2, len(held)), np.int8)
    both = (0, 1) if upper.any() else (0,)
    for step in _steps(wide):
        beside = middle + step
        for i in both:
            a = layers[i][middle]
            grounded[i] += np.abs(a - layers[2][beside]) < limits[0]
            if step < 0:
                continue  # that pair is met from its other end
            for j in both:
                b = layers[j][beside]
                agree = np.abs(a - b) < _apart(a, b, limits)
                starts.append(np.flatnonzero(agree) + i * len(held))
                ends.append(numbers[beside[agree]] + j * len(held))
    start, end = np.concatenate(starts), np.concatenate(ends)
    at = np.searchsorted(held, own) + upper * len(held)
    company = _company(start, end, at)
    return np.asarray((company < COMPANY) & (grounded.ravel()[at] < 2), np.bool_)


def _apart(
    a: NDArray[np.float64], b: NDArray[np.float64], limits: tuple[float, float]
) -> NDArray[np.float64]:
    """How far neighbours may differ: by noise, and by the wall of a defect between them."""
    most = np.maximum(np.abs(a), np.abs(b))
    return limits[0] + np.minimum(ALIKE * most, limits[1])


def _places(
    cells: NDArray[np.int64],
    deviations: NDArray[np.float64],
    shape: tuple[int, int],
    limits: tuple[float, float],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(2, row, column) lower and upper place of a cell, and (point,) which are of the upper one.

    A cell may hold a point of a dent and an outlier: their mean would be neither. Where all its
    points agree a cell has one place only, and the upper one is NaN.
    """
    order = np.lexsort((deviations, cells))
    first = np.flatnonzero(np.diff(cells[order], prepend=-1))
    last = np.append(first[1:], len(order)) - 1
    low, high = deviations[order[first]], deviations[order[last]]
    apart = high - low >= _apart(low, high, limits)
    held = cells[order[first]]
    middle = np.full(shape[0] * shape[1], np.inf)
    middle[held[apart]] = (low + high)[apart] / 2
    upper = deviations > middle[cells]
    places = [_means(cells[x], deviations[x], shape) for x in (~upper, upper)]
    return np.stack(places), upper


def _company(
    start: NDArray[np.int64], end: NDArray[np.int64], places: NDArray[np.int64]
) -> NDArray[np.int64]:
    """(place,) how many places hang together with it, by pairs that agree."""
    nodes, number = np.unique(places, return_inverse=True)
    pairs = (np.searchsorted(nodes, start), np.searchsorted(nodes, end))
    graph = coo_array((np.ones(len(start), np.int8), pairs), (len(nodes), len(nodes)))
    groups = connected_components(graph, directed=False)[1]
    return np.asarray(np.bincount(groups)[groups][number], np.int64)


def _steps(wide: int) -> tuple[int, ...]:
    """From a cell to those beside it and at its corners, in a raster that is so many cells wide."""
    ahead = (1, wide, wide + 1, wide - 1)
    return (*ahead, *(-x for x in ahead))


def _means(
    cells: NDArray[np.int64], values: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    counts = np.bincount(cells, minlength=shape[0] * shape[1])
    means = np.full(len(counts), np.nan)
    sums = np.bincount(cells, values, minlength=len(counts))
    np.divide(sums, counts, out=means, where=counts > 0)
    return means.reshape(shape)


def _outside(cells: NDArray[np.int64], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """(point,) whether its cell lies where the scan has next to no points: beyond its edge."""
    measured = (np.bincount(cells, minlength=shape[0] * shape[1]) > 0).reshape(shape)
    around = uniform_filter(measured.astype(np.float32), 5, mode="constant")
    usual = float(np.median(around[measured]))
    sparse = (measured & (around < SPARSE * usual)).ravel()
    return np.asarray(sparse[cells], np.bool_)
