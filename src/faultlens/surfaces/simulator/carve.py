"""Defects of known size carved into a scan, simulated or real, along its normal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.simulator.forms import DefectForm, relief_mm
from faultlens.surfaces.simulator.placing import Placed, placed_in, placed_on, truth_of
from faultlens.surfaces.simulator.truth import TrueDefect
from faultlens.surfaces.surface import Surface

_REGULAR = 1e-3
"""Share of its spacing by which a raster's x and y may miss their lattice and still be one."""
_PASSES = 12
"""Of a height map, whose points stay on their x and y while the surface moves along its normal;
each makes the error smaller by slope times the defect's own slope."""


@dataclass(frozen=True, eq=False)
class SimulatedScan:
    """A scan and the truth about it.

    Args:
        surface: the scan.
        truths: the defects in it, in the order they were asked for.
        body: the exact surface without defects and texture; None of a real scan.
    """

    surface: Surface
    truths: tuple[TrueDefect, ...]
    body: AbstractReference | None = None


def carve(
    surface: Surface,
    defects: Sequence[DefectForm],
    *,
    reference: AbstractReference | None = None,
) -> SimulatedScan:
    """Carve defects into a scan; everything else of it stays, down to its noise.

    A height map stays one: its points keep x and y, and get the height of the carved surface there.
    Points of any other scan move along the normal.

    Args:
        surface: the scan, simulated or real.
        defects: what is carved. `place_mm` is u and v on the sheet of the reference, or x and y of
            the scan where there is none.
        reference: the form of the scan; None takes the plane that touches the scan at each place,
            which needs a scan that faces +z.

    Returns:
        The carved scan and the exact sizes of what was carved.

    Raises:
        InputError: no points where a defect is to go.

    Example:
        >>> from faultlens.surfaces.surface import height_map
        >>> flat = height_map(np.zeros((80, 100)), 0.1)
        >>> made = carve(flat, [DefectForm("dent", 0.3, 3.0, 2.0, (5.0, 4.0))])
        >>> round(float(made.surface.points_mm[:, 2].min()), 3), made.truths[0].kind
        (-0.3, 'depression')
    """
    points = surface.points_mm.copy()
    measured = np.flatnonzero(surface.measured)
    level = reference is None and _is_height_map(surface)
    truths = []
    for defect in defects:
        if reference is None:
            # Of the untouched scan, so that one defect does not tilt the next.
            placed = placed_in(surface.points_mm[measured], defect)
            _carve_plane(points, measured, placed, level=level)
        else:
            placed = placed_on(reference, defect)
            _carve_sheet(points, measured, placed, reference)
        truths.append(truth_of(placed, reference=reference))
    names = ", ".join(x.form for x in defects) or "nothing"
    return SimulatedScan(surface.changed(points, f"carved {names} into it"), tuple(truths))


def _carve_plane(
    points: NDArray[np.float64], measured: NDArray[np.intp], placed: Placed, *, level: bool
) -> None:
    reach = float(np.hypot(*placed.defect.half_box_mm)) + placed.defect.depth_mm
    near = measured[np.abs(points[measured] - placed.frame[:3, 3]).max(axis=1) < reach]
    axes, middle, start = placed.frame[:3, :3], placed.frame[:3, 3], points[near]
    if not level:
        own = (start - middle) @ axes
        points[near] = start + relief_mm(placed.defect, own[:, 0], own[:, 1])[:, None] * axes[:, 2]
        return
    moved = start.copy()
    for _ in range(_PASSES):
        own = (moved - middle) @ axes
        lifted = relief_mm(placed.defect, own[:, 0], own[:, 1]) / axes[2, 2]
        change = float(np.abs(start[:, 2] + lifted - moved[:, 2]).max(initial=0.0))
        moved[:, 2] = start[:, 2] + lifted
        if change < 1e-4 * placed.defect.depth_mm:
            break
    points[near] = moved


def _carve_sheet(
    points: NDArray[np.float64],
    measured: NDArray[np.intp],
    placed: Placed,
    reference: AbstractReference,
) -> None:
    sheet = reference.located(points[measured])
    own = (sheet[:, :2] - placed.sheet_mm) @ placed.to_own.T
    half_along, half_across = placed.defect.half_box_mm
    near = (np.abs(own[:, 0]) < half_along) & (np.abs(own[:, 1]) < half_across)
    moved = sheet[near]
    moved[:, 2] += relief_mm(placed.defect, own[near, 0], own[near, 1])
    points[measured[near]] = reference.placed(moved)


def _is_height_map(surface: Surface) -> bool:
    """Whether the points of a raster lie on a lattice of x and y."""
    if surface.grid is None:
        return False
    x, y = (surface.points_mm[:, k].reshape(surface.grid) for k in (0, 1))
    column, row = np.nanmean(x, axis=0), np.nanmean(y, axis=1)
    spacing = max(float(np.nanmax(np.abs(np.diff(a)), initial=0.0)) for a in (column, row))
    off = max(float(np.nanmax(np.abs(x - column))), float(np.nanmax(np.abs(y - row[:, None]))))
    return off < _REGULAR * spacing
