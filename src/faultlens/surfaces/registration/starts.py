"""First guesses of how a scan lies on another: few, and one of them near enough."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from faultlens.surfaces.registration.oriented import OrientedPoints

TURNS = 24
"""Turns about the mean normal that are tried: 15 degrees apart, of which a half is the reach."""


def first_guesses(scan: OrientedPoints, target: OrientedPoints) -> list[NDArray[np.float64]]:
    """Motions to start from: as it lies, middle on middle, main axes on main axes, and turned.

    Args:
        scan: points with normals.
        target: what it is laid on.

    Returns:
        (4, 4) each, the least motion first.
    """
    from_middle, to_middle = (np.median(x.points_mm, axis=0) for x in (scan, target))
    turns = [np.eye(3)]
    one, other = _axes(scan), _axes(target)
    for signs in ((1, 1), (-1, -1), (1, -1), (-1, 1)):
        flipped = one * np.array([[signs[0]], [signs[1]], [signs[0] * signs[1]]])
        turns.append(other.T @ flipped)
    up_scan, up_target = (_mean_normal(x) for x in (scan, target))
    level = _turn_onto(up_scan, up_target)
    turns += [
        Rotation.from_rotvec(2 * np.pi * x / TURNS * up_target).as_matrix() @ level
        for x in range(TURNS)
    ]
    found = [np.eye(4)]
    for turn in turns:
        guess = np.eye(4)
        guess[:3, :3] = turn
        guess[:3, 3] = to_middle - turn @ from_middle
        found.append(guess)
    return found


def _axes(points: OrientedPoints) -> NDArray[np.float64]:
    """(3, 3) main axes, one a row, right-handed."""
    centred = points.points_mm - points.points_mm.mean(axis=0)
    axes = np.linalg.eigh(centred.T @ centred)[1].T[::-1]
    return np.asarray(axes * np.array([[1], [1], [np.linalg.det(axes)]]), np.float64)


def _mean_normal(points: OrientedPoints) -> NDArray[np.float64]:
    mean = points.normals.mean(axis=0)
    length = float(np.linalg.norm(mean))
    # Of a closed body normals cancel: any direction will do, since all turns about it are tried.
    return np.asarray(mean / length if length > 0.05 else _axes(points)[2], np.float64)


def _turn_onto(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3) the least turn that takes one direction to the other."""
    axis = np.cross(one, other)
    sine = float(np.linalg.norm(axis))
    angle = float(np.arctan2(sine, one @ other))
    if sine < 1e-9:
        axis = np.linalg.svd(one[None])[2][1]
        sine = 1.0
    return np.asarray(Rotation.from_rotvec(axis / sine * angle).as_matrix(), np.float64)
