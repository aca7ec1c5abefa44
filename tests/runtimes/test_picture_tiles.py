"""Tiles cover a picture once, at every scale, and their maps land where they lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import InputError
from faultlens.images.image import Image
from faultlens.runtimes.picture_tiles import (
    at_scale,
    grid_of,
    own_patches,
    paste,
    refuse_unseen,
    scaled_tiles,
    tile_picture,
)


def blank(height: int, width: int) -> Image:
    return Image(np.zeros((height, width), np.uint8))


@given(
    st.integers(16, 300), st.integers(16, 300), st.sampled_from([0.5, 1.0, 1.5]),
    st.sampled_from([0, 32]),
)  # fmt: skip
def test_every_cell_is_pasted_once(height: int, width: int, scale: float, frame: int) -> None:
    image = blank(height, width)
    canvas = np.zeros((1, *grid_of(image, 8.0)))
    patches = 0
    for tile in scaled_tiles(image, scale, side=64, overlap=16, frame=frame):
        rows, columns = (4, 4) if frame else (x // 8 for x in tile.shown)
        found = np.ones((1, rows, columns), np.float32)
        paste(canvas, found, tile)
        patches += int(own_patches(image, found, tile).sum())
    assert np.allclose(canvas, 1)
    assert patches > 0


def test_a_map_is_read_between_the_centres_of_its_patches() -> None:
    image = blank(32, 64)
    (tile,) = scaled_tiles(image, 1.0, side=64, overlap=16)
    canvas = np.zeros((4, 4))
    slope = np.tile(np.arange(8, dtype=np.float32), (4, 1))
    paste(canvas, slope, tile)
    assert canvas[0].tolist() == [0.5, 2.5, 4.5, 6.5]


def test_a_tile_is_filled_up_with_its_mirror_image() -> None:
    pixels = np.arange(20 * 24, dtype=np.uint8).reshape(20, 24)
    image = Image(pixels)
    (tile,) = scaled_tiles(image, 1.0, side=64, overlap=16)
    shown = tile_picture(image, tile).pixels
    assert shown.shape == tile.shown == (32, 32)
    assert np.array_equal(shown[:20, :24], pixels)
    assert np.array_equal(shown[20], np.pad(pixels[18], (0, 8), mode="reflect"))
    assert tile.patch_px(4) == 8


def test_what_alpha_leaves_out_has_the_middle_shade() -> None:
    pixels = np.full((20, 20, 3), (10, 20, 30), np.uint8)
    pixels[:, 10:] = 255
    valid = np.ones((20, 20), bool)
    valid[:, 10:] = False
    shown = at_scale(Image(pixels, valid=valid), 1.0).pixels
    assert (shown == (10, 20, 30)).all()
    assert (pixels[:, 10:] == 255).all()  # the user's own pixels stay


def test_a_picture_for_too_many_defects_is_refused_before_any_work() -> None:
    large = blank(2000, 8000)
    refuse_unseen(large, defects=100)
    with pytest.raises(InputError, match="ask for 400 at most"):
        refuse_unseen(large, defects=1000)
