"""Levels of a picture passed through a table, and numbers made levels again: in bands of rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.images.image import Pixels

_BAND_PIXELS = 1 << 20
"""Pixels that are wider numbers at once, so that a large picture never is as a whole."""


def levels_of(pixels: Pixels) -> int:
    """How many levels a pixel can have: 256 or 65536.

    Args:
        pixels: (row, column) or (row, column, 3).

    Example:
        >>> levels_of(np.zeros((1, 1), np.uint16))
        65536
    """
    return int(np.iinfo(pixels.dtype).max) + 1


def looked_up(pixels: Pixels, table: NDArray[Any]) -> Pixels:
    """Every level replaced by what a table says of it.

    Args:
        pixels: (row, column) or (row, column, 3).
        table: (level,) new levels, as many as `levels_of(pixels)`.

    Returns:
        shaped and typed as `pixels`, (row, column) or (row, column, 3).

    Example:
        >>> looked_up(np.array([[0, 9]], np.uint8), np.arange(255, -1, -1))
        array([[255, 246]], dtype=uint8)
    """
    out = np.empty_like(pixels)
    new = np.asarray(table).astype(pixels.dtype)
    for rows in bands(pixels.shape):
        out[rows] = new[pixels[rows]]
    return out


def brightened(pixels: Pixels, added: NDArray[np.float32]) -> Pixels:
    """A picture with light added to every channel alike, so that colours keep their differences.

    Args:
        pixels: (row, column) or (row, column, 3).
        added: (row, column) light, share of full scale; negative takes away.

    Returns:
        shaped and typed as `pixels`, (row, column) or (row, column, 3), cut off at black and white.

    Example:
        >>> brightened(np.array([[10, 250]], np.uint8), np.full((1, 2), 0.1, np.float32))
        array([[ 36, 255]], dtype=uint8)
    """
    out = np.empty_like(pixels)
    full = np.float32(levels_of(pixels) - 1)
    for rows in bands(pixels.shape):
        more = added[rows] * full
        made = pixels[rows] + (more[..., None] if pixels.ndim == 3 else more)
        out[rows] = np.clip(np.rint(made), 0, full).astype(pixels.dtype)
    return out


def typed(levels: NDArray[np.floating], like: Pixels) -> Pixels:
    """Whole levels of the type of another picture.

    Args:
        levels: (row, column) or (row, column, 3), from 0 to the largest level.
        like: (row, column) or (row, column, 3) a picture of the type wanted.

    Example:
        >>> typed(np.array([[0.6, 254.6]]), np.zeros((1, 1), np.uint8))
        array([[  1, 255]], dtype=uint8)
    """
    whole = np.rint(levels)
    if like.dtype == np.uint16:
        return np.asarray(whole, np.uint16)
    return np.asarray(whole, np.uint8)


def bands(shape: tuple[int, ...]) -> Iterator[slice]:
    """Rows of a picture, some at a time.

    Args:
        shape: rows, columns and perhaps channels.

    Example:
        >>> [*bands((3, 1 << 20))]
        [slice(0, 1, None), slice(1, 2, None), slice(2, 3, None)]
    """
    step = max(_BAND_PIXELS // max(shape[1], 1), 1)
    return (slice(top, min(top + step, shape[0])) for top in range(0, shape[0], step))
