"""A picture in tiles at several scales, and what is said of the tiles on one grid over it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError
from faultlens.images.image import Image
from faultlens.images.scaling import resized
from faultlens.images.tiles import tiles_of

Floats = NDArray[np.float32]

SMALLEST_SIDE_PX = 16
"""Two patches of the built-in model; below it there is no surface to judge, only pixels."""

SMALLEST_PATCH_PX = 8
"""Of the models in use: bounds how many places a picture has."""

MOST_NAMES = 100_000_000
"""Places times defects of one picture: 400 MB while it is looked at."""

_FOR_MEDIAN = 100_000
"""Pixels of which the middle shade is taken."""

_PAD_TO = 16
"""Sides of tiles are filled up to multiples of it, mirrored: halved, they leave no rest."""


@dataclass(frozen=True)
class ScaledTile:
    """A part of a picture at one scale; all lengths are pixels at that scale.

    Args:
        scale: of the picture.
        top: first row.
        left: first column.
        height: rows.
        width: columns.
        owned: top, left, bottom and right of where it is the most central tile.
        whole: height and width of the whole picture.
        squeezed: whether it goes onto a model's square; else it is filled up to whole patches.
    """

    scale: float
    top: int
    left: int
    height: int
    width: int
    owned: tuple[float, float, float, float]
    whole: tuple[int, int]
    squeezed: bool = False

    @property
    def shown(self) -> tuple[int, int]:
        """Height and width that a model's map of it covers."""
        if self.squeezed:
            return self.height, self.width
        return _filled(self.height), _filled(self.width)

    def patch_px(self, rows: int) -> float:
        """Side of a patch, pixels of the picture itself, of a map with so many rows.

        Args:
            rows: of the map.
        """
        return self.shown[0] / rows / self.scale


def refuse_unseen(image: Image, *, defects: int = 1) -> None:
    """Refuse a picture in which nothing can be seen, before any work is done on it.

    Args:
        image: of any size.
        defects: how many will be asked for.

    Raises:
        InputError: it is too small to judge, transparent all over, or too large for so many
            defects.

    Example:
        >>> refuse_unseen(Image(np.zeros((1, 1), np.uint8)))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.InputError: The picture is 1 x 1 pixels: too small to judge. ...
    """
    name = image.name or "The picture"
    if min(image.height, image.width) < SMALLEST_SIDE_PX:
        raise InputError(
            f"{name} is {image.width} x {image.height} pixels: too small to judge. It needs "
            f"{SMALLEST_SIDE_PX} pixels along both sides; take it closer or give the camera's full "
            "resolution."
        )
    if image.valid is not None and not image.valid.any():
        raise InputError(f"{name} is transparent all over; nothing is to be seen in it.")
    if image.counted is not None and not image.counted.any():
        raise InputError(
            f"{name} is under glare all over; nothing is to be judged in it. Soften or move the "
            "lamp, or inspect it without the enhancement 'glare'."
        )
    cells = image.height * image.width // SMALLEST_PATCH_PX**2
    if cells * defects > MOST_NAMES:
        raise InputError(
            f"{name} has {image.width} x {image.height} pixels, for which {defects} defects take "
            f"more memory than there is; ask for {MOST_NAMES // cells} at most."
        )


