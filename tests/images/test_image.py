"""The record of a picture: what it holds, what it refuses, how it turns grey and 8 bits."""

import numpy as np
import pytest

from faultlens.core.errors import InputError, UsageError
from faultlens.core.notice import Notice
from faultlens.images.image import Image


def test_sixteen_bits_become_eight_without_a_shift_at_either_end() -> None:
    image = Image(np.array([[0, 128, 129, 257, 65535 - 129, 65535]], np.uint16))
    assert image.rgb()[0, :, 0].tolist() == [0, 0, 1, 1, 254, 255]


def test_eight_bits_come_back_from_sixteen() -> None:
    eight = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert (Image(eight.astype(np.uint16) * 257).rgb()[..., 1] == eight).all()


def test_grey_weighs_green_most_and_white_is_one() -> None:
    colours = np.eye(3, dtype=np.uint8)[None] * 255
    assert Image(colours).grey()[0] == pytest.approx([0.299, 0.587, 0.114], abs=1e-6)
    assert Image(np.full((2, 2, 3), 65535, np.uint16)).grey().max() == 1.0


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.zeros((2, 2, 4), np.uint8), r"shape \(2, 2, 4\)"),
        (np.zeros(4, np.uint8), r"shape \(4,\)"),
        (np.zeros((2, 2), np.float32), "of type float32"),
        (np.zeros((0, 7), np.uint8), "7 x 0 pixels"),
    ],
)
def test_what_is_no_picture_is_refused(pixels: np.ndarray, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Image(pixels)


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_a_scale_is_a_positive_number(scale: float) -> None:
    with pytest.raises(UsageError, match="positive number of mm"):
        Image(np.zeros((2, 2), np.uint8), mm_per_pixel=scale)


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(InputError, match="of the same picture"):
        Image(np.zeros((2, 2), np.uint8), valid=np.ones((2, 3), bool))


def test_a_derived_picture_keeps_what_is_known() -> None:
    first = Image(
        np.zeros((4, 6), np.uint8), name="a.png", mm_per_pixel=0.1, warnings=(Notice("a", "甲"),)
    )
    half = first.derived(first.pixels[::2, ::2], "halved", mm_per_pixel=0.2)
    assert (half.name, half.mm_per_pixel, half.history) == ("a.png", 0.2, ("halved",))
    assert half.warnings == first.warnings
