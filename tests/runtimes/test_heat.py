"""Heat maps: patches and windows of known score land where they lie, at the size of the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.runtimes.heat import fused, smoothed, top_mean, upsampled, window_means


def test_a_hot_patch_is_hottest_at_its_centre() -> None:
    grid = np.zeros((5, 8), np.float32)
    grid[1, 6] = 1
    heat = upsampled(grid, 100, 320)
    assert heat.shape == (100, 320)
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert (row, column) in {(29, 259), (29, 260), (30, 259), (30, 260)}
    assert heat[:20].max() < 0.55
    assert heat.dtype == np.float32


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 30), st.integers(1, 30))
def test_upsampling_keeps_a_constant_and_never_overshoots(a: int, b: int, h: int, w: int) -> None:
    grid = np.random.default_rng(a * 7 + b).random((a, b)).astype(np.float32)
    heat = upsampled(grid, h, w)
    assert grid.min() - 1e-6 <= heat.min()
    assert heat.max() <= grid.max() + 1e-6
    assert np.allclose(upsampled(np.full((a, b), 0.3, np.float32), h, w), 0.3)


def test_a_defect_at_the_border_is_not_cooled_by_what_lies_outside() -> None:
    heat = np.zeros((40, 40), np.float32)
    heat[:, 0:10] = 1
    assert smoothed(heat, 3.0)[20, 0] > 0.98


def test_smoothing_of_a_grid_of_patches_is_that_of_pixels() -> None:
    grid = np.zeros((4, 4), np.float32)
    grid[2, 2] = 1
    assert np.array_equal(
        upsampled(grid, 32, 32, smooth_px=2.0), smoothed(upsampled(grid, 32, 32), 2.0)
    )


def test_window_means_are_harmonic_means_over_the_windows_that_hold_a_patch() -> None:
    scores = np.random.default_rng(0).random((3, 4)).astype(np.float32) + 0.01
    got = window_means(scores, 3)
    assert got.shape == (5, 6)
    for row in range(5):
        for column in range(6):
            holding = [
                scores[i, j]
                for i in range(3)
                for j in range(4)
                if i <= row < i + 3 and j <= column < j + 3
            ]
            assert got[row, column] == pytest.approx(
                len(holding) / sum(1 / x for x in holding), rel=1e-5
            )


def test_fusion_is_the_harmonic_mean_of_the_picture_and_each_size_of_window() -> None:
    two = np.full((3, 3), 0.5, np.float32)
    three = np.full((2, 2), 0.25, np.float32)
    got = fused(0.8, {2: two, 3: three})
    assert got.shape == (4, 4)
    assert np.allclose(got, 3 / (1 / 0.8 + 1 / 0.5 + 1 / 0.25))


def test_a_score_of_nothing_does_not_divide_by_zero() -> None:
    got = fused(0.0, {2: np.zeros((2, 2), np.float32)})
    assert np.isfinite(got).all()
    assert got.max() < 1e-5


def test_no_windows_cannot_be_fused() -> None:
    with pytest.raises(UsageError, match="windows of one size at least"):
        fused(0.5, {})


def test_the_hottest_hundredth_stands_for_the_picture() -> None:
    heat = np.zeros((100, 100), np.float32)
    heat[:10, :10] = 0.7  # exactly 1 %
    assert top_mean(heat) == pytest.approx(0.7)
    assert top_mean(np.array([0.2, np.nan, 0.4])) == 0.4  # one point at least; NaN is not seen
    with pytest.raises(UsageError, match="no hottest part"):
        top_mean(np.full(3, np.nan))
