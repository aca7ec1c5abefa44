"""The region of interest: where on a picture to look, and the picture cut to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from faultlens.core.errors import InputError, UsageError
from faultlens.core.notice import Notice
from faultlens.images.image import Image

MOST_CORNERS = 1000
"""Corners of a region; an outline drawn by hand has fewer."""

SMALLEST_ROI_PX = 16
"""Sides of a region: below it there is no surface to judge, only pixels."""

_FARTHEST_PX = 1e6

Point = tuple[float, float]
"""Column and row, pixels; (0, 0) is the upper left corner of the picture."""


@dataclass(frozen=True)
class Outline:
    """A region of interest on one picture: a polygon.

    Args:
        corners: of the polygon in their order, three at least.
        quality: how well what it was found from fits there, 0 to 1; None where nobody searched.
        notices: what a careful engineer would want to know of it.
        found: how it was found, in a few words; empty where it was stated.

    Raises:
        UsageError: no polygon.

    Example:
        >>> Outline(((0, 0), (40, 0), (0, 30))).bounds
        (0, 0, 40, 30)
    """

    corners: tuple[Point, ...]
    quality: float | None = None
    notices: tuple[Notice, ...] = ()
    found: str = ""

    def __post_init__(self) -> None:
        if not 3 <= len(self.corners) <= MOST_CORNERS:
            raise UsageError(
                f"A region of {len(self.corners)} corners; a polygon has 3 to {MOST_CORNERS}, such "
                "as 10,10;400,20;380,300."
            )
        if not all(isfinite(x) and abs(x) <= _FARTHEST_PX for each in self.corners for x in each):
            raise UsageError(
                f"A corner of the region lies beyond {_FARTHEST_PX:.0f} pixels; give pixels of the "
                "picture, column and row."
            )

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the box around it, pixels; right and bottom are beyond."""
        columns, rows = ([x[axis] for x in self.corners] for axis in (0, 1))
        low = (int(np.floor(min(columns))), int(np.floor(min(rows))))
        return (*low, int(np.ceil(max(columns))), int(np.ceil(max(rows))))

    @property
    def is_box(self) -> bool:
        """Whether it is its own box, side by side with rows and columns."""
        left, top, right, bottom = self.bounds
        box = {(left, top), (right, top), (right, bottom), (left, bottom)}
        return len(self.corners) == 4 and set(self.corners) == box

    def on(self, image: Image) -> "Outline":
        """The same on any picture: stated once, it is not searched for.

        Args:
            image: any.
        """
        del image
        return self

    def to_dict(self) -> dict[str, object]:
        """The region as plain values, as in the JSON of a result."""
        return {
            "corners": [[round(x, 2), round(y, 2)] for x, y in self.corners],
            "quality": None if self.quality is None else round(self.quality, 4),
        }


@dataclass(frozen=True, eq=False)
class CutImage:
    """What a region of interest leaves of a picture.

    Args:
        image: the box around the region; what lies outside of it there is not valid.
        top_px: first row of it in the whole picture.
        left_px: first column.
    """

    image: Image
    top_px: int
    left_px: int


def box_outline(left: float, top: float, width: float, height: float) -> Outline:
    """A box as a region of interest.

    Args:
        left: first column, px.
        top: first row, px.
        width: columns.
        height: rows.

    Raises:
        UsageError: a box without an inside.

    Example:
        >>> box_outline(10, 20, 300, 200).bounds
        (10, 20, 310, 220)
    """
    if not (width > 0 and height > 0):
        raise UsageError(
            f"The region is a box of {width:g} x {height:g} pixels; give x,y,w,h with a width and "
            "a height above 0."
        )
    right, bottom = left + width, top + height
    return Outline(((left, top), (right, top), (right, bottom), (left, bottom)))


