"""Colours of deviations: even steps, both directions told apart by every eye, round limits."""

import numpy as np
import pytest

from faultlens.reports.measurement_colours import (
    NOT_MEASURED,
    colour_limit_mm,
    deviation_colours,
    deviation_table,
    round_up,
)

# Machado, Oliveira and Fernandes, A physiologically-based model for simulation of color vision
# deficiency (2009), table 1: no red cones at all, no green cones at all.
PROTANOPIA = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def linear(colours: np.ndarray) -> np.ndarray:
    """Light of sRGB values, 0 to 1."""
    share = colours / 255.0
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB under D65: an opinion of its own, since the table is made in OKLab."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = np.clip(light, 0, 1) @ to_xyz.T / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )


def test_equal_steps_of_deviation_look_equal() -> None:
    apart = np.linalg.norm(np.diff(lab(linear(deviation_table()))[::8], axis=0), axis=1)
    # CIELAB itself is uniform to no better than a factor of two in saturated blue.
    assert apart.max() / apart.min() < 2.2
    assert apart.min() > 2.0


def test_amounts_are_told_by_lightness_alike_on_both_sides() -> None:
    lightness = lab(linear(deviation_table()))[:, 0]
    middle = len(lightness) // 2
    assert (np.diff(lightness[: middle + 1]) > 0).all() and (np.diff(lightness[middle:]) < 0).all()
    assert np.abs(lightness - lightness[::-1]).max() < 6


@pytest.mark.parametrize("eye", [np.eye(3), PROTANOPIA, DEUTERANOPIA])
def test_every_eye_tells_into_from_out_of_the_material(eye: np.ndarray) -> None:
    seen = lab(linear(deviation_table()) @ eye.T)
    middle = len(seen) // 2
    for share in (0.25, 0.5, 0.75, 1.0):
        step = round(share * middle)
        # 10 is plainly another colour; 2.3 a just noticeable difference.
        assert np.linalg.norm(seen[middle + step] - seen[middle - step]) > 12


def test_no_deviation_is_grey_and_nothing_measured_is_another_grey() -> None:
    nothing, none = deviation_colours(np.array([0.0, np.nan]), 0.1).astype(int)
    assert np.ptp(nothing) <= 2 and nothing.min() > 230
    assert tuple(none) == NOT_MEASURED and np.abs(nothing - none).max() > 5


def test_beyond_the_limit_the_last_colour_stays() -> None:
    colours = deviation_colours(np.array([-9.0, -0.1, 0.1, 9.0]), 0.1)
    assert (colours[0] == colours[1]).all() and (colours[2] == colours[3]).all()


@pytest.mark.parametrize(
    ("value", "round_one"), [(0.31, 0.4), (1.0, 1.0), (1.01, 1.5), (0.0069, 0.008), (9.1, 10.0)]
)
def test_limits_are_round(value: float, round_one: float) -> None:
    assert round_up(value) == round_one


def test_the_colours_hold_the_deepest_defect_and_leave_a_sound_surface_pale() -> None:
    noise = np.random.default_rng(0).normal(0, 0.004, (100, 100))
    assert colour_limit_mm(noise, [0.05, 0.31]) == 0.4
    limit = colour_limit_mm(noise, [])
    pale = deviation_colours(np.array([0.004]), limit)[0]
    assert limit == 0.04 and pale.min() > 190
