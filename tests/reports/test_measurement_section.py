"""The section: through the worst place, across what is long, true to the map."""

from dataclasses import replace

import numpy as np
import pytest

from faultlens.reports.measurement_section import section_of
from tests.reports.measured_scans import OUTLINE_AT, carved, measured, sheet


def test_it_runs_through_the_worst_place_and_shows_the_profile_that_was_carved() -> None:
    flat, dent = carved(sheet(roughness_mm=0.0), -4.0, 3.0, -0.3, 8.0)
    section = section_of(measured(flat, (("dent", dent),)))
    share = np.minimum(np.abs(section.along_mm + section.worst_mm[0] + 4.0) / 4.0, 1)
    off = np.hypot(section.along_mm * 0, section.worst_mm[1] - 3.0).max()
    assert off < 0.13
    carved_mm = -0.3 * (1 + np.cos(np.pi * share)) / 2
    # A straight line between cells cuts a hundredth off a profile that is bent.
    assert np.abs(section.deviations_mm - carved_mm).max() < 0.005
    assert section.edges_mm is not None
    assert section.edges_mm[1] - section.edges_mm[0] == pytest.approx(8.0 * OUTLINE_AT, abs=0.3)


@pytest.mark.parametrize("angle_deg", [0.0, 30.0, 90.0, 140.0])
def test_it_crosses_a_scratch_at_a_right_angle(angle_deg: float) -> None:
    flat, scratch = carved(sheet(roughness_mm=0.0), 0.0, 0.0, -0.1, 20.0, 2.0, angle_deg)
    section = section_of(measured(flat, (("scratch", scratch),)))
    way = section.ends_mm[1] - section.ends_mm[0]
    turn = np.deg2rad(angle_deg)
    assert abs(way @ [np.cos(turn), np.sin(turn)]) < 1e-6 * np.linalg.norm(way)
    assert section.edges_mm is not None
    assert section.edges_mm[1] - section.edges_mm[0] == pytest.approx(2 * OUTLINE_AT, abs=0.4)


def test_it_ends_with_the_map() -> None:
    flat, dent = carved(sheet(roughness_mm=0.0), 27.0, 0.0, -0.3, 8.0)
    section = section_of(measured(flat, (("dent", dent),)))
    assert section.ends_mm[1][0] == pytest.approx(30.0)
    assert np.isfinite(section.deviations_mm).all()


def test_a_hole_is_a_gap() -> None:
    flat, dent = carved(sheet(roughness_mm=0.0), 0.0, 0.0, -0.3, 8.0)
    holed = flat.deviations_mm.copy()
    holed[:, 132:140] = np.nan
    section = section_of(measured(replace(flat, deviations_mm=holed), (("dent", dent),)))
    gap = section.along_mm[~np.isfinite(section.deviations_mm)] + section.worst_mm[0]
    assert gap.min() == pytest.approx(3.0, abs=0.4) and gap.max() == pytest.approx(5.0, abs=0.4)


def test_a_worst_place_in_a_hole_gives_way_to_the_worst_that_was_measured() -> None:
    flat, dent = carved(sheet(roughness_mm=0.0), 0.0, 0.0, -0.3, 8.0)
    holed = flat.deviations_mm.copy()
    row, column = dent.worst
    holed[row - 4 : row + 5, column - 4 : column + 5] = np.nan
    section = section_of(measured(replace(flat, deviations_mm=holed), (("dent", dent),)))
    middle = section.deviations_mm[np.abs(section.along_mm).argmin()]
    assert middle == pytest.approx(np.nanmin(holed), abs=0.01)


def test_without_a_defect_it_runs_along_u_through_the_largest_deviation() -> None:
    flat, _ = carved(sheet(), 5.0, -6.0, 0.03, 5.0)
    section = section_of(measured(flat))
    assert section.worst_mm == pytest.approx((5.0, -6.0), abs=1.0)
    assert section.ends_mm[:, 0] == pytest.approx([-30.0, 30.0])
    assert section.edges_mm is None


def test_the_corner_of_a_map_of_few_cells_is_a_section_too() -> None:
    section = section_of(measured(sheet(2, 2)))
    assert len(section.along_mm) >= 3 and np.isfinite(section.deviations_mm).all()
