"""Where a map stands out of its own roughness, at every size from three cells to a third of it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, special

from faultlens.surfaces.defects.pyramid import (
    Grid,
    backgrounds,
    depth_of_pyramid,
    doubled,
    repeated,
    smoothed,
    sums_of,
)

LEAST_SEEN = 3.0
"""Standard deviations to which a place that stands out reaches down: hysteresis."""
_MARKED_FROM = 5.0
"""Standard deviations from which a place is kept out of ground and roughness: whatever the caller
asks to see, so that a score means the same at every limit."""
_WIDEST_TAIL = 1.5
"""Most by which tails widen the standard deviation: defects not marked yet look like tails."""
_GROUND_LEVELS = 2
"""Levels between a detail and the ground it is held against: four times its size."""
_SIDES, _INNER = (0.45, 0.6, 0.75), 0.95
"""Share of the neighbourhood that was measured: limits of bands from a corner to the middle."""
_BLOCK = 16
"""Cells of a level along the side of the blocks in which its roughness is taken."""
_CELLS_PER_READING = 18.0
"""Cells of a level that share one independent reading: 4 pi 1.2 squared."""
_LEAST_SHARE = 0.3
"""Of the roughness of the whole map, below which a quiet block is not believed."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """What stands out of a map, and the ground that it stands out of.

    Args:
        heights_mm: (row, column) deviation from the ground, free of roughness as far as the size
            of what stands out allows; 0 where nothing does.
        significances: (row, column) the same in standard deviations of its level; 0 likewise.
        roughness_mm: standard deviation of the map's single cells about their ground, mm.
        spreads_mm: (row, column) of blocks of 16 cells: of single cells there, mm.
    """

    heights_mm: Grid = field(repr=False)
    significances: Grid = field(repr=False)
    roughness_mm: float
    spreads_mm: Grid = field(repr=False)


def candidates(deviations_mm: Grid, significance: float) -> Candidates:
    """Find what stands out, size by size.

    Each level of a pyramid is smoothed, its ground (four times as coarse) is taken off, and what is
    left is held against its own standard deviation in the neighbourhood. A first round marks what
    stands out, so that in a second neither the ground nor the deviations are taken from it; there a
    coarse level sees only what finer ones did not, so that a deep defect has no halo.

    Args:
        deviations_mm: (row, column), NaN where nothing was measured.
        significance: standard deviations that a place must reach.

    Returns:
        The candidates, of both signs.
    """
    measured = np.isfinite(deviations_mm)
    values = np.where(measured, deviations_mm, np.float32(0)).astype(np.float32)
    weights = measured.astype(np.float32)
    levels = depth_of_pyramid(values.shape)
    sums = sums_of(values, weights, levels)
    marked = np.zeros(values.shape, np.bool_)
    details = [_detail(above, weight) for above, weight in sums]
    for _ in range(2):
        ground = _grounds(values, weights, marked, levels)
        found = np.zeros(values.shape, np.bool_)
        for level in range(levels):
            scores, _ = _scores(details[level], ground, level, marked)
            for sign in (1.0, -1.0):
                stands = _standing(scores * np.float32(sign), _MARKED_FROM)
                if stands.any():
                    found |= repeated(ndimage.binary_dilation(stands), values.shape, level)
        marked = found
    return _second_round(values, weights, marked, significance, sums)


def _second_round(
    values: Grid,
    weights: Grid,
    marked: NDArray[np.bool_],
    significance: float,
    sums: list[tuple[Grid, Grid]],
) -> Candidates:
    shape, levels = values.shape, len(sums)
    ground = _grounds(values, weights, marked, levels)
    heights = np.zeros(shape, np.float32)
    significances = np.zeros(shape, np.float32)
    taken = np.zeros(shape, np.bool_)
    for level in range(levels):
        left = sums_of(values, weights * ~taken, level + 1)[level] if taken.any() else sums[level]
        detail = _detail(*left)
        scores, above = _scores(detail, ground, level, marked)
        stands = np.zeros(scores.shape, np.bool_)
        for sign in (1.0, -1.0):
            stands |= _standing(scores * np.float32(sign), significance)
        if not stands.any():
            continue
        new = repeated(stands, shape, level) & ~taken
        heights[new] = (doubled(above, shape, level) if level else above)[new]
        significances[new] = (doubled(scores, shape, level) if level else scores)[new]
        taken |= new
    fine = np.where(
        weights > 0, values - doubled(ground[_top(2, levels)], shape, _top(2, levels)), 0
    )
    spread = _spread(fine.astype(np.float32), weights, marked)
    sound = np.abs(fine[(weights > 0) & ~marked])
    roughness = (
        1.4826 * float(np.median(sound[:: max(1, sound.size // 100_000)])) if sound.size else 0.0
    )
    return Candidates(heights, np.abs(significances), roughness, spread)


def _top(level: int, levels: int) -> int:
    return min(level, levels - 1)


def _detail(above: Grid, weight: Grid) -> tuple[Grid, Grid]:
    """The smooth of one level and how much of it was measured, 0 to 1."""
    full = np.float32(weight.max() if weight.size else 1.0) or np.float32(1)
    share = smoothed(weight) / full
    return smoothed(above) / full / np.maximum(share, np.float32(1e-3)), share


def _grounds(
    values: Grid, weights: Grid, marked: NDArray[np.bool_], levels: int
) -> dict[int, Grid]:
    sums = sums_of(values, weights * ~marked, levels)
    return backgrounds(sums, _top(_GROUND_LEVELS, levels))


def _scores(
    detail: tuple[Grid, Grid], ground: dict[int, Grid], level: int, marked: NDArray[np.bool_]
) -> tuple[Grid, Grid]:
    """Standard deviations by which each place of a level stands out, and by how many mm."""
    smooth, share = detail
    coarse = level + _GROUND_LEVELS
    seen = share > 0.3
    above = np.where(seen, smooth, np.float32(0))
    if coarse in ground:
        above -= np.where(
            seen, doubled(ground[coarse], smooth.shape, _GROUND_LEVELS), np.float32(0)
        )
    step = 2**level
    # A block of the level is marked where its middle is: a rim does not matter for a spread.
    middle = marked[step // 2 :: step, step // 2 :: step]
    known = np.zeros(smooth.shape, np.bool_)
    known[: middle.shape[0], : middle.shape[1]] = middle
    above *= _one_sided(above, share, seen & ~known)
    spread = _spread(above, seen.astype(np.float32), known)
    fine = spread.repeat(_BLOCK, 0)[: above.shape[0]].repeat(_BLOCK, 1)[:, : above.shape[1]]
    return np.asarray(above / fine, np.float32), above


def _one_sided(above: Grid, share: Grid, sound: NDArray[np.bool_]) -> Grid | np.float32:
    """Factor that makes places near the end of the scan as quiet as others.

    There the ground comes from one side, and waves of the surface are read as deviations.
    """
    near = smoothed(share, 2.0**_GROUND_LEVELS * 0.6)
    factor = np.ones(above.shape, np.float32)
    middle = sound & (near > _INNER)
    if np.count_nonzero(middle) < 4 * _CELLS_PER_READING:
        return np.float32(1)
    quiet = float(np.abs(above[middle]).mean())
    for low, high in zip((0.0, *_SIDES), (*_SIDES, _INNER), strict=True):
        band = (near > low) & (near <= high)
        read = np.abs(above[band & sound])
        if read.size >= 2 * _CELLS_PER_READING:
            factor[band] = min(1.0, quiet / max(float(read.mean()), 1e-12))
    return factor


def _spread(above: Grid, seen: Grid, marked: NDArray[np.bool_]) -> Grid:
    """(row, column) of blocks: standard deviation of what is not marked; wider of few readings."""
    used = seen * ~marked
    values = np.abs(above)
    sample = values[used > 0.5]
    if sample.size == 0:
        return np.full(tuple(-(-n // _BLOCK) for n in above.shape), np.inf, np.float32)
    sample = sample[:: max(1, sample.size // 100_000)]
    whole = max(1.4826 * float(np.median(sample)), 1e-12)
    tail = min(max(1.0, float(np.quantile(sample, 0.9545)) / (2 * whole)), _WIDEST_TAIL)
    total = _blocks(np.minimum(values, np.float32(4 * whole)) * used)
    count = _blocks(used)
    total = ndimage.uniform_filter(total, 3, mode="constant")
    count = ndimage.uniform_filter(count, 3, mode="constant")
    # As if the whole map had been read twice more in each neighbourhood: few readings lean on it.
    prior = 2 * _CELLS_PER_READING / 9
    local = (1.2533 * total + prior * whole) / (count + prior)
    local = np.maximum(local, _LEAST_SHARE * whole) * tail
    readings = float(used.sum()) / _CELLS_PER_READING
    return np.asarray(local * _widened(readings), np.float32)


def _widened(readings: float) -> float:
    """How much wider a limit of six standard deviations is that were taken of few readings."""
    degrees = max(readings - 1, 1.0)
    chance = float(special.ndtr(-5.0))
    return float(-special.stdtrit(degrees, chance) / 5.0)


def _blocks(grid: Grid) -> Grid:
    rows, columns = (-(-n // _BLOCK) * _BLOCK for n in grid.shape)
    padded = np.pad(grid, ((0, rows - grid.shape[0]), (0, columns - grid.shape[1])))
    return np.asarray(
        padded.reshape(rows // _BLOCK, _BLOCK, columns // _BLOCK, _BLOCK).sum(axis=(1, 3)),
        np.float32,
    )


def _standing(scores: Grid, significance: float) -> NDArray[np.bool_]:
    """Places above the lower limit that are connected to one above the upper."""
    low = scores > LEAST_SEEN
    if not (scores > significance).any():
        return np.zeros(scores.shape, np.bool_)
    pieces, count = ndimage.label(low, np.ones((3, 3)))
    kept = np.zeros(count + 1, np.bool_)
    kept[np.unique(pieces[scores > significance])] = True
    kept[0] = False
    return np.asarray(kept[pieces], np.bool_)
