"""Gaps in a raster of heights, bridged straight on from what lies beside them."""

import numpy as np
from numpy.typing import NDArray


def bridged(heights: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    """Heights whose gaps and edges go on straight for a few cells.

    Args:
        heights: (row, column) NaN where nothing is known.
        cells: by which what is known grows into the gaps.

    Returns:
        (row, column) still NaN further away.

    Example:
        >>> bridged(np.array([[1.0, 2.0, np.nan, np.nan, np.nan]]), 2).tolist()
        [[1.0, 2.0, 3.0, 4.0, nan]]
    """
    found = heights.copy()
    for _ in range(cells):
        empty = np.isnan(found)
        if not empty.any():
            break
        padded = np.pad(found, 2, constant_values=np.nan)
        rows, columns = np.nonzero(empty)
        near, straight = [], []
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                if down or right:
                    one = padded[rows + 2 + down, columns + 2 + right]
                    two = padded[rows + 2 + 2 * down, columns + 2 + 2 * right]
                    near.append(one)
                    straight.append(2 * one - two)
        found[rows, columns] = np.where(
            np.isfinite(straight).any(axis=0), _mean(straight), _mean(near)
        )
    return found


def _mean(values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """(place,) mean of what is known; NaN where nothing is."""
    stacked = np.stack(values)
    known = np.isfinite(stacked)
    counts = known.sum(axis=0)
    means = np.full(len(counts), np.nan)
    np.divide(np.where(known, stacked, 0.0).sum(axis=0), counts, out=means, where=counts > 0)
    return means
