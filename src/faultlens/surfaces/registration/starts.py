"""First guesses of how a scan lies on another: few, and one of them near enough."""

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.registration.correlated import correlated_guesses
from faultlens.surfaces.registration.oriented import OrientedPoints

LIKELIEST = 4
"""Guesses taken from the pictures of heights."""


def as_it_lies(scan: OrientedPoints, target: OrientedPoints) -> list[NDArray[np.float64]]:
    """No motion at all, and middle onto middle: how a part in a fixture lies.

    Args:
        scan: points with normals.
        target: what it is laid on.

    Returns:
        (row, column) 4 by 4 each.

    Example:
        >>> from faultlens.surfaces.registration.oriented import oriented
        >>> from faultlens.surfaces.surface import height_map
        >>> rng = np.random.default_rng(0)
        >>> u, v = np.meshgrid(np.linspace(0, 6, 60), np.linspace(0, 4, 40))
        >>> wavy = oriented(height_map(np.sin(u) + np.cos(2 * v), 0.1), 2000, rng)
        >>> [x.round(6).tolist() == np.eye(4).tolist() for x in as_it_lies(wavy, wavy)]
        [True, True]
    """
    return [np.eye(4), _centred(scan, target, np.eye(3))]


def first_guesses(scan: OrientedPoints, target: OrientedPoints) -> list[NDArray[np.float64]]:
    """Motions for a scan that may lie anyhow: heights on heights, and main axes on main axes.

    Args:
        scan: points with normals.
        target: what it is laid on.

    Returns:
        (row, column) 4 by 4 each.

    Example:
        >>> from faultlens.surfaces.registration.oriented import oriented
        >>> from faultlens.surfaces.surface import height_map
        >>> rng = np.random.default_rng(0)
        >>> u, v = np.meshgrid(np.linspace(0, 6, 60), np.linspace(0, 4, 40))
        >>> wavy = oriented(height_map(np.sin(u) + np.cos(2 * v), 0.1), 2000, rng)
        >>> len(first_guesses(wavy, wavy))
        8
    """
    one, other = _axes(scan), _axes(target)
    found = correlated_guesses(scan, target, LIKELIEST)
    for signs in ((1, 1), (-1, -1), (1, -1), (-1, 1)):
        flipped = one * np.array([[signs[0]], [signs[1]], [signs[0] * signs[1]]])
        found.append(_centred(scan, target, other.T @ flipped))
    return found


def _centred(
    scan: OrientedPoints, target: OrientedPoints, turn: NDArray[np.float64]
) -> NDArray[np.float64]:
    from_middle, to_middle = (np.median(x.points_mm, axis=0) for x in (scan, target))
    guess = np.eye(4)
    guess[:3, :3] = turn
    guess[:3, 3] = to_middle - turn @ from_middle
    return guess


def _axes(points: OrientedPoints) -> NDArray[np.float64]:
    """(3, 3) main axes, one a row, right-handed."""
    centred = points.points_mm - points.points_mm.mean(axis=0)
    axes = np.linalg.eigh(centred.T @ centred)[1].T[::-1]
    return np.asarray(axes * np.array([[1], [1], [np.linalg.det(axes)]]), np.float64)
