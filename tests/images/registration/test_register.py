"""A picture is found again in another that is shifted, turned, scaled, reversed or partly empty."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import InputError, UnknownNameError
from faultlens.images.registration.register import Registration, register
from faultlens.images.registration.warp import Matrix, moved_points, warped


def scene(seed: int = 0, shape: tuple[int, int] = (180, 240)) -> NDArray[np.float32]:
    """Boxes of different brightness with a little grain: edges, as parts and houses have."""
    rng = np.random.default_rng(seed)
    picture = 0.05 * rng.normal(size=shape)
    for _ in range(60):
        top, left = rng.integers(-20, shape[0]), rng.integers(-20, shape[1])
        height, width = rng.integers(8, 50, 2)
        box = slice(max(top, 0), max(top + height, 0)), slice(max(left, 0), max(left + width, 0))
        picture[box] = rng.normal()
    return ndimage.gaussian_filter(picture, 1.0).astype(np.float32)


def turned(degrees: float, scale: float, right: float, down: float) -> Matrix:
    """About the middle of a scene."""
    turn = np.radians(degrees)
    cosine, sine = scale * np.cos(turn), scale * np.sin(turn)
    middle = np.array([[1, 0, 119.5], [0, 1, 89.5], [0, 0, 1.0]])
    about = np.array([[cosine, -sine, right], [sine, cosine, down], [0, 0, 1.0]])
    return np.asarray(middle @ about @ np.linalg.inv(middle))


def off_px(found: Registration, truth: Matrix) -> float:
    """Mean distance over the middle of the scene."""
    points = np.array([(x, y) for x in range(40, 210, 20) for y in range(30, 160, 20)])
    apart = moved_points(found.matrix, points) - moved_points(truth, points)
    return float(np.linalg.norm(apart, axis=1).mean())


@pytest.mark.parametrize(
    "truth",
    [turned(0, 1, 17, -9), turned(3, 1.05, 5, 8), turned(-7, 0.8, -10, 4), turned(2, 1.4, 0, 12)],
)
def test_shift_turn_and_scale_are_found_to_half_a_pixel(truth: Matrix) -> None:
    moving = scene()
    found = register(warped(moving, truth, (180, 240)), moving)
    assert off_px(found, truth) < 0.5
    assert found.is_good


def test_an_infrared_twin_with_brightness_of_its_own_is_found() -> None:
    moving = scene()
    truth = turned(2, 0.97, -6, 7)
    fixed = warped(moving, truth, (180, 240))
    # Folded: middle brightness is brightest, so edges turn their sides from place to place.
    other = 20 - 3 * np.abs(fixed - np.float32(np.nanmedian(fixed)))
    assert off_px(register(other, moving), truth) < 1.0


def test_a_homography_is_found_where_it_is_asked_for() -> None:
    moving = scene()
    truth = turned(1, 1.02, 4, -3)
    truth[2, :2] = (1.5e-4, -1e-4)
    fixed = warped(moving, truth, (180, 240))
    bent = register(fixed, moving, model="homography")
    assert off_px(bent, truth) < 0.5
    assert off_px(register(fixed, moving), truth) > 2 * off_px(bent, truth)


def test_pictures_of_two_scenes_are_refused_with_the_quality() -> None:
    found = register(scene(1), scene(2))
    assert not found.is_good
    with pytest.raises(InputError, match=f"infrared .* quality .* {found.quality:.2f}"):
        found.checked("The infrared picture")


def test_a_start_that_is_roughly_right_is_made_precise() -> None:
    moving = scene()
    truth = turned(12, 1, 5, 5)
    found = register(warped(moving, truth, (180, 240)), moving, start=turned(10, 1, 8, 2))
    assert off_px(found, truth) < 0.5


def test_another_size_and_a_hole_do_not_matter() -> None:
    small, truth = scene(), turned(1, 1.1, 8, -5)
    large = ndimage.zoom(small, 6, order=1)[:-1, :-1]
    # From corner to corner: 180 x 240 became 1080 x 1440.
    enlarged = np.diag([1439 / 239, 1079 / 179, 1.0])
    fixed = warped(small, truth, (180, 240))
    fixed[60:90, 80:130] = np.nan
    found = register(fixed, large)
    assert found.is_good
    assert off_px(found, enlarged @ truth) < 6 * 0.5


def test_an_unknown_model_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="affine, homography"):
        register(scene(), scene(), model="spline")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (np.zeros((10, 40), np.float32), "32 px"),
        (np.zeros((40, 400), np.float32), "8 times as long"),
        (np.zeros((100, 100), np.float32), "one brightness"),
        (np.full((100, 100), np.nan, np.float32), "one brightness"),
        (np.zeros((100, 100, 3), np.float32), r"\(row, column\)"),
    ],
)
def test_a_picture_that_holds_nothing_is_refused(bad: NDArray[np.float32], words: str) -> None:
    with pytest.raises(InputError, match=words):
        register(scene(), bad)
