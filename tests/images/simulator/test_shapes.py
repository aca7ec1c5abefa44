"""Strokes, outlines and spots cover what their numbers say."""

import numpy as np
import pytest

from faultlens.images.simulator.shapes import (
    add_spots,
    blob,
    bowed_path,
    ellipse_radius,
    polygon,
    straight_path,
    stroke,
    wandering_path,
)


@pytest.mark.parametrize("width_px", [1.0, 2.0, 5.0])
def test_a_stroke_covers_length_times_width(width_px: float) -> None:
    line = stroke(64, 64, [straight_path((32, 12), 0.0, 40.0)], [width_px])
    assert line.sum() == pytest.approx(40 * width_px, rel=0.2)


def test_a_tapered_stroke_is_thinner_at_its_ends() -> None:
    line = stroke(64, 64, [straight_path((32, 4), 0.0, 56.0)], [6.0], taper=True)
    widths = line.sum(axis=0)
    assert widths[30:34].mean() > 2 * widths[4:8].mean()


def test_paths_have_about_the_length_asked_for() -> None:
    rng = np.random.default_rng(3)
    for path in (bowed_path(rng, (0, 0), 0.5, 60.0), wandering_path(rng, (0, 0), 0.5, 60.0)):
        steps = np.hypot(*np.diff(path, axis=0).T).sum()
        assert steps == pytest.approx(60, rel=0.1)


def test_a_polygon_has_its_area() -> None:
    square = np.array([[9.5, 9.5], [9.5, 29.5], [29.5, 29.5], [29.5, 9.5]])
    assert polygon(40, 40, square).sum() == pytest.approx(400, rel=0.06)


def test_an_ellipse_is_one_at_its_half_axes_whichever_way_it_is_turned() -> None:
    radius = ellipse_radius(41, 41, (20, 20), (10, 5), np.pi / 2)
    assert (radius[30, 20], radius[20, 25]) == pytest.approx((1, 1), abs=1e-5)


def test_a_ragged_blob_keeps_its_middle_and_about_its_area() -> None:
    areas = []
    for seed in range(20):
        made = blob(np.random.default_rng(seed), 96, 96, (48, 48), (20, 20), 0.0, raggedness=0.3)
        assert made[48, 48] == 1
        areas.append(made.sum())
    assert np.mean(areas) == pytest.approx(np.pi * 400, rel=0.25)


def test_spots_have_their_radius_and_no_cut_borders() -> None:
    for hardness in (1.2, 2.0, 6.0):
        spots = np.zeros((64, 64), np.float32)
        add_spots(spots, np.array([[32.0, 32.0]]), np.array([6.0]), 1.0, 0.0, hardness)
        assert spots[32, 38] == pytest.approx(np.exp(-1), abs=0.02)
        assert np.abs(np.diff(spots[32])).max() < 0.1 + 0.15 * hardness
