"""Holes in a picture filled with the surface from beside them, so that no false edge is left."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.images.image import Image, Pixels
from faultlens.images.light.levels import brightened, levels_of
from faultlens.images.light.pieces import Piece, pieces_of

RING_PX = 4
"""Breadth of the ring around a hole that a filling must continue."""

TURNS, STEPS = 24, (1.0, 1.5, 2.2)
"""Directions and distances, in breadths of a hole, in which its filling is sought."""

LUMA = np.array([0.299, 0.587, 0.114])
"""Weights of red, green and blue in grey (ITU-R BT.601), as in `Image.grey`."""

_TEXTURED_PX = 3.0  # half width from which on the want of texture is seen in a hole
_SPREAD_POINTS = 10_000  # where the membrane over a hole is worked out; between, it is straight


def filled(
    image: Image, hidden: NDArray[np.bool_], beyond: NDArray[np.bool_] | None = None
) -> Pixels:
    """The pixels of a picture with holes filled, texture and all.

    A hole takes the piece of surface beside it whose rim looks most like its own and has no mark;
    what is left between the two rims is spread smoothly over it.

    Args:
        image: the picture.
        hidden: (row, column) what is to be filled.
        beyond: (row, column) what nothing may be taken from, besides.

    Returns:
        (row, column) or (row, column, 3) pixels.

    Source: Perez et al., Poisson image editing (2003), fillings whose rim continues what is
        around; here the membrane is weighted by distance.

    Example:
        >>> pixels = np.full((60, 80), 120, np.uint8); pixels[20:30, 30:45] = 255
        >>> int(filled(Image(pixels), pixels == 255).max())
        120
    """
    was = image.grey()
    now = was.copy()
    closed = np.zeros(was.shape, bool) if beyond is None else beyond
    pieces = pieces_of(hidden)
    for piece in pieces:
        place = (piece.rows, piece.columns)
        now[place][piece.core] = _filling(now[place], piece, hidden[place] | closed[place])
    made = brightened(image.pixels, now - was)
    if image.is_colour:
        for piece in pieces:
            place = (piece.rows, piece.columns)
            _tint(made[place], now[place], piece, hidden[place] | closed[place])
    return made


def _filling(
    grey: NDArray[np.float32], piece: Piece, blind: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """(pixel,) what a core is filled with: the surface from beside it, its rim continued."""
    ring = ndimage.binary_dilation(piece.core, iterations=RING_PX) & ~blind
    if not ring.any():
        seen = grey[~blind]
        level = float(np.median(seen)) if seen.size else float(np.median(grey))
        return np.full(np.count_nonzero(piece.core), level, np.float32)
    beside = _beside(grey, blind, ring, piece) if piece.half_px > _TEXTURED_PX else None
    source = np.zeros_like(grey) if beside is None else _shifted(grey, beside)
    # What is left between the ring and its source is spread over the hole.
    rest = _spread(grey - source, ring, piece.core)
    return np.asarray(np.clip(source[piece.core] + rest, 0, 1), np.float32)


def _beside(
    grey: NDArray[np.float32],
    blind: NDArray[np.bool_],
    ring: NDArray[np.bool_],
    piece: Piece,
) -> tuple[int, int] | None:
    """The shift (row, column) to the piece of surface whose own ring looks most like this one."""
    around = np.argwhere(ring)
    every = np.concatenate([around, np.argwhere(piece.core)])
    level = grey[ring]
    best, least = None, np.inf
    for far in STEPS:
        for turn in np.linspace(0, 2 * np.pi, TURNS, endpoint=False):
            apart = far * (2 * piece.half_px + RING_PX)
            step = np.rint((apart * np.sin(turn), apart * np.cos(turn))).astype(int)
            there = every + step
            if (there < 0).any() or (there >= grey.shape).any():
                continue
            rows, columns = there.T
            if blind[rows, columns].any():
                continue
            values = grey[rows, columns]
            # A source with a mark of its own would copy the mark.
            odd = float(np.abs(values - np.median(values)).max())
            score = float(np.var(level - values[: level.size])) + odd**2 / 4
            if score < least:
                best, least = (int(step[0]), int(step[1])), score
    return best


def _shifted(grey: NDArray[np.float32], step: tuple[int, int]) -> NDArray[np.float32]:
    made: NDArray[np.float32] = np.roll(grey, (-step[0], -step[1]), axis=(0, 1))
    return made


def _spread(
    values: NDArray[np.float32], ring: NDArray[np.bool_], core: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """(pixel,) numbers on the ring carried smoothly over the core, near ones counting more."""
    ends = np.argwhere(ring)
    ends = ends[:: max(1, len(ends) // 200)]
    level = values[ends[:, 0], ends[:, 1]]
    inside = np.argwhere(core)
    first, size = inside.min(axis=0), np.ptp(inside, axis=0) + 1
    coarse = max(1, int(np.ceil(np.sqrt(size.prod() / _SPREAD_POINTS))))
    rows, columns = (np.arange(0, x + coarse, coarse) for x in size)
    membrane = np.empty((rows.size, columns.size), np.float32)
    for index, row in enumerate(rows + first[0]):
        apart = (row - ends[:, 0]) ** 2 + (columns[:, None] + first[1] - ends[:, 1]) ** 2
        weight = np.maximum(apart, 1) ** -1.5
        membrane[index] = weight @ level / weight.sum(axis=1)
    places = (inside - first).T / coarse
    made: NDArray[np.float32] = ndimage.map_coordinates(membrane, places, order=1, mode="nearest")
    return made


def _tint(
    pixels: Pixels, grey: NDArray[np.float32], piece: Piece, blind: NDArray[np.bool_]
) -> None:
    """Give a filling, in place, the colour of the surface around it; the lamp's own is gone."""
    ring = ndimage.binary_dilation(piece.core, iterations=RING_PX) & ~blind
    if not ring.any():
        return
    full = levels_of(pixels) - 1
    metal = np.median(pixels[ring], axis=0)
    level = grey[piece.core][:, None] * full / max(float(metal @ LUMA), 1.0)
    pixels[piece.core] = np.clip(np.rint(level * metal), 0, full)
