"""Local contrast is OpenCV's CLAHE to two levels; colours, bits and what is masked stay."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.images.light.local_contrast import local_contrast

GOLDEN = (
    (52, 95, 137, 67), (79, 97, 170, 86), (65, 87, 148, 82), (70, 115, 151, 80), (101, 99, 184, 96),
)  # fmt: skip
"""OpenCV 5.0.0, createCLAHE(2.0, (8, 8)), every 191st row and 341st column of `scene()`."""


def scene() -> np.ndarray:
    rng = np.random.default_rng(5)
    rows, columns = np.mgrid[0:768, 0:1024]
    waves = 90 + 40 * np.sin(columns / 90) + 30 * (rows / 768)
    return np.clip(waves + rng.normal(0, 6, rows.shape), 0, 255).astype(np.uint8)


def test_it_is_that_of_opencv() -> None:
    made = local_contrast(Image(scene())).pixels[::191, ::341].astype(int)
    assert np.abs(made - np.array(GOLDEN)).max() <= 2


def test_a_faint_line_in_a_dim_corner_stands_out_more() -> None:
    rng = np.random.default_rng(1)
    pixels = np.linspace(30, 200, 256)[None] + rng.normal(0, 2, (256, 256))
    pixels[120:124, :64] += 12
    pixels = pixels.astype(np.uint8)
    made = local_contrast(Image(pixels)).pixels.astype(float)

    def step(picture: np.ndarray) -> float:
        return float(picture[120:124, 10:50].mean() - picture[110:116, 10:50].mean())

    assert step(made) > 1.5 * step(pixels.astype(float))


def test_sixteen_bits_are_not_reduced_to_eight() -> None:
    ramp = np.linspace(20000, 21000, 64 * 64).astype(np.uint16).reshape(64, 64)
    made = local_contrast(Image(ramp)).pixels
    assert len(np.unique(made)) > 800
    assert np.ptp(made.astype(int)) > 1000


def test_both_bit_depths_see_the_same() -> None:
    eight = scene()[:128, :128]
    small = local_contrast(Image(eight)).pixels.astype(float)
    large = local_contrast(Image(eight.astype(np.uint16) * 257)).pixels / 257
    assert np.abs(small - large).mean() < 3


def test_colours_keep_their_differences() -> None:
    rng = np.random.default_rng(2)
    pixels = np.clip(rng.normal((150, 110, 70), 8, (64, 64, 3)), 40, 200).astype(np.uint8)
    made = local_contrast(Image(pixels), clip_limit=1.5).pixels.astype(int)
    inside = (made.min(axis=2) > 0) & (made.max(axis=2) < 255)
    kept = (made[..., 0] - made[..., 1]) - (pixels[..., 0].astype(int) - pixels[..., 1])
    assert inside.mean() > 0.5
    assert np.abs(kept[inside]).max() <= 1


def test_what_alpha_left_out_neither_counts_nor_changes() -> None:
    rng = np.random.default_rng(3)
    pixels = rng.integers(90, 110, (96, 96)).astype(np.uint8)
    valid = np.ones((96, 96), bool)
    valid[:, 60:] = False
    first, second = pixels.copy(), pixels.copy()
    second[~valid] = 255
    one, other = (local_contrast(Image(x, valid=valid)) for x in (first, second))
    assert np.array_equal(one.pixels[valid], other.pixels[valid])
    assert (other.pixels[~valid] == 255).all()


@pytest.mark.parametrize("limit", [0.5, float("nan"), -1])
def test_a_limit_that_cannot_be_is_refused(limit: float) -> None:
    with pytest.raises(UsageError, match="1 or more"):
        local_contrast(Image(np.zeros((32, 32), np.uint8)), clip_limit=limit)
    with pytest.raises(UsageError, match="1 tile"):
        local_contrast(Image(np.zeros((32, 32), np.uint8)), tiles=0)
