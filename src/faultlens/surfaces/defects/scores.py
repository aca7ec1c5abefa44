"""How far each place of a map stands out at one size, in standard deviations of its roughness."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, special

from faultlens.surfaces.defects.pyramid import Grid, backgrounds, doubled, smoothed, sums_of

_WIDEST_TAIL = 1.5
"""Most by which tails widen the standard deviation: defects not marked yet look like tails."""
GROUND_LEVELS = 2
"""Levels between a detail and the ground it is held against: four times its size."""
_INNER = 0.95
"""Share of its neighbourhood that a place was taken from, above which nothing is missing there."""
_SMOOTHEST_MM = 1e-7
"""Roughness below which a surface is a drawing, whose deviations are rounding."""
_FEWEST_BLOCKS, _ROUGHEST = 6, 2.0
"""Blocks along the shorter side below which no block is believed, at first, to be rougher than so
many times the whole."""
_BANDS = (0.1, 0.3, 0.6)
"""Quantiles of that share, where something is missing, between which roughness is evened out."""
BLOCK = 16
"""Cells of a level along the side of the blocks in which its roughness is taken."""
_CELLS_PER_READING = 18.0
"""Cells of a level that share one independent reading: 4 pi 1.2 squared."""
_MOST_READ = 100_000
"""Cells of which the scatter of a large map is told."""
_LEAST_SHARE = 0.3
"""Of the roughness of the whole map, below which a quiet block is not believed."""


def top_of(level: int, levels: int) -> int:
    """A level, or the coarsest there is.

    Example:
        >>> top_of(2, 2)
        1
    """
    return min(level, levels - 1)


def detail_of(above: Grid, weight: Grid, level: int) -> tuple[Grid, Grid]:
    """The smooth of one level, and how much of it was measured, 0 to 1.

    Args:
        above: (row, column) sums of the level.
        weight: (row, column) cells in each.
        level: 0 for the map itself.

    Example:
        >>> smooth, share = detail_of(np.full((9, 9), 8.0), np.full((9, 9), 4.0), 1)
        >>> round(float(smooth[4, 4]), 3), round(float(share[4, 4]), 3)
        (2.0, 1.0)
    """
    full = np.float32(4.0**level)
    share = smoothed(weight) / full
    return smoothed(above) / full / np.maximum(share, np.float32(1e-3)), share


def grounds_of(
    values: Grid, weights: Grid, marked: NDArray[np.bool_], levels: int
) -> dict[int, tuple[Grid, Grid]]:
    """The ground of every level without what is marked, and what it was taken from.

    Args:
        values: (row, column) deviations, 0 where nothing was measured, mm.
        weights: (row, column) 1 where something was.
        marked: (row, column) what is no ground.
        levels: how many.

    Example:
        >>> values, marked = np.zeros((64, 64), np.float32), np.zeros((64, 64), bool)
        >>> values[20:28, 20:28], marked[20:28, 20:28] = 5.0, True
        >>> ground = grounds_of(values, np.ones((64, 64), np.float32), marked, 3)
        >>> float(ground[2][0].max())
        0.0
    """
    sums = sums_of(values, weights * ~marked, levels)
    return backgrounds(sums, top_of(GROUND_LEVELS, levels))


def scores_of(
    detail: tuple[Grid, Grid],
    ground: dict[int, tuple[Grid, Grid]],
    level: int,
    marked: NDArray[np.bool_],
) -> tuple[Grid, Grid]:
    """Standard deviations by which each place of a level stands out, and by how many mm.

    Args:
        detail: (row, column) smooth and share of the level, of `detail_of`.
        ground: of `grounds_of`.
        level: of the detail.
        marked: (row, column) of the map, what is not roughness.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> noise, ones = rng.normal(0, 1, (96, 96)).astype(np.float32), np.ones((96, 96))
        >>> sums, none = sums_of(noise, ones.astype(np.float32), 3), np.zeros((96, 96), bool)
        >>> ground = backgrounds(sums, 2)
        >>> scores, _ = scores_of(detail_of(*sums[0], 0), ground, 0, none)
        >>> bool(0.8 < scores.std() < 1.1)
        True
    """
    smooth, share = detail
    coarse = level + GROUND_LEVELS
    seen = share > 0.3
    above = np.where(seen, smooth, np.float32(0))
    support: Grid | None = None
    if coarse in ground:
        below, support = (doubled(x, smooth.shape, GROUND_LEVELS) for x in ground[coarse])
        above -= np.where(seen, below, np.float32(0))
    step = 2**level
    # A block of the level is marked where its middle is: a rim does not matter for a spread.
    middle = marked[step // 2 :: step, step // 2 :: step]
    known = np.zeros(smooth.shape, np.bool_)
    known[: middle.shape[0], : middle.shape[1]] = middle
    spread = spread_of(above, seen.astype(np.float32), known)
    scores = np.asarray(above / _wide(spread, above.shape), np.float32)
    sound = seen & ~known
    _even_out(scores, share, sound, np.float32(_INNER))
    if support is not None:
        _even_out(scores, support, sound, np.float32(_INNER))
    return scores, above


def _even_out(scores: Grid, support: Grid, sound: NDArray[np.bool_], inner: np.float32) -> None:
    """Make places that few cells, or cells of one side, speak for as quiet as others, in place.

    At the end of the scan, beside a defect and among holes, waves of the surface and noise are read
    as deviations.
    """
    few = _some(sound & (support <= inner))
    if few.size < 2 * _CELLS_PER_READING:
        return
    most = np.abs(scores.ravel()[_some(sound & (support > inner))])
    quiet = float(np.median(most)) if most.size >= 2 * _CELLS_PER_READING else 0.0
    share, read = support.ravel()[few], np.abs(scores.ravel()[few])
    limits = np.quantile(share[:: max(1, few.size // 20_000)], _BANDS).astype(np.float32)
    band = np.where(share > 0, np.searchsorted(limits, share), -1)
    reads = [read[band == x] for x in range(len(limits) + 1)]
    # What is not marked yet is not to hush its own surroundings.
    middles = {
        x: float(np.median(each))
        for x, each in enumerate(reads)
        if each.size >= 2 * _CELLS_PER_READING
    }
    quiet = quiet or min(middles.values(), default=1.0)
    quieter = np.ones(len(limits) + 2, np.float32)
    for x, middle in middles.items():
        quieter[x] = max(min(1.0, quiet / max(middle, 1e-12)), _LEAST_SHARE)
    bands = np.zeros(support.shape, np.int8)
    for limit in (*limits, inner):
        bands += support > limit
    scores *= np.where(support > 0, quieter[bands], np.float32(1))


def _some(places: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Numbers of those cells; of a large map as many as its medians ask for, spread over it."""
    every = np.flatnonzero(places)
    return every[:: every.size // _MOST_READ | 1]


def spread_of(above: Grid, seen: Grid, marked: NDArray[np.bool_]) -> Grid:
    """Standard deviation of what is not marked, block by block; wider of few readings.

    Args:
        above: (row, column) deviations from the ground, mm.
        seen: (row, column) 1 where something was measured.
        marked: (row, column) what is no roughness.

    Returns:
        (row, column) of blocks, mm.

    Example:
        >>> noise = np.random.default_rng(0).normal(0, 2, (320, 320)).astype(np.float32)
        >>> ones, none = np.ones((320, 320), np.float32), np.zeros((320, 320), bool)
        >>> spread = spread_of(noise, ones, none)
        >>> spread.shape, bool(1.9 < np.median(spread) < 2.2)
        ((20, 20), True)
    """
    used = seen * ~marked
    values = np.abs(above)
    count = _around(_blocks(used))
    if not (used > 0.5).any():
        return np.full(count.shape, np.inf, np.float32)
    thin = max(1, int(np.count_nonzero(used > 0.5)) // 100_000)
    whole = max(1.4826 * float(np.median(values[used > 0.5][::thin])), _SMOOTHEST_MM)
    # As if the whole map had been read a little more in each: few readings lean on it.
    prior = 4 * _CELLS_PER_READING
    # Roots first, which what is not marked yet moves little; then a mean without what is far off.
    first = _around(_blocks(np.sqrt(values) * used)) + prior * 0.822 * np.sqrt(whole)
    local = (first / (count + prior) / 0.822) ** 2
    if not marked.any() and min(above.shape) < _FEWEST_BLOCKS * BLOCK:
        # A defect that is not marked yet may fill most of a neighbourhood as large as this.
        local = np.minimum(local, _ROUGHEST * whole)
    near = np.minimum(values, 4 * _wide(local, values.shape))
    local = (1.2533 * _around(_blocks(near * used)) + prior * whole) / (count + prior)
    if not marked.any() and min(above.shape) < _FEWEST_BLOCKS * BLOCK:
        local = np.minimum(local, _ROUGHEST * whole)
    local = np.maximum(local, _LEAST_SHARE * whole)
    sample = (values / _wide(local, values.shape))[used > 0.5][::thin]
    tail = min(max(1.0, float(np.quantile(sample, 0.9545)) / 2), _WIDEST_TAIL)
    readings = float(used.sum()) / _CELLS_PER_READING
    return np.asarray(local * np.float32(tail * _widened(readings)), np.float32)


def _around(blocks: Grid) -> Grid:
    """Blocks together with their neighbours, which count less."""
    for axis in (0, 1):
        blocks = ndimage.convolve1d(blocks, np.array([1.0, 2.0, 1.0]), axis, mode="constant")
    return np.asarray(blocks, np.float32)


def _wide(blocks: Grid, shape: tuple[int, int]) -> Grid:
    """Values of blocks at each of their cells."""
    wide = blocks.repeat(BLOCK, 1)[:, : shape[1]].repeat(BLOCK, 0)[: shape[0]]
    return np.asarray(wide, np.float32)


def _widened(readings: float) -> float:
    """How much wider a limit of six standard deviations is that were taken of few readings."""
    degrees = max(readings - 1, 1.0)
    chance = float(special.ndtr(-5.0))
    return float(-special.stdtrit(degrees, chance) / 5.0)


def _blocks(grid: Grid) -> Grid:
    rows, columns = (-(-n // BLOCK) * BLOCK for n in grid.shape)
    padded = np.pad(grid, ((0, rows - grid.shape[0]), (0, columns - grid.shape[1])))
    # Lines first: the sum of many long ones is far faster than that of many short ones.
    lines = padded.reshape(rows // BLOCK, BLOCK, columns).sum(axis=1)
    sums = lines.reshape(rows // BLOCK, columns // BLOCK, BLOCK).sum(axis=2)
    return np.asarray(sums, np.float32)
