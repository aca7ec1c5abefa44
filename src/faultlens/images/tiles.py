"""Large pictures in tiles, and the maps of the tiles put together to one.

At a tile's rim a model sees half of what is there. Tiles therefore overlap, and each point of the
whole map is taken from the tile in whose middle it lies most.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.images.scaling import resized_map

TILE_PX = 640
OVERLAP_PX = 128
"""Longer than most defects: one that is cut by a tile stands whole in its neighbour."""


@dataclass(frozen=True)
class Tile:
    """One rectangle of a picture.

    Args:
        top: first row, px.
        left: first column, px.
        height: rows, px.
        width: columns, px.
    """

    top: int
    left: int
    height: int
    width: int

    def of(self, pixels: NDArray[np.generic]) -> NDArray[np.generic]:
        """What a picture has there, as a view.

        Args:
            pixels: (row, column) or (row, column, channel) the whole.

        Example:
            >>> Tile(1, 0, 1, 2).of(np.array([[1, 2, 3], [4, 5, 6]]))
            array([[4, 5]])
        """
        return pixels[self.top : self.top + self.height, self.left : self.left + self.width]


def tiles_of(
    height: int, width: int, *, size: int = TILE_PX, overlap: int = OVERLAP_PX
) -> tuple[Tile, ...]:
    """The tiles that cover a picture, all of one size, evenly spread, row by row.

    Args:
        height: of the picture, px.
        width: of the picture, px.
        size: side of a tile, px; a picture that is smaller has one tile along that side.
        overlap: px that neighbours share at least.

    Raises:
        UsageError: no picture, or an overlap that leaves no step between tiles.

    Example:
        >>> [(x.left, x.width) for x in tiles_of(640, 1500)]
        [(0, 640), (430, 640), (860, 640)]
    """
    if height < 1 or width < 1:
        raise UsageError(f"The picture is {width} x {height} pixels; it must have one at least.")
    if not 0 <= overlap < size:
        raise UsageError(
            f"Tiles of {size} px with an overlap of {overlap} px; the overlap must be 0 or more "
            "and smaller than the tile."
        )
    tall, wide = min(size, height), min(size, width)
    return tuple(
        Tile(top, left, tall, wide)
        for top in _starts(height, size, overlap)
        for left in _starts(width, size, overlap)
    )


def _starts(length: int, size: int, overlap: int) -> list[int]:
    if length <= size:
        return [0]
    steps = -(-(length - size) // (size - overlap))
    return [i * (length - size) // steps for i in range(steps + 1)]


def joined_map(
    parts: Iterable[tuple[Tile, NDArray[np.floating]]],
    height: int,
    width: int,
    *,
    step: int = 1,
) -> NDArray[np.float32]:
    """One map out of those of the tiles, each point from the tile where it is most central.

    Only the whole map and one tile's are held at a time: `parts` may be a generator that computes
    each when it is its turn.

    Args:
        parts: every tile with its map (row, column), coarser than the tile or not.
        height: of the picture, px.
        width: of the picture, px.
        step: px of the picture that one point of the whole map stands for.

    Returns:
        (row, column) float32, ceil(side / step) long.

    Raises:
        UsageError: a point of the picture that no tile covers, or a step below 1.

    Example:
        >>> left, right = Tile(0, 0, 1, 4), Tile(0, 2, 1, 4)
        >>> joined_map([(left, np.zeros((1, 4))), (right, np.ones((1, 4)))], 1, 6)
        array([[0., 0., 0., 1., 1., 1.]], dtype=float32)
    """
    if step < 1:
        raise UsageError(f"step is {step}; a point of a map stands for 1 pixel or more.")
    rows, columns = -(-height // step), -(-width // step)
    whole = np.zeros((rows, columns), dtype=np.float32)
    # Of each point, how deep inside its tile it lies, in half pixels: small numbers, so two bytes.
    depth = np.zeros((rows, columns), dtype=np.uint16)
    for tile, found in parts:
        there = (_points(tile.top, tile.height, step), _points(tile.left, tile.width, step))
        down, across = (
            _depths(x, y, tile_start, tile_length, length, step)
            for x, y, tile_start, tile_length, length in (
                (there[0].start, there[0].stop, tile.top, tile.height, height),
                (there[1].start, there[1].stop, tile.left, tile.width, width),
            )
        )
        if not (down.size and across.size):
            continue
        deep = np.minimum.outer(down, across)
        better = deep > depth[there]
        part = resized_map(found, down.size, across.size)
        np.copyto(whole[there], part, where=better)
        np.copyto(depth[there], deep, where=better)
    if not depth.all():
        raise UsageError(
            f"The tiles do not cover the picture of {width} x {height} pixels; take those of "
            "tiles_of(height, width)."
        )
    return whole


def _points(start: int, length: int, step: int) -> slice:
    """The points of the map whose pixels begin inside the tile."""
    return slice(-(-start // step), -(-(start + length) // step))


def _depths(
    first: int, stop: int, start: int, length: int, whole: int, step: int
) -> NDArray[np.uint16]:
    middle = np.arange(first, stop) * step * 2 + step
    before, after = middle - 2 * start, 2 * (start + length) - middle
    # The picture's own rim is no rim of a tile: beyond it there is nothing to be seen.
    far = int(np.iinfo(np.uint16).max)
    before = before if start > 0 else np.full_like(middle, far)
    after = after if start + length < whole else np.full_like(middle, far)
    return np.clip(np.minimum(before, after), 1, np.iinfo(np.uint16).max).astype(np.uint16)
