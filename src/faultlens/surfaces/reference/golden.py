"""The reference of a part of which a golden scan or a CAD mesh exists, once one lies on the other.

The golden surface is unrolled over the simplest form near it, and its heights over that form are
kept on a raster, so that a million points are read off as fast as from any other reference.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation
from scipy.spatial import cKDTree

from faultlens.core.errors import UnusableSurfaceError
from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.reference.bridged import bridged
from faultlens.surfaces.reference.cylinder import fit_cylinder
from faultlens.surfaces.reference.height_field import HeightField, bends
from faultlens.surfaces.reference.plane import fit_plane
from faultlens.surfaces.reference.robust import robust_scale, thinned
from faultlens.surfaces.reference.sphere import fit_sphere
from faultlens.surfaces.registration.icp import moved
from faultlens.surfaces.registration.oriented import face_normals, mesh_samples
from faultlens.surfaces.registration.register import Registration, register
from faultlens.surfaces.surface import Surface

SAMPLES, PARTNERS = 500_000, 10_000
"""Points strewn over a mesh, and points of the scan by which the side that it shows is found."""

ON_LATTICE, STREWN = 1.2, 1.8
"""Sides of the cells of heights in spacings of the points: of a scan, and of points strewn over a
mesh by chance, where one cell in twenty-five stays empty."""

FINEST = 900
"""Cells along the longer side of the raster of heights, at most."""

STEEPEST = 2.5
"""Slope of walls and steps of the golden surface, which are not measured: a scan that lies off by a
hair along the surface would show the whole wall as a defect."""

GAP = 3
"""Cells by which a gap, or the edge, of the golden surface is bridged; beyond nothing is known."""

CURVED = 0.5
"""The heights are laid over a cylinder or sphere where that halves them."""


@dataclass(frozen=True, eq=False)
class GoldenSurface(AbstractReference):
    """A golden scan or CAD mesh, seen from the frame of the scan that was laid on it.

    Args:
        heights: of the golden surface, over a simpler form, in its own frame.
        registration: how the scan lies on it.
        rms_mm: robust standard deviation of the scan about it, mm.
        kind: "scan".
    """

    heights: HeightField
    registration: Registration
    rms_mm: float
    kind: str = field(default="scan", init=False)

    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) u, v, w of points, mm; see `AbstractReference`."""
        return self.heights.located(moved(self.registration.transform, points_mm))

    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 3) x, y, z of places on the sheet, mm; see `AbstractReference`."""
        turn, shift = self.registration.transform[:3, :3], self.registration.transform[:3, 3]
        return np.asarray((self.heights.placed(sheet_mm) - shift) @ turn, np.float64)

    def told(self) -> dict[str, object]:
        """The form as plain values for the JSON."""
        return {**self.heights.told(), **self.registration.told(), "rms_mm": self.rms_mm}


def fit_golden(
    surface: Surface, golden: Surface, points_mm: NDArray[np.float64], seed: int
) -> GoldenSurface:
    """The golden surface under a scan.

    Args:
        surface: the scan.
        golden: scan of a sound part, or a mesh.
        points_mm: (point, 3) of the scan, thinned, mm.
        seed: of the chance by which points are drawn.

    Raises:
        UnusableSurfaceError: the scan cannot be laid on the golden surface.

    Example:
        >>> x, y = np.meshgrid(np.linspace(0, 30, 180), np.linspace(0, 20, 120))
        >>> part = np.stack([x, y, 2 * np.sin(x / 4) + y**2 / 60], axis=-1).reshape(-1, 3)
        >>> scan = part + [5.0, 0.0, 1.0]
        >>> found = fit_golden(Surface(scan), Surface(part), scan, 0)
        >>> float(np.abs(found.located(scan)[:, 2]).max()) < 0.01
        True
    """
    registration = register(surface, golden, seed=seed)
    rng = np.random.default_rng(seed)
    transform = registration.transform
    scan = moved(transform, points_mm)
    stood = surface.viewpoint_mm
    if stood is None:
        # Far up the z axis of the scan, as everywhere.
        away = 1e3 * float(np.ptp(points_mm, axis=0).max())
        x, y, z = points_mm.mean(axis=0)
        stood = (float(x), float(y), float(z) + away)
    viewpoint = moved(transform, np.array([stood]))[0]
    x, y, z = viewpoint.tolist()
    seen = replace(surface, viewpoint_mm=(x, y, z))
    points, normals = _shown(golden, thinned(scan, PARTNERS, rng), viewpoint, registration, rng)
    base = _base(seen, thinned(points, 12_000, rng), rng)
    kind = "mesh" if normals is not None else "scan"
    facts: dict[str, object] = {"golden": kind, "golden_name": golden.name, "over": base.kind}
    field = _field(base, points, normals, facts)
    off = field.located(scan)[:, 2]
    return GoldenSurface(field, registration, robust_scale(off[np.isfinite(off)]))


def _shown(
    golden: Surface,
    scan: NDArray[np.float64],
    viewpoint: NDArray[np.float64],
    registration: Registration,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Points of the golden surface that the scan shows, and normals of the faces of a mesh."""
    normals = None
    if golden.faces is not None and len(golden.faces):
        corners = golden.points_mm[golden.faces]
        faces = face_normals(golden)
        toward = ((viewpoint - corners.mean(axis=1)) * faces).sum(axis=1) > 0
        front = replace(golden, faces=golden.faces[toward])
        points, numbers = mesh_samples(front, SAMPLES, rng)
        normals = faces[toward][numbers]
    else:
        points = golden.points_mm[np.isfinite(golden.points_mm @ np.ones(3))]
    tree = cKDTree(scan)
    # The scan is thinned here: a place of the golden surface counts as shown between its points,
    # and over a defect as deep as a tenth of the scan.
    spacing = float(np.median(tree.query(scan[:2000], 2)[0][:, 1]))
    reach = 6 * spacing + registration.tolerance_mm
    reach += 0.02 * float(np.ptp(scan, axis=0).max())
    shown = np.isfinite(tree.query(points, distance_upper_bound=reach)[0])
    if shown.sum() < 50:
        raise UnusableSurfaceError(
            "The golden surface has hardly a point where the scan has any; give a golden scan as "
            "dense as the scan, or a mesh."
        )
    return points[shown], None if normals is None else normals[shown]


