"""A defect's patch tells its shape alone: not its size, its unit, its place or how it is turned."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.core.errors import InputError
from faultlens.inputs.deviation_patch import (
    AROUND,
    NEAR,
    NUMBERS,
    OUTLINE,
    SIDE,
    VIEWS,
    WHOLE,
    ScanPatches,
    scan_patches,
)
from faultlens.surfaces.defects.defect import PROTRUSION, SurfaceDefect
from faultlens.surfaces.defects.find import find_defects
from faultlens.surfaces.deviation import DeviationMap
from faultlens.surfaces.reference.abstract import AbstractReference
from faultlens.surfaces.simulator.forms import DefectForm, relief_mm


class Flat(AbstractReference):
    kind = "plane"

    def located(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return points_mm

    def placed(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return sheet_mm

    def told(self) -> dict[str, object]:
        return {}


def scanned(
    form: DefectForm, *, spacing_mm: float = 1.0, side: int = 128, at: tuple[int, int] = (0, 0)
) -> tuple[DeviationMap, SurfaceDefect]:
    """The form in a rough plane, found; lengths of the form are in cells."""
    y, x = (np.mgrid[:side, :side] - side / 2) - np.array(at)[:, None, None]
    turned = np.deg2rad(form.orientation_deg)
    along, across = x * np.cos(turned) + y * np.sin(turned), y * np.cos(turned) - x * np.sin(turned)
    rough = np.random.default_rng(3).normal(0, form.depth_mm / 50, (side, side))
    heights = spacing_mm * (relief_mm(form, along, across) + rough)
    known = np.ones(heights.shape, np.int32)
    made = DeviationMap(heights.astype(np.float32), known, spacing_mm, (0.0, 0.0), Flat())
    return made, find_defects(made).defects[0]


GROOVE = DefectForm("scratch", 1.0, 50.0, 5.0, bend=0.0, seed=4)


@pytest.mark.parametrize("turned", [20.0, 75.0, 130.0])
def test_a_groove_lies_along_the_rows_however_it_is_turned(turned: float) -> None:
    patches = scan_patches(*listed(scanned(replace(GROOVE, orientation_deg=turned))))
    outline = patches.views[0, OUTLINE] > 0.5
    rows, columns = (np.ptp(np.nonzero(outline.any(axis=1 - axis))[0]) for axis in (0, 1))
    assert columns > 4 * rows


def test_the_same_shape_in_another_unit_gives_the_same_patch() -> None:
    small, large = (scanned(GROOVE, spacing_mm=x) for x in (0.05, 2.0))
    one, other = scan_patches(*listed(small)), scan_patches(*listed(large))
    assert np.abs(one.views - other.views).max() < 0.02
    assert np.abs(one.numbers - other.numbers).max() < 0.02


def test_a_bump_and_a_dent_of_one_form_differ_in_their_direction_alone() -> None:
    made, dent = scanned(DefectForm("dent", 1.0, 20.0, 16.0))
    turned = replace(made, deviations_mm=-made.deviations_mm)
    bump = replace(dent, kind=PROTRUSION)
    one, other = scan_patches(made, [dent]), scan_patches(turned, [bump])
    assert (one.reliefs, other.reliefs) == (("depression",), ("protrusion",))
    assert one.numbers[0, 0] == -other.numbers[0, 0] == -1
    assert np.abs(one.views - other.views).max() < 1e-5
    assert one.views[0, WHOLE].max() > 0.9


def test_the_outline_is_cut_out_where_the_defect_is() -> None:
    made, dent = scanned(DefectForm("dent", 1.0, 20.0, 16.0), at=(10, -15))
    outline = scan_patches(made, [dent]).views[0, OUTLINE]
    wide = 1.4 * 20 + 2
    assert outline.sum() * (wide / SIDE) ** 2 == pytest.approx(np.pi / 4 * 20 * 16, rel=0.15)
    assert outline[SIDE // 2, SIDE // 2] == 1 and outline[0].sum() == 0


def test_a_defect_at_the_end_of_a_scan_with_holes_gives_finite_patches() -> None:
    made, _ = scanned(DefectForm("pit", 3.0, 14.0, 12.0), at=(58, 58))
    lost = np.random.default_rng(0).random(made.deviations_mm.shape) < 0.3
    holed = replace(
        made,
        deviations_mm=np.where(lost, np.nan, made.deviations_mm).astype(np.float32),
        points=(~lost).astype(np.int32),
    )
    patches = scan_patches(holed, [found(holed)])
    assert np.isfinite(patches.views).all() and np.isfinite(patches.numbers).all()
    # Beyond the scan there is nothing; the pit lies in its corner.
    assert 0.4 < (patches.views[0, AROUND] == 0).mean() < 0.9


def test_roughness_within_a_pit_stands_in_its_numbers_and_its_near_view() -> None:
    made, smooth = scanned(DefectForm("dent", 4.0, 60.0, 56.0))
    y, x = np.mgrid[:128, :128] - 64
    floor = np.where(np.hypot(x, y) < 20, np.random.default_rng(1).normal(0, 0.6, (128, 128)), 0)
    rough = replace(made, deviations_mm=(made.deviations_mm + floor).astype(np.float32))
    one, other = (scan_patches(x, [smooth]) for x in (made, rough))
    at = NUMBERS.index("floor")
    assert other.numbers[0, at] > one.numbers[0, at] + 1
    assert np.diff(other.views[0, NEAR]).std() > 2 * np.diff(one.views[0, NEAR]).std()


def test_no_defect_gives_no_patch_and_what_does_not_fit_is_refused() -> None:
    made, _ = scanned(GROOVE)
    empty = scan_patches(made, [])
    assert len(empty) == 0 and empty.views.shape == (0, VIEWS, SIDE, SIDE)
    with pytest.raises(InputError, match=r"Patches of 2 defects have views .*; \(2, 5, 32, 32\)"):
        ScanPatches(empty.views, empty.numbers, ("depression", "protrusion"))


def found(made: DeviationMap) -> SurfaceDefect:
    return find_defects(made).defects[0]


def listed(
    pair: tuple[DeviationMap, SurfaceDefect],
) -> tuple[DeviationMap, list[SurfaceDefect]]:
    return pair[0], [pair[1]]
