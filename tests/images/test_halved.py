"""A picture at half its size is the mean of two by two pixels, of any size, colour and depth."""

import numpy as np
import pytest

from faultlens.images.halved import halved, halved_again


@pytest.mark.parametrize("shape", [(2, 2), (60, 8), (61, 9), (122, 300), (7, 5)])
def test_each_pixel_is_the_mean_of_four(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    height, width = (x // 2 for x in shape)
    wanted = pixels[: 2 * height, : 2 * width].reshape(height, 2, width, 2).mean(axis=(1, 3))
    np.testing.assert_array_equal(halved(pixels), wanted.astype(np.float32))
    np.testing.assert_array_equal(halved(pixels[::-1, ::-1][::-1, ::-1]), wanted.astype(np.float32))


def test_of_colour_green_counts_and_of_sixteen_bits_the_upper_eight() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (12, 20), dtype=np.uint8)
    colour = np.stack([pixels * 0, pixels, pixels * 0], axis=2)
    np.testing.assert_array_equal(halved(colour), halved(pixels))
    np.testing.assert_array_equal(halved(pixels.astype(np.uint16) * 257), halved(pixels))


def test_numbers_are_halved_alike() -> None:
    values = np.arange(32, dtype=np.float32).reshape(4, 8)
    wanted = values.reshape(2, 2, 4, 2).mean(axis=(1, 3))
    np.testing.assert_array_equal(halved_again(values), wanted)
