"""Whether what a sentence states of a defect holds for its measured sizes, and how surely."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, inf, pi, sqrt

from faultlens.core.notice import Notice
from faultlens.reports.inspection_view import CheckedCondition
from faultlens.reports.measurement_words import with_uncertainty
from faultlens.surfaces.defects.defect import SurfaceDefect
from faultlens.surfaces.deviation import DeviationMap
from faultlens.text.conditions import Condition
from faultlens.text.holding import Measures, holds

U95 = 1.96
"""Half of a 95 % interval, in standard deviations."""

_AXES = {"u": 0.0, "v": 90.0}
"""Direction of the axis of a shaft or bore on its sheet, as its reference tells it."""

_NO_PIXELS = Notice(
    en="A scan has no pixels; say the size in mm or µm.",
    zh="三维扫描没有像素；请以毫米或微米说明尺寸。",
)


@dataclass(frozen=True)
class HeldSize:
    """A condition beside what was measured of one defect.

    Args:
        condition: what the sentence states.
        measured: in the unit of the condition; None for a place, or where it cannot be measured.
        u95: half of the 95 % interval of `measured`; None where it has none.
        holds: whether the measured value meets it; None where it cannot be measured.
        chance: probability that it holds, given the uncertainty; 1 where it cannot be measured.
        note: why it cannot, or what it was measured against.
    """

    condition: Condition
    measured: float | None
    u95: float | None
    holds: bool | None
    chance: float
    note: Notice | None = None

    @property
    def is_close(self) -> bool:
        """Whether a bound lies within the 95 % interval of what was measured."""
        if self.measured is None or not self.u95:
            return False
        bounds = (self.condition.low, self.condition.high)
        return any(x is not None and abs(x - self.measured) <= self.u95 for x in bounds)

    def told(self, lang: str) -> str:
        """What was measured, in words.

        Args:
            lang: "en" or "zh".
        """
        if self.measured is None:
            return "" if self.note is None else self.note.of(lang)
        unit = {"mm2": "mm²", "mm3": "mm³", "deg": "°"}.get(
            self.condition.unit, self.condition.unit
        )
        size = (
            f"{self.measured:.3g}"
            if self.u95 is None
            else with_uncertainty(self.measured, self.u95)
        )
        said = f"{size} {unit}".strip().replace(" °", "°")
        if not self.is_close:
            return said
        close = Notice(en="within its uncertainty of the limit", zh="与界限之差在不确定度以内")
        return f"{said}, {close.of(lang)}" if lang == "en" else f"{said}，{close.of(lang)}"


def held_sizes(
    conditions: Sequence[Condition], defect: SurfaceDefect, deviations: DeviationMap, count: int
) -> tuple[HeldSize, ...]:
    """Hold the conditions of a sentence against one defect.

    Args:
        conditions: of the sentence.
        defect: with its sizes.
        deviations: the map that it was found on.
        count: defects of this name on the scan.

    Example:
        >>> held_sizes((), None, None, 0)
        ()
    """
    return tuple(_held(x, defect, deviations, count) for x in conditions)


def checked(held: Sequence[HeldSize], lang: str) -> tuple[CheckedCondition, ...]:
    """Conditions as reports show them.

    Args:
        held: against one defect.
        lang: "en" or "zh".

    Example:
        >>> longer = Condition("length", ">", 2.0, None, "mm", "longer than 2 mm")
        >>> checked([HeldSize(longer, 3.0, 0.2, True, 1.0)], "en")
        (CheckedCondition(stated='longer than 2 mm', measured='3.00 ± 0.20 mm', holds=True),)
    """
    return tuple(CheckedCondition(x.condition.words, x.told(lang), x.holds) for x in held)


def _held(
    condition: Condition, defect: SurfaceDefect, deviations: DeviationMap, count: int
) -> HeldSize:
    if condition.unit in ("px", "px2"):
        return HeldSize(condition, None, None, None, 1.0, _NO_PIXELS)
    sizes = _sizes(defect)
    if condition.quantity in sizes and condition.unit in ("mm", "mm2", "mm3"):
        value, u95 = sizes[condition.quantity]
        return HeldSize(
            condition, value, u95, _inside(condition, value), _chance(condition, value, u95)
        )
    held = holds(condition, _as_on_a_picture(defect, deviations, count))
    chance = 0.0 if held.holds is False else 1.0
    return HeldSize(condition, held.measured, None, held.holds, chance, held.note)


def _sizes(defect: SurfaceDefect) -> dict[str, tuple[float, float]]:
    across = 2 * sqrt(defect.area_mm2 / pi)
    return {
        "depth": (defect.depth_mm, defect.depth_mm_u95),
        "length": (defect.length_mm, defect.length_mm_u95),
        "width": (defect.width_mm, defect.width_mm_u95),
        # The diameter of the circle of equal area has half of the area's relative error.
        "diameter": (across, across * defect.area_mm2_u95 / max(2 * defect.area_mm2, 1e-30)),
        "area": (defect.area_mm2, defect.area_mm2_u95),
        "volume": (defect.volume_mm3, defect.volume_mm3_u95),
    }


def _as_on_a_picture(defect: SurfaceDefect, deviations: DeviationMap, count: int) -> Measures:
    """The defect on its map, for places, directions, shares of the area and numbers."""
    spacing = deviations.spacing_mm
    top, left, rows, columns = defect.box
    return Measures(
        length_px=defect.length_mm / spacing,
        width_px=defect.width_mm / spacing,
        area_px=defect.area_mm2 / spacing**2,
        box=(float(left), float(top), float(columns), float(rows)),
        picture=(deviations.deviations_mm.shape[0], deviations.deviations_mm.shape[1]),
        angle_deg=defect.orientation_deg,
        mm_per_pixel=spacing,
        axis_deg=_AXES.get(str(deviations.reference.told().get("axis_along"))),
        count=count,
    )


def _inside(condition: Condition, value: float) -> bool:
    low = -inf if condition.low is None else condition.low
    high = inf if condition.high is None else condition.high
    if condition.comparison == ">":
        return value > low
    if condition.comparison == "<":
        return value < high
    return low <= value <= high


def _chance(condition: Condition, value: float, u95: float) -> float:
    """Probability that the true size lies within the bounds."""
    if not u95 > 0:
        return float(_inside(condition, value))
    deviation = u95 / U95

    def below(bound: float) -> float:
        return 0.5 * (1 + erf((bound - value) / (deviation * sqrt(2))))

    low = 0.0 if condition.low is None else below(condition.low)
    high = 1.0 if condition.high is None else below(condition.high)
    return max(0.0, high - low)