def _base(
    seen: Surface, points: NDArray[np.float64], rng: np.random.Generator
) -> AbstractReference:
    """Plane, cylinder or sphere over which the golden surface is a height."""
    plane = fit_plane(seen, points, rng)
    forms: list[tuple[float, AbstractReference]] = [(CURVED * plane.rms_mm, plane)]
    for found in (fit_cylinder(seen, points, rng), fit_sphere(seen, points, rng)):
        if found is not None:
            forms.append((found.rms_mm, found))
    return min(forms, key=lambda x: x[0])[1]


def _field(
    base: AbstractReference,
    points: NDArray[np.float64],
    normals: NDArray[np.float64] | None,
    facts: dict[str, object],
) -> HeightField:
    """Heights of the golden surface over the base, on a raster as fine as its points allow."""
    sheet = base.located(points)
    if normals is not None:
        kept = _topmost(sheet)
        points, normals, sheet = points[kept], normals[kept], sheet[kept]
    low, high = sheet[:, :2].min(axis=0), sheet[:, :2].max(axis=0)
    sides = np.maximum(high - low, 1e-9)
    room = ON_LATTICE if normals is None else STREWN
    side = max(room * float(np.sqrt(sides.prod() / len(points))), float(sides.max()) / FINEST)
    # Around it is room to go on straight, for a scan that reaches a little further.
    low -= (GAP + 1) * side
    columns, rows = (int(x) for x in np.ceil(sides / side) + 2 * (GAP + 1))
    at = np.rint((sheet[:, :2] - low) / side).astype(np.int64)
    cell = at[:, 1] * columns + at[:, 0]
    beside = sheet[:, :2] - (low + at * side)
    counts = np.bincount(cell, minlength=rows * columns)
    shape = (rows, columns)

    def read_off(slopes: NDArray[np.float64], bent: NDArray[np.float64]) -> NDArray[np.float64]:
        # A point somewhere in a cell speaks for its middle along slope and bend of the surface.
        rise = (slopes * beside + 0.5 * bent * (beside / side) ** 2).sum(axis=1)
        return bridged(_mean(cell, sheet[:, 2] - rise, counts, shape), GAP)

    flat = np.zeros_like(beside)
    if normals is not None:
        heights = read_off(_slopes(base, points, normals, sheet), flat)
    else:
        heights = read_off(flat, flat)
        for _ in range(2):
            rise_v, rise_u = (np.asarray(x, np.float64) for x in np.gradient(heights, side))
            slopes = np.nan_to_num(_at(cell, rise_u, rise_v))
            heights = read_off(slopes, _at(cell, bends(heights), bends(heights.T).T))
    along_v, along_u = np.gradient(heights, side)
    walls = binary_dilation(np.hypot(along_u, along_v) > STEEPEST, np.ones((3, 3), bool))
    heights[walls] = np.nan
    origin = (float(low[0]), float(low[1]))
    return HeightField(base, heights, origin, (side, side), "scan", facts, order=1)


def _at(
    cell: NDArray[np.int64], along_u: NDArray[np.float64], along_v: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(point, 2) what two rasters hold in the cells of the points."""
    return np.stack([along_u.ravel()[cell], along_v.ravel()[cell]], axis=1)


def _topmost(sheet: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(point,) whether nothing of the mesh lies over it: bodies that touch have inner faces."""
    low, high = sheet[:, :2].min(axis=0), sheet[:, :2].max(axis=0)
    side = 4 * float(np.sqrt(np.maximum(high - low, 1e-9).prod() / len(sheet)))
    column, row = ((sheet[:, :2] - low) / side).astype(np.int64).T
    cell = row * (int(column.max()) + 1) + column
    highest = np.full(int(cell.max()) + 1, -np.inf)
    np.maximum.at(highest, cell, sheet[:, 2])
    return np.asarray(sheet[:, 2] >= highest[cell] - 2 * side, np.bool_)


def _slopes(
    base: AbstractReference,
    points: NDArray[np.float64],
    normals: NDArray[np.float64],
    sheet: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(point, 2) rise of a face along u and v, from two steps along its plane."""
    step = 1e-4 * float(np.ptp(sheet[:, :2], axis=0).max())
    along = np.eye(3)[np.argmin(np.abs(normals), axis=1)]
    one = np.cross(normals, along)
    one /= np.linalg.norm(one, axis=1, keepdims=True)
    steps = [base.located(points + step * x) - sheet for x in (one, np.cross(normals, one))]
    a, b = steps
    area = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    steep = np.abs(area) < 0.05 * step**2
    area = np.where(steep, 1.0, area)
    u = (a[:, 2] * b[:, 1] - b[:, 2] * a[:, 1]) / area
    v = (b[:, 2] * a[:, 0] - a[:, 2] * b[:, 0]) / area
    return np.where(steep[:, None], 0.0, np.stack([u, v], axis=1))


def _mean(
    cell: NDArray[np.int64],
    values: NDArray[np.float64],
    counts: NDArray[np.int64],
    shape: tuple[int, int],
) -> NDArray[np.float64]:
    sums = np.bincount(cell, values, minlength=len(counts))
    means = np.full(len(counts), np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means.reshape(shape)
