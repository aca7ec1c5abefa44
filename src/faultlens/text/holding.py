"""Whether what a sentence states of a defect holds for what was measured on the picture."""

from dataclasses import dataclass
from math import pi, sqrt

from faultlens.core.notice import Notice
from faultlens.text.condition_places import OF_PICTURE
from faultlens.text.conditions import Condition

EDGE_SHARE = 0.1
"""A defect is at the edge where it comes nearer to it than so much of the shorter side."""

THIRD = 1 / 3
"""A corner is an outer third both ways, the centre the middle third both ways."""

ROUND = 1.5
"""Length to width below which a mark has no direction."""

_NO_SCALE = Notice(
    en="Millimetres need the scale of the picture: give mm_per_pixel (--mm-per-pixel).",
    zh="毫米需要图像比例：请给出 mm_per_pixel（--mm-per-pixel）。",
)
_NO_DEPTH = Notice(
    en="A picture shows neither depth nor volume; measure a height map or scan with "
    "`faultlens measure`.",
    zh="图像无法给出深度和体积；请用 `faultlens measure` 测量高度图或点云。",
)
_NOT_COUNTED = Notice(en="The defects were not counted.", zh="未对缺陷计数。")
_ROUND = Notice(
    en="The mark is too round to have a direction.", zh="该痕迹接近圆形，没有明确方向。"
)
_AXIS = Notice(
    en="Against the horizontal of the picture, which is taken for the axis of the part.",
    zh="以图像水平方向作为零件轴线。",
)
_OF_PICTURE = Notice(
    en="Place in the picture, not on the part.", zh="指图像中的位置，而非零件上的位置。"
)


@dataclass(frozen=True)
class Measures:
    """What was measured of one defect on a picture.

    Args:
        length_px: its largest extent, pixels.
        width_px: its extent across that.
        area_px: its area, pixels.
        box: (x, y, width, height), pixels.
        picture: (height, width) of the picture, pixels.
        angle_deg: of its length against the rows of the picture; None where it is not known.
        mm_per_pixel: scale; None where it is not known.
        axis_deg: of the axis of the part against the rows; None where it is not known.
        count: defects of its kind in the picture; None where they were not counted.
    """

    length_px: float
    width_px: float
    area_px: float
    box: tuple[float, float, float, float]
    picture: tuple[int, int]
    angle_deg: float | None = None
    mm_per_pixel: float | None = None
    axis_deg: float | None = None
    count: int | None = None


@dataclass(frozen=True)
class Held:
    """A condition beside what was measured.

    Args:
        condition: what the sentence states.
        measured: in the unit of the condition; None for a place, or where it cannot be measured.
        holds: whether it holds; None where it cannot be measured.
        note: why it cannot, or what it was measured against.
    """

    condition: Condition
    measured: float | None
    holds: bool | None
    note: Notice | None = None


def holds(condition: Condition, measures: Measures) -> Held:
    """Hold one condition against one defect.

    Args:
        condition: from `read_conditions`.
        measures: of the defect.

    Example:
        >>> from faultlens.text.conditions import read_conditions
        >>> longer = read_conditions("crack longer than 0.5 mm")[1][0]
        >>> crack = Measures(20, 2, 40, (5, 5, 20, 2), (100, 100), mm_per_pixel=0.05)
        >>> holds(longer, crack).measured, holds(longer, crack).holds
        (1.0, True)
    """
    if condition.quantity in ("depth", "volume"):
        return Held(condition, None, None, _NO_DEPTH)
    if condition.quantity == "place":
        return _place(condition, measures)
    if condition.quantity == "orientation":
        return _direction(condition, measures)
    if condition.quantity == "count":
        if measures.count is None:
            return Held(condition, None, None, _NOT_COUNTED)
        return Held(condition, float(measures.count), _inside(condition, float(measures.count)))
    if condition.unit in ("mm", "mm2") and measures.mm_per_pixel is None:
        return Held(condition, None, None, _NO_SCALE)
    measured = _size(condition, measures)
    return Held(condition, measured, _inside(condition, measured))


def _place(condition: Condition, measures: Measures) -> Held:
    if condition.low is None and condition.high is None:
        return Held(condition, None, at_place(condition.name, measures), _OF_PICTURE)
    if condition.unit == "mm" and measures.mm_per_pixel is None:
        return Held(condition, None, None, _NO_SCALE)
    apart = _from_edges(measures)
    scale = (measures.mm_per_pixel or 1.0) if condition.unit == "mm" else 1.0
    measured = scale * apart.get(condition.name, min(apart.values()))
    return Held(condition, measured, _inside(condition, measured), _OF_PICTURE)


def _from_edges(measures: Measures) -> dict[str, float]:
    """Edge -> how far the box is from it, pixels."""
    x, y, width, height = measures.box
    rows, columns = measures.picture
    return {
        "left edge": x,
        "right edge": columns - x - width,
        "top edge": y,
        "bottom edge": rows - y - height,
    }


def at_place(place: str, measures: Measures) -> bool:
    """Whether a defect lies where a sentence says.

    Args:
        place: of `condition_places.PLACES`.
        measures: of the defect.

    Example:
        >>> at_place("upper left", Measures(2, 2, 4, (5, 5, 2, 2), (100, 100)))
        True
    """
    x, y, width, height = measures.box
    rows, columns = measures.picture
    across, down = (x + width / 2) / max(columns, 1), (y + height / 2) / max(rows, 1)
    near = EDGE_SHARE * min(rows, columns)
    edges = {name: apart <= near for name, apart in _from_edges(measures).items()}
    sides = {"left": across < 0.5, "right": across > 0.5, "top": down < 0.5, "bottom": down > 0.5}
    outer = (across < THIRD or across > 1 - THIRD, down < THIRD or down > 1 - THIRD)
    if place in edges:
        return edges[place]
    if place in sides:
        return sides[place]
    if place == "edge":
        return any(edges.values())
    if place == "corner":
        return all(outer)
    if place == "centre":
        return not any(outer)
    upper, _, side = place.partition(" ")
    return sides[{"upper": "top", "lower": "bottom"}[upper]] and sides[side]


def _size(condition: Condition, measures: Measures) -> float:
    scale = measures.mm_per_pixel if condition.unit in ("mm", "mm2") else 1.0
    scale = 1.0 if scale is None else scale
    if condition.quantity == "area":
        if condition.unit == "%":
            rows, columns = measures.picture
            return 100 * measures.area_px / max(rows * columns, 1)
        return measures.area_px * scale**2
    if condition.quantity == "diameter":
        return 2 * sqrt(measures.area_px / pi) * scale
    return scale * (measures.width_px if condition.quantity == "width" else measures.length_px)


def _direction(condition: Condition, measures: Measures) -> Held:
    if measures.angle_deg is None or measures.length_px < ROUND * measures.width_px:
        return Held(condition, None, None, _ROUND)
    of_picture = condition.name in OF_PICTURE
    axis = 0.0 if of_picture or measures.axis_deg is None else measures.axis_deg
    turned = (measures.angle_deg - axis) % 180
    measured = min(turned, 180 - turned)
    note = None if of_picture or measures.axis_deg is not None else _AXIS
    return Held(condition, measured, _inside(condition, measured), note)


def _inside(condition: Condition, measured: float) -> bool:
    low, high = condition.low, condition.high
    if condition.comparison == ">":
        return low is None or measured > low
    if condition.comparison == "<":
        return high is None or measured < high
    return (low is None or measured >= low) and (high is None or measured <= high)
