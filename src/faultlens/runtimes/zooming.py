"""The hottest places of a picture looked at again, enlarged: what is small fills more patches."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.images.image import Image
from faultlens.images.scaling import resized_map
from faultlens.runtimes.image_model import IMAGE, PATCHES, each_encoded, encode_windows
from faultlens.runtimes.loaded import Model
from faultlens.runtimes.picture_tiles import (
    SMALLEST_PATCH_PX,
    ScaledTile,
    at_scale,
    paste,
    tile_picture,
)
from faultlens.runtimes.said import Said, said_of
from faultlens.runtimes.surface_scores import Meanings, Scoring, log_odds

if TYPE_CHECKING:
    from faultlens.runtimes.looking import Finish, Seen

ZOOMED_PX = 160
"""Side of a place that is looked at again, pixels of the picture: several times a small defect's
length, and the least that tells it from the texture around it."""

TIMES = 4.0
"""How many times as large as before it is shown, where that is no more than `LARGEST`."""

LARGEST = 2.0
"""Times the picture's own size: beyond it there is nothing more to be seen."""

Floats = NDArray[np.float32]


def zoomed(
    model: Model,
    image: Image,
    seen: "Seen",
    meanings: Meanings,
    scoring: Scoring,
    *,
    places: int,
    frame: int = 0,
    finish: "Finish | None" = None,
) -> "Seen":
    """What is seen of a picture once its hottest places were looked at again, enlarged.

    What is said there is averaged with what was said before, as of one more scale; the worst of
    these places speaks for the picture beside the worst tile.

    Args:
        model: of the kind "image".
        image: that was looked at.
        seen: what was seen of it.
        meanings: the sentences' points.
        scoring: of the model.
        places: how many are looked at again at most.
        frame: side of the model's square, pixels; 0 for a model that takes any size.
        finish: as in `looking.each_seen`.

    Example:
        >>> zoomed.__name__  # `looking.each_seen` shows it at work
        'zoomed'
    """
    scale = min(LARGEST, TIMES * max(seen.scales))
    tiles = hottest_tiles(image, seen.anomalous, places, scale=scale, squeezed=bool(frame))
    if not tiles:
        return seen
    said = list(_each_said(model, image, tiles, meanings, scoring, finish))
    seen = _finer(seen, tiles[0].patch_px(said[0].heat.shape[1]))
    anomalous, names = seen.anomalous[None].copy(), seen.names.astype(np.float32)
    untouched = np.ones(anomalous.shape[1:], dtype=bool)
    for tile, each in zip(tiles, said, strict=True):
        heat, named = np.zeros_like(anomalous), np.zeros_like(names)
        paste(heat, each.heat, tile)
        paste(named, each.names, tile)
        there = (heat[0] > 0) & untouched
        anomalous[:, there] = (anomalous[:, there] + heat[:, there]) / 2
        names[:, there] = (names[:, there] + named[:, there]) / 2
        untouched &= ~there
    worst = max((x.whole for x in said), key=lambda x: float(x.anomalous))
    return replace(
        seen,
        anomalous=anomalous[0],
        names=names.astype(seen.names.dtype),
        whole_log_odds=0.5 * (seen.whole_log_odds + float(log_odds(worst.anomalous))),
        whole_names=np.asarray((seen.whole_names + worst.names) / 2, dtype=np.float32),
        zoomed=len(tiles),
    )


def hottest_tiles(
    image: Image, heat: Floats, count: int, *, scale: float, squeezed: bool = False
) -> tuple[ScaledTile, ...]:
    """Squares around the hottest places of a picture, the hottest first.

    Args:
        image: of any size.
        heat: (grid row, grid column) over it; NaN where there is nothing.
        count: how many at most; neighbours that one square shows count as one.
        scale: at which they are shown.
        squeezed: whether they go onto a model's square.

    Example:
        >>> heat = np.zeros((40, 60), np.float32)
        >>> heat[20, 30] = 0.9
        >>> tile, *_ = hottest_tiles(Image(np.zeros((320, 480), np.uint8)), heat, 3, scale=2.0)
        >>> tile.top, tile.left, tile.height
        (168, 328, 320)
    """
    left = np.where(np.isfinite(heat), heat, -1.0)
    tall, wide = (min(ZOOMED_PX, x) for x in (image.height, image.width))
    high, broad = image.height / heat.shape[0], image.width / heat.shape[1]
    whole = round(image.height * scale), round(image.width * scale)
    found: list[ScaledTile] = []
    while len(found) < count and left.max() >= 0:
        row, column = divmod(int(left.argmax()), left.shape[1])
        top = int(np.clip((row + 0.5) * high - tall / 2, 0, image.height - tall))
        beside = int(np.clip((column + 0.5) * broad - wide / 2, 0, image.width - wide))
        up, side, height, width = (round(x * scale) for x in (top, beside, tall, wide))
        owned = (up, side, up + height, side + width)
        found.append(ScaledTile(scale, up, side, height, width, owned, whole, squeezed))
        # The middle of a square is seen whole: only what lies there need not be seen again.
        rows, columns = max(1, round(tall / 4 / high)), max(1, round(wide / 4 / broad))
        first, start = max(0, row - rows), max(0, column - columns)
        left[first : row + rows + 1, start : column + columns + 1] = -1
    return tuple(found)


def _each_said(
    model: Model,
    image: Image,
    tiles: Sequence[ScaledTile],
    meanings: Meanings,
    scoring: Scoring,
    finish: "Finish | None",
) -> Iterator[Said]:
    parts = [_enlarged(image, x) for x in tiles]
    for tile, part, found in zip(
        tiles, parts, each_encoded(model, parts, want=(IMAGE, PATCHES)), strict=True
    ):
        windows = encode_windows(model, part)
        done = found if finish is None else finish(image, tile, part, found)
        yield said_of(done, windows, meanings, scoring)


def _enlarged(image: Image, tile: ScaledTile) -> Image:
    """What the model is shown: only the place is enlarged, never the whole picture."""
    top, left = round(tile.top / tile.scale), round(tile.left / tile.scale)
    rows = slice(top, top + round(tile.height / tile.scale))
    columns = slice(left, left + round(tile.width / tile.scale))
    valid = None if image.valid is None else image.valid[rows, columns]
    if valid is not None and not valid.any():
        valid = None
    place = Image(image.pixels[rows, columns], name=image.name, valid=valid)
    sized = at_scale(place, tile.scale)
    return tile_picture(sized, replace(tile, top=0, left=0, height=sized.height, width=sized.width))


def _finer(seen: "Seen", patch_px: float) -> "Seen":
    """The same on a finer grid, where enlarged places are told finer than it is."""
    rows, columns = seen.anomalous.shape
    patch_px = max(patch_px, SMALLEST_PATCH_PX)
    wanted = round(seen.height_px / patch_px), round(seen.width_px / patch_px)
    if wanted[0] <= rows and wanted[1] <= columns:
        return seen

    def finer(grid: NDArray[np.floating]) -> Floats:
        # No mean with what is not there: a place is seen or not.
        at = (np.arange(x) * y // x for x, y in zip(wanted, (rows, columns), strict=True))
        filled = resized_map(np.nan_to_num(grid, nan=0.0), *wanted)
        return np.where(np.isfinite(grid[np.ix_(*at)]), filled, np.float32(np.nan))

    return replace(
        seen,
        anomalous=finer(seen.anomalous),
        names=np.stack([finer(x.astype(np.float32)) for x in seen.names]).astype(seen.names.dtype),
        distances=tuple(finer(x) for x in seen.distances),
    )