def outline_of(numbers: Sequence[object]) -> Outline:
    """A region of interest from numbers: a box, or the corners of a polygon.

    Args:
        numbers: left, top, width and height; or a column and a row per corner.

    Raises:
        UsageError: something else.

    Example:
        >>> outline_of((10, 20, 300, 200)).is_box, outline_of([(0, 0), (9, 0), (0, 9)]).is_box
        (True, False)
    """
    try:
        rows = np.asarray(numbers, dtype=np.float64)
    except (TypeError, ValueError):
        rows = np.zeros(0)
    if rows.shape == (4,):
        return box_outline(*rows.tolist())
    if rows.ndim == 2 and rows.shape[1] == 2:
        return Outline(tuple((x, y) for x, y in rows.tolist()))
    raise UsageError(
        f"The region is {numbers!r:.80}; give a box (x, y, width, height), a polygon [(x, y), "
        "(x, y), (x, y), ...], or a picture of the part to find it by."
    )


def outline_in(text: str) -> Outline | None:
    """The region of interest that a text states; None where it states none, as a file name.

    Args:
        text: "x,y,w,h" or "x,y;x,y;x,y".

    Raises:
        UsageError: numbers that are no region.

    Example:
        >>> outline_in("10,20,300,200").bounds, outline_in("shaft.png") is None
        ((10, 20, 310, 220), True)
    """
    try:
        points = [[float(x) for x in point.split(",")] for point in text.strip("; ").split(";")]
    except ValueError:
        return None
    if len(points) == 1 and len(points[0]) == 4:
        return outline_of(points[0])
    if any(len(x) != 2 for x in points):
        raise UsageError(
            f"The region is '{text:.80}'; give a box x,y,w,h, a polygon x,y;x,y;x,y with a column "
            "and a row per corner, or the file of a picture of the part."
        )
    return outline_of(points)


def cut_to(image: Image, outline: Outline) -> CutImage:
    """A picture cut to a region of interest.

    Args:
        image: the whole picture.
        outline: the region on it; what lies beyond the picture is left out, and said.

    Raises:
        InputError: the region lies outside, or too little of it is left.

    Example:
        >>> cut = cut_to(Image(np.zeros((90, 120), np.uint8)), box_outline(20, 30, 50, 40))
        >>> cut.image.width, cut.image.height, cut.left_px, cut.top_px
        (50, 40, 20, 30)
    """
    left, top, right, bottom = outline.bounds
    seen = (max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height))
    wide, tall = seen[2] - seen[0], seen[3] - seen[1]
    if min(wide, tall) < SMALLEST_ROI_PX:
        raise InputError(
            f"{image.name or 'The picture'} is {image.width} x {image.height} pixels; of the region"
            f" {left},{top},{right - left},{bottom - top} (x,y,w,h) {max(wide, 0)} x "
            f"{max(tall, 0)} lie on it, and {SMALLEST_ROI_PX} x {SMALLEST_ROI_PX} are needed. Give "
            "the region in pixels of this picture."
        )
    rows, columns = slice(seen[1], seen[3]), slice(seen[0], seen[2])
    valid = None if image.valid is None else image.valid[rows, columns]
    if not outline.is_box:
        inside = _inside(outline, seen)
        valid = inside if valid is None else valid & inside
    beyond = () if seen == outline.bounds else (_BEYOND,)
    done = outline.found or "looked at"
    cut = image.derived(
        image.pixels[rows, columns],
        f"{done} in the region {seen[0]},{seen[1]},{wide},{tall} (x,y,w,h)",
        valid=valid,
        judged=None if image.judged is None else image.judged[rows, columns],
        warnings=(*image.warnings, *outline.notices, *beyond),
    )
    return CutImage(cut, top_px=seen[1], left_px=seen[0])


def _inside(outline: Outline, seen: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    """(row, column) of the box: pixels whose middle lies in the polygon."""
    drawn = PillowImage.new("1", (seen[2] - seen[0], seen[3] - seen[1]))
    # Pillow counts middles of pixels, an outline their corners.
    moved = [(x - seen[0] - 0.5, y - seen[1] - 0.5) for x, y in outline.corners]
    ImageDraw.Draw(drawn).polygon(moved, fill=1)
    return np.array(drawn, dtype=bool)


_BEYOND = Notice(
    en="The region of interest reaches beyond the picture; what lies on it was looked at.",
    zh="感兴趣区域超出图像范围；只检查了位于图像内的部分。",
)
