"""What a camera showed over a while: a mean small picture, a piece at full size, its greys."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.images.image import Image, Pixels

Colours = NDArray[np.uint8]

SMALL_PX, PIECE_PX = 240, 200
"""Longest side of a small picture, and side of the piece at full size, px."""
GREYS = 64
"""Steps of the histogram."""


@dataclass(frozen=True, eq=False)
class Glance:
    """One picture, small.

    Args:
        small: (row, column, 3) every so many pixels of it.
        piece: (row, column, 3) its middle, pixel by pixel.
        greys: (grey,) pixels of the small picture at each step from black to white.
    """

    small: Colours
    piece: Colours
    greys: NDArray[np.float32]


def glance(image: Image) -> Glance:
    """Look at a picture in passing.

    Args:
        image: of any size.

    Example:
        >>> seen = glance(Image(np.full((480, 960), 128, np.uint8)))
        >>> seen.small.shape, seen.piece.shape, int(seen.greys.argmax())
        ((120, 240, 3), (200, 200, 3), 32)
    """
    height, width = image.pixels.shape[:2]
    step = -(-max(height, width) // SMALL_PX)
    small: Pixels = image.pixels[::step, ::step]
    top, left = max(0, (height - PIECE_PX) // 2), max(0, (width - PIECE_PX) // 2)
    piece = image.pixels[top : top + PIECE_PX, left : left + PIECE_PX]
    greys, _ = np.histogram(Image(small).grey(), bins=GREYS, range=(0, 1))
    return Glance(_colours(small), _colours(piece), greys.astype(np.float32))


def joined(glances: list[Glance]) -> Glance | None:
    """Several pictures as one: their mean, the last piece, their greys; None without any.

    Pictures of another size than the last one are left out.

    Args:
        glances: oldest first.

    Example:
        >>> black, white = (glance(Image(np.full((8, 8), x, np.uint8))) for x in (0, 255))
        >>> joined([black, white]).small[0, 0].tolist()
        [127, 127, 127]
    """
    if not glances:
        return None
    last = glances[-1]
    like = [x for x in glances if x.small.shape == last.small.shape]
    total = np.zeros(last.small.shape, np.float32)
    for each in like:
        total += each.small
    mean = (total / len(like)).astype(np.uint8)
    return Glance(mean, last.piece, np.sum([x.greys for x in like], axis=0) / len(like))


def _colours(pixels: Pixels) -> Colours:
    # A copy, so that the large picture is not kept alive by its small one.
    return np.array(Image(pixels).rgb())
