"""Local contrast (CLAHE): each place gets the contrast that its own surroundings leave room for."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.images.light.levels import bands, brightened, levels_of

TILES = 8
"""Along each side of the picture, as in Zuiderveld's examples and in OpenCV."""

CLIP_LIMIT = 2.0
"""Steepest slope that a tile may add, in times the plain one. OpenCV's examples take 2; its
default of 40 turns the grain of metal into marks."""

SMALLEST_TILE_PX = 16
"""Side below which a tile's histogram is mostly chance: small pictures have fewer tiles."""

_BINS = (
    256  # of 16 bits too: finer ones hold a pixel or none, and no slope; between, it is straight
)
_FEWEST = 64  # pixels of the part in a tile that make a histogram


def local_contrast(image: Image, *, clip_limit: float = CLIP_LIMIT, tiles: int = TILES) -> Image:
    """A picture with contrast-limited adaptive histogram equalisation (CLAHE).

    Colours keep their differences: the change of brightness is added to red, green and blue
    alike. What alpha left out is neither counted nor changed.

    Args:
        image: any picture.
        clip_limit: 1 changes nothing much, 2 is gentle, 4 strong.
        tiles: along each side; fewer on pictures of less than 128 pixels.

    Returns:
        a picture of the same size and type.

    Raises:
        UsageError: a limit below 1, or no tiles.

    Source: Zuiderveld, Contrast limited adaptive histogram equalization, Graphics Gems IV (1994).

    Example:
        >>> faint = np.full((64, 64), 100, np.uint8)
        >>> faint[30:34] = 104
        >>> local_contrast(Image(faint), clip_limit=4).pixels[28:36, 0].tolist()
        [101, 101, 109, 109, 109, 109, 101, 101]
    """
    if not (np.isfinite(clip_limit) and clip_limit >= 1):
        raise UsageError(f"clip_limit is {clip_limit}; it is 1 or more, 2 is usual.")
    if tiles < 1:
        raise UsageError(f"tiles is {tiles}; a picture has 1 tile or more along each side.")
    level, whole = _levels(image)
    counts = [max(1, min(tiles, x // SMALLEST_TILE_PX)) for x in level.shape]
    edges = [
        np.linspace(0, x, n + 1).round().astype(int)
        for x, n in zip(level.shape, counts, strict=True)
    ]
    tables = _tables(level, image.valid, edges, whole, clip_limit)
    if image.pixels.ndim == 2:
        made = np.empty_like(image.pixels)
        for rows, columns, value in _interpolated(level, tables, edges):
            made[rows, columns] = np.rint(value * (whole - 1)).astype(made.dtype)
        if image.valid is not None:
            np.copyto(made, image.pixels, where=~image.valid)
    else:
        added = np.zeros(level.shape, np.float32)
        for rows, columns, value in _interpolated(level, tables, edges):
            added[rows, columns] = value - level[rows, columns] * np.float32(1 / (whole - 1))
        if image.valid is not None:
            added[~image.valid] = 0
        made = brightened(image.pixels, added)
    return image.derived(made, f"local contrast (CLAHE, {clip_limit:g}, {tiles} tiles)")


def _levels(image: Image) -> tuple[NDArray[Any], int]:
    """(row, column) whole levels of brightness, and how many there can be."""
    whole = levels_of(image.pixels)
    if not image.is_colour:
        return image.pixels, whole
    level = np.empty(image.pixels.shape[:2], image.pixels.dtype)
    grey = image.grey()
    for rows in bands(level.shape):
        level[rows] = np.rint(grey[rows] * np.float32(whole - 1)).astype(level.dtype)
    return level, whole


def _tables(
    level: NDArray[Any],
    valid: NDArray[np.bool_] | None,
    edges: list[NDArray[np.intp]],
    whole: int,
    clip_limit: float,
) -> NDArray[np.float32]:
    """(tile row, tile column, level) new brightness, 0 to 1, of every level in every tile."""
    bins = min(whole, _BINS)
    spans = [[slice(a, b) for a, b in pairwise(x)] for x in edges]
    made = np.full((len(spans[0]), len(spans[1]), whole), -1, np.float32)
    everywhere = np.zeros(bins)
    for down, rows in enumerate(spans[0]):
        for across, columns in enumerate(spans[1]):
            seen = level[rows, columns]
            seen = seen.ravel() if valid is None else seen[valid[rows, columns]]
            counts = np.bincount(seen // (whole // bins), minlength=bins).astype(np.float64)
            everywhere += counts
            if seen.size >= _FEWEST:
                made[down, across] = _table(counts, whole, clip_limit)
    spare = _table(everywhere, whole, clip_limit) if everywhere.any() else None
    for table in made.reshape(-1, whole):
        # Hardly anything of the part is in that tile: the whole picture speaks for it.
        if table[0] < 0 and spare is not None:
            table[:] = spare
    return made


def _table(counts: NDArray[np.float64], whole: int, clip_limit: float) -> NDArray[np.float32]:
    bins, total = counts.size, counts.sum()
    limit = max(clip_limit * total / bins, 1.0)
    cut = np.minimum(counts, limit)
    cut += (total - cut.sum()) / bins
    risen = np.cumsum(cut) / total
    if bins == whole:
        return np.asarray(risen, np.float32)
    # The middle of a bin has half of it below.
    middles = (np.arange(bins) + 0.5) * (whole / bins)
    between = np.interp(np.arange(whole), middles, risen - cut / total / 2)
    return np.asarray(between, np.float32)


def _interpolated(
    level: NDArray[Any], tables: NDArray[np.float32], edges: list[NDArray[np.intp]]
) -> Any:
    """Rectangles between the middles of tiles: rows, columns, and (row, column) new brightness."""
    down, across = (_pieces(x) for x in edges)
    for rows, above, below, lower in down:
        for columns, before, behind, right in across:
            there = level[rows, columns]
            top = tables[above, before][there]
            top += (tables[above, behind][there] - top) * right
            bottom = tables[below, before][there]
            bottom += (tables[below, behind][there] - bottom) * right
            yield rows, columns, top + (bottom - top) * lower[:, None]


def _pieces(edges: NDArray[np.intp]) -> list[tuple[slice, int, int, NDArray[np.float32]]]:
    """Spans of pixels between two middles of tiles: both tiles, and the weight of the second."""
    middles = (edges[:-1] + edges[1:]) / 2 - 0.5
    stops = [0, *np.ceil(middles).astype(int), int(edges[-1])]
    pieces = []
    for number, (start, stop) in enumerate(pairwise(stops)):
        if stop <= start:
            continue
        first, second = max(number - 1, 0), min(number, len(middles) - 1)
        place = np.arange(start, stop)
        apart = middles[second] - middles[first]
        weight = (place - middles[first]) / apart if apart else np.zeros(place.size)
        pieces.append((slice(start, stop), first, second, weight.astype(np.float32)))
    return pieces
