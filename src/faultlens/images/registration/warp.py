"""One picture drawn in the frame of another, and points moved along."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.errors import UsageError

Matrix = NDArray[np.float64]
"""(3, 3) homogeneous, of points (x, y) = (column, row); (0, 0) is the middle of the first pixel."""


def checked_matrix(matrix: Matrix) -> Matrix:
    """The matrix, scaled so that its last number is 1.

    Args:
        matrix: (3, 3).

    Raises:
        UsageError: another shape, a number that is none, or a map that cannot be turned round.

    Example:
        >>> checked_matrix(2 * np.eye(3))[0, 0]
        np.float64(1.0)
    """
    given = np.asarray(matrix, dtype=np.float64)
    if given.shape != (3, 3) or not np.isfinite(given).all():
        raise UsageError(
            f"The matrix has shape {given.shape}; a map of pixels to pixels is (3, 3) finite "
            "numbers, such as the matrix of a Registration or numpy.eye(3)."
        )
    if abs(given[2, 2]) < 1e-12 or abs(np.linalg.det(given)) < 1e-12:
        raise UsageError(
            "The matrix maps the picture onto a line or a point and cannot be turned round. Use "
            "the matrix of a Registration, or numpy.eye(3)."
        )
    return np.asarray(given / given[2, 2])


def moved_points(matrix: Matrix, points: NDArray[Any]) -> NDArray[np.float64]:
    """Points of one picture, where they lie in the other.

    Args:
        matrix: (3, 3) of a registration; its inverse for the way back.
        points: (point, 2) x = column and y = row, in px.

    Returns:
        (point, 2) x and y in px; NaN for what a homography puts behind the camera.

    Raises:
        UsageError: no such matrix.

    Example:
        >>> moved_points(np.array([[2, 0, 1], [0, 2, 0], [0, 0, 1.0]]), np.array([[3, 4]]))
        array([[7., 8.]])
    """
    matrix = checked_matrix(matrix)
    x, y = np.asarray(points, dtype=np.float64).T
    away = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    away = np.where(away > 1e-9, away, np.nan)
    return np.stack([(row[0] * x + row[1] * y + row[2]) / away for row in matrix[:2]], axis=1)


def warped(array: NDArray[Any], matrix: Matrix, shape: tuple[int, int]) -> NDArray[np.float32]:
    """A picture drawn in the frame of another.

    Between pixels it is bilinear, as measured: nothing is smoothed, nor sharpened. Where it is to
    be shrunk by more than two, shrink it first.

    Args:
        array: (row, column) or (row, column, channel); NaN where nothing is known.
        matrix: (3, 3) pixel of the result -> pixel of the array, the matrix of a registration.
        shape: rows and columns of the result.

    Returns:
        (row, column) or (row, column, channel) float32; NaN outside of the array.

    Raises:
        UsageError: no such matrix.

    Example:
        >>> right = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 1.0]])
        >>> warped(np.array([[1, 2, 3]]), right, (1, 3))
        array([[ 2.,  3., nan]], dtype=float32)
    """
    given = np.asarray(array, dtype=np.float32)
    rows, columns = (x.astype(np.float64) for x in np.mgrid[: shape[0], : shape[1]])
    at = moved_points(matrix, np.stack([columns.ravel(), rows.ravel()], axis=1))
    # Half a thousandth: a corner that rounding pushed outside by less still counts as inside.
    at = np.where(np.abs(at - np.rint(at)) < 5e-4, np.rint(at), at)
    # No number at all would be no place outside either.
    places = np.where(np.isfinite(at), at, -9.0).T[::-1].reshape(2, *shape)
    channels = given[..., None] if given.ndim == 2 else given
    out = np.stack(
        [
            ndimage.map_coordinates(x, places, order=1, mode="constant", cval=np.nan)
            for x in np.moveaxis(channels, 2, 0)
        ],
        axis=2,
    )
    return np.asarray(out[..., 0] if given.ndim == 2 else out, dtype=np.float32)
