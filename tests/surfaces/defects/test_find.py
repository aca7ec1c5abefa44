"""Known forms on a rough map are found, measured to their truth, and nothing else is."""

import time

import numpy as np
import pytest

from faultlens.core.errors import InputError, UsageError
from faultlens.surfaces.defects.find import find_defects
from tests.surfaces.defects.known_maps import SPACING_MM, bowl, map_of, rough

KINDS = ("white", "correlated", "wavy")
MIDDLE, RADII = (70.0, 85.0), (12.0, 20.0)
AREA = 0.9 * np.pi * RADII[0] * RADII[1] * SPACING_MM**2
TRUE_VOLUME = np.pi * RADII[0] * RADII[1] / 2 * SPACING_MM**2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_bowl_of_known_size_is_measured_to_its_truth(kind: str, sign: int) -> None:
    values = rough(1, kind=kind) + sign * 0.4 * bowl((160, 160), MIDDLE, RADII)

    (found,) = find_defects(map_of(values)).defects

    assert found.kind == ("protrusion" if sign > 0 else "depression")
    assert found.depth_mm == pytest.approx(0.4, rel=0.05)
    assert found.mean_depth_mm == pytest.approx(0.22, rel=0.05)
    assert found.area_mm2 == pytest.approx(AREA, rel=0.06)
    assert found.volume_mm3 == pytest.approx(0.4 * TRUE_VOLUME, rel=0.06)
    assert found.length_mm == pytest.approx(2 * 20 * SPACING_MM * np.sqrt(0.9), rel=0.05)
    assert found.width_mm == pytest.approx(2 * 12 * SPACING_MM * np.sqrt(0.9), rel=0.08)
    assert min(found.orientation_deg, 180 - found.orientation_deg) < 5
    assert found.sheet_mm == pytest.approx((8.5, 7.0), abs=0.5)
    assert not found.at_border


def test_stated_uncertainties_cover_the_truth_about_as_often_as_they_say() -> None:
    truth = {"depth_mm": 0.15, "volume_mm3": 0.15 * TRUE_VOLUME, "area_mm2": AREA}
    hits = []
    for seed in range(12):
        values = rough(seed, kind=KINDS[seed % 3]) - 0.15 * bowl((160, 160), MIDDLE, RADII)
        (found,) = find_defects(map_of(values)).defects
        for name, true in truth.items():
            stated = float(getattr(found, f"{name}_u95"))
            assert stated < 0.6 * true
            hits.append(abs(float(getattr(found, name)) - true) <= stated)

    # 95 % of 36 is 34; below 30 lies one of a hundred.
    assert sum(hits) >= 30


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found_where_nothing_is(kind: str) -> None:
    counts = [len(find_defects(map_of(rough(seed, kind=kind))).defects) for seed in range(10, 18)]

    assert counts == [0] * 8


def test_a_surface_without_any_roughness_has_no_defect_and_shows_one() -> None:
    flat = np.zeros((80, 80))
    assert find_defects(map_of(flat)).defects == ()

    (found,) = find_defects(map_of(flat - 0.1 * bowl((80, 80), (40, 40), (8, 8)))).defects

    assert found.depth_mm == pytest.approx(0.1, rel=0.01)


def test_a_scratch_of_three_cells_is_as_wide_as_it_is() -> None:
    row, column = np.indices((160, 160)).astype(np.float64)
    off = np.abs((row - 80) * np.cos(0.4) - (column - 80) * np.sin(0.4))
    along = np.abs((row - 80) * np.sin(0.4) + (column - 80) * np.cos(0.4))
    groove = np.clip(1 - (off / 2) ** 2, 0, None) * (along < 40)

    (found,) = find_defects(map_of(rough(3) - 0.3 * groove)).defects

    assert found.width_mm == pytest.approx(4 * np.sqrt(0.9) * SPACING_MM, rel=0.08)
    assert found.length_mm == pytest.approx(80 * SPACING_MM, rel=0.04)
    assert found.orientation_deg == pytest.approx(np.rad2deg(0.4), abs=3)
    assert found.roundness < 0.08


def test_two_that_touch_are_two_and_a_dumbbell_of_one_is_one() -> None:
    first, second = (bowl((160, 160), (80, x), (14, 14)) for x in (60.0, 86.0))
    apart = find_defects(map_of(rough(4) - 0.4 * np.maximum(first, second))).defects
    assert len(apart) == 2

    near = bowl((160, 160), (80, 72.0), (14, 14))
    assert len(find_defects(map_of(rough(4) - 0.4 * np.maximum(first, near))).defects) == 1


