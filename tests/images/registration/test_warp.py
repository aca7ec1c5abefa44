"""A picture is drawn in another's frame pixel by pixel, NaN where it does not reach."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.images.registration.warp import checked_matrix, moved_points, warped

RAMP = np.add.outer(100 * np.arange(6.0), np.arange(8.0)).astype(np.float32)


def test_nothing_changes_where_nothing_is_moved() -> None:
    np.testing.assert_array_equal(warped(RAMP, np.eye(3), (6, 8)), RAMP)


def test_half_a_pixel_is_the_mean_of_two_and_outside_is_nan() -> None:
    half = np.array([[1, 0, 0.5], [0, 1, 0], [0, 0, 1.0]])
    drawn = warped(RAMP, half, (6, 8))
    np.testing.assert_allclose(drawn[:, :7], RAMP[:, :7] + 0.5)
    assert np.isnan(drawn[:, 7]).all()


def test_points_go_where_pixels_come_from() -> None:
    bent = np.array([[1.1, 0.05, 1], [-0.02, 0.9, 0.5], [1e-3, 2e-3, 1]])
    drawn = warped(RAMP, bent, (4, 5))
    (x, y), value = moved_points(bent, np.array([[2, 1]]))[0], drawn[1, 2]
    assert value == pytest.approx(100 * y + x, abs=1e-3)
    back = moved_points(np.linalg.inv(bent), np.array([[x, y]]))
    np.testing.assert_allclose(back, [[2, 1]], atol=1e-9)


def test_what_lies_behind_the_camera_is_unknown() -> None:
    tilted = np.array([[1, 0, 0], [0, 1, 0], [-0.25, 0, 1.0]])
    assert np.isnan(moved_points(tilted, np.array([[4, 0], [5, 2]]))).all()
    assert np.isnan(warped(RAMP, tilted, (6, 8))[:, 4:]).all()


def test_channels_are_drawn_alike_and_holes_stay_holes() -> None:
    colours = np.stack([RAMP, 2 * RAMP, -RAMP], axis=2)
    colours[2, 3] = np.nan
    drawn = warped(colours, np.eye(3), (6, 8))
    assert np.isnan(drawn[2, 3]).all()
    np.testing.assert_array_equal(drawn[..., 1][~np.isnan(drawn[..., 1])].max(), 2 * RAMP.max())


@pytest.mark.parametrize(
    ("matrix", "words"),
    [(np.eye(2), r"\(3, 3\)"), (np.full((3, 3), np.nan), "finite"), (np.ones((3, 3)), "line")],
)
def test_what_is_no_map_is_refused(matrix: np.ndarray, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        checked_matrix(matrix)
