"""Several views, pixel on pixel, made one by their order from dark to bright."""

import numpy as np
from numpy.typing import NDArray

DARK_SHARE = 4
"""Of so many views one may be darker than the surface, by a shadow or dust, without being believed:
the minimum of 1 to 4 views is the darkest, of 5 to 8 the second darkest, and so on."""


def darkest(stack: NDArray[np.float32]) -> NDArray[np.intp]:
    """Which view shows the surface without the lamp: the robust minimum.

    Glare only adds light, so the darkest view is the one without; a quarter of many views may be
    darker still by shadows. A mark that is dark under one lamp only stays.

    Args:
        stack: (view, row, column) brightness; NaN where a view saw nothing.

    Returns:
        (row, column) index of the view; 0 where none saw anything.

    Example:
        >>> stack = np.array([[[0.9]], [[0.5]], [[0.6]]], np.float32)
        >>> darkest(stack).tolist()
        [[1]]
    """
    count = np.count_nonzero(~np.isnan(stack), axis=0)
    rank = np.maximum(-(-count // DARK_SHARE) - 1, 0)
    return _of_rank(stack, rank)


def middle(stack: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which two views show the median; twice the same where an odd number saw the place.

    Args:
        stack: (view, row, column) brightness; NaN where a view saw nothing.

    Returns:
        (row, column) indices of the lower and of the upper one.

    Example:
        >>> stack = np.array([[[0.9]], [[0.5]], [[0.6]]], np.float32)
        >>> [x.tolist() for x in middle(stack)]
        [[[2]], [[2]]]
    """
    count = np.count_nonzero(~np.isnan(stack), axis=0)
    return _of_rank(stack, np.maximum(count - 1, 0) // 2), _of_rank(stack, count // 2)


def picked(stack: NDArray[np.float32], index: NDArray[np.intp]) -> NDArray[np.float32]:
    """Of every pixel the view that was chosen, all its colours together.

    Args:
        stack: (view, row, column) or (view, row, column, channel).
        index: (row, column) of the view.

    Returns:
        (row, column) or (row, column, channel).

    Example:
        >>> picked(np.array([[[0.9]], [[0.5]]], np.float32), np.array([[1]])).tolist()
        [[0.5]]
    """
    place = index[None] if stack.ndim == 3 else index[None, ..., None]
    return np.asarray(np.take_along_axis(stack, place, axis=0)[0])


def _of_rank(stack: NDArray[np.float32], rank: NDArray[np.intp]) -> NDArray[np.intp]:
    order = np.argsort(stack, axis=0, kind="stable")  # NaN goes last
    place = np.minimum(rank, len(stack) - 1)[None]
    return np.asarray(np.take_along_axis(order, place, axis=0)[0])
