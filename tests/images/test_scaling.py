"""Shrinking is the mean of what each pixel covers; growing is Pillow's bicubic."""

import numpy as np
import pytest
from PIL import Image as PillowImage

from faultlens.core.errors import UsageError
from faultlens.images.scaling import resized, resized_map, shrunk

RNG = np.random.default_rng(5)


def plain_mean(pixels: np.ndarray, factor: int) -> np.ndarray:
    """The mean of each block, by the definition."""
    height, width = pixels.shape[:2]
    rows = [
        [
            pixels[y : y + factor, x : x + factor].reshape(-1, *pixels.shape[2:]).mean(axis=0)
            for x in range(0, width, factor)
        ]
        for y in range(0, height, factor)
    ]
    return np.array(rows)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(12, 20), (13, 22), (3, 2), (13, 22, 3), (1, 1), (1, 9, 3)])
@pytest.mark.parametrize("factor", [1, 2, 3, 4, 7])
def test_each_new_pixel_is_the_mean_of_those_it_covers(
    dtype: type, shape: tuple[int, ...], factor: int
) -> None:
    pixels = RNG.integers(0, np.iinfo(dtype).max, shape, endpoint=True).astype(dtype)
    small = shrunk(pixels, factor)
    assert small.dtype == dtype
    # Pillow, which shrinks 8-bit grey, multiplies by a rounded reciprocal: one level at most.
    exact = dtype == np.uint16 or len(shape) == 3
    assert np.abs(small - plain_mean(pixels, factor)).max() <= (0.51 if exact else 1.0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("factor", [17, 300])
def test_white_stays_white_however_much_becomes_one(dtype: type, factor: int) -> None:
    white = np.full((600, 601, 3), np.iinfo(dtype).max, dtype)
    assert (shrunk(white, factor) == np.iinfo(dtype).max).all()


def test_a_thin_scratch_does_not_vanish() -> None:
    """Sampling every fourth pixel loses three of four lines one pixel wide; the mean none."""
    for column in range(8, 12):
        pixels = np.zeros((64, 64), np.uint8)
        pixels[:, column] = 200
        assert (shrunk(pixels, 4)[:, 2] == 50).all()
        assert resized(pixels, 16, 16).sum() == shrunk(pixels, 4).sum()


def test_growing_is_pillows_bicubic_in_8_and_16_bits() -> None:
    # Away from black and white, where Pillow cuts off 8 bits between its two passes.
    pixels = RNG.integers(90, 160, (9, 14, 3), endpoint=True).astype(np.uint8)
    truth = np.asarray(PillowImage.fromarray(pixels).resize((31, 20), PillowImage.BICUBIC))
    assert (resized(pixels, 20, 31) == truth).all()
    deep = resized(pixels.astype(np.uint16) * 257, 20, 31)
    assert deep.dtype == np.uint16
    # Pillow rounds to 8 bits after each of its two passes, 16 bits are rounded once.
    assert np.abs(deep / 257 - truth.astype(float)).max() <= 1.3


def test_the_size_asked_for_is_given() -> None:
    for shape in ((5, 9), (5, 9, 3)):
        for dtype in (np.uint8, np.uint16):
            for size in ((5, 9), (2, 20), (50, 3), (1, 1)):
                assert resized(np.ones(shape, dtype), *size).shape == (*size, *shape[2:])


def test_a_map_stays_between_its_values() -> None:
    values = RNG.random((7, 5)).astype(np.float32)
    for size in ((70, 50), (3, 2), (7, 5), (30, 2)):
        out = resized_map(values, *size)
        assert out.shape == size
        assert out.dtype == np.float32
        assert values.min() - 1e-6 <= out.min()
        assert out.max() <= values.max() + 1e-6


def test_sizes_are_positive() -> None:
    with pytest.raises(UsageError, match="factor is 0"):
        shrunk(np.ones((2, 2), np.uint8), 0)
    with pytest.raises(UsageError, match="height is 0"):
        resized(np.ones((2, 2), np.uint8), 0, 3)
