"""Every form is found in spite of defects, outliers, holes and tilt, and can be undone."""

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UnusableSurfaceError, UsageError
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.surface import Surface, height_map
from tests.surfaces.shaped import errors, shaped

FORMS = ["plane", "cylinder", "sphere"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("tilt_deg", [0.0, 75.0, 170.0])
def test_the_form_is_found_at_any_tilt(form: str, tilt_deg: float) -> None:
    scan = shaped(form, depth=0.3, tilt_deg=tilt_deg)
    found = fit_reference(scan.surface)
    assert found.kind == form
    # A fiftieth of the roughness typically; at the corners of the scan a tenth.
    off = errors(found.located(scan.surface.points_mm), scan)
    assert np.abs(off).mean() < 0.0008
    assert np.abs(off).max() < 0.003


@pytest.mark.parametrize("form", FORMS)
def test_outliers_and_holes_move_it_no_further(form: str) -> None:
    scan = shaped(form, depth=0.3, tilt_deg=20, outliers=0.1, missing=0.3, seed=1)
    found = fit_reference(scan.surface)
    assert found.kind == form
    assert np.abs(errors(found.located(scan.surface.points_mm), scan)).mean() < 0.001


@pytest.mark.parametrize("form", FORMS)
def test_a_defect_on_a_third_of_it_moves_nothing(form: str) -> None:
    # The dent is a disc on a square of 60 mm (an arc of 60 degrees is 52 mm) or a cap of 25 mm.
    radius = {"plane": 19.0, "cylinder": 17.5, "sphere": 14.5}[form]
    scan = shaped(form, depth=2.0, defect=radius, seed=2)
    assert 0.28 < (scan.carved < 0).mean() < 0.36
    found = fit_reference(scan.surface)
    assert found.kind == form
    assert np.abs(errors(found.located(scan.surface.points_mm), scan)).mean() < 0.0015


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("inside", [False, True])
def test_points_put_on_the_sheet_come_back(form: str, inside: bool) -> None:
    scan = shaped(form, inside=inside, tilt_deg=40, points=5_000)
    found = fit_reference(scan.surface, form)
    there = found.located(scan.surface.points_mm)
    np.testing.assert_allclose(found.placed(there), scan.surface.points_mm, atol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_the_sheet_is_no_mirror_image_and_true_to_scale(form: str) -> None:
    found = fit_reference(shaped(form, tilt_deg=40, points=5_000, inside=form == "sphere").surface)
    step = 1e-3
    corner, along, across, out = found.placed(
        np.array([[0, 0, 0], [step, 0, 0], [0, step, 0], [0, 0, step]], np.float64)
    )
    axes = np.stack([along - corner, across - corner, out - corner]) / step
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-4)
    assert np.linalg.det(axes) == pytest.approx(1.0, abs=1e-4)


def test_one_seed_gives_one_surface() -> None:
    scan = shaped("cylinder", outliers=0.05, seed=3, points=6_000).surface
    one, other, third = (fit_reference(scan, seed=x).told() for x in (4, 4, 5))
    assert one == other
    assert one != third


def test_without_noise_the_plane_is_exact() -> None:
    rows, columns = np.indices((40, 50))
    heights = 0.3 * rows - 0.2 * columns
    heights[10:20, 10:20] -= 1.0
    scan = height_map(heights, 1.0)
    off = fit_reference(scan).located(scan.points_mm)[:, 2].reshape(40, 50)
    level = np.cos(np.arctan(np.hypot(0.3, 0.2)))
    np.testing.assert_allclose(off[30:], 0, atol=1e-9)
    np.testing.assert_allclose(off[10:20, 10:20], -level, atol=1e-9)


@pytest.mark.parametrize(
    "points", [np.zeros((1, 3)), np.full((30, 3), np.nan), np.zeros((500, 3))], ids=str
)
def test_what_has_no_surface_is_refused(points: np.ndarray) -> None:
    with pytest.raises(UnusableSurfaceError):
        fit_reference(Surface(points))


def test_a_single_profile_is_refused() -> None:
    line = np.zeros((500, 3))
    line[:, 0] = np.linspace(0, 10, 500)
    with pytest.raises(UnusableSurfaceError, match="one line"):
        fit_reference(Surface(line))


def test_a_flat_scan_is_no_sphere() -> None:
    flat = shaped("plane").surface
    with pytest.raises(UnusableSurfaceError, match="'plane', 'free form' or 'auto'"):
        fit_reference(flat, "sphere")


def test_wrong_calls_say_what_is_right() -> None:
    flat = shaped("plane", points=1000).surface
    with pytest.raises(UnknownNameError, match="cylinder"):
        fit_reference(flat, "cilinder")
    with pytest.raises(UsageError, match="golden"):
        fit_reference(flat, "scan")
    with pytest.raises(UsageError, match="one of the two"):
        fit_reference(flat, "plane", golden=flat)
