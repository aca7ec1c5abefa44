"""How a camera moved between two views under other light: found to a pixel, or not believed."""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from faultlens.images.image import Image
from faultlens.images.light.aligned import same_frame
from faultlens.images.light.camera_move import GOOD_FROM, camera_move
from faultlens.images.read import read_image
from faultlens.images.registration.warp import moved_points
from faultlens.images.simulator.views import RenderedViews, render_views

SHARED = Path(os.environ.get("FAULTLENS_SHARED", "../shared")) / "data" / "images"
CORNERS = np.array([[0, 0], [199, 0], [0, 199], [199, 199]])


def grey(pixels: np.ndarray) -> np.ndarray:
    return same_frame(Image(pixels)).grey


def pair(seed: int, process: str, moved_px: float = 6, turned_deg: float = 1.5) -> RenderedViews:
    return render_views(
        seed=seed,
        process=process,
        count=2,
        height_px=200,
        width_px=200,
        moved_px=moved_px,
        turned_deg=turned_deg,
    )


@pytest.mark.parametrize("process", ["cast", "blasted", "hot_rolled", "turned"])
def test_a_moved_camera_is_found_under_another_lamp(process: str) -> None:
    made = pair(11, process)
    found = camera_move(grey(made.views[0]), grey(made.views[1]))
    off = moved_points(found.matrix, CORNERS) - moved_points(made.matrices[1], CORNERS)
    assert found.quality > 0.9
    # Under another lamp the shades of a grain lie elsewhere by as much as a pixel or two.
    assert np.linalg.norm(off, axis=1).max() < 2.5


def test_in_the_same_light_it_is_found_to_a_tenth_of_a_pixel() -> None:
    grain = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(240, 240)), 1.2)
    turned = ndimage.rotate(grain, 1.2, reshape=False, order=3)
    moved = ndimage.shift(turned, (2.6, -3.3), order=3)
    found = camera_move(grain[20:-20, 20:-20], moved[20:-20, 20:-20])
    cos, sin = np.cos(np.deg2rad(1.2)), np.sin(np.deg2rad(1.2))
    middle = CORNERS - 99.5
    wanted = np.stack(
        [cos * middle[:, 0] + sin * middle[:, 1], cos * middle[:, 1] - sin * middle[:, 0]], 1
    )
    wanted += 99.5 + np.array([-3.3, 2.6])
    assert np.abs(moved_points(found.matrix, CORNERS) - wanted).max() < 0.1


def test_zoom_is_found_where_there_is_one() -> None:
    grain = ndimage.gaussian_filter(np.random.default_rng(3).normal(size=(220, 220)), 1.2)
    nearer = ndimage.affine_transform(grain, np.eye(2) / 1.012, 110 * (1 - 1 / 1.012), order=3)
    found = camera_move(grain[10:-10, 10:-10], nearer[10:-10, 10:-10])
    assert found.matrix[0, 0] == pytest.approx(1.012, abs=0.001)


def test_a_camera_that_stood_is_left_standing() -> None:
    for seed, process in ((700, "ground"), (704, "brushed"), (705, "hot_rolled")):
        made = pair(seed, process, 0, 0)
        found = camera_move(grey(made.views[0]), grey(made.views[1]))
        assert found.quality > GOOD_FROM
        assert np.abs(moved_points(found.matrix, CORNERS) - CORNERS).max() < 0.2


@pytest.mark.parametrize("process", ["cast", "ground"])
def test_another_part_made_in_the_same_way_is_not_believed(process: str) -> None:
    one, other = pair(21, process), pair(22, process)
    assert camera_move(grey(one.views[0]), grey(other.views[1])).quality < GOOD_FROM


def test_noise_and_plain_surfaces_are_not_believed() -> None:
    rng = np.random.default_rng(4)
    noise = rng.normal(0.5, 0.02, (2, 120, 120)).astype(np.float32)
    assert camera_move(noise[0], noise[1]).quality < 0.2


def test_the_halves_of_a_picture_under_glare_are_left_out() -> None:
    made = pair(11, "cast")
    first, second = grey(made.views[0]), grey(made.views[1])
    first[:70], second[-70:] = np.nan, np.nan
    found = camera_move(first, second)
    off = moved_points(found.matrix, CORNERS) - moved_points(made.matrices[1], CORNERS)
    assert found.quality > GOOD_FROM
    assert np.linalg.norm(off, axis=1).max() < 4


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared: real tiles under several lamps")
def test_real_tiles_taken_again_are_found_and_others_are_not() -> None:
    folder = SHARED / "magnetic_tile"
    first, again, other = (
        grey(read_image(folder / x).pixels)
        for x in (
            "MT_Blowhole/Imgs/exp1_num_308015.jpg",
            "MT_Blowhole/Imgs/exp2_num_308043.jpg",
            "MT_Blowhole/Imgs/exp1_num_262480.jpg",
        )
    )
    assert camera_move(first, again).quality > 0.99
    assert camera_move(first, other).quality < 0.1
