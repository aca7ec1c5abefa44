"""A map at one size after another, with holes: means of blocks, smoothed, filled from coarser."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SMOOTHED_CELLS = 1.2
"""Standard deviation of the smoothing at each level, cells of that level: one octave per level."""
_FEWEST_CELLS = 8
"""Cells along the shorter side of the coarsest level."""
_PULL = 0.05
"""Weight with which the coarser level fills a place that holds little of its own."""

Grid = NDArray[np.float32]


def depth_of_pyramid(shape: tuple[int, int]) -> int:
    """How many levels a map of this shape has, each half as fine as the one before.

    Example:
        >>> depth_of_pyramid((64, 100))
        4
    """
    return max(1, int(np.log2(max(min(shape) / _FEWEST_CELLS, 1.0))) + 1)


def halved(sums: Grid) -> Grid:
    """Sums over blocks of two by two; an odd row or column is summed alone.

    Args:
        sums: (row, column).

    Example:
        >>> halved(np.ones((2, 3), np.float32)).tolist()
        [[4.0, 2.0]]
    """
    rows, columns = sums.shape
    if rows % 2 or columns % 2:
        sums = np.pad(sums, ((0, rows % 2), (0, columns % 2)))
    across = sums[:, ::2] + sums[:, 1::2]
    return np.asarray(across[::2] + across[1::2], np.float32)


def doubled(grid: Grid, shape: tuple[int, int], times: int = 1) -> Grid:
    """A level brought to one `times` finer, linearly between the centres of its cells.

    Args:
        grid: (row, column) of the coarse level.
        shape: of the fine level.
        times: how many levels finer.

    Example:
        >>> doubled(np.array([[0.0, 1.0]], np.float32), (1, 4)).tolist()
        [[0.0, 0.25, 0.75, 1.0]]
    """
    for axis in (0, 1):
        at = (np.arange(shape[axis], dtype=np.float32) + 0.5) / 2**times - 0.5
        last = grid.shape[axis] - 1
        low = np.clip(np.floor(at), 0, max(last - 1, 0)).astype(np.intp)
        share = np.clip(at - low, 0, 1).astype(np.float32)
        high = np.minimum(low + 1, last)
        share = share[:, None] if axis == 0 else share
        first, second = np.take(grid, low, axis), np.take(grid, high, axis)
        second -= first
        second *= share
        second += first
        grid = second
    return grid


def repeated(mask: NDArray[np.bool_], shape: tuple[int, int], times: int) -> NDArray[np.bool_]:
    """A mask of a coarse level as one of a level `times` finer.

    Args:
        mask: (row, column) of the coarse level.
        shape: of the fine level.
        times: how many levels finer.

    Example:
        >>> repeated(np.array([[True, False]]), (1, 3), 1).tolist()
        [[True, True, False]]
    """
    if times == 0:
        return mask
    wide = mask.repeat(2**times, axis=0)[: shape[0]].repeat(2**times, axis=1)
    return np.asarray(wide[:, : shape[1]], np.bool_)


def smoothed(grid: Grid, sigma: float = SMOOTHED_CELLS) -> Grid:
    """Gaussian smoothing; outside there is nothing.

    Args:
        grid: (row, column).
        sigma: standard deviation, cells.

    Example:
        >>> round(float(smoothed(np.ones((9, 9), np.float32))[4, 4]), 3)
        1.0
    """
    return np.asarray(
        ndimage.gaussian_filter(grid, sigma, mode="constant", truncate=3.0), np.float32
    )


def sums_of(values: Grid, weights: Grid, levels: int) -> list[tuple[Grid, Grid]]:
    """Weighted sums and weights of every level, finest first.

    Args:
        values: (row, column).
        weights: (row, column) 1 where a cell counts, 0 where not.
        levels: how many.

    Example:
        >>> ones = np.ones((4, 4), np.float32)
        >>> [weights.tolist() for _, weights in sums_of(ones, ones, 3)][1:]
        [[[4.0, 4.0], [4.0, 4.0]], [[16.0]]]
    """
    made = [(values * weights, weights)]
    for _ in range(levels - 1):
        above, weight = made[-1]
        made.append((halved(above), halved(weight)))
    return made


def backgrounds(sums: list[tuple[Grid, Grid]], first: int) -> dict[int, tuple[Grid, Grid]]:
    """The smooth ground of each level from `first` on, holes filled from coarser levels.

    Args:
        sums: of every level, without what is not ground.
        first: finest level that is asked for.

    Returns:
        Level -> (row, column) ground, and how much of its neighbourhood it was taken from, 0 to 1.

    Example:
        >>> ones = np.ones((32, 32), np.float32)
        >>> ground, taken_from = backgrounds(sums_of(2 * ones, ones, 3), 2)[2]
        >>> ground.shape, ground.round(3).max().item()
        ((8, 8), 2.0)
    """
    made: dict[int, tuple[Grid, Grid]] = {}
    coarser: Grid | None = None
    for level in range(len(sums) - 1, first - 1, -1):
        above, weight = sums[level]
        full = np.float32(4.0**level)
        above, weight = smoothed(above) / full, smoothed(weight) / full
        if coarser is None:
            mean = float(above.sum()) / max(float(weight.sum()), 1e-9)
            filled = np.full(above.shape, mean, np.float32)
        else:
            filled = doubled(coarser, above.shape)
        coarser = (above + _PULL * filled) / (weight + np.float32(_PULL))
        made[level] = (coarser, weight)
    return made
