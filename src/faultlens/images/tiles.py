"""Large pictures in tiles that overlap, since at its rim a model sees half of what is there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError

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