def scaled_tiles(
    image: Image, scale: float, *, side: int, overlap: int, frame: int = 0
) -> tuple[ScaledTile, ...]:
    """The tiles of a picture at one scale.

    Args:
        image: the picture in its own size.
        scale: at which it is looked at.
        side: longest side of a tile, pixels at that scale.
        overlap: what neighbours share, pixels.
        frame: side of the model's square, pixels; 0 for a model that takes any size.

    Example:
        >>> image = Image(np.zeros((640, 1500), np.uint8))
        >>> [x.left for x in scaled_tiles(image, 1.0, side=640, overlap=128)]
        [0, 430, 860]
    """
    if frame:
        # A square that is no larger than the picture's short side keeps its shape.
        side = min(side, max(frame, min(image.height, image.width)))
    height, width = whole = _scaled(image, scale)
    # A long picture that fits one tile is squeezed a little rather than cut.
    if frame and max(height, width) <= 1.5 * side:
        return (ScaledTile(scale, 0, 0, height, width, (0, 0, height, width), whole, True),)
    cut = tiles_of(height, width, size=side, overlap=min(overlap, side // 4))
    down = _owned({x.top for x in cut}, min(side, height), height)
    along = _owned({x.left for x in cut}, min(side, width), width)
    return tuple(
        ScaledTile(
            scale, x.top, x.left, x.height, x.width,
            (down[x.top][0], along[x.left][0], down[x.top][1], along[x.left][1]),
            whole, bool(frame),
        )
        for x in cut
    )  # fmt: skip


def _owned(starts: Iterable[int], side: int, length: int) -> dict[int, tuple[float, float]]:
    """From where to where along one side each tile is the most central one."""
    ordered = sorted(starts)
    between = [(a + side + b) / 2 for a, b in pairwise(ordered)]
    bounds = pairwise([0.0, *between, float(length)])
    return dict(zip(ordered, bounds, strict=True))


def _scaled(image: Image, scale: float) -> tuple[int, int]:
    height, width = (max(SMALLEST_SIDE_PX, round(x * scale)) for x in (image.height, image.width))
    return height, width


def at_scale(image: Image, scale: float) -> Image:
    """The picture at a scale, what alpha leaves out in the middle shade of the part.

    Args:
        image: the picture in its own size.
        scale: at which it is looked at.

    Example:
        >>> at_scale(Image(np.zeros((64, 80), np.uint8)), 0.5).width
        40
    """
    shown = _without_unseen(image)
    if scale == 1:
        return shown
    height, width = _scaled(image, scale)
    return Image(resized(shown.pixels, height, width), name=image.name)


def _without_unseen(image: Image) -> Image:
    """What alpha leaves out in the middle shade of the part: no model shall judge it."""
    if image.valid is None or image.valid.all():
        return image
    seen = image.pixels[image.valid]
    middle = np.median(seen[:: max(1, len(seen) // _FOR_MEDIAN)], axis=0)
    pixels = image.pixels.copy()
    pixels[~image.valid] = middle.astype(pixels.dtype)
    return Image(pixels, name=image.name)


def tile_picture(image: Image, tile: ScaledTile) -> Image:
    """What a model is shown of a tile.

    Args:
        image: the picture at the tile's scale.
        tile: one of its tiles.

    Example:
        >>> image = Image(np.zeros((30, 50), np.uint8))
        >>> tile, = scaled_tiles(image, 1.0, side=640, overlap=128)
        >>> tile_picture(image, tile).pixels.shape  # filled up to whole patches, mirrored
        (32, 64)
    """
    pixels = image.pixels[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width]
    below, beside = (x - y for x, y in zip(tile.shown, pixels.shape, strict=False))
    if below or beside:
        rest = ((0, 0),) * (pixels.ndim - 2)
        mirrored = np.pad(pixels, ((0, below), (0, beside), *rest), mode="reflect")
        return Image(mirrored, name=image.name)  # type: ignore[arg-type]  # numpy forgets the type
    return Image(pixels, name=image.name)


def _filled(length: int) -> int:
    return ceil(length / _PAD_TO) * _PAD_TO


def grid_of(image: Image, patch_px: float) -> tuple[int, int]:
    """Rows and columns of the grid of patches over a picture.

    Args:
        image: the picture in its own size.
        patch_px: side of a patch, pixels of the picture.

    Example:
        >>> grid_of(Image(np.zeros((60, 84), np.uint8)), 8.0)
        (8, 10)
    """
    return max(1, round(image.height / patch_px)), max(1, round(image.width / patch_px))


def paste(canvas: NDArray[np.floating], found: Floats, tile: ScaledTile) -> None:
    """Add a tile's map to the picture's grid where the tile is the most central one.

    Args:
        canvas: of the whole picture's grid, (row, column) or (map, row, column).
        found: of the tile, alike.
        tile: where it lies.

    Example:
        >>> image = Image(np.zeros((32, 48), np.uint8))
        >>> canvas = np.zeros((1, 4, 6))
        >>> for tile in scaled_tiles(image, 1.0, side=32, overlap=16):
        ...     paste(canvas, np.ones((1, 4, 4), np.float32), tile)
        >>> bool((canvas == 1).all())
        True
    """
    rows, columns = canvas.shape[-2:]
    high, wide = tile.whole
    upper, first, lower, last = tile.owned
    height, width = tile.shown
    down = _places(rows, high, upper, lower)
    along = _places(columns, wide, first, last)
    if not (len(down) and len(along)):
        return
    at_row = _weights((down + 0.5) * high / rows - tile.top, height, found.shape[-2])
    at_column = _weights((along + 0.5) * wide / columns - tile.left, width, found.shape[-1])
    low, top, share = at_row
    part = found[..., low, :] * (1 - share)[:, None] + found[..., top, :] * share[:, None]
    low, top, share = at_column
    part = part[..., low] * (1 - share) + part[..., top] * share
    canvas[..., down[0] : down[-1] + 1, along[0] : along[-1] + 1] += part


def _places(cells: int, length: int, low: float, high: float) -> NDArray[np.intp]:
    """The cells of a grid over `length` whose centres lie in low to high."""
    centres = (np.arange(cells) + 0.5) * length / cells
    return np.flatnonzero((centres >= low) & (centres < high))


def _weights(
    at_px: NDArray[np.floating], length: int, patches: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    centres = np.clip(at_px * patches / length - 0.5, 0, patches - 1)
    low = np.floor(centres).astype(np.intp)
    return low, np.minimum(low + 1, patches - 1), (centres - low).astype(np.float32)


def own_patches(image: Image, found: Floats, tile: ScaledTile) -> NDArray[np.bool_]:
    """Which patches of a tile's map are its own, show the part, and count.

    Args:
        image: the picture in its own size.
        found: (..., row, column) map of the tile.
        tile: where it lies.

    Returns:
        (row, column) mask.

    Example:
        >>> image = Image(np.zeros((32, 40), np.uint8))
        >>> tile, = scaled_tiles(image, 1.0, side=640, overlap=128)
        >>> own_patches(image, np.zeros((1, 4, 6)), tile).sum(axis=1).tolist()
        [5, 5, 5, 5]
    """
    upper, first, lower, last = tile.owned
    (high, wide), (rows, columns) = tile.shown, found.shape[-2:]
    down = tile.top + (np.arange(rows) + 0.5) * high / rows
    along = tile.left + (np.arange(columns) + 0.5) * wide / columns
    own = np.logical_and.outer((down >= upper) & (down < lower), (along >= first) & (along < last))
    counted = image.counted
    if counted is None:
        return np.asarray(own)
    half_row, half_column = 0.49 * high / rows, 0.49 * wide / columns
    shows = np.ones_like(own)
    for row in (-half_row, 0.0, half_row):
        for column in (-half_column, 0.0, half_column):
            at_row = np.clip((down + row) / tile.scale, 0, image.height - 1).astype(np.intp)
            at_column = np.clip((along + column) / tile.scale, 0, image.width - 1).astype(np.intp)
            shows &= counted[np.ix_(at_row, at_column)]
    return np.asarray(own & shows)


def seen_cells(image: Image, rows: int, columns: int) -> NDArray[np.bool_]:
    """Cells of a grid that show the part, not what alpha or glare leaves out; never its rim.

    Args:
        image: the picture in its own size.
        rows: of the grid.
        columns: of the grid.

    Returns:
        (row, column) mask.

    Example:
        >>> valid = np.ones((16, 32), bool)
        >>> valid[:, :9] = False
        >>> seen_cells(Image(np.zeros((16, 32), np.uint8), valid=valid), 1, 4).tolist()
        [[False, False, True, True]]
    """
    counted = image.counted
    if counted is None:
        return np.ones((rows, columns), dtype=bool)
    top = np.linspace(0, image.height, rows + 1).astype(int)[:-1]
    left = np.linspace(0, image.width, columns + 1).astype(int)[:-1]
    for together in (np.logical_and, np.logical_or):
        cells = together.reduceat(together.reduceat(counted, top, axis=0), left, axis=1)
        # Of a part smaller than a cell, the cells that it touches are all that there is.
        if cells.any():
            break
    return np.asarray(cells)
