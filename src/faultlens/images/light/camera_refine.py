"""A camera's small move made precise, to a fraction of a pixel."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.images.light.edges import Edges
from faultlens.images.registration.warp import Matrix, moved_points

STEPS = 15

MOST_POINTS = 200_000
"""Pixels that are asked: enough for a hundredth of a pixel on any grain."""

WORTH = 1.03
"""Gain of likeness by which a freer movement must prove itself: tilt and zoom that are not there
bend the picture, by pixels where it has little grain."""

_STILL_PX = 0.005
_DAMPED = 1e-4  # share of the diagonal that is added to it (Levenberg, Marquardt)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Refined:
    """A move made precise.

    Args:
        matrix: (3, 3) pixel of the first -> pixel of the view.
        likeness: correlation of the edges of both views there, at most 1.
    """

    matrix: Matrix
    likeness: float


def refined(first: Edges, view: Edges, start: Matrix, *, free: bool) -> Refined:
    """The move near a given one under which the edges of two views are most alike.

    Args:
        first: edges of the first layer.
        view: edges of the view's.
        start: (3, 3) pixel of the first -> pixel of the view, to a pixel or two.
        free: whether zoom, shear and tilt are tried too, each kept only if it is worth it.

    Source: Evangelidis and Psarakis, Parametric image alignment using enhanced correlation
        coefficient maximization (2008), eq. 19 and 21.

    Example:
        >>> from faultlens.images.light.edges import edges_of
        >>> from faultlens.images.registration.pyramid import evened
        >>> grain = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(99, 120)), 1)
        >>> moved = ndimage.shift(grain, (0.4, -0.7))
        >>> one, other = (edges_of(evened(x[5:-5, 5:-5])) for x in (grain, moved))
        >>> refined(one, other, np.eye(3), free=False).matrix[:2, 2].round(1).tolist()
        [-0.7, 0.4]
    """
    likeness, matrix = _climbed(first, view, start, _rigid)
    for moves in (_zoomed, _sheared, _tilted) if free else ():
        more, freer = _climbed(first, view, matrix, moves)
        if more > WORTH * likeness:
            likeness, matrix = more, freer
    return Refined(matrix, likeness)


def likeness_at(first: Edges, view: Edges, matrix: Matrix) -> float:
    """Correlation of the edges of two views under a given move.

    Args:
        first: edges of the first layer.
        view: edges of the view's.
        matrix: (3, 3) pixel of the first -> pixel of the view.

    Example:
        >>> edges = Edges(np.eye(9, dtype=np.float32), np.ones((9, 9), bool))
        >>> round(likeness_at(edges, edges, np.eye(3)), 6)
        1.0
    """
    return max(_climbed(first, view, matrix, _rigid, steps=1)[0], 0.0)


Moves = Callable[[Floats, Floats], list[tuple[Floats, Floats]]]
"""Column and row about the middle -> how either changes with each of the movement's numbers."""


def _rigid(x: Floats, y: Floats) -> list[tuple[Floats, Floats]]:
    none, one = np.zeros_like(x), np.ones_like(x)
    return [(one, none), (none, one), (-y, x)]


def _zoomed(x: Floats, y: Floats) -> list[tuple[Floats, Floats]]:
    return [*_rigid(x, y), (x, y)]


def _sheared(x: Floats, y: Floats) -> list[tuple[Floats, Floats]]:
    none = np.zeros_like(x)
    return [*_zoomed(x, y), (x, -y), (y, none)]


def _tilted(x: Floats, y: Floats) -> list[tuple[Floats, Floats]]:
    return [*_sheared(x, y), (-x * x, -x * y), (-x * y, -y * y)]


_STEPPED = (
    ((0, 2, 1.0),), ((1, 2, 1.0),), ((0, 1, -1.0), (1, 0, 1.0)), ((0, 0, 1.0), (1, 1, 1.0)),
    ((0, 0, 1.0), (1, 1, -1.0)), ((0, 1, 1.0),), ((2, 0, 1.0),), ((2, 1, 1.0),),
)  # fmt: skip
"""Where each number of a movement stands in its matrix, and with what sign."""


def _climbed(
    first: Edges, view: Edges, start: Matrix, moves: Moves, steps: int = STEPS
) -> tuple[float, Matrix]:
    rows, columns = np.nonzero(first.known)
    step = max(1, len(rows) // MOST_POINTS)
    rows, columns = rows[::step], columns[::step]
    if not len(rows):
        return 0.0, start
    height, width = first.strength.shape
    half = max(height, width) / 2
    to_pixels = np.array([[half, 0, (width - 1) / 2], [0, half, (height - 1) / 2], [0, 0, 1]])
    x, y = (columns - to_pixels[0, 2]) / half, (rows - to_pixels[1, 2]) / half
    ways = moves(x, y)
    wanted = first.strength[rows, columns].astype(np.float64)
    slopes = np.gradient(view.strength)
    known = view.known.astype(np.float32)
    points = np.stack([columns, rows], axis=1)
    most, best, matrix = -np.inf, start, start
    for _ in range(steps):
        places = moved_points(matrix, points).T[::-1]
        both = ndimage.map_coordinates(known, places, order=1) > 0.99
        seen = ndimage.map_coordinates(view.strength, places, order=1) * both
        there = wanted * both
        size = np.sqrt((there @ there) * (seen @ seen))
        likeness = float(there @ seen / size) if size > 0 else 0.0
        if likeness <= most + 1e-5:
            break
        most, best = likeness, matrix
        down, across = (ndimage.map_coordinates(s, places, order=1) * both for s in slopes)
        (a, b), (c, d) = (matrix @ to_pixels)[:2, :2]
        steep = np.stack([across * (a * u + b * v) + down * (c * u + d * v) for u, v in ways])
        change = _step(steep, there, seen)
        matrix = _moved(matrix, change, to_pixels)
        if np.abs(change).max() * half < _STILL_PX:
            break
    return most, best


def _step(steep: Floats, wanted: Floats, seen: Floats) -> Floats:
    """Change of the numbers under which what is seen correlates best with what is wanted."""
    square = steep @ steep.T
    square += _DAMPED * np.diag(np.diag(square)) + 1e-12 * np.eye(len(square))
    towards, now = steep @ wanted, steep @ seen
    shared = np.linalg.solve(square, now)
    below = wanted @ seen - towards @ shared
    if below > 0:
        scale = (seen @ seen - now @ shared) / below
    else:
        scale = np.sqrt((now @ shared) / max(towards @ np.linalg.solve(square, towards), 1e-12))
    return np.asarray(np.linalg.solve(square, scale * towards - now))


def _moved(matrix: Matrix, change: Floats, to_pixels: Matrix) -> Matrix:
    small = np.eye(3)
    for number, places in zip(change, _STEPPED, strict=False):
        for row, column, sign in places:
            small[row, column] += sign * number
    if len(change) == len(_STEPPED[:3]):
        turn = np.arctan2(small[1, 0], 1.0)
        small[:2, :2] = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    made = matrix @ to_pixels @ small @ np.linalg.inv(to_pixels)
    return np.asarray(made / made[2, 2])
