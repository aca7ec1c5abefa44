"""What a picture shows of a map: no defect fades, lone gaps close, real holes stay."""

from dataclasses import replace

import numpy as np

from faultlens.reports.measurement_raster import defect_cells, extent_mm, shown_map, smoothed
from tests.reports.measured_scans import carved, measured, plate, sheet


def test_a_small_map_is_shown_cell_by_cell() -> None:
    view = plate()
    shown = shown_map(view, (500, 500))
    assert (shown.deviations_mm == view.deviations.deviations_mm).all()
    assert shown.extent_mm == (-30.0, 30.0, -20.0, 20.0) == extent_mm(view)


def test_a_large_map_is_averaged() -> None:
    flat = sheet(200, 100, 0.5, roughness_mm=0.0)
    ramp = np.tile(np.arange(200, dtype=np.float32), (100, 1))
    shown = shown_map(measured(replace(flat, deviations_mm=ramp)), (50, 50))
    assert shown.deviations_mm.shape == (25, 50) and shown.cell_mm == 2.0
    assert np.allclose(shown.deviations_mm[0], np.arange(50) * 4 + 1.5)


def test_a_crack_of_one_cell_keeps_its_depth_in_a_small_picture() -> None:
    flat, crack = carved(sheet(800, 400, 0.1, roughness_mm=0.001), 0, 0, -0.2, 30, 0.2)
    view = measured(flat, (("scratch", crack),))
    shown = shown_map(view, (100, 100)).deviations_mm
    # It lies between two rows, each half as deep; averaged with all around, a quarter is left.
    assert shown.min() < -0.09
    assert shown_map(measured(flat), (100, 100)).deviations_mm.min() > -0.03


def test_lone_gaps_close_and_real_holes_stay() -> None:
    flat = sheet(60, 40, roughness_mm=0.0)
    values = flat.deviations_mm + np.float32(0.5)
    values[::4, ::4] = np.nan
    values[10:20, 30:42] = np.nan
    shown = shown_map(measured(replace(flat, deviations_mm=values)), (60, 40)).deviations_mm
    assert np.isnan(shown[11:19, 31:41]).all()
    rest = np.ones_like(shown, bool)
    rest[9:21, 29:43] = False
    assert np.allclose(shown[rest], 0.5)


def test_cells_of_defects_are_those_of_their_outlines() -> None:
    view = plate()
    assert defect_cells(view).sum() == sum(int(x.defect.mask.sum()) for x in view.defects)


def test_smoothing_is_not_pulled_by_what_was_not_measured() -> None:
    values = np.full((20, 20), 3.0)
    values[8:12, 8:12] = np.nan
    assert np.allclose(smoothed(values, 1.5), 3.0, atol=1e-3)
