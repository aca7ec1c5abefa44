"""Cylinders and spheres of any arc, from outside and inside, with the outside told right."""

import numpy as np
import pytest

from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.surface import Surface
from tests.surfaces.shaped import errors, shaped


@pytest.mark.parametrize(
    ("radius", "arc_deg", "inside"),
    [(200.0, 20.0, False), (50.0, 60.0, False), (50.0, 60.0, True), (10.0, 200.0, False),
     (10.0, 350.0, True), (20.0, 360.0, False)],
)  # fmt: skip
def test_a_cylinder_of_any_arc(radius: float, arc_deg: float, inside: bool) -> None:
    scan = shaped(
        "cylinder", radius=radius, arc_deg=arc_deg, inside=inside, depth=0.3, defect=5,
        outliers=0.1, tilt_deg=50, viewpoint=arc_deg < 360,
    )  # fmt: skip
    found = fit_reference(scan.surface)
    told = found.told()
    assert told["kind"] == "cylinder"
    assert told["inside"] is inside
    assert told["radius_mm"] == pytest.approx(radius, rel=1e-3)
    assert told["arc_deg"] == pytest.approx(arc_deg, abs=2)
    assert np.abs(errors(found.located(scan.surface.points_mm), scan)).mean() < 0.001


@pytest.mark.parametrize(("arc_deg", "inside"), [(30.0, False), (120.0, True), (340.0, False)])
def test_a_sphere_of_any_cap(arc_deg: float, inside: bool) -> None:
    scan = shaped("sphere", arc_deg=arc_deg, inside=inside, tilt_deg=50, outliers=0.1, depth=0.3)
    told = fit_reference(scan.surface).told()
    assert told["kind"] == "sphere"
    assert told["inside"] is inside
    assert told["radius_mm"] == pytest.approx(50, rel=1e-3)


def test_a_long_thin_tube_all_round_is_no_plane() -> None:
    tube = shaped("cylinder", radius=3, arc_deg=360, length=200, viewpoint=False, tilt_deg=20)
    assert fit_reference(tube.surface).told()["radius_mm"] == pytest.approx(3, rel=1e-3)


def test_without_a_viewpoint_the_scanner_looks_down() -> None:
    shell = shaped("cylinder", inside=True, viewpoint=False).surface
    assert fit_reference(shell).told()["inside"] is True
    turned_over = Surface(shell.points_mm * [1, -1, -1])
    assert fit_reference(turned_over).told()["inside"] is False


def test_lengths_around_and_along_a_cylinder_are_true() -> None:
    scan = shaped("cylinder", radius=20, arc_deg=120, noise=0.001)
    found = fit_reference(scan.surface)
    angle = np.radians([0, 30])
    there = np.stack([[0, 0], 20 * np.sin(angle), 20 * np.cos(angle)], axis=1)
    ends = found.located(there + np.array([100.0, -30.0, 400.0]))
    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(20 * np.pi / 6, rel=1e-4)


def test_areas_of_a_cap_are_true_at_its_rim() -> None:
    found = fit_reference(shaped("sphere", radius=30, arc_deg=140, noise=0.001).surface)
    sheet = np.array([[28.0, 0, 0], [28.1, 0, 0], [28.0, 0.1, 0]])
    corner, along, across = found.placed(sheet)
    area = np.linalg.norm(np.cross(along - corner, across - corner))
    assert area == pytest.approx(0.01, rel=0.01)
