"""Iterative closest points: a scan slides along the planes of the surface it is laid on."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from faultlens.surfaces.reference.robust import robust_scale, tukey_weights
from faultlens.surfaces.registration.oriented import OrientedPoints

KEPT = 0.8
"""Share of the nearest pairs that set how far a pair may be apart: the rest may have no partner."""

BEYOND, EDGES = 2.0, 0.3
"""Spacings of the target beyond which a point lies off its edge, and the weight of its pull."""

ACROSS = 0.3
"""Least cosine between the normals of a pair: walls are not laid on floors, nor fronts on backs."""


@dataclass(frozen=True, eq=False)
class Target:
    """What scans are laid on, ready to be searched.

    Args:
        surface: points and normals.
        tree: of the points.
    """

    surface: OrientedPoints
    tree: cKDTree = field(repr=False)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Each point of a scan beside the nearest of the target.

    Args:
        moved_mm: (point, 3) of the scan in the frame of the target, mm.
        partners_mm: (point, 3) of the target, mm.
        normals: (point, 3) of the target there.
        off_mm: (point,) distance to the plane of the partner, mm, along its normal.
        apart_mm: (point,) distance to the partner itself, mm.
        alike: (point,) whether both look the same way.
    """

    moved_mm: NDArray[np.float64] = field(repr=False)
    partners_mm: NDArray[np.float64] = field(repr=False)
    normals: NDArray[np.float64] = field(repr=False)
    off_mm: NDArray[np.float64] = field(repr=False)
    apart_mm: NDArray[np.float64] = field(repr=False)
    alike: NDArray[np.bool_] = field(repr=False)


def moved(transform: NDArray[np.float64], points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points after a rigid motion.

    Args:
        transform: (4, 4) homogeneous.
        points_mm: (point, 3) mm.

    Example:
        >>> moved(np.eye(4), np.ones((1, 3))).tolist()
        [[1.0, 1.0, 1.0]]
    """
    return points_mm @ transform[:3, :3].T + transform[:3, 3]


def paired(scan: OrientedPoints, target: Target, transform: NDArray[np.float64]) -> Pairs:
    """Each point of a scan and its partner, once the scan is moved.

    Args:
        scan: points with normals.
        target: what it is laid on.
        transform: (row, column) 4 by 4, of the scan into the frame of the target.

    Example:
        >>> from faultlens.surfaces.registration.oriented import oriented
        >>> from faultlens.surfaces.surface import height_map
        >>> rng = np.random.default_rng(0)
        >>> u, v = np.meshgrid(np.linspace(0, 6, 60), np.linspace(0, 4, 40))
        >>> wavy = oriented(height_map(np.sin(u) + np.cos(2 * v), 0.1), 2000, rng)
        >>> target = Target(wavy, cKDTree(wavy.points_mm))
        >>> float(paired(wavy, target, np.eye(4)).apart_mm.max())
        0.0
    """
    points = moved(transform, scan.points_mm)
    apart, partner = target.tree.query(points)
    normals = target.surface.normals[partner]
    partners = target.surface.points_mm[partner]
    off = ((points - partners) * normals).sum(axis=1)
    alike = ((scan.normals @ transform[:3, :3].T) * normals).sum(axis=1) > ACROSS
    return Pairs(points, partners, normals, off, apart, alike)


def laid_on(
    scan: OrientedPoints,
    target: Target,
    start: NDArray[np.float64],
    steps: int,
    *,
    pulling: int = 0,
) -> NDArray[np.float64]:
    """The motion that lays a scan on the target, from a start that is near enough.

    First points are pulled to their partners, which reaches far; then they only approach the
    planes of their partners and slide along them, which is exact. Points beyond an edge of the
    target are pulled to it throughout: on flat parts nothing else says where the part ends.

    Args:
        scan: points with normals.
        target: what it is laid on.
        start: (row, column) 4 by 4, first guess.
        steps: at most.
        pulling: of them, those that pull all points.

    Returns:
        (4, 4) of the scan into the frame of the target.

    Source: Besl and McKay, A method for registration of 3-D shapes, PAMI (1992); Chen and Medioni,
        Object modelling by registration of multiple range images, IVC (1992).

    Example:
        >>> from faultlens.surfaces.registration.oriented import oriented
        >>> from faultlens.surfaces.surface import height_map
        >>> rng = np.random.default_rng(0)
        >>> u, v = np.meshgrid(np.linspace(0, 6, 60), np.linspace(0, 4, 40))
        >>> wavy = oriented(height_map(np.sin(u) + np.cos(2 * v), 0.1), 2000, rng)
        >>> target = Target(wavy, cKDTree(wavy.points_mm))
        >>> off = np.eye(4)
        >>> off[2, 3] = 0.1
        >>> laid_on(wavy, target, off, 20)[2, 3].round(3) + 0.0
        np.float64(0.0)
    """
    transform = start
    floor = 1e-9 * target.surface.extent_mm
    edge = BEYOND * target.surface.spacing_mm
    for number in range(steps):
        pairs = paired(scan, target, transform)
        reach = 2 * float(np.quantile(pairs.apart_mm, KEPT)) + 2 * target.surface.spacing_mm
        used = pairs.alike & (pairs.apart_mm <= reach)
        if used.sum() < 12:
            return transform
        scale = robust_scale(pairs.off_mm[used], floor)
        pull = np.where(pairs.apart_mm[used] > edge, EDGES, 0.0)
        if number < pulling:
            pull = np.ones(len(pull))
            weights = 1 - (pairs.apart_mm[used] / reach) ** 2
        else:
            weights = tukey_weights(pairs.off_mm[used], scale)
        motion, most = _step(pairs, used, weights, pull)
        transform = motion @ transform
        if number >= pulling and most < 1e-3 * scale:
            break
    return transform


def _step(
    pairs: Pairs, used: NDArray[np.bool_], weights: NDArray[np.float64], pull: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """(4, 4) the next motion, and how far it moves a point at the edge of the scan, mm."""
    normals, points = pairs.normals[used], pairs.moved_mm[used]
    way = points - pairs.partners_mm[used]
    middle = points.mean(axis=0)
    size = max(float(np.abs(points - middle).max()), 1e-12)
    square, right = np.zeros((6, 6)), np.zeros(6)
    # Turns are solved for as what they move at the edge of the scan, so that all are lengths.
    for along, weight in [
        (normals, weights),
        *((np.broadcast_to(axis, normals.shape), weights * pull) for axis in np.eye(3)),
    ]:
        kept = weight > 0
        terms = np.column_stack([np.cross((points - middle) / size, along), along])[kept]
        weighted = terms * weight[kept, None]
        square += weighted.T @ terms
        right -= weighted.T @ (way * along).sum(axis=1)[kept]
    # A plane on a plane may slide and turn as it likes: it stays where it is.
    square += 1e-6 * max(np.trace(square), 1e-300) / 6 * np.eye(6)
    step = np.linalg.solve(square, right)
    turn = Rotation.from_rotvec(step[:3] / size).as_matrix()
    motion = np.eye(4)
    motion[:3, :3] = turn
    motion[:3, 3] = middle + step[3:] - turn @ middle
    return motion, float(np.abs(step).max())
