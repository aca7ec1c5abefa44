"""Units of length, however they are spelt, and whether what was read can be in them."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice

LARGEST_EXTENT_MM = 20_000.0
"""Across one scan of a part; a body scanner of trains sees as much."""
SMALLEST_EXTENT_MM = 1.0
"""Below it a file that states no unit is more likely in metres than from a microscope."""
STEEPEST_SLOPE = 20.0
"""Median between neighbours of a raster, 87 degrees: steeper than any sensor from above sees."""
FLATTEST_RELIEF = 1e-7
"""Of its extent: 0.1 um on a metre, flatter than any machined face."""

_UNITS: tuple[tuple[str, float, str], ...] = (
    ("m", 1000.0, "m metre metres meter meters"),
    ("cm", 10.0, "cm centimetre centimetres centimeter centimeters"),
    ("mm", 1.0, "mm millimetre millimetres millimeter millimeters"),
    ("um", 1e-3, "um micron microns micrometre micrometres micrometer micrometers µm"),
    ("nm", 1e-6, "nm nanometre nanometres nanometer nanometers"),
    ("inch", 25.4, 'inch inches in "'),
)
"""Name, millimetres, spellings. The inch is exact: ISO 80000-3."""
_SPELLINGS = {
    spelling: (name, factor) for name, factor, spellings in _UNITS for spelling in spellings.split()
}
_LONGEST = 40
"""Characters of a unit; a file may state a megabyte."""
_FACTOR = re.compile(r"\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)?\s*(\D*?)\s*")

UNITS: tuple[str, ...] = tuple(name for name, _, _ in _UNITS)
"""Names that `unit` takes."""


@dataclass(frozen=True)
class LengthUnit:
    """A unit of length and its size.

    Args:
        name: how faultlens writes it ("um", or "0.8 um" for counts of so much).
        millimetres: one of it.
    """

    name: str
    millimetres: float


def parse_length_unit(text: str | None) -> LengthUnit | None:
    """The unit of length that a file names; None where it names none that is known.

    Args:
        text: "mm", "Micron", "[um]" and the like, with a number before it for counts of so much.

    Example:
        >>> parse_length_unit("[Inches]"), parse_length_unit("0.8 um").millimetres
        (LengthUnit(name='inch', millimetres=25.4), 0.0008)
    """
    found = _FACTOR.fullmatch((text or "")[:_LONGEST].strip().strip("[](){}").replace("μ", "µ"))
    if found is None:
        return None
    number, spelt = found.groups()
    known = _SPELLINGS.get(spelt) or _SPELLINGS.get(spelt.lower())
    if known is None:
        return None
    name, factor = known
    try:
        many = 1.0 if number is None else float(number)
    except ValueError:
        return None
    if not (np.isfinite(many * factor) and many * factor > 0):
        return None
    return LengthUnit(name if number is None else f"{many:g} {name}", many * factor)


def length_unit(text: str) -> LengthUnit:
    """The unit of length that a user gives.

    Args:
        text: as for `parse_length_unit`.

    Raises:
        UsageError: no unit of length; the message lists those that are.

    Example:
        >>> length_unit("furlong")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: The unit 'furlong' is not known; give m, cm, mm, um, ...
    """
    unit = parse_length_unit(text)
    if unit is None:
        raise UsageError(
            f"The unit '{text}' is not known; give {', '.join(UNITS)}, or a size of one count such "
            "as '0.8 um'."
        )
    return unit


def doubts(
    points_mm: NDArray[np.float64],
    grid: tuple[int, int] | None,
    taken: LengthUnit,
    stated: bool,
) -> tuple[Notice, ...]:
    """What speaks against the unit that a scan was taken in.

    Args:
        points_mm: (point, 3) x, y, z, mm; NaN where there is none.
        grid: rows and columns of the raster; None for a cloud.
        taken: the unit that its numbers were taken in.
        stated: whether the file or the user said so.

    Returns:
        Notices, none for a scan whose size and relief are those of a part.

    Example:
        >>> corners = np.array([[0.0, 0, 0], [0.3, 0.2, 0.0], [0.1, 0.1, 0.05]])
        >>> doubts(corners, None, length_unit("mm"), stated=False)[0].en
        "The scan is 0.364 mm across when its numbers are taken as mm; it looks like m: ..."
    """
    # By columns: NumPy is ten times slower along an axis of three.
    columns = (points_mm[:, axis] for axis in range(3))
    extent = float(np.linalg.norm([np.fmax.reduce(x) - np.fmin.reduce(x) for x in columns]))
    about_relief = (
        ()
        if grid is None or min(grid) < 2
        else _doubts_of_relief(points_mm.reshape(*grid, 3), extent, taken)
    )
    if about_relief:
        return about_relief
    if extent > LARGEST_EXTENT_MM:
        return (_about_extent(extent, taken, _smaller(extent, taken)),)
    if not stated and 0 < extent < SMALLEST_EXTENT_MM:
        return (_about_extent(extent, taken, "m"),)
    return ()


def _doubts_of_relief(
    raster: NDArray[np.float64], extent: float, taken: LengthUnit
) -> tuple[Notice, ...]:
    # Every so many rows are enough for a median, and a raster may have 20 million places.
    rows = raster[:: max(1, raster.shape[0] // 200)]
    step = np.diff(rows, axis=1)
    along = np.hypot(step[..., 0], step[..., 1])
    slopes = np.abs(step[..., 2])[along > 0] / along[along > 0]
    slopes = slopes[np.isfinite(slopes)]
    relief = float(np.nanstd(rows[..., 2]))
    if slopes.size and float(np.median(slopes)) > STEEPEST_SLOPE:
        slope = float(np.median(slopes))
        return (
            Notice(
                en=f"Heights taken as {taken.name} rise {slope:.3g} mm per mm from point to point, "
                "steeper than a sensor sees; they look like a smaller unit: give unit='um' (--unit "
                "um).",
                zh=f"高度按 {taken.name} 解释时，相邻点之间每毫米升高 {slope:.3g} mm，"
                "超出传感器可见的坡度；看来单位更小：请给出 unit='um'（--unit um）。",
            ),
        )
    if 0 < relief < FLATTEST_RELIEF * extent:
        return (
            Notice(
                en=f"Heights taken as {taken.name} vary by {relief:.2g} mm over {extent:.3g} mm, "
                "flatter than a part can be; they look like a larger unit: give unit='m' (--unit "
                "m).",
                zh=f"高度按 {taken.name} 解释时，在 {extent:.3g} mm 范围内仅变化 {relief:.2g} mm，"
                "比任何零件都平；看来单位更大：请给出 unit='m'（--unit m）。",
            ),
        )
    return ()


def _smaller(extent_mm: float, taken: LengthUnit) -> str:
    # The largest unit in which it would be no more than a metre across.
    number = extent_mm / taken.millimetres
    for name, factor, _ in _UNITS[:5]:
        if factor < taken.millimetres and number * factor <= 1000:
            return name
    return "um"


def _about_extent(extent_mm: float, taken: LengthUnit, likely: str) -> Notice:
    extent = f"{extent_mm:,.0f}" if extent_mm >= 1000 else f"{extent_mm:.3g}"
    return Notice(
        en=f"The scan is {extent} mm across when its numbers are taken as {taken.name}; it "
        f"looks like {likely}: give unit='{likely}' (--unit {likely}).",
        zh=f"数值按 {taken.name} 解释时，扫描范围为 {extent} mm；"
        f"看来单位是 {likely}：请给出 unit='{likely}'（--unit {likely}）。",
    )


def about_assumed() -> Notice:
    """That neither file nor user said the unit, and mm was taken.

    Example:
        >>> about_assumed().en[:37]
        'The file states no unit; its numbers '
    """
    return Notice(
        en="The file states no unit; its numbers were taken as mm. If they are not, give unit= "
        "(--unit m, cm, um, inch).",
        zh="文件未说明单位；其数值按 mm 解释。如果不是，请给出 unit=（--unit m、cm、um、inch）。",
    )


def about_unknown(said: str) -> Notice:
    """That the file states a unit that is none of length, and mm was taken.

    Args:
        said: what the file states.

    Example:
        >>> about_unknown("furlong").en[:34]
        "The file states the unit 'furlong'"
    """
    return Notice(
        en=f"The file states the unit '{said[:40]}', which is not known; its numbers were taken as "
        "mm. If they are not, give unit= (--unit m, cm, um, inch).",
        zh=f"文件注明的单位“{said[:40]}”无法识别；其数值按 mm 解释。"
        "如果不是，请给出 unit=（--unit m、cm、um、inch）。",
    )
