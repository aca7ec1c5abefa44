"""One view's light made that of another: the smooth ratio between two pictures of one surface."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BLOCKS = 16
"""Along each side: medians of blocks pass over the texture's change from light to light."""

LARGEST_GAIN = 4.0
"""Beyond it a view is so dark that its noise would be what is seen."""

_FEWEST = 4  # usable pixels of a block
_ROUNDS = 12
_TUKEY = 4.685  # spreads at which a block no longer counts (Tukey's biweight, 95 % efficiency)
_DARKEST = 1 / 255


def light_ratio(
    first: NDArray[np.float32], view: NDArray[np.float32], usable: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Factor that gives a view the light of the first: smooth, and blind to highlights.

    A curved surface of second order in row and column is fitted to the logarithm of the ratio of
    blocks, and blocks that do not follow it, under glare or in shadow, lose their say.

    Args:
        first: (row, column) brightness, 0 to 1.
        view: (row, column) brightness of the view in the frame of the first, 0 to 1.
        usable: (row, column) where both are known and neither is cut off.

    Returns:
        (row, column) factor, 1/4 to 4; 1 where nothing is usable.

    Source: Holland and Welsch, Robust regression using iteratively reweighted least squares (1977).

    Example:
        >>> first = np.full((64, 64), 0.6, np.float32)
        >>> float(light_ratio(first, first / 2, np.ones((64, 64), bool)).round(3).mean())
        2.0
    """
    height, width = first.shape
    places, ratios = [], []
    rows, columns = (np.linspace(0, x, min(BLOCKS, x) + 1).astype(int) for x in first.shape)
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            here = (slice(top, bottom), slice(left, right))
            seen = usable[here]
            if np.count_nonzero(seen) < min(_FEWEST, seen.size):
                continue
            level = max(float(np.median(first[here][seen])), _DARKEST)
            other = max(float(np.median(view[here][seen])), _DARKEST)
            places.append(((top + bottom) / height - 1, (left + right) / width - 1))
            ratios.append(np.log(level / other))
    if not ratios:
        return np.ones(first.shape, np.float32)
    factors = _fitted(np.array(places), np.array(ratios))
    down = (2 * np.arange(height, dtype=np.float32) + 1) / height - 1
    across = (2 * np.arange(width, dtype=np.float32) + 1) / width - 1
    logarithm = np.clip(
        _terms(down[:, None], across[None]) @ factors.astype(np.float32),
        -np.log(LARGEST_GAIN),
        np.log(LARGEST_GAIN),
    )
    return np.asarray(np.exp(logarithm), np.float32)


def _terms(down: NDArray[np.floating], across: NDArray[np.floating]) -> NDArray[np.floating]:
    down, across = np.broadcast_arrays(down, across)
    plain = np.ones_like(down)
    return np.stack([plain, down, across, down * down, across * across, down * across], axis=-1)


def _fitted(places: NDArray[np.float64], ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    terms = _terms(places[:, 0], places[:, 1]).astype(np.float64)
    if len(ratios) < 2 * terms.shape[1]:
        return np.array([np.median(ratios), 0, 0, 0, 0, 0])
    found = np.array([np.median(ratios), 0, 0, 0, 0, 0])
    for number in range(2 * _ROUNDS):
        off = ratios - terms @ found
        spread = max(1.4826 * float(np.median(np.abs(off))), 1e-3)
        if number < _ROUNDS:
            # Least absolute deviations first: they need no start near the truth.
            weight = 1 / np.sqrt(np.maximum(np.abs(off), 1e-4))
        else:
            weight = np.clip(1 - (off / (_TUKEY * spread)) ** 2, 0, None)
        found = np.linalg.lstsq(terms * weight[:, None], ratios * weight, rcond=None)[0]
    return found
