"""Counts become the temperature of the thing itself, mirrorings, air and window taken off."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import InputError
from faultlens.images.thermal.radiometry import Radiometry, celsius_of, counts_of
from tests.images.thermal.cameras import CAMERA, SCENE


def counted(celsius: np.ndarray, camera: Radiometry) -> np.ndarray:
    """What the camera counts of a scene: each part weighed by the share that arrives of it."""
    e, air, window = camera.emissivity, camera.air_transmission, camera.window_transmission
    reflected, between, glass = counts_of(
        np.array([camera.reflected_celsius, camera.air_celsius, camera.window_celsius]), camera
    )
    through = air * window * (e * counts_of(celsius, camera) + (1 - e) * reflected)
    return np.asarray(through + (1 - air) * window * between + (1 - window) * glass)


@pytest.mark.parametrize(
    "changes",
    [
        {"emissivity": 1.0, "distance_m": 0.0},
        {},
        {"emissivity": 0.4, "distance_m": 60.0, "air_celsius": -15.0},
        {"window_transmission": 0.7, "window_celsius": 45.0},
    ],
)
def test_a_scene_comes_back_as_warm_as_it_was(changes: dict[str, Any]) -> None:
    camera = replace(CAMERA, **changes)
    assert celsius_of(counted(SCENE, camera), camera) == pytest.approx(SCENE, abs=1e-3)


def test_temperatures_are_those_that_another_library_computes() -> None:
    # flyr 5.1.0 on a file of tests/images/thermal/cameras.py with these counts and constants, at
    # 0 m: at a distance it takes the air's transmission of half the way twice, 0.4 K more at 5 m.
    camera = replace(CAMERA, distance_m=0.0)
    assert celsius_of(np.array([17452, 39727]), camera) == pytest.approx(
        [19.773160880890146, 111.89541384159133], abs=1e-4
    )


def test_a_shiny_part_that_mirrors_the_cold_sky_is_warmer_than_it_looks() -> None:
    counts = counts_of(np.array([30.0]), CAMERA)
    shiny = replace(CAMERA, emissivity=0.3, reflected_celsius=-40.0, distance_m=0.0)
    assert celsius_of(counts, shiny)[0] > 80


def test_more_air_lets_less_through() -> None:
    shares = [replace(CAMERA, distance_m=x).air_transmission for x in (0.0, 1.0, 30.0, 500.0)]
    assert shares[0] == 1.0
    assert shares == sorted(shares, reverse=True)


def test_counts_of_no_temperature_are_nothing() -> None:
    low = int(-CAMERA.planck_o) - 100
    assert np.isnan(celsius_of(np.array([low]), CAMERA)).all()


@pytest.mark.parametrize(
    "changes",
    [{"emissivity": 0.0}, {"emissivity": 1.2}, {"planck_r1": float("nan")}, {"planck_b": -1.0},
     {"window_transmission": 0.0}, {"reflected_celsius": -300.0}],
)  # fmt: skip
def test_constants_that_no_camera_has_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="constants cannot be"):
        replace(CAMERA, **changes)
