"""How a camera moved between two views of one part under different light."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError
from faultlens.images.light.camera_refine import likeness_at, refined
from faultlens.images.light.camera_search import searched
from faultlens.images.light.edges import edges_of
from faultlens.images.registration.pyramid import Layer, evened, layer_of
from faultlens.images.registration.register import register
from faultlens.images.registration.warp import Matrix, moved_points, warped

SEARCHED_PX = 512
"""Longer side at which a move is searched; finer layers, twice as large each, make it precise."""

SURE_HEIGHT, SURE_LEAD = 6.0, 1.2
"""Height and lead of the likeness (see `Found`), either of which has the quality 1/2.

Chosen on 20 rendered pairs and on the magnetic tiles of ../shared that were taken several times:
pairs of different surfaces came to 5.1 and 0.7, or to 8.8 with a lead of 0.3 where both were
ground by one wheel; pairs of one tile to 15 and 6.6 at least."""

STOOD_HEIGHT, STOOD_LEAD = 4.5, 0.5
"""The same where, of some thirty thousand places tried, the best is the one of a camera that stood:
two pictures that have nothing in common choose it once in three thousand times."""

_SLOPES = 1.5, 4.0  # of the quality around those
_STILL_PX = 1.5  # at a corner

STOOD_FROM, SAME_LIGHT = 0.6, 0.9
"""Likeness without any move, over the highest, from which the camera is taken to have stood; and
likeness from which on both views are so alike that the highest is right.

Under another lamp the shades of a rough surface lie up to 3 px from where they were, and that is no
move. Of 22 rendered pairs of a camera that stood 19 had .6 and more; of pairs moved by 4 to 11 px
none had .31. A camera that moved by 1 to 3 px may be taken for one that stood."""

GOOD_FROM = 0.5
"""Quality from which a view is used."""


@dataclass(frozen=True, eq=False)
class Move:
    """How a camera moved.

    Args:
        matrix: (3, 3) column and row of the first view -> column and row of the other.
        quality: 0 to 1; from 1/2 on the likeness of both views cannot be chance.
    """

    matrix: Matrix
    quality: float


def camera_move(first: NDArray[np.float32], view: NDArray[np.float32]) -> Move:
    """Find how a camera, or the part, moved a little between two views under different light.

    Shifts to 8 % of the picture and turns to 2.5 degrees are searched, and made precise with zoom
    and tilt where these are seen. Where it may well be that nothing moved, nothing did. Where no
    move is found, the wider search of `images.registration` is asked for a start.

    Args:
        first: (row, column) brightness; NaN under glare and where nothing is known.
        view: (row, column) of the other, of any size.

    Raises:
        InputError: a picture of less than 32 px, or of one brightness all over.

    Example:
        >>> from scipy.ndimage import gaussian_filter
        >>> grain = gaussian_filter(np.random.default_rng(0).normal(size=(140, 160)), 1)
        >>> found = camera_move(grain[6:126, 9:149], 3 - grain[2:122, 4:144])
        >>> found.matrix.round(1)[:2].tolist(), found.quality > 0.99
        ([[1.0, 0.0, 5.0], [0.0, 1.0, 4.0]], True)
    """
    low, high = evened(first), evened(view)
    found = _nearby(low, high)
    if found.quality >= GOOD_FROM:
        return found
    try:
        wider = register(first, view)
    except InputError:
        return found
    if not wider.is_good:
        return found
    # Seen from there it is a small move again, and must hold as such.
    again = _nearby(low, evened(warped(view, wider.matrix, low.shape)))
    if again.quality < GOOD_FROM:
        return found
    return Move(_precise(low, high, wider.matrix @ again.matrix), again.quality)


def _nearby(low: Layer, high: Layer) -> Move:
    small, other = layer_of(low, SEARCHED_PX), _alike(high, low, SEARCHED_PX)
    one, two = edges_of(small), edges_of(other)
    found = searched(one, two)
    alike = low.shape == high.shape
    stands = alike and _moves_px(found.matrix, small.shape) <= _STILL_PX
    sure = (STOOD_HEIGHT, STOOD_LEAD) if stands else (SURE_HEIGHT, SURE_LEAD)
    height, lead = (found.height - sure[0]) * _SLOPES[0], (found.lead - sure[1]) * _SLOPES[1]
    quality = float(1 / (1 + np.exp(-min(height, lead))))
    matrix = other.to_full @ found.matrix @ np.linalg.inv(small.to_full)
    if quality < GOOD_FROM:
        return Move(matrix, quality)
    best = refined(one, two, found.matrix, free=True).likeness
    still = likeness_at(one, two, np.eye(3)) if alike else 0.0
    if best < SAME_LIGHT and still >= STOOD_FROM * best:
        return Move(np.eye(3), quality)
    return Move(_precise(low, high, matrix), quality)


def _moves_px(matrix: Matrix, shape: tuple[int, int]) -> float:
    """How far the farthest corner is moved."""
    height, width = shape
    corners = np.array([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]])
    return float(np.linalg.norm(moved_points(matrix, corners) - corners, axis=1).max())


def _alike(high: Layer, low: Layer, longest_px: int) -> Layer:
    """The view made smaller by as much as the first."""
    share = min(1.0, longest_px / max(low.shape))
    return layer_of(high, round(share * max(high.shape)))


def _precise(low: Layer, high: Layer, matrix: Matrix) -> Matrix:
    size = SEARCHED_PX
    while True:
        one, other = layer_of(low, size), _alike(high, low, size)
        on_layer = np.linalg.inv(other.to_full) @ matrix @ one.to_full
        last = size >= max(low.shape)
        on_layer = refined(edges_of(one), edges_of(other), on_layer, free=last).matrix
        matrix = np.asarray(other.to_full @ on_layer @ np.linalg.inv(one.to_full))
        if last:
            return np.asarray(matrix / matrix[2, 2])
        size *= 2
