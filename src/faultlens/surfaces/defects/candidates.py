"""Where a map stands out of its own roughness, at every size from three cells to a third of it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.surfaces.defects.pyramid import Grid, depth_of_pyramid, doubled, repeated, sums_of
from faultlens.surfaces.defects.scores import (
    GROUND_LEVELS,
    detail_of,
    grounds_of,
    scores_of,
    top_of,
)

LEAST_SEEN = 3.0
"""Standard deviations to which a place that stands out reaches down: hysteresis."""
_MARKED_FROM, _SURE_FROM = 5.0, (25.0, 12.0)
"""Standard deviations from which a place is kept out of ground and roughness at first, and then:
whatever the caller asks to see, so that a score means the same at every limit. What is less than
sure stays in the ground; without it, it would stand out the more for being suspected."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """What stands out of a map, and the ground that it stands out of.

    Args:
        heights_mm: (row, column) deviation from the ground, free of roughness as far as the size
            of what stands out allows; 0 where nothing does.
        significances: (row, column) the same in standard deviations of its level; 0 likewise.
        roughness_mm: standard deviation of the map's single cells about their ground, mm.
    """

    heights_mm: Grid = field(repr=False)
    significances: Grid = field(repr=False)
    roughness_mm: float


def candidates(deviations_mm: Grid, significance: float) -> Candidates:
    """Find what stands out, size by size.

    Each level of a pyramid is smoothed, its ground (four times as coarse) is taken off, and what is
    left is held against its own standard deviation in the neighbourhood. A first round marks what
    stands out, so that neither ground nor roughness is taken from it. In a second and third a
    coarse level sees only what finer ones did not, so that a deep defect has no halo.

    Args:
        deviations_mm: (row, column), NaN where nothing was measured.
        significance: standard deviations that a place must reach.

    Returns:
        The candidates, of both signs.

    Example:
        >>> heights = np.random.default_rng(0).normal(0, 0.01, (64, 64)).astype(np.float32)
        >>> heights[30:36, 20:26] -= 0.2
        >>> found = candidates(heights, 6.0)
        >>> bool(found.heights_mm[33, 23] < -0.1), int((found.heights_mm > 0).sum())
        (True, 0)
    """
    measured = np.isfinite(deviations_mm)
    values = np.where(measured, deviations_mm, np.float32(0)).astype(np.float32)
    weights = measured.astype(np.float32)
    levels = depth_of_pyramid(values.shape)
    sums = sums_of(values, weights, levels)
    marked = np.zeros(values.shape, np.bool_)
    ground = grounds_of(values, weights, marked, levels)
    for level in range(levels):
        scores, _ = scores_of(detail_of(*sums[level], level), ground, level, marked)
        stands = _standing(scores, _MARKED_FROM)
        if stands.any():
            marked |= repeated(ndimage.binary_dilation(stands), values.shape, level)
    for sure in _SURE_FROM if marked.any() else ():
        _, found = _round(values, weights, marked, _MARKED_FROM, sums)
        marked = ndimage.binary_dilation(_standing(found, sure), iterations=2)
    heights, found = _round(values, weights, marked, significance, sums)
    return Candidates(heights, np.abs(found), _roughness(values, weights, marked, levels))


def _round(
    values: Grid,
    weights: Grid,
    marked: NDArray[np.bool_],
    significance: float,
    sums: list[tuple[Grid, Grid]],
) -> tuple[Grid, Grid]:
    """Heights and scores of what stands out; coarse levels see only what finer ones did not."""
    shape, levels = values.shape, len(sums)
    ground = grounds_of(values, weights, marked, levels)
    heights, found = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    taken = np.zeros(shape, np.bool_)
    for level in range(levels):
        left = sums_of(values, weights * ~taken, level + 1)[level] if taken.any() else sums[level]
        scores, above = scores_of(detail_of(*left, level), ground, level, marked)
        stands = _standing(scores, significance)
        if not stands.any():
            continue
        new = repeated(stands, shape, level) & ~taken
        heights[new] = (doubled(above, shape, level) if level else above)[new]
        found[new] = (doubled(scores, shape, level) if level else scores)[new]
        taken |= new
    return heights, found


def _roughness(values: Grid, weights: Grid, marked: NDArray[np.bool_], levels: int) -> float:
    ground = grounds_of(values, weights, marked, levels)
    level = top_of(GROUND_LEVELS, levels)
    above = np.abs(values - doubled(ground[level][0], values.shape, level))
    sound = above[(weights > 0) & ~marked]
    if not sound.size:
        return 0.0
    return 1.4826 * float(np.median(sound[:: max(1, sound.size // 100_000)]))


def _standing(scores: Grid, significance: float) -> NDArray[np.bool_]:
    """Places beyond the lower limit that are connected to one of their sign beyond the upper."""
    stands = np.zeros(scores.shape, np.bool_)
    for sign in (1, -1):
        signed = scores * np.float32(sign)
        if not (signed > significance).any():
            continue
        pieces, count = ndimage.label(signed > LEAST_SEEN, np.ones((3, 3)))
        kept = np.zeros(count + 1, np.bool_)
        kept[np.unique(pieces[signed > significance])] = True
        kept[0] = False
        stands |= kept[pieces]
    return stands
