"""From a heat map and a level to regions: where something is, how large, how long, how turned."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import InputError, UsageError
from faultlens.images.extent import extent_of

JOIN_PX = 2
"""Cold pixels between pieces that are still one: a crack is seldom hot all along."""
SMALLEST_PX = 9
"""Points of the smallest region: fewer are a crumb of the map, not a place on the part."""
MOST_REGIONS = 100
ALONG_FROM = 2 / 3
"""Share of the picture's side from which a region runs all along it."""

_PLACES = (
    ("upper left", "top", "upper right"),
    ("left", "centre", "right"),
    ("lower left", "bottom", "lower right"),
)


@dataclass(frozen=True, eq=False)
class Region:
    """One hot place of a heat map, with its measures.

    Args:
        box: first column, first row, columns, rows; px.
        mask: (row, column) within the box, True where it is hot.
        area_px: points of the mask.
        length_px: of the least rectangle around it, or along its skeleton where it is bent.
        width_px: across its length.
        angle_deg: of its length against the rows of the picture, counter-clockwise as seen, 0 to
            180; None where it is about as wide as it is long.
        is_bent: whether its length was measured along its skeleton.
        score: greatest heat in it.
        place: where in the picture, such as "upper left", "centre" or "all across".
        at_edge: whether it touches the picture's rim, beyond which it may go on.
        mm_per_pixel: width of a pixel on the part, in mm; None where nobody said.
    """

    box: tuple[int, int, int, int]
    mask: NDArray[np.bool_]
    area_px: int
    length_px: float
    width_px: float
    angle_deg: float | None
    is_bent: bool
    score: float
    place: str
    at_edge: bool
    mm_per_pixel: float | None = None

    @property
    def length_mm(self) -> float | None:
        """Length on the part, mm; None where the scale is not known."""
        return None if self.mm_per_pixel is None else self.length_px * self.mm_per_pixel

    @property
    def width_mm(self) -> float | None:
        """Width on the part, mm; None where the scale is not known."""
        return None if self.mm_per_pixel is None else self.width_px * self.mm_per_pixel

    @property
    def area_mm2(self) -> float | None:
        """Area on the part, mm2; None where the scale is not known."""
        return None if self.mm_per_pixel is None else self.area_px * self.mm_per_pixel**2


def regions_of(
    heat: NDArray[np.floating],
    level: float,
    *,
    mm_per_pixel: float | None = None,
    join_px: int = JOIN_PX,
    smallest_px: int = SMALLEST_PX,
    most: int = MOST_REGIONS,
) -> tuple[Region, ...]:
    """The regions of a heat map where it reaches a level, hottest first.

    Neighbours across corners belong together. Pieces nearer than `join_px` are one region; regions
    below `smallest_px` are left out, unless all are so small, when the hottest stays.

    Args:
        heat: (row, column) of the picture; NaN is cold.
        level: heat from which a point is hot.
        mm_per_pixel: width of a pixel on the part, in mm, where it is known.
        join_px: cold pixels between two pieces that are still one.
        smallest_px: hot points of the smallest region.
        most: how many regions at most; of more, the hottest.

    Raises:
        InputError: a heat map of another shape.
        UsageError: a negative distance or size.

    Example:
        >>> heat = np.zeros((100, 90))
        >>> heat[10:14, 20:80] = 0.9
        >>> region = regions_of(heat, 0.5, mm_per_pixel=0.1)[0]
        >>> region.box, region.length_mm, region.width_px, region.place
        ((20, 10, 60, 4), 6.0, 4.0, 'all across')
    """
    heat = np.asarray(heat)
    if heat.ndim != 2:
        raise InputError(f"The heat map has shape {heat.shape}; it must be (row, column).")
    if join_px < 0 or smallest_px < 0 or most < 1:
        raise UsageError(
            f"join_px is {join_px}, smallest_px {smallest_px} and most {most}; give 0 or more, and "
            "one region at least."
        )
    hot = heat >= level
    if not hot.any():
        return ()
    labels, count = _pieces(hot, join_px)
    numbers = labels[hot]
    areas = np.bincount(numbers, minlength=count + 1)[1:]
    scores = np.full(count + 1, -np.inf)
    np.maximum.at(scores, numbers, heat[hot])
    scores = scores[1:]
    kept = np.flatnonzero(areas >= smallest_px)
    if kept.size == 0:
        kept = np.array([int(np.argmax(scores))])
    # Hottest first; of two as hot, the larger.
    order = kept[np.lexsort((-areas[kept], -scores[kept]))][:most]
    boxes = ndimage.find_objects(labels)
    return tuple(
        _region(labels, boxes[i], int(i) + 1, float(scores[i]), mm_per_pixel) for i in order
    )


