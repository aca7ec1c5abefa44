"""Where a defect goes: its own axes along and across it, on a reference or on the scan itself."""

from dataclasses import dataclass, field
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError
from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.simulator.forms import DefectForm
from faultlens.surfaces.simulator.truth import TrueDefect, true_sizes

_STEP_MM = 1e-4
"""Over which the sheet's own lengths are taken, as a share of the defect's length."""
_FEWEST_POINTS = 6
"""That a plane is fitted to."""
_PASSES = 4
"""Of a plane that leaves out what lies far off it."""


@dataclass(frozen=True, eq=False)
class Placed:
    """A defect with its axes.

    Args:
        defect: what is carved.
        frame: (axis, 4) from along, across and out of the defect to x, y, z, mm.
        to_own: (axis, 2) from steps along u and v to mm along and across it; the identity turned by
            its orientation where the sheet is true to length.
        sheet_mm: u and v of its middle, mm.
    """

    defect: DefectForm
    frame: NDArray[np.float64] = field(repr=False)
    to_own: NDArray[np.float64] = field(repr=False)
    sheet_mm: tuple[float, float]


def placed_on(reference: AbstractReference, defect: DefectForm) -> Placed:
    """Axes of a defect on a reference; lengths are true ones even where the sheet stretches.

    Args:
        reference: whose sheet `place_mm` is on.
        defect: what is to be carved.

    Example:
        >>> from faultlens.surfaces.simulator.bodies import Body, posed
        >>> plane = Body("plane", posed(0, 0, (0, 0, 0)))
        >>> placed_on(plane, DefectForm("dent", 0.3, 5.0, 4.0, (2.0, 1.0))).frame[:3, 3].tolist()
        [2.0, 1.0, 0.0]
    """
    u, v = defect.place_mm
    step = _STEP_MM * defect.length_mm
    corners = np.array([(u, v, 0), (u + step, v, 0), (u, v + step, 0)], np.float64)
    middle, at_u, at_v = reference.placed(corners)
    tangent_u, tangent_v = (at_u - middle) / step, (at_v - middle) / step
    first = tangent_u / np.linalg.norm(tangent_u)
    out = reference.placed(np.array([(u, v, step)]))[0] - middle
    out /= np.linalg.norm(out)
    second = np.cross(out, first)
    if second @ tangent_v < 0:
        # A sheet may be left-handed; the defect is laid on it as its axes run.
        second = -second
    metric = np.array(
        [[tangent_u @ first, tangent_v @ first], [tangent_u @ second, tangent_v @ second]]
    )
    return _turned(defect, middle, first, second, out, metric)


def placed_in(points_mm: NDArray[np.float64], defect: DefectForm) -> Placed:
    """Axes of a defect in a scan without reference: the plane that touches it there.

    Args:
        points_mm: (point, 3) measured points, mm.
        defect: what is to be carved; its `place_mm` is x and y.

    Raises:
        InputError: too few points there.

    Example:
        >>> flat = np.stack([*np.mgrid[:20, :20].reshape(2, -1), np.full(400, 3.0)], axis=1)
        >>> placed = placed_in(flat, DefectForm("dent", 0.3, 5.0, 4.0, (9.0, 9.0)))
        >>> placed.frame[:3, 3].round(6).tolist()
        [9.0, 9.0, 3.0]
    """
    place = np.array(defect.place_mm)
    near = np.hypot(*(points_mm[:, :2] - place).T) < max(defect.half_box_mm)
    some = points_mm[near]
    if len(some) < _FEWEST_POINTS:
        raise InputError(
            f"There are {len(some)} points within {max(defect.half_box_mm):.3g} mm of x "
            f"{place[0]:.3g}, y {place[1]:.3g} mm; {_FEWEST_POINTS} are needed to carve a defect "
            "there. Give a place that was scanned."
        )
    kept = some
    for _ in range(_PASSES):
        system = np.column_stack([kept[:, :2] - place, np.ones(len(kept))])
        slope_x, slope_y, height = np.linalg.lstsq(system, kept[:, 2], rcond=None)[0]
        off = some[:, 2] - np.column_stack([some[:, :2] - place, np.ones(len(some))]) @ (
            slope_x,
            slope_y,
            height,
        )
        within = np.abs(off - np.median(off)) <= 4 * np.median(np.abs(off - np.median(off)))
        kept = some[within] if within.sum() >= _FEWEST_POINTS else some
    out = np.array([-slope_x, -slope_y, 1.0]) / np.sqrt(1 + slope_x**2 + slope_y**2)
    first = np.array([1.0, 0.0, slope_x]) / np.hypot(1.0, slope_x)
    middle = np.array([*place, height])
    second = np.cross(out, first)
    # Steps along x and y become longer ones along the slope.
    metric = np.array([[1, 0, slope_x], [0, 1, slope_y]]) @ np.stack([first, second], axis=1)
    return _turned(defect, middle, first, second, out, metric.T)


def truth_of(placed: Placed, *, reference: AbstractReference | None = None) -> TrueDefect:
    """The record of what was carved, with its exact sizes.

    Args:
        placed: the defect with its axes.
        reference: that it was placed on; None for one placed in the scan itself.

    Example:
        >>> flat = np.stack([*np.mgrid[:20, :20].reshape(2, -1), np.full(400, 3.0)], axis=1)
        >>> placed = placed_in(flat, DefectForm("dent", 0.3, 5.0, 4.0, (9.0, 9.0)))
        >>> round(truth_of(placed).area_mm2, 1)
        15.7
    """
    sizes = true_sizes(placed.defect)
    moved = np.linalg.solve(placed.to_own, np.array(sizes.worst_mm))
    sheet = (float(placed.sheet_mm[0] + moved[0]), float(placed.sheet_mm[1] + moved[1]))
    if reference is None:
        position = placed.frame[:3, 3] + placed.frame[:3, :2] @ np.array(sizes.worst_mm)
    else:
        position = reference.placed(np.array([(*sheet, 0.0)]))[0]
    return TrueDefect(
        placed.defect,
        placed.defect.kind,
        placed.defect.depth_mm,
        mean_depth_mm=sizes.mean_depth_mm,
        length_mm=sizes.length_mm,
        width_mm=sizes.width_mm,
        area_mm2=sizes.area_mm2,
        volume_mm3=sizes.volume_mm3,
        position_mm=(float(position[0]), float(position[1]), float(position[2])),
        sheet_mm=sheet,
        frame=placed.frame,
    )


def _turned(
    defect: DefectForm,
    middle: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    out: NDArray[np.float64],
    metric: NDArray[np.float64],
) -> Placed:
    angle = radians(defect.orientation_deg)
    turn = np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]])
    frame = np.eye(4)
    frame[:3, 0], frame[:3, 1] = turn @ np.stack([first, second])
    frame[:3, 2], frame[:3, 3] = out, middle
    return Placed(defect, frame, turn @ metric, defect.place_mm)
