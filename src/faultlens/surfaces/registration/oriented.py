"""Points with normals, thinned: what two scans, or a scan and a CAD mesh, are compared by."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from faultlens.core.errors import UnusableSurfaceError
from faultlens.surfaces.reference.frame import facing
from faultlens.surfaces.reference.robust import robust_scale, thinned
from faultlens.surfaces.surface import Surface

IN_PATCH = 16
"""Points about each, to which its normal is square."""

FEWEST = 50
"""Points without which nothing can be laid on anything."""


@dataclass(frozen=True, eq=False)
class OrientedPoints:
    """Points of a surface, with normals out of the material.

    Args:
        points_mm: (point, 3) mm.
        normals: (point, 3) unit vectors.
        roughness_mm: robust standard deviation of the points about the planes of their patches.
        spacing_mm: median distance to the nearest other point, mm.
        mesh: whether they are samples of a mesh, which has no noise but may have inner faces.
    """

    points_mm: NDArray[np.float64] = field(repr=False)
    normals: NDArray[np.float64] = field(repr=False)
    roughness_mm: float
    spacing_mm: float
    mesh: bool = False

    @property
    def extent_mm(self) -> float:
        """Longest side of the box that holds nearly all of it, mm."""
        return float(np.ptp(np.quantile(self.points_mm, [0.01, 0.99], axis=0), axis=0).max())


def oriented(surface: Surface, most: int, rng: np.random.Generator) -> OrientedPoints:
    """Points of a scan, or samples of a mesh, with normals.

    Args:
        surface: the scan; with faces it is taken as a mesh.
        most: points to keep.
        rng: draws them.

    Raises:
        UnusableSurfaceError: too few points.

    Example:
        >>> from faultlens.surfaces.surface import height_map
        >>> flat = oriented(height_map(np.zeros((20, 20)), 0.5), 300, np.random.default_rng(0))
        >>> flat.points_mm.shape, np.abs(flat.normals[0]).round(6).tolist()
        ((300, 3), [0.0, 0.0, 1.0])
    """
    if surface.faces is not None and len(surface.faces):
        points, numbers = mesh_samples(surface, most, rng)
        normals = face_normals(surface)[numbers]
        roughness = 0.0
        spacing = float(np.median(cKDTree(points).query(points[:2000], 2)[0][:, 1]))
        return OrientedPoints(points, normals, roughness, spacing, True)
    points = thinned(surface.points_mm, most, rng)
    if len(points) < FEWEST:
        raise UnusableSurfaceError(
            f"A scan of {len(points)} measured points cannot be laid on another; give one of at "
            f"least {FEWEST}."
        )
    distances, near = cKDTree(points).query(points, IN_PATCH)
    patches = points[near] - points[near].mean(axis=1, keepdims=True)
    normals = np.linalg.eigh(patches.swapaxes(1, 2) @ patches)[1][:, :, 0]
    roughness = robust_scale((patches[:, 0] * normals).sum(axis=1))
    normals *= _signs(surface, points, normals)[:, None]
    return OrientedPoints(points, normals, roughness, float(np.median(distances[:, 1])))


def _signs(
    surface: Surface, points: NDArray[np.float64], normals: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(point,) by which normals are multiplied so that they see the scanner."""
    toward = normals[:, 2]
    if surface.viewpoint_mm is not None:
        toward = ((np.asarray(surface.viewpoint_mm) - points) * normals).sum(axis=1)
    return np.asarray(np.where(toward < 0, -1.0, 1.0), np.float64)


def face_normals(mesh: Surface) -> NDArray[np.float64]:
    """(face, 3) unit normals of a mesh; a closed one is turned outward as a whole.

    Args:
        mesh: with faces.

    Example:
        >>> corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
        >>> face_normals(Surface(corners, faces=np.array([[0, 1, 2]]))).tolist()
        [[0.0, 0.0, 1.0]]
    """
    a, b, c = _corners(mesh)
    normals = np.cross(b - a, c - a)
    # Six times the volume that the faces enclose, about the middle of the mesh.
    volume = float((normals * (a - a.mean(axis=0))).sum())
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    area = float(lengths.sum()) / 2
    normals = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
    normals = np.asarray(normals, np.float64)
    closed = abs(volume) > 1e-3 * area**1.5
    if closed and volume < 0:
        return -normals
    seen = None if closed else facing(mesh, a, normals)
    return -normals if seen is not None and seen < 0 else normals


def mesh_samples(
    mesh: Surface, most: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points strewn evenly over a mesh, and the face that each lies on.

    Args:
        mesh: with faces.
        most: points.
        rng: strews them.

    Returns:
        (point, 3) mm, and (point,) numbers of faces.

    Raises:
        UnusableSurfaceError: a mesh whose faces have no area.

    Example:
        >>> corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
        >>> mesh = Surface(corners, faces=np.array([[0, 1, 2]]))
        >>> mesh_samples(mesh, 9, np.random.default_rng(0))[0].shape
        (9, 3)
    """
    a, b, c = _corners(mesh)
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    if not areas.sum() > 0:
        raise UnusableSurfaceError(
            "The faces of the mesh have no area; give a mesh with triangles, or a scan."
        )
    edges = np.cumsum(areas)
    numbers = np.searchsorted(edges, rng.random(most) * edges[-1], side="right")
    numbers = np.minimum(numbers, len(areas) - 1)
    one, other = np.sqrt(rng.random(most)), rng.random(most)
    shares = np.stack([1 - one, one * (1 - other), one * other], axis=1)
    corners = np.stack([a[numbers], b[numbers], c[numbers]], axis=1)
    return np.einsum("pc,pcx->px", shares, corners), numbers


def _corners(mesh: Surface) -> tuple[NDArray[np.float64], ...]:
    """(face, 3) first, second and third corners, of the faces whose corners are all known."""
    if mesh.faces is None:
        raise UnusableSurfaceError("The surface has no faces; give a mesh.")
    corners = mesh.points_mm[mesh.faces]
    corners = np.where(np.isfinite(corners).all(axis=(1, 2), keepdims=True), corners, 0.0)
    return corners[:, 0], corners[:, 1], corners[:, 2]
