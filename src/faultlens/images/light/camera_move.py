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

SURE_HEIGHT = 6.0
"""Height of the likeness above all others (see `Found`) that has the quality 1/2."""

_SLOPE = 1.5  # of the quality, per spread around `SURE_HEIGHT`

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
    and tilt where these are seen. Where nothing is found, the wider search of
    `images.registration` is asked for a start.

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
        start = register(first, view).matrix
    except InputError:
        return found
    # Seen from there it is a small move again.
    laid = evened(warped(view, start, low.shape))
    if not laid.valid.any():
        return found
    wider = _nearby(low, laid)
    if wider.quality < GOOD_FROM:
        return found
    return Move(_precise(low, high, start @ wider.matrix), wider.quality)


def _nearby(low: Layer, high: Layer) -> Move:
    small, other = layer_of(low, SEARCHED_PX), _alike(high, low, SEARCHED_PX)
    found = searched(edges_of(small), edges_of(other))
    quality = float(1 / (1 + np.exp(-_SLOPE * (found.height - SURE_HEIGHT))))
    matrix = other.to_full @ found.matrix @ np.linalg.inv(small.to_full)
    if quality < GOOD_FROM:
        return Move(matrix, quality)
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
