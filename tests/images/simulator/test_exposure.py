"""A defect that nobody would see is strengthened, and its mask is where it then shows."""

import numpy as np
import pytest

from faultlens.images.simulator.camera import Sensor
from faultlens.images.simulator.exposure import Exposure, visible_step
from faultlens.images.simulator.settings import Camera, Lighting, SurfaceSettings
from faultlens.images.simulator.surface import Change, changed, flat_surface

SPOT = np.zeros((64, 64), np.float32)
SPOT[24:40, 24:40] = 1


def exposure(**camera: float) -> Exposure:
    settings = SurfaceSettings(
        "polished",
        "sheet",
        light=Lighting(relief=0.8),
        camera=Camera(**camera),  # type: ignore[arg-type]
    )
    return Exposure(np.random.default_rng(0), flat_surface(64, 64), settings, in_colour=False)


def test_a_plain_surface_has_the_brightness_of_the_camera() -> None:
    assert exposure(brightness=0.31, noise=0.0).plain.mean() == pytest.approx(0.31, abs=1e-4)


def test_the_mask_is_the_spot_that_was_darkened() -> None:
    shot = exposure()
    change = changed(SPOT, (), albedo=1 - 0.5 * SPOT)
    _, mask = visible_step(np.random.default_rng(0), shot.plain, shot.hurt(change), change, 0.01)
    assert np.array_equal(mask[25:39, 25:39], np.ones((14, 14), bool))
    assert not mask[:22].any() and not mask[42:].any()


@pytest.mark.parametrize("noise", [0.01, 0.04])
def test_a_faint_mark_is_raised_above_the_noise(noise: float) -> None:
    shot = exposure(noise=noise)
    change = changed(SPOT, (), albedo=1 - 0.004 * SPOT)
    steps = []
    for seed in range(20):
        dice = np.random.default_rng(seed)
        step, mask = visible_step(dice, shot.plain, shot.hurt(change), change, noise)
        assert mask.any()
        steps.append(np.abs(step[26:38, 26:38]).mean())
    # A broad mark is seen at a part of the noise's spread.
    assert np.mean(steps) > 0.35 * noise


def test_a_hollow_is_lit_on_the_side_away_from_the_lamp_only() -> None:
    shot = exposure()
    columns = np.arange(64, dtype=np.float32)[None] - 31.5
    bowl = -6 * np.exp(-(columns**2) / 50) * np.ones((64, 1), np.float32)
    step = shot.hurt(Change(SPOT, height=bowl)) - shot.plain
    left, right = step[32, 24:30].mean(), step[32, 34:40].mean()
    assert left > 0.02 and right < -0.02


def test_the_same_noise_is_on_both_pictures_of_one_exposure() -> None:
    sensor = Sensor(np.random.default_rng(1), Camera(noise=0.03), (32, 32))
    light = np.full((32, 32), 0.5, np.float32)
    assert np.array_equal(sensor.take(light), sensor.take(light))
    assert sensor.take(light).std() > 3
