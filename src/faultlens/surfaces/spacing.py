"""How far the points of a scan lie from each other, and so the cells of a raster for them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.surface import Surface

SAMPLES, WINDOWS, IN_WINDOW = 3000, 12, 300
"""Neighbours of a raster that are measured; windows of a cloud, and points in each of them."""

REGULAR = 0.75
"""Distance to the nearest point over the distance of equally many points on a square lattice,
above which they lie on a lattice: strewn by chance it is 0.47, of a lattice with a third of its
points missing 0.82."""

STREWN, EMPTY = (1.0, 1.1, 1.2, 1.3, 1.4), 0.2
"""Sides of cells in spacings that are tried where points lie on no lattice, and the share of cells
that may stay empty: of points strewn by chance that gives 1.3, of a jittered lattice less."""

TURNED = 1.2
"""Side of cells in spacings where points lie on a lattice across the axes of the sheet."""


@dataclass(frozen=True)
class Raster:
    """Cells that suit the points of a scan.

    Args:
        side_mm: of a square cell, mm.
        phase_mm: u and v of the centre of a cell, mm: where points lie on a lattice, on them.
    """

    side_mm: float
    phase_mm: tuple[float, float]


def suited(
    surface: Surface,
    reference: AbstractReference,
    places_mm: NDArray[np.float64],
    side_mm: float | None = None,
) -> Raster:
    """The cells that suit a scan: about one point in each.

    Args:
        surface: the scan, for its raster.
        reference: that unrolls it.
        places_mm: (axis, point) u and v of its measured points, mm.
        side_mm: of the cells, where the user said it.

    Example:
        >>> from faultlens.surfaces.reference.fit import fit_reference
        >>> from faultlens.surfaces.surface import height_map
        >>> scan = height_map(np.zeros((30, 30)), 0.2)
        >>> reference = fit_reference(scan, "plane")
        >>> round(suited(scan, reference, reference.located(scan.points_mm)[:, :2].T).side_mm, 6)
        0.2
    """
    side = side_mm
    if side is None and surface.grid is not None:
        side = _pitch(surface, reference)
    if side is None:
        side = _cloud_side(places_mm)
    some = places_mm[:, :: max(1, places_mm.shape[1] // 20_000)]
    turns = np.exp(2j * np.pi * some / side).mean(axis=1)
    phase = np.angle(turns) / (2 * np.pi) * side
    return Raster(side, (float(phase[0]), float(phase[1])))


def _pitch(surface: Surface, reference: AbstractReference) -> float | None:
    """The greater of the distances between neighbours along rows and columns of a raster."""
    rows, columns = surface.grid or (0, 0)
    if min(rows, columns) < 2:
        return None
    rng = np.random.default_rng(0)
    row, column = (rng.integers(0, x - 1, SAMPLES) for x in (rows, columns))
    here = row * columns + column
    sheets = [
        reference.located(surface.points_mm[x])[:, :2] for x in (here, here + 1, here + columns)
    ]
    steps = [np.linalg.norm(x - sheets[0], axis=1) for x in sheets[1:]]
    found = [float(np.median(x[np.isfinite(x)])) for x in steps if np.isfinite(x).any()]
    side = max(found, default=0.0)
    return side if side > 0 else None


def _cloud_side(places: NDArray[np.float64]) -> float:
    u, v = places
    rng = np.random.default_rng(0)
    low, high = np.quantile(places[:, :: max(1, len(u) // 20_000)], [0.02, 0.98], axis=1)
    sides = np.maximum(high - low, 1e-9 * max(float((high - low).max()), 1e-9))
    half = float(np.sqrt(sides.prod() * IN_WINDOW / len(u)) / 2)
    windows = []
    for middle in rng.integers(0, len(u), WINDOWS):
        inside = (np.abs(u - u[middle]) <= half) & (np.abs(v - v[middle]) <= half)
        windows.append((places[:, inside] - places[:, middle, None]).T)
    # Windows at the edge of the scan are half empty: the fuller half is within it.
    windows = sorted(windows, key=len)[WINDOWS // 2 :]
    if len(windows[0]) < 8:
        return 2 * half / float(np.sqrt(IN_WINDOW))
    spacing = 2 * half / float(np.sqrt(np.median([len(x) for x in windows])))
    found = [cKDTree(x).query(x, 2) for x in windows]
    apart = np.concatenate([x[:, 1] for x, _ in found])
    pitch = float(np.median(apart))
    if pitch < REGULAR * spacing:
        tried = (x * spacing for x in STREWN)
        fitting = (x for x in tried if _empty(windows, half, x) <= EMPTY)
        return next(fitting, STREWN[-1] * spacing)
    ways = np.concatenate(
        [x[partner[:, 1]] - x for x, (_, partner) in zip(windows, found, strict=True)]
    )
    along = np.cos(4 * np.arctan2(ways[:, 1], ways[:, 0]))
    aligned = np.median(along) > 0.98 and np.quantile(apart, 0.25) > 0.98 * pitch
    return pitch if aligned else TURNED * pitch


def _empty(windows: list[NDArray[np.float64]], half: float, side: float) -> float:
    """Share of cells without a point, were they of this side."""
    cells = int(2 * half / side)
    if cells < 2:
        return 0.0
    edges = np.arange(cells + 1) * side - half
    counts = [np.histogram2d(x[:, 0], x[:, 1], (edges, edges))[0] for x in windows]
    return float(np.mean([(x == 0).mean() for x in counts]))