def test_missing_cells_neither_hide_a_defect_nor_make_one() -> None:
    values = rough(5) - 0.4 * bowl((160, 160), MIDDLE, RADII)
    values[np.random.default_rng(0).random(values.shape) < 0.3] = np.nan

    (found,) = find_defects(map_of(values)).defects

    assert found.depth_mm == pytest.approx(0.4, rel=0.06)
    assert found.volume_mm3 == pytest.approx(0.4 * TRUE_VOLUME, rel=0.06)


def test_what_reaches_the_end_of_the_scan_says_so() -> None:
    (found,) = find_defects(map_of(rough(6) - 0.4 * bowl((160, 160), (80, 3), (14, 14)))).defects

    assert found.at_border


def test_what_is_shallower_than_asked_is_not_told() -> None:
    deviations = map_of(rough(7) - 0.4 * bowl((160, 160), MIDDLE, RADII))

    assert find_defects(deviations, least_depth_mm=0.5).defects == ()


def test_refusals_say_what_was_given_and_what_is_allowed() -> None:
    with pytest.raises(UsageError, match="significance of -1 and a least depth of 0"):
        find_defects(map_of(np.zeros((20, 20))), least_significance=-1)
    with pytest.raises(InputError, match="4 measured cells; defects are looked for from 64 on"):
        find_defects(map_of(np.where(np.arange(400).reshape(20, 20) < 4, 0.0, np.nan)))


def test_a_map_of_a_quarter_million_cells_takes_a_fraction_of_a_second() -> None:
    values = rough(8, (500, 500)) - 0.4 * bowl((500, 500), (250, 250), (40, 60))
    start = time.process_time()

    (found,) = find_defects(map_of(values)).defects

    assert time.process_time() - start < 3
    assert found.depth_mm == pytest.approx(0.4, rel=0.02)


def test_nothing_else_is_found_around_a_large_deep_defect() -> None:
    values = rough(9, (300, 300), "correlated") - 0.4 * bowl((300, 300), (150, 150), (45, 60))

    (found,) = find_defects(map_of(values)).defects

    assert found.depth_mm == pytest.approx(0.4, rel=0.05)


def test_a_rim_is_part_of_its_dent_unless_it_is_high() -> None:
    row, column = np.indices((160, 160)) - 80.0
    far = np.hypot(row, column)
    rim = np.clip(1 - ((far - 20) / 5) ** 2, 0, None)
    dent = bowl((160, 160), (80, 80), (15, 15))

    low = find_defects(map_of(rough(10) - 0.4 * dent + 0.03 * rim)).defects
    high = find_defects(map_of(rough(10) - 0.4 * dent + 0.2 * rim)).defects

    assert [one.kind for one in low] == ["depression"]
    assert sorted(one.kind for one in high) == ["depression", "protrusion"]


def test_more_defects_than_are_measured_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faultlens.surfaces.defects.find.MOST_MEASURED", 4)
    values = rough(11, (200, 200))
    for place in range(6):
        middle = (40.0 + 60 * (place % 3), 60.0 + 80 * (place // 3))
        values -= 0.2 * bowl((200, 200), middle, (6.0 + place, 6.0))

    found = find_defects(map_of(values))

    assert len(found.defects) == 4
    assert "6 places stand out of the surface; the 4 most significant" in found.notices[0].en
    assert "6" in found.notices[0].zh


def test_a_defect_of_a_quarter_of_the_scan_is_found() -> None:
    values = rough(12, (200, 200)) - 0.1 * bowl((200, 200), (100, 100), (55, 60))

    (found,) = find_defects(map_of(values)).defects

    assert found.depth_mm == pytest.approx(0.1, rel=0.1)


def test_lone_points_off_the_surface_are_no_depth() -> None:
    values = rough(13) - 0.3 * bowl((160, 160), MIDDLE, RADII)
    rng = np.random.default_rng(1)
    some = rng.random(values.shape) < 0.02
    values[some] += rng.uniform(-3, 3, int(some.sum()))

    (found,) = find_defects(map_of(values)).defects

    assert found.depth_mm == pytest.approx(0.3, rel=0.1)