def place_in(box: tuple[float, float, float, float], height: int, width: int) -> str:
    """Where in a picture a box lies, in words.

    Args:
        box: first column, first row, columns, rows; px.
        height: of the picture, px.
        width: of the picture, px.

    Example:
        >>> place_in((0, 0, 20, 5), 100, 100), place_in((5, 60, 90, 5), 100, 100)
        ('upper left', 'all across')
    """
    left, top, columns, rows = box
    along, down = columns >= ALONG_FROM * width, rows >= ALONG_FROM * height
    if along or down:
        return "all over" if along and down else "all across" if along else "all down"
    third_down = min(int(3 * (top + rows / 2) / height), 2)
    third_across = min(int(3 * (left + columns / 2) / width), 2)
    return _PLACES[max(third_down, 0)][max(third_across, 0)]


def _pieces(hot: NDArray[np.bool_], join_px: int) -> tuple[NDArray[np.int32], int]:
    corners_too = np.ones((3, 3))
    reach = -(-join_px // 2)
    if reach == 0:
        labels, count = ndimage.label(hot, structure=corners_too)
        return labels, int(count)
    # Grown by half of the distance, what is near enough touches.
    grown = hot.copy()
    for _ in range(reach):
        for axis in (0, 1):
            before = grown.copy()
            ahead, behind = (np.moveaxis(x, axis, 0) for x in (grown, before))
            ahead[1:] |= behind[:-1]
            ahead[:-1] |= behind[1:]
    labels, count = ndimage.label(grown, structure=corners_too)
    labels *= hot
    return labels, int(count)


def _region(
    labels: NDArray[np.int32],
    where: tuple[slice, slice],
    number: int,
    score: float,
    mm_per_pixel: float | None,
) -> Region:
    height, width = labels.shape
    return measured_region(
        labels[where] == number,
        (where[1].start, where[0].start),
        (height, width),
        score=score,
        mm_per_pixel=mm_per_pixel,
    )


def measured_region(
    mask: NDArray[np.bool_],
    corner: tuple[int, int],
    picture: tuple[int, int],
    *,
    score: float,
    mm_per_pixel: float | None = None,
) -> Region:
    """A region with all its measures.

    Args:
        mask: (row, column) where it is, within its box, some of it in every side row and column.
        corner: left and top of the box, pixels.
        picture: height and width of the picture, pixels.
        score: its highest heat.
        mm_per_pixel: size of a pixel on the part, mm; None where nobody knows.

    Example:
        >>> bar = measured_region(np.ones((2, 30), bool), (5, 7), (64, 64), score=0.9)
        >>> bar.box, bar.length_px, bar.width_px
        ((5, 7, 30, 2), 30.0, 2.0)
    """
    (left, top), (height, width) = corner, picture
    rows, columns = mask.shape
    box = (left, top, columns, rows)
    extent = extent_of(mask)
    return Region(
        box=box,
        mask=mask,
        area_px=int(np.count_nonzero(mask)),
        length_px=extent.length_px,
        width_px=extent.width_px,
        angle_deg=extent.angle_deg,
        is_bent=extent.is_bent,
        score=score,
        place=place_in(box, height, width),
        at_edge=left == 0 or top == 0 or left + columns == width or top + rows == height,
        mm_per_pixel=mm_per_pixel,
    )
