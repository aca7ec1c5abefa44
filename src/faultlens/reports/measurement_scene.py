"""A scan packed for the viewer of the page: few bytes per point, every number bounded."""

from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.reports.measurement_colours import deviation_table
from faultlens.reports.measurement_map import TAG_COLOURS
from faultlens.reports.measurement_raster import shown_map
from faultlens.reports.measurement_solid import Solid, solid_of
from faultlens.reports.measurement_view import MeasurementView
from faultlens.reports.measurement_words import in_unit

MOST_POINTS = 150_000
"""Points of one scan in a page: 11 bytes each, 2.2 MB as text, and turned without a stutter."""

PAGE_POINTS, LEAST_POINTS = 600_000, 12_000
"""Points of all scans of a page together, and least of one, however many there are."""

NOTHING = -32768
"""Deviation of a place without a point; all others lie within 32,767 steps."""

NUMBERED = 30
"""Most defects that get a number in space."""


def points_for(scans: int) -> int:
    """How many points each scan of a page may have, so that the page can still be opened.

    Args:
        scans: of the page.

    Example:
        >>> points_for(1), points_for(10), points_for(1000)
        (150000, 60000, 12000)
    """
    return min(MOST_POINTS, max(LEAST_POINTS, PAGE_POINTS // max(scans, 1)))


def packed_scene(
    view: MeasurementView, limit_mm: float, points: int = MOST_POINTS
) -> dict[str, Any]:
    """The scan as plain values that JSON holds, and its points as base64.

    The bytes are, one after the other and little-endian: per point x, y, z of the reference
    (int16), the deviation (int16), the normal (int8, three), and where the scan has colours red,
    green, blue (uint8). Points run along u, row by row.

    Args:
        view: the measured scan.
        limit_mm: deviation of the last colour, mm.
        points: at most.

    Example:
        >>> from faultlens.reports.measurement_example import example_scan
        >>> scene = packed_scene(example_scan(), 0.4, points=1000)
        >>> scene["columns"], scene["rows"], len(scene["marks"])
        (27, 20, 1)
    """
    most = _most(view, points)
    solid = solid_of(view, limit_mm, most)
    rows, columns = solid.deviations_mm.shape
    reach = max(float(np.abs(solid.feet_mm).max()), 1e-9)
    known = np.isfinite(solid.deviations_mm)
    largest = float(np.abs(solid.deviations_mm[known]).max()) if known.any() else 0.0
    largest = max(largest, limit_mm)
    steps = np.rint(np.nan_to_num(solid.deviations_mm) / largest * 32767)
    parts = [
        np.rint(solid.feet_mm / reach * 32767).astype("<i2"),
        np.where(known, steps, NOTHING).astype("<i2"),
        np.rint(solid.normals * 127).astype("<i1"),
    ]
    colours = _colours(view, most, (rows, columns))
    if colours is not None:
        parts.append(colours)
    times, unit = in_unit(limit_mm)
    shown = shown_map(view, most)
    return {
        "columns": columns,
        "rows": rows,
        "reach": reach,
        "largest": largest,
        "limit": limit_mm,
        "times": solid.times,
        "azimuth": solid.azimuth_deg,
        "unit": unit,
        "per_mm": times,
        "first": [shown.extent_mm[0] + shown.cell_mm / 2, shown.extent_mm[2] + shown.cell_mm / 2],
        "cell": shown.cell_mm,
        "coloured": colours is not None,
        "marks": _marks(view, solid),
        "table": b64encode(_table().tobytes()).decode("ascii"),
        "data": b64encode(b"".join(x.tobytes() for x in parts)).decode("ascii"),
    }


def _most(view: MeasurementView, points: int) -> tuple[int, int]:
    """Columns and rows at most, so that there are no more points than wanted."""
    rows, columns = view.deviations.deviations_mm.shape
    step = 1
    while -(-rows // step) * -(-columns // step) > max(points, 1):
        step += 1
    return -(-columns // step), -(-rows // step)


def _table() -> NDArray[np.uint8]:
    """256 colours: what textures of the viewer hold, in which no step is exactly the middle."""
    table = deviation_table().astype(np.float64)
    at = np.linspace(0, len(table) - 1, 256)
    mixed = [np.interp(at, np.arange(len(table)), table[:, x]) for x in range(3)]
    return np.rint(np.stack(mixed, axis=1)).astype(np.uint8)


def _colours(
    view: MeasurementView, most: tuple[int, int], shape: tuple[int, int]
) -> NDArray[np.uint8] | None:
    given = view.deviations.colours
    if given is None:
        return None
    step = max(-(-given.shape[1] // most[0]), -(-given.shape[0] // most[1]), 1)
    rows, columns = (
        np.minimum(np.arange(count) * step + step // 2, side - 1)
        for count, side in zip(shape, given.shape[:2], strict=True)
    )
    return np.ascontiguousarray(given[np.ix_(rows, columns)], np.uint8)


def _marks(view: MeasurementView, solid: Solid) -> list[dict[str, Any]]:
    marks = []
    reference = view.deviations.reference
    for number, mark in enumerate(view.defects[:NUMBERED], start=1):
        u, v = mark.defect.sheet_mm
        pitch = view.deviations.spacing_mm
        ends = reference.placed(np.array([(u, v, 0.0), (u, v, pitch)]))
        foot, head = (ends - solid.middle_mm) @ solid.frame.T
        normal = (head - foot) / max(float(np.linalg.norm(head - foot)), 1e-12)
        sign = -1 if mark.defect.kind == "depression" else 1
        ground, letters = TAG_COLOURS[mark.severity]
        marks.append(
            {
                "number": number,
                "foot": [round(float(x), 5) for x in foot],
                "normal": [round(float(x), 5) for x in normal],
                "deviation": sign * float(mark.defect.depth_mm),
                "ground": ground,
                "letters": letters,
            }
        )
    return marks
