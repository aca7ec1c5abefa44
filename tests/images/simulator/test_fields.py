"""Random fields have the spread, the size and the direction that they are asked for."""

import numpy as np
import pytest

from faultlens.images.simulator.fields import clouds, grain, step, streaks


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.mark.parametrize("size_px", [0.0, 0.6, 2.0, 6.0])
def test_grain_has_unit_spread_and_no_mean(size_px: float) -> None:
    made = grain(rng(), 96, 128, size_px)
    assert made.std() == pytest.approx(1, abs=0.03)
    assert abs(made.mean()) < 0.05


@pytest.mark.parametrize("angle_deg", [0, 30, 90, 135])
def test_streaks_change_least_along_their_direction(angle_deg: float) -> None:
    angle = np.deg2rad(angle_deg)
    made = streaks(rng(), 128, 128, 30, 1.0, angle, 3.0)
    down, right = np.gradient(made)
    along = right * np.cos(angle) + down * np.sin(angle)
    aside = down * np.cos(angle) - right * np.sin(angle)
    assert aside.std() > 3 * along.std()


def test_clouds_of_larger_cells_are_smoother() -> None:
    steps = [np.abs(np.diff(clouds(rng(), 128, 128, cell), axis=1)).mean() for cell in (4, 16, 64)]
    assert steps[0] > steps[1] > steps[2]


def test_stretched_clouds_are_longer_down_than_across() -> None:
    made = clouds(rng(), 128, 128, 8, 4.0)
    assert np.abs(np.diff(made, axis=0)).mean() < 0.5 * np.abs(np.diff(made, axis=1)).mean()


def test_a_step_is_half_at_its_level_and_takes_a_level_for_each_pixel() -> None:
    ramp = np.linspace(-2, 2, 9)[None]
    assert step(ramp, 0.0, 1.0)[0, 4] == 0.5
    assert step(ramp, ramp - 5, 1.0).min() == 1
