"""Places hotter than nearly all of a picture are told with their temperatures, the worst first."""

import time

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.images.thermal.hot_spot import HotSpot
from faultlens.images.thermal.hot_spots import hot_spots
from faultlens.images.thermal.thermal import Thermal

SKY, STEEL = -35.0, 12.0


def scene(*spots: tuple[int, int, float], rows: int = 288, columns: int = 384) -> np.ndarray:
    """Steel before the sky, degC with the camera's noise, and round warm spots (row, column, K)."""
    rng = np.random.default_rng(7)
    celsius = np.full((rows, columns), SKY)
    celsius[rows // 3 :, columns // 4 :] = STEEL
    celsius += rng.normal(0, 0.05, celsius.shape)
    down, along = np.mgrid[:rows, :columns]
    for row, column, kelvin in spots:
        celsius += kelvin * np.exp(-((down - row) ** 2 + (along - column) ** 2) / (2 * 4.0**2))
    return celsius.astype(np.float32)


def test_spots_are_told_worst_first_with_their_temperatures() -> None:
    found = hot_spots(Thermal(scene((150, 200, 30.0), (220, 300, 70.0))))
    assert [(x.row, x.column) for x in found] == [(220, 300), (150, 200)]
    assert found[0].celsius == pytest.approx(STEEL + 70, abs=0.5)
    assert found[0].score > found[1].score > 0.85
    left, top, width, height = found[0].box
    # Half of the height of a Gaussian lies 1.18 standard deviations from its middle.
    assert (left + width / 2, top + height / 2) == pytest.approx((300.5, 220.5), abs=1)
    assert (width, height) == pytest.approx((9.4, 9.4), abs=1.5)


def test_the_difference_is_to_the_part_and_not_to_the_sky_beside_it() -> None:
    (spot,) = hot_spots(Thermal(scene((105, 110, 40.0))))
    assert spot.surroundings_celsius == pytest.approx(STEEL, abs=1.0)
    assert spot.delta_celsius == pytest.approx(40, abs=1.5)


def test_against_nothing_but_sky_the_difference_is_to_the_sky() -> None:
    (spot,) = hot_spots(Thermal(scene((40, 40, 60.0))))
    assert spot.surroundings_celsius == pytest.approx(SKY, abs=1.0)


def test_a_part_as_warm_as_the_rest_and_a_camera_s_noise_are_no_spots() -> None:
    assert hot_spots(Thermal(scene())) == ()
    assert hot_spots(Thermal(np.full((40, 50), 21.0, np.float32))) == ()


def test_the_score_rises_with_the_excess() -> None:
    scores = [
        hot_spots(Thermal(scene((150, 200, x))), least_score=0)[0].score
        for x in (1.0, 4.0, 15.0, 90.0)
    ]
    assert scores == sorted(scores)
    assert scores[0] < 0.3
    assert scores[-1] > 0.9


def test_what_was_not_measured_is_no_spot_and_hides_none() -> None:
    celsius = scene((150, 200, 50.0))
    celsius[:, 350:] = np.nan
    celsius[10:20, 10:20] = np.nan
    (spot,) = hot_spots(Thermal(celsius))
    assert (spot.row, spot.column) == (150, 200)


def test_without_temperatures_there_are_places_and_no_degrees() -> None:
    bright = (scene((150, 200, 60.0)) + 50) / 200
    found = hot_spots(Thermal(bright, is_celsius=False))
    assert (found[0].row, found[0].column) == (150, 200)
    assert found[0].to_dict()["celsius"] is None
    assert found[0].delta_celsius is None


def test_twice_as_many_pixels_find_the_same_spot_and_no_other() -> None:
    once = hot_spots(Thermal(scene((150, 200, 50.0))))
    twice = hot_spots(Thermal(np.repeat(np.repeat(scene((150, 200, 50.0)), 2, 0), 2, 1)))
    assert len(once) == len(twice) == 1
    assert twice[0].row // 2 == once[0].row
    assert twice[0].column // 2 == once[0].column
    assert twice[0].score == pytest.approx(once[0].score, abs=0.05)


def test_a_mosaic_of_many_pixels_takes_bounded_time() -> None:
    celsius = np.full((3000, 4000), 20.0, np.float32)
    celsius[2000:2030, 1000:1030] = 80.0
    started = time.process_time()
    (spot,) = hot_spots(Thermal(celsius))
    assert time.process_time() - started < 8
    assert spot.box == (1000, 2000, 30, 30)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 5), (16, 16)])
def test_the_smallest_pictures_do_no_harm(shape: tuple[int, int]) -> None:
    values = np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape)
    assert all(0 <= x.score < 1 for x in hot_spots(Thermal(values), least_score=0))


def test_most_spots_are_bounded_and_strange_arguments_refused() -> None:
    many = Thermal(scene(*((r, c, 40.0) for r in range(110, 270, 40) for c in range(110, 360, 40))))
    assert len(hot_spots(many, most=3)) == 3
    for arguments in ({"least_score": 1.0}, {"least_score": -0.1}, {"most": 0}):
        with pytest.raises(UsageError, match="least_score is"):
            hot_spots(many, **arguments)  # type: ignore[arg-type]


def test_a_spot_as_plain_values_is_rounded_as_a_camera_measures() -> None:
    spot = HotSpot(10, 20, (18.123, 8.0, 5.0, 5.0), 21, 0.91234567, 96.4321, 21.2)
    assert spot.to_dict() == {
        "x": 20, "y": 10, "box": {"x": 18.12, "y": 8.0, "width": 5.0, "height": 5.0},
        "area_px": 21, "score": 0.912346, "celsius": 96.4, "surroundings_celsius": 21.2,
        "delta_celsius": 75.2, "severity": "major",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("delta", "severity"),
    [(5.0, "possible"), (15.0, "probable"), (30.0, "serious"), (41.0, "major"), (-1.0, None)],
)
def test_how_bad_a_spot_is_goes_by_the_difference(delta: float, severity: str | None) -> None:
    assert HotSpot(1, 1, (0, 0, 3, 3), 9, 0.5, 20 + delta, 20.0).severity == severity
    assert HotSpot(1, 1, (0, 0, 3, 3), 9, 0.5).severity is None
