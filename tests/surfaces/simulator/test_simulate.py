"""A simulated scan holds what its truth says, and a scanner's faults in the shares asked for."""

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.surfaces.simulator.bodies import BODIES
from faultlens.surfaces.simulator.carve import SimulatedScan, carve
from faultlens.surfaces.simulator.forms import DefectForm
from faultlens.surfaces.simulator.scanner import Finish, Scanner, scanned, texture
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.surface import height_map

DENT = DefectForm("dent", 0.3, 6.0, 4.0, (5.0, -6.0), orientation_deg=30)


def deviations(made: SimulatedScan) -> np.ndarray:
    assert made.body is not None
    return made.body.located(made.surface.points_mm[made.surface.measured])


@pytest.mark.parametrize("body", BODIES)
def test_volume_and_depth_are_the_truth_on_every_body(body: str) -> None:
    made = simulate_scan(body, [DENT], roughness_mm=0.0, tilt_deg=15, seed=3)
    sheet, (truth,) = deviations(made), made.truths
    assert sheet[:, 2].min() == pytest.approx(-0.3, abs=1e-3)
    # A sphere laid flat stretches across: its cells are smaller than they look, 1 % here.
    assert -sheet[:, 2].sum() * 0.2**2 == pytest.approx(truth.volume_mm3, rel=0.02)
    deepest = made.surface.points_mm[np.argmin(sheet[:, 2])]
    assert np.linalg.norm(deepest - truth.position_mm) == pytest.approx(0.3, abs=0.05)
    assert np.abs(truth.relief_at(np.array([truth.position_mm]))) == pytest.approx(0.3, abs=0.01)


def test_carving_a_scan_is_simulating_it_with_the_defect() -> None:
    for body in BODIES:
        sound = simulate_scan(body, roughness_mm=0.01, tilt_deg=10, seed=5)
        both = simulate_scan(body, [DENT], roughness_mm=0.01, tilt_deg=10, seed=5)
        carved = carve(sound.surface, [DENT], reference=sound.body)
        assert np.abs(carved.surface.points_mm - both.surface.points_mm).max() < 1e-9
        assert carved.truths[0].to_dict() == both.truths[0].to_dict()


def test_a_height_map_keeps_its_raster_while_it_is_carved_along_the_normal() -> None:
    y, x = np.mgrid[:200, :200] * 0.1
    slope = height_map(0.2 * x + 0 * y, 0.1)
    made = carve(slope, [DefectForm("dent", 0.5, 6.0, 4.0, (10, 10), orientation_deg=20)])
    points, normal = made.surface.points_mm, np.array([-0.2, 0, 1]) / np.sqrt(1.04)
    assert np.array_equal(points[:, :2], slope.points_mm[:, :2])
    off = (points - [10, 10, 2.0]) @ normal
    assert off.min() == pytest.approx(-0.5, rel=1e-3)
    assert -off.sum() * 0.01 * np.sqrt(1.04) == pytest.approx(made.truths[0].volume_mm3, rel=2e-3)


def test_a_cloud_without_reference_is_carved_along_the_plane_that_touches_it() -> None:
    cloud = simulate_scan("plane", roughness_mm=0.0, tilt_deg=25, raster=False, seed=8)
    assert cloud.body is not None and cloud.surface.grid is None
    middle = cloud.surface.points_mm.mean(axis=0)
    made = carve(cloud.surface, [DefectForm("bump", 0.4, 5.0, 4.0, (middle[0], middle[1]))])
    moved = cloud.body.located(made.surface.points_mm)[:, 2]
    assert moved.max() == pytest.approx(0.4, rel=0.02) and moved.min() > -1e-9
    assert made.surface.history[-1] == "carved bump into it"


def test_texture_has_the_asked_height_and_lay() -> None:
    rng = np.random.default_rng(0)
    finish = Finish(0.01, correlation_mm=0.3, lay_ratio=10, lay_deg=0)
    heights = texture((300, 400), 0.1, finish, rng)
    assert heights.std() == pytest.approx(0.01)
    along, across = (np.diff(heights, axis=k).std() for k in (1, 0))
    assert across > 5 * along


def test_outliers_and_missing_points_come_in_their_shares() -> None:
    made = simulate_scan("plane", roughness_mm=0.001, outliers=0.1, missing=0.3, seed=1)
    measured = made.surface.measured
    assert 1 - measured.mean() == pytest.approx(0.3, abs=0.02)
    assert (np.abs(deviations(made)[:, 2]) > 0.01).mean() == pytest.approx(0.1, abs=0.01)
    cloud = simulate_scan("plane", missing=0.3, raster=False, seed=1).surface
    assert len(cloud.points_mm) / len(measured) == pytest.approx(0.7, abs=0.02)


def test_outliers_reach_a_tenth_of_a_scan_that_has_gaps() -> None:
    once = simulate_scan("plane", roughness_mm=0.0, missing=0.2, seed=1).surface
    again = scanned(
        once, np.array([0.0, 0.0, 1.0]), Scanner(outliers=0.2), np.random.default_rng(0)
    )
    reach = np.nanmax(np.abs(again.points_mm[:, 2]))
    assert reach == pytest.approx(6.0, rel=0.01)
    assert np.array_equal(once.measured, again.measured)


def test_steps_and_noise_are_as_stated() -> None:
    scanner = Scanner(noise_mm=0.02, step_mm=0.01)
    z = simulate_scan("plane", roughness_mm=0.0, scanner=scanner, seed=2).surface.points_mm[:, 2]
    assert z.std() == pytest.approx(0.02, rel=0.05)
    assert np.abs(z / 0.01 - np.round(z / 0.01)).max() < 1e-9


def test_one_seed_gives_one_scan_and_two_give_two() -> None:
    one, again, other = (
        simulate_scan("free form", outliers=0.1, seed=x).surface.points_mm for x in (4, 4, 5)
    )
    assert np.array_equal(one, again) and not np.allclose(one, other)


def test_what_no_scan_can_be_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Unknown body 'cone'"):
        simulate_scan("cone")
    with pytest.raises(UsageError, match="at most 20000000 points"):
        simulate_scan(size_mm=(1000, 1000), spacing_mm=0.1)
    with pytest.raises(UsageError, match="0 by 40 mm"):
        simulate_scan(size_mm=(0, 40))
    with pytest.raises(UsageError, match=r"A cylinder of radius 5 mm cannot be seen over 40 mm"):
        simulate_scan("cylinder", radius_mm=5)
    with pytest.raises(UsageError, match=r"outliers are 0 to 0\.5"):
        simulate_scan(outliers=0.8)
    with pytest.raises(UsageError, match="a ratio of 1 or more"):
        Finish(lay_ratio=0.5)
    with pytest.raises(UsageError, match="give 0 or more"):
        Scanner(noise_mm=-1)
