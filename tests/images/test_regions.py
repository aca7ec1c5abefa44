"""Drawn shapes of known size come back as regions with that size; what is too small does not."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from faultlens.core.errors import InputError, UsageError
from faultlens.images.extent import extent_of, thinned
from faultlens.images.regions import place_in, regions_of

ROWS, COLUMNS = np.mgrid[:300, :400] + 0.5


def bar(length: float, width: float, angle_deg: float) -> np.ndarray:
    """A bar around the middle, turned counter-clockwise as seen."""
    turn = np.deg2rad(angle_deg)
    x, y = COLUMNS - 200, 150 - ROWS
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    return (abs(along) <= length / 2) & (abs(across) <= width / 2)


def arc(radius: float, width: float, from_deg: float, to_deg: float) -> np.ndarray:
    """A piece of a ring around the middle."""
    x, y = COLUMNS - 200, 150 - ROWS
    angle = np.rad2deg(np.arctan2(y, x)) % 360
    return (abs(np.hypot(x, y) - radius) <= width / 2) & (angle >= from_deg) & (angle <= to_deg)


def only(mask: np.ndarray, **options: float) -> object:
    regions = regions_of(mask.astype(float), 0.5, **options)  # type: ignore[arg-type]
    assert len(regions) == 1
    return regions[0]


@settings(max_examples=25)
@given(st.floats(60, 200), st.floats(6, 40), st.floats(0, 180))
def test_a_bar_has_the_length_width_and_angle_it_was_drawn_with(
    length: float, width: float, angle: float
) -> None:
    region = only(bar(length, width, angle))
    assert not region.is_bent
    assert region.length_px == pytest.approx(length, abs=1.0)
    assert region.width_px == pytest.approx(width, abs=1.0)
    assert region.area_px == pytest.approx(length * width, rel=0.05)
    apart = abs(region.angle_deg - angle) % 180
    assert min(apart, 180 - apart) < 1.5


@pytest.mark.parametrize("angle", [0, 10, 22.5, 45, 60, 90, 135])
def test_a_hairline_has_its_length_and_is_about_a_pixel_wide(angle: float) -> None:
    region = only(bar(180, 1.5, angle))
    assert region.length_px == pytest.approx(180, abs=2.5)
    assert region.width_px == pytest.approx(1.5, abs=0.7)
    assert region.angle_deg == pytest.approx(angle, abs=1.5)
    assert not region.is_bent


@pytest.mark.parametrize("width", [3, 6, 12])
@pytest.mark.parametrize(("start", "stop"), [(0, 180), (20, 290), (100, 200)])
def test_an_arc_is_measured_along_its_bend(width: float, start: float, stop: float) -> None:
    region = only(arc(100, width, start, stop))
    truth = 100 * np.deg2rad(stop - start)
    assert region.is_bent
    assert region.length_px == pytest.approx(truth, rel=0.05)
    assert region.width_px == pytest.approx(width, rel=0.12)


def test_a_ring_is_as_long_as_it_is_around() -> None:
    region = only(arc(100, 8, 0, 360))
    assert region.is_bent
    assert region.length_px == pytest.approx(2 * np.pi * 100, rel=0.04)
    assert region.width_px == pytest.approx(8, rel=0.08)


def test_a_large_bent_mark_is_measured_as_a_small_one() -> None:
    small = arc(100, 8, 0, 180)
    large = np.kron(small, np.ones((6, 6), bool))
    assert extent_of(large).length_px == pytest.approx(6 * extent_of(small).length_px, rel=0.03)


@settings(max_examples=15)
@given(st.floats(3, 100))
@example(5.5)
@example(9.5)
def test_a_disc_is_as_wide_as_long_and_has_no_direction(radius: float) -> None:
    region = only(np.hypot(COLUMNS - 200, ROWS - 150) <= radius)
    assert region.length_px == pytest.approx(2 * radius, abs=1.5)
    assert region.width_px == pytest.approx(2 * radius, abs=1.5)
    assert region.angle_deg is None
    assert not region.is_bent
    assert region.place == ("centre" if radius < 90 else region.place)


def test_the_box_and_its_mask_are_the_shape() -> None:
    mask = bar(100, 20, 30)
    region = only(mask)
    x, y, width, height = region.box
    again = np.zeros_like(mask)
    again[y : y + height, x : x + width] = region.mask
    assert (again == mask).all()
    assert region.mask.any(axis=0).all()
    assert region.mask.any(axis=1).all()


def test_millimetres_follow_the_scale_and_are_unknown_without() -> None:
    region = only(bar(100, 20, 0), mm_per_pixel=0.05)
    assert region.length_mm == pytest.approx(5.0)
    assert region.width_mm == pytest.approx(1.0)
    assert region.area_mm2 == pytest.approx(5.0)
    unknown = only(bar(100, 20, 0))
    assert (unknown.length_mm, unknown.width_mm, unknown.area_mm2) == (None, None, None)


def test_hottest_first_pieces_joined_crumbs_dropped() -> None:
    heat = np.zeros((60, 60))
    heat[5:10, 5:10] = 0.7
    heat[5:10, 12:17] = 0.6  # two cold columns between: one region
    heat[30:35, 5:10] = 0.9
    heat[30:35, 13:18] = 0.8  # three: two regions
    heat[50, 50] = 1.0  # a crumb
    regions = regions_of(heat, 0.5)
    assert [(x.score, x.box) for x in regions] == [
        (0.9, (5, 30, 5, 5)), (0.8, (13, 30, 5, 5)), (0.7, (5, 5, 12, 5)),
    ]  # fmt: skip
    assert len(regions_of(heat, 0.5, join_px=0)) == 4
    assert len(regions_of(heat, 0.5, smallest_px=1)) == 4
    assert len(regions_of(heat, 0.5, most=2)) == 2
    assert [x.box for x in regions_of(heat, 0.95)] == [(50, 50, 1, 1)]
    assert regions_of(heat, 1.1) == ()


def test_corners_connect_and_nothing_is_hot_where_nothing_was_measured() -> None:
    heat = np.full((9, 9), np.nan)
    heat[np.arange(9), np.arange(9)] = 1
    region = only(heat, join_px=0)
    assert region.area_px == 9
    assert region.angle_deg == pytest.approx(135)
    assert regions_of(np.full((4, 4), np.nan), 0.5) == ()


def test_places_and_edges() -> None:
    heat = np.zeros((90, 90))
    heat[0:10, 40:50] = 1
    region = regions_of(heat, 0.5)[0]
    assert (region.place, region.at_edge) == ("top", True)
    assert not only(bar(20, 10, 0)).at_edge
    assert place_in((70, 70, 9, 9), 90, 90) == "lower right"
    assert place_in((0, 0, 90, 90), 90, 90) == "all over"
    assert place_in((0, 0, 3, 80), 90, 90) == "all down"


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.floats(0.3, 0.95))
def test_regions_of_noise_hold_every_hot_point_once(seed: int, level: float) -> None:
    heat = np.random.default_rng(seed).random((24, 31))
    regions = regions_of(heat, level, smallest_px=1, most=10_000)
    seen = np.zeros(heat.shape, int)
    for region in regions:
        x, y, width, height = region.box
        seen[y : y + height, x : x + width] += region.mask
        assert region.score == heat[y : y + height, x : x + width][region.mask].max()
        assert region.length_px >= region.width_px or region.is_bent
        assert region.area_px == region.mask.sum()
    assert (seen == (heat >= level)).all()


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_a_skeleton_lies_inside_and_keeps_the_pieces(seed: int) -> None:
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(np.random.default_rng(seed).random((40, 40)), 2)
    mask = smooth > np.quantile(smooth, 0.7)
    skeleton = thinned(mask)
    assert not (skeleton & ~mask).any()
    pieces = [ndimage.label(x, structure=np.ones((3, 3)))[1] for x in (mask, skeleton)]
    assert pieces[1] <= pieces[0]
    # Zhang and Suen may erase a square of two by two, and nothing else.
    assert pieces[0] - pieces[1] <= 1


def test_wrong_calls_are_told() -> None:
    with pytest.raises(InputError, match=r"must be \(row, column\)"):
        regions_of(np.zeros((2, 2, 3)), 0.5)
    with pytest.raises(UsageError, match="join_px is -1"):
        regions_of(np.ones((2, 2)), 0.5, join_px=-1)
