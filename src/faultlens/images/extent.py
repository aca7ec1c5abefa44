"""How long, how wide and how turned a mask is: by its rectangle, or along its skeleton if bent."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_BENT_BELOW = 0.5
"""Thickness over the rectangle's width, below which the mask is taken to be bent within it."""
_FULL_ABOVE = 0.85
"""Area over the rectangle's, above which a mask is a bar: a disc has .785, an ellipse too."""
_THINNEST_BENT_PX = 4.0
"""A rectangle's width that a straight line reaches by its staircase alone."""
_ROUND_BELOW = 1.2
"""Length over width, below which a mask has no direction."""
_LARGEST_SIDE_PX = 256
"""A bent mask is thinned at this size at most: its length changes by less than a pixel of it."""
_STRAIGHT_STEP, _DIAGONAL_STEP = 0.948, 1.340


@dataclass(frozen=True)
class Extent:
    """Length, width and direction of a mask.

    Args:
        length_px: along its longer side, or along its bends.
        width_px: across.
        angle_deg: of its length against the rows of the picture, counter-clockwise as seen, 0 to
            180; None where it is about as wide as it is long.
        is_bent: whether the length was measured along its skeleton.
    """

    length_px: float
    width_px: float
    angle_deg: float | None
    is_bent: bool


def extent_of(mask: NDArray[np.bool_]) -> Extent:
    """Measure a mask.

    Straight and compact ones by the rectangle of least area around them; bent ones, which fill
    little of that rectangle, along the longest path through their skeleton, and closed ones once
    around. The width of a bent one is its area over its length.

    Args:
        mask: (row, column), not empty; pieces in it are measured as one.

    Source: Freeman and Shapira (1975), least rectangle; Zhang and Suen (1984), thinning; Proffitt
        and Rosen (1979), the lengths .948 and 1.340 of straight and diagonal steps.

    Example:
        >>> mask = np.zeros((20, 50), bool)
        >>> mask[5:9, 4:44] = True
        >>> extent_of(mask)
        Extent(length_px=40.0, width_px=4.0, angle_deg=0.0, is_bent=False)
    """
    length, width, angle = _least_rectangle(mask)
    area = float(np.count_nonzero(mask))
    angle_deg = angle if length >= _ROUND_BELOW * width else None
    if width > _THINNEST_BENT_PX and area < _BENT_BELOW * length * width:
        padded = np.pad(mask, 1)
        thickness = 2 * float(ndimage.distance_transform_edt(padded).max())
        if thickness < _BENT_BELOW * width:
            along = _along_skeleton(mask, thickness)
            if along > length:
                return Extent(along, area / along, angle_deg, True)
    if width <= _THINNEST_BENT_PX:
        # The staircase of a thin slanting line widens its rectangle, not its area.
        width = min(width, area / length)
    elif angle % 90 and area > _FULL_ABOVE * length * width:
        # That of a slanting bar adds up to a pixel to either side: the area says how much. Along
        # the rows there is none, and what is full there may as well be a disc of a few pixels.
        excess = (length + width - np.sqrt((length - width) ** 2 + 4 * area)) / 2
        excess = min(max(float(excess), 0.0), 1.0)
        length, width = length - excess, width - excess
    return Extent(length, width, angle_deg, False)


def _least_rectangle(mask: NDArray[np.bool_]) -> tuple[float, float, float]:
    hull = _hull(mask)
    if len(hull) == 1:
        return 1.0, 1.0, 0.0
    edges = np.roll(hull, -1, axis=0) - hull
    angles = np.unique(np.arctan2(edges[:, 1], edges[:, 0]) % (np.pi / 2))
    turned = np.stack([np.cos(angles), np.sin(angles)])
    across = np.stack([-np.sin(angles), np.cos(angles)])
    # Between the centres of the outermost pixels, and half a pixel more at either end.
    first, second = (np.ptp(hull @ x, axis=0) + 1 for x in (turned, across))
    best = int(np.argmin(first * second))
    length, width, angle = float(first[best]), float(second[best]), float(angles[best])
    if width > length:
        length, width, angle = width, length, angle + np.pi / 2
    # Rows run downwards, angles are told as seen.
    return length, width, float(np.rad2deg(-angle) % 180)


