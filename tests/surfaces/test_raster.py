"""Deviations on the raster are those of the points, cell by cell, and outliers are left out."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from faultlens.core.errors import UsageError
from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.surface import Surface, height_map
from tests.surfaces.shaped import shaped


def heights(noise: float = 0.01, shape: tuple[int, int] = (120, 160)) -> np.ndarray:
    return np.random.default_rng(0).normal(0, noise, shape)


def test_a_flat_height_map_keeps_its_own_raster() -> None:
    carved = heights()
    carved[40:60, 70:90] -= 0.3
    carved[5, 7] = np.nan
    scan = height_map(carved, 0.2)
    found = deviation_map(scan, fit_reference(scan, "plane"))
    assert found.spacing_mm == pytest.approx(0.2, rel=1e-6)
    assert found.outliers == 0
    np.testing.assert_allclose(found.deviations_mm, carved, atol=0.002)
    assert np.argwhere(~found.measured).tolist() == [[5, 7]]
    at = found.positions_mm(np.array([40.0]), np.array([70.0]))[0]
    np.testing.assert_allclose(at, [14.0, 8.0, 0.0], atol=0.01)


@pytest.mark.parametrize("deg", [20.0, 60.0])
def test_a_tilted_raster_stays_whole(deg: float) -> None:
    scan = height_map(heights(), 0.2)
    turned = Rotation.from_rotvec(np.radians([deg, 0, 0]))
    tilted = Surface(turned.apply(scan.points_mm), scan.grid)
    found = deviation_map(tilted, fit_reference(tilted, "plane"))
    assert found.deviations_mm.shape == (120, 160)
    assert found.spacing_mm == pytest.approx(0.2, rel=1e-3)
    assert found.measured.mean() > 0.999


def test_a_cloud_without_a_raster_loses_few_cells() -> None:
    scan = shaped("plane")
    found = deviation_map(scan.surface, fit_reference(scan.surface))
    # Points strewn by chance, 60 mm over the root of 20,000: 0.42 mm apart.
    assert 0.42 < found.spacing_mm < 0.6
    assert found.measured.mean() > 0.75
    assert found.points.sum() + found.outliers == 20_000


def test_a_lattice_with_holes_keeps_its_spacing() -> None:
    points = height_map(heights(), 0.2).points_mm
    kept = points[np.random.default_rng(1).random(len(points)) > 0.3]
    found = deviation_map(Surface(kept), fit_reference(Surface(kept)))
    assert found.spacing_mm == pytest.approx(0.2, rel=1e-3)
    assert found.deviations_mm.shape == (120, 160)
    assert found.measured.mean() == pytest.approx(0.7, abs=0.02)
    assert found.points.max() == 1


def test_outliers_are_left_out_also_beside_a_dent() -> None:
    scan = shaped("cylinder", depth=0.3, defect=12, outliers=0.1, tilt_deg=30)
    found = deviation_map(scan.surface, fit_reference(scan.surface))
    assert found.outliers == pytest.approx(2000, abs=20)
    assert "lie alone" in str(found.warnings[0])
    assert np.nanmin(found.deviations_mm) > -0.4
    assert np.nanmax(found.deviations_mm) < 0.1
    dent = (np.pi * 12**2) / found.spacing_mm**2
    low = found.deviations_mm < -0.2
    assert low.sum() == pytest.approx(dent * found.measured.mean(), rel=0.06)


def test_the_rim_of_a_dent_is_no_outlier() -> None:
    row, column = np.indices((120, 160))
    dent = -0.1 * np.exp(-((row - 60) ** 2 + (column - 80) ** 2) / (2 * 12**2))
    scan = height_map(heights() + dent, 0.2)
    assert deviation_map(scan, fit_reference(scan, "plane")).outliers == 0


def test_a_crack_of_one_cell_is_no_outlier() -> None:
    carved = heights()
    carved[60, 40:100] -= 0.3
    scan = height_map(carved, 0.2)
    found = deviation_map(scan, fit_reference(scan, "plane"))
    assert found.outliers == 0
    assert (found.deviations_mm < -0.2).sum() == 60


def test_flying_points_do_not_stretch_the_raster() -> None:
    points = height_map(heights(), 0.2).points_mm
    far = np.array([[500.0, 500.0, 0.0], [-900.0, 3.0, 0.0], [10.0, 10.0, 40.0]])
    scan = Surface(np.concatenate([points, far]))
    found = deviation_map(scan, fit_reference(scan))
    assert found.deviations_mm.shape == (120, 160)
    assert found.outliers == 3


def test_wider_cells_hold_the_mean_and_colours_too() -> None:
    colours = np.zeros((120 * 160, 3), np.uint8)
    colours[:, 0] = 100
    colours[::2, 1] = 200
    scan = height_map(heights(), 0.2)
    scan = Surface(scan.points_mm, scan.grid, colours=colours)
    found = deviation_map(scan, fit_reference(scan, "plane"), spacing_mm=0.4)
    assert found.spacing_mm == 0.4
    assert np.median(found.points) == 4
    assert np.nanstd(found.deviations_mm) == pytest.approx(0.005, rel=0.1)
    assert found.colours is not None
    assert found.colours[30, 30].tolist() == [100, 100, 0]


def test_cells_that_nothing_could_hold_are_refused() -> None:
    scan = height_map(heights(), 0.2)
    plane = fit_reference(scan, "plane")
    with pytest.raises(UsageError, match="give a spacing of"):
        deviation_map(scan, plane, spacing_mm=1e-4)
    with pytest.raises(UsageError, match="positive"):
        deviation_map(scan, plane, spacing_mm=0.0)


def test_two_surfaces_over_each_other_are_told_and_one_is_measured() -> None:
    one = height_map(heights(), 0.2).points_mm
    other = one[: len(one) * 2 // 3] + np.array([0.0, 0.0, 4.0])
    scan = Surface(np.concatenate([one, other]))
    found = deviation_map(scan, fit_reference(scan))
    assert any("Two surfaces lie over each other, 4 mm" in str(x) for x in found.warnings)
    assert any("两个重叠的表面" in x.of("zh") for x in found.warnings)
    assert np.abs(found.deviations_mm[found.measured]).max() < 0.1


def test_two_parts_side_by_side_are_told() -> None:
    one = height_map(heights(), 0.2).points_mm
    scan = Surface(np.concatenate([one, one + np.array([60.0, 0.0, 0.0])]))
    found = deviation_map(scan, fit_reference(scan))
    assert any("separate pieces" in str(x) for x in found.warnings)


def test_a_large_step_is_told() -> None:
    stepped = heights()
    stepped[:, :55] -= 5.0
    scan = height_map(stepped, 0.2)
    found = deviation_map(scan, fit_reference(scan, "plane"))
    assert any("second surface rather than a defect" in str(x) for x in found.warnings)
    assert not deviation_map(height_map(heights(), 0.2), fit_reference(scan, "plane")).warnings
