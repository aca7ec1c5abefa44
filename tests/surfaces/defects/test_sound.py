"""Outliers within a defect are not its depth, its own tip is; readings fit a map with holes."""

import numpy as np
import pytest

from faultlens.surfaces.defects.find import find_defects
from faultlens.surfaces.defects.place import Sheet, place_of, sound_readings
from faultlens.surfaces.defects.sound import lone_cells
from tests.surfaces.defects.known_maps import bowl, map_of, rough

MIDDLE, RADII = (70.0, 85.0), (12.0, 20.0)


def test_outliers_on_the_slope_of_a_bowl_are_not_its_depth() -> None:
    rng = np.random.default_rng(3)
    values = rough(2, kind="white") - 0.4 * bowl((160, 160), MIDDLE, RADII)
    spoiled = values.copy()
    some = rng.random(values.shape) < 0.05
    spoiled[some] += rng.uniform(-0.4, 0.4, int(some.sum()))

    best = max(find_defects(map_of(spoiled)).defects, key=lambda one: one.area_mm2)

    assert best.depth_mm == pytest.approx(0.4, rel=0.06)


def test_tips_grooves_and_corners_are_no_lone_cells() -> None:
    values = np.random.default_rng(0).normal(0, 0.001, (60, 60)).astype(np.float32)
    rows, columns = np.indices(values.shape)
    cone = np.clip(0.4 - 0.1 * np.hypot(rows - 15, columns - 15), 0, None)
    groove = 0.3 * (np.abs(rows - columns - 25) < 1)
    block = 0.2 * ((rows >= 10) & (rows < 20) & (columns >= 35) & (columns < 50))
    inner = (slice(2, -2), slice(2, -2))

    for form in (groove, block):
        assert not lone_cells(values - form.astype(np.float32))[inner].any()
    assert not lone_cells(values - cone.astype(np.float32))[13:18, 13:18].any()


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_sound_places_are_read_as_loud_as_the_ring_where_the_rest_is_louder(missing: float) -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(0, 1.0, (120, 120))
    values[:, 60:] *= 20
    owners = np.zeros(values.shape, np.int32)
    owners[30:40, 25:35] = 1
    known = rng.random(values.shape) >= missing
    sheet = Sheet(values, known, owners, 0.1)
    place = place_of(sheet, np.ones((10, 10), np.bool_), (30, 25), 1)

    readings = sound_readings(sheet, place, 8)

    assert readings.own == 8
    assert 0.5 < readings.above_mm[:, place.reach].std() / place.roughness_mm < 2


def test_an_outlier_on_a_wall_is_a_lone_cell_and_the_wall_is_none() -> None:
    values = np.random.default_rng(1).normal(0, 0.001, (60, 60)).astype(np.float32)
    # The outlier is three steps of the wall high.
    rows, columns = np.indices(values.shape)
    values += (0.05 * np.clip(rows + 0.5 * columns - 35, 0, 20)).astype(np.float32)
    values[30, 30] += 0.16

    assert np.argwhere(lone_cells(values)[2:-2, 2:-2]).tolist() == [[28, 28]]


def test_two_outliers_beside_holes_do_not_keep_each_other() -> None:
    values = np.random.default_rng(4).normal(0, 0.001, (40, 40)).astype(np.float32)
    values[20, 20], values[21, 20] = -0.4, -0.3
    values[20, 21] = values[21, 21] = values[19, 19] = np.nan

    assert np.argwhere(lone_cells(values)).tolist() == [[20, 20], [21, 20]]


def test_the_smooth_flanks_of_a_quiet_dent_are_no_lone_cells() -> None:
    lone = taken = 0
    for seed in range(4):
        turned = np.random.default_rng(seed).uniform(0.8, 2.0)
        quiet = 0.0002 * np.random.default_rng(seed).standard_normal((80, 80))
        dent = 0.05 * bowl((80, 80), (40, 40.3), (10, 10 * turned)) ** 2
        taken += int((dent > 0.005).sum())
        lone += int((lone_cells((quiet - dent).astype(np.float32)) & (dent > 0)).sum())

    assert lone < 0.003 * taken