def _hull(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(point, 2) corners, as column and row, of the convex hull of the pixels' centres."""
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - 1 - mask[rows][:, ::-1].argmax(axis=1)
    points = [*zip(first.tolist(), rows.tolist(), strict=True)]
    points += [*zip(last.tolist(), rows.tolist(), strict=True)]
    ordered = sorted(set(points))
    if len(ordered) <= 2:
        return np.array(ordered, dtype=np.float64)
    halves = []
    for way in (ordered, ordered[::-1]):
        half: list[tuple[int, int]] = []
        for point in way:
            while len(half) >= 2 and _turn(half[-2], half[-1], point) <= 0:
                half.pop()
            half.append(point)
        halves.append(half[:-1])
    return np.array(halves[0] + halves[1], dtype=np.float64)


def _turn(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _along_skeleton(mask: NDArray[np.bool_], thickness: float) -> float:
    step: int = -(-max(mask.shape) // _LARGEST_SIDE_PX)
    if step > 1:
        short = [-x % step for x in mask.shape]
        blocks = np.pad(mask, ((0, short[0]), (0, short[1])))
        shape = (blocks.shape[0] // step, step, blocks.shape[1] // step, step)
        # Any, not most: a line thinner than the step must stay connected.
        mask = np.asarray(blocks.reshape(shape).any(axis=(1, 3)))
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components, dijkstra

    skeleton = thinned(mask)
    starts, ends, lengths = _steps(skeleton)
    nodes = int(skeleton.sum())
    graph = coo_array((lengths, (starts, ends)), shape=(nodes, nodes)).tocsr()
    pieces, _ = connected_components(graph, directed=False)
    if len(lengths) > nodes - pieces:
        return float(lengths.sum()) * step
    # The longest path of a tree: the farthest point from anywhere is one of its ends.
    reach = dijkstra(graph, directed=False, indices=0)
    far = int(np.argmax(np.where(np.isfinite(reach), reach, -1)))
    reach = dijkstra(graph, directed=False, indices=far)
    # Thinning takes half of the thickness off either end.
    return float(reach[np.isfinite(reach)].max()) * step + thickness


def _steps(
    skeleton: NDArray[np.bool_],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    number = np.full(skeleton.shape, -1, dtype=np.intp)
    number[skeleton] = np.arange(np.count_nonzero(skeleton))
    number = np.pad(number, 1, constant_values=-1)
    here = number[1:-1, 1:-1]
    right, below = number[1:-1, 2:], number[2:, 1:-1]
    left, lower_right, lower_left = number[1:-1, :-2], number[2:, 2:], number[2:, :-2]
    links = (
        (right, np.ones(here.shape, dtype=bool), _STRAIGHT_STEP),
        (below, np.ones(here.shape, dtype=bool), _STRAIGHT_STEP),
        # A diagonal beside a corner pixel would be a second way around, and a false ring.
        (lower_right, (right < 0) & (below < 0), _DIAGONAL_STEP),
        (lower_left, (left < 0) & (below < 0), _DIAGONAL_STEP),
    )
    starts, ends, lengths = [], [], []
    for there, allowed, length in links:
        linked = (here >= 0) & (there >= 0) & allowed
        starts.append(here[linked])
        ends.append(there[linked])
        lengths.append(np.full(int(linked.sum()), length))
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(lengths)


def thinned(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The skeleton of a mask: lines one pixel wide, connected as the mask is.

    Args:
        mask: (row, column).

    Returns:
        (row, column) skeleton.

    Source: Zhang and Suen, A fast parallel algorithm for thinning digital patterns (1984).

    Example:
        >>> bar = np.ones((3, 7), bool)
        >>> thinned(bar).astype(int)
        array([[0, 0, 0, 0, 0, 0, 0],
               [0, 1, 1, 1, 1, 0, 0],
               [0, 0, 0, 0, 0, 0, 0]])
    """
    skeleton = np.pad(np.asarray(mask, dtype=bool), 1)
    changed = True
    while changed:
        changed = False
        for first in (True, False):
            north, east = skeleton[:-2, 1:-1], skeleton[1:-1, 2:]
            south, west = skeleton[2:, 1:-1], skeleton[1:-1, :-2]
            around = (
                north, skeleton[:-2, 2:], east, skeleton[2:, 2:],
                south, skeleton[2:, :-2], west, skeleton[:-2, :-2],
            )  # fmt: skip
            count = np.sum(around, axis=0, dtype=np.uint8)
            rises = np.sum(
                [~a & b for a, b in zip(around, (*around[1:], north), strict=True)],
                axis=0, dtype=np.uint8,
            )  # fmt: skip
            if first:
                free = ~(north & east & south) & ~(east & south & west)
            else:
                free = ~(north & east & west) & ~(north & south & west)
            gone = skeleton[1:-1, 1:-1] & (count >= 2) & (count <= 6) & (rises == 1) & free
            if gone.any():
                changed = True
                skeleton[1:-1, 1:-1] &= ~gone
    return _without_corners(skeleton)[1:-1, 1:-1]


def _without_corners(skeleton: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Thinning leaves staircases; a corner between two neighbours that touch anyway is taken off.

    Otherwise a slanting line is as long as its steps, 6 % too long on the mean.
    """
    for _ in range(4):
        north, east = skeleton[:-2, 1:-1], skeleton[1:-1, 2:]
        south, west, south_west = skeleton[2:, 1:-1], skeleton[1:-1, :-2], skeleton[2:, :-2]
        corner = skeleton[1:-1, 1:-1] & north & east & ~south & ~west & ~south_west
        skeleton[1:-1, 1:-1] &= ~corner
        skeleton = np.rot90(skeleton)
    return skeleton
