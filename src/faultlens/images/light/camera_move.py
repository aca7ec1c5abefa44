"""How a camera moved between two views of one part under different light."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError
from faultlens.images.light.camera_refine import refined
from faultlens.images.light.camera_search import searched
from faultlens.images.light.edges import edges_of
from faultlens.images.registration.pyramid import Layer, evened, layer_of
from faultlens.images.registration.register import register
from faultlens.images.registration.warp import Matrix, warped

SEARCHED_PX = 512
"""Longer side at which a move is searched; finer layers, twice as large each, make it precise."""

SURE_HEIGHT, SURE_LEAD = 6.0, 1.2
"""Height and lead of the likeness (see `Found`), either of which has the quality 1/2.

Chosen on 20 rendered pairs and on the magnetic tiles of ../shared that were taken several times:
pairs of different surfaces came to 5.1 and 0.7, or to 8.8 with a lead of 0.3 where both were
ground by one wheel; pairs of one tile to 15 and 6.6 at least."""

_SLOPES = 1.5, 4.0  # of the quality around those

STOOD_FROM = 0.6
"""Likeness without any move, over the highest, from which the camera is taken to have stood. Under
another lamp the shades of a rough surface lie up to 3 px from where they were, which is no move:
of 24 rendered pairs of a camera that stood all had .65 and more; of pairs moved by 4 to 11 px none
had .31."""

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
    found = searched(edges_of(small), edges_of(other))
    height, lead = (found.height - SURE_HEIGHT) * _SLOPES[0], (found.lead - SURE_LEAD) * _SLOPES[1]
    quality = float(1 / (1 + np.exp(-min(height, lead))))
    matrix = other.to_full @ found.matrix @ np.linalg.inv(small.to_full)
    if quality < GOOD_FROM:
        return Move(matrix, quality)
    if low.shape == high.shape and found.still >= STOOD_FROM:
        return Move(np.eye(3), quality)
    return Move(_precise(low, high, matrix), quality)


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
        on_layer = refined(edges_of(one), edges_of(other), on_layer, free=last)
        matrix = np.asarray(other.to_full @ on_layer @ np.linalg.inv(one.to_full))
        if last:
            return np.asarray(matrix / matrix[2, 2])
        size *= 2
