"""Where a picture is hot: its heat map, its hot regions and their names, on the picture given."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.images.image import Image
from faultlens.images.regions import Region, regions_of
from faultlens.images.tightened import tightened
from faultlens.inference.preprocessing import Looked
from faultlens.inference.surface_findings import Spot
from faultlens.reports.inspection_view import SpottedRegion
from faultlens.runtimes.heat import upsampled
from faultlens.runtimes.looking import Seen

PEAK_SHARE = 0.5
"""Share of the hottest place's heat that counts where a picture alarms and none is hot itself."""

LARGEST_HEAT_PX = 16_000_000
"""Points of a heat map; of larger pictures it is coarser, and the regions are measured on it."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class HotPlaces:
    """Where a picture is hot.

    Args:
        heat: (row, column) 0 to 1, of the picture given, or of every n-th of its pixels.
        level: heat from which a place is hot.
        spots: the hot places, the worst first, pixels of the picture given.
        regions: the same places, points of the heat map.
    """

    heat: Floats
    level: float
    spots: tuple[Spot, ...]
    regions: tuple[Region, ...]

    def mask_of(self, regions: tuple[SpottedRegion, ...]) -> NDArray[np.bool_]:
        """Where some of its places lie.

        Args:
            regions: of its spots.

        Returns:
            (row, column) of the heat map.

        Example:
            >>> HotPlaces(np.zeros((2, 3), np.float32), 0.5, (), ()).mask_of(()).any()
            np.False_
        """
        mask = np.zeros(self.heat.shape, dtype=bool)
        for spot, region in zip(self.spots, self.regions, strict=True):
            if spot.region in regions:
                left, top, width, height = region.box
                mask[top : top + height, left : left + width] |= region.mask
        return mask


def hot_places(
    looked: Looked, seen: Seen, grid: Floats, *, alarm: bool, least_level: float
) -> HotPlaces:
    """Where a picture is hot, in the coordinates of the picture given.

    Args:
        looked: the picture.
        seen: what was seen of what the model looked at.
        grid: (grid row, grid column) heat of that, 0 to 1; NaN where there is nothing.
        alarm: whether the picture alarms: then its hottest places count, however hot.
        least_level: heat from which a place is hot else.

    Example:
        >>> image = Image(np.zeros((16, 32), np.uint8))
        >>> names = np.ones((1, 2, 4), np.float16)
        >>> grid = np.zeros((2, 4), np.float32)
        >>> seen = Seen(16, 32, grid, names, (), 0.0, np.ones(1), 1.0, 1.0, 1)
        >>> hot_places(Looked(image, image), seen, grid, alarm=False, least_level=0.5).spots
        ()
    """
    given, shown = looked.given, looked.shown
    step = int(np.ceil(np.sqrt(given.height * given.width / LARGEST_HEAT_PX)))
    heat = _heat_map(grid, shown, seen.smooth_px, step)
    level = _level(heat, alarm, least_level)
    regions = _regions(shown, heat, level, step)
    at = (looked.left_px, looked.top_px)
    spots = tuple(Spot(_spotted(x, step, at), _names_at(x, heat.shape, seen)) for x in regions)
    if given.pixels.shape[:2] == shown.pixels.shape[:2]:
        return HotPlaces(heat, level, spots, regions)
    return _onto(given, HotPlaces(heat, level, spots, regions), step, at)


def _onto(given: Image, there: HotPlaces, step: int, at_px: tuple[int, int]) -> HotPlaces:
    """The same places on the whole picture; nothing is hot where nobody looked."""
    whole = np.zeros(_points(given, step), np.float32)
    height, width = there.heat.shape
    left, top = (
        min(x // step, room)
        for x, room in zip(at_px, (whole.shape[1] - width, whole.shape[0] - height), strict=True)
    )
    whole[top : top + height, left : left + width] = there.heat
    moved = (
        replace(x, box=(x.box[0] + left, x.box[1] + top, x.box[2], x.box[3])) for x in there.regions
    )
    return replace(there, heat=whole, regions=tuple(moved))


def _points(image: Image, step: int) -> tuple[int, int]:
    return max(1, round(image.height / step)), max(1, round(image.width / step))


def _regions(image: Image, heat: Floats, level: float, step: int) -> tuple[Region, ...]:
    """Hot regions, drawn in to what differs on the picture where the map is as fine as it."""
    regions = regions_of(heat, level)
    if step > 1 or not regions:
        return regions
    grey = image.grey()
    return tuple(tightened(x, grey) for x in regions)


def _heat_map(grid: Floats, image: Image, smooth_px: float, step: int) -> Floats:
    """(row, column) of the picture, or of every `step`th of its pixels; 0 where nothing is."""
    height, width = _points(image, step)
    known = np.nan_to_num(grid, nan=0.0)
    return np.clip(upsampled(known, height, width, smooth_px=smooth_px / step), 0, 1)


def _level(heat: Floats, alarm: bool, least: float) -> float:
    peak = float(heat.max())
    if alarm and peak < least:
        # Something alarms, though no place does by itself: the hottest places are shown.
        return max(PEAK_SHARE * peak, 1e-6)
    return least


def _spotted(region: Region, step: int, at_px: tuple[int, int]) -> SpottedRegion:
    left, top, width, height = region.box
    return SpottedRegion(
        box=(at_px[0] + left * step, at_px[1] + top * step, width * step, height * step),
        score=float(region.score),
        area_px=region.area_px * step**2,
        length_px=region.length_px * step,
        width_px=region.width_px * step,
        angle_deg=region.angle_deg,
    )


def _names_at(region: Region, shape: tuple[int, int], seen: Seen) -> NDArray[np.floating]:
    """Mean of the names over the places of a region."""
    left, top = region.box[:2]
    rows, columns = seen.names.shape[1:]
    inside = np.argwhere(region.mask)
    at_row = ((top + inside[:, 0] + 0.5) * rows / shape[0]).astype(np.intp)
    at_column = ((left + inside[:, 1] + 0.5) * columns / shape[1]).astype(np.intp)
    places = np.unique(np.minimum(at_row, rows - 1) * columns + np.minimum(at_column, columns - 1))
    flat = seen.names.reshape(len(seen.names), -1)
    return np.asarray(flat[:, places].mean(axis=1, dtype=np.float64))
