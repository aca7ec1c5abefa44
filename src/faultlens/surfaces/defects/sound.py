"""Sound places of a map with the form of a given box: what roughness alone would read there."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_SOUND_SHARE = 0.9
"""Share of the box's cells that must be sound, so that a place counts."""
_STEP_SHARE = 0.34
"""Distance between two places, as a share of the box."""

_LONE_STEPS, _LONE_SHARE = 6.0, 0.75
"""Usual steps from cell to cell, and share of its own deviation from around it, by which a lone
cell lies off the second nearest of its neighbours."""
_LONE_LOCAL, _LONE_OWN = 2.0, 0.5
"""Steps that are usual close around a lone cell by which it lies off what is to either side of it,
more than a wall or the tip of a pit does, and share of that by which it is off its neighbours."""
_FEWEST_PAIRS = 3

Floats = NDArray[np.float64]


def places_like(
    sound: NDArray[np.bool_], box: tuple[slice, slice], needed: NDArray[np.bool_], most: int
) -> list[tuple[int, int]]:
    """First rows and columns of boxes that lie on sound surface, the nearest first.

    Args:
        sound: (row, column) of the map.
        box: rows and columns of the defect's box.
        needed: (row, column) of the box: cells that are looked at.
        most: places at most.

    Example:
        >>> sound = np.ones((20, 20), bool)
        >>> sound[:, :12] = False
        >>> places_like(sound, (slice(0, 5), slice(0, 5)), np.ones((5, 5), bool), 2)
        [(0, 12), (1, 12)]
    """
    rows, columns = needed.shape
    steps = [max(1, int(n * _STEP_SHARE)) for n in needed.shape]
    # Every so many cells are enough to count by.
    thin = max(1, int(np.sqrt(needed.sum() / 60)))
    at = np.argwhere(needed)[:: max(1, thin**2)]
    first = [
        np.arange(
            box[axis].start % steps[axis], sound.shape[axis] - needed.shape[axis] + 1, steps[axis]
        )
        for axis in (0, 1)
    ]
    if not (first[0].size and first[1].size):
        return []
    share = np.zeros((first[0].size, first[1].size))
    for row, column in at:
        share += sound[np.ix_(first[0] + row, first[1] + column)]
    good = np.argwhere(share >= _SOUND_SHARE * len(at))
    starts = np.stack([first[0][good[:, 0]], first[1][good[:, 1]]], axis=1)
    far = np.hypot(*((starts - (box[0].start, box[1].start)) / (rows, columns)).T)
    return [
        (int(row), int(column)) for row, column in starts[np.argsort(far, kind="stable")[:most]]
    ]


def filled(values: Floats, known: NDArray[np.bool_]) -> Floats:
    """Holes filled smoothly from what is around them, small ones from close by.

    Args:
        values: (row, column), anything where nothing is known.
        known: (row, column).

    Example:
        >>> known = np.ones((5, 5), bool)
        >>> known[2, 2] = False
        >>> round(float(filled(np.where(known, 3.0, 99.0), known)[2, 2]), 6)
        3.0
    """
    if known.all() or not known.any():
        return np.where(known, values, 0.0)
    held, weight = np.where(known, values, 0.0), known.astype(np.float64)
    made, missing, sigma = held.copy(), ~known, 1.0
    while missing.any() and sigma < max(values.shape):
        near = ndimage.gaussian_filter(weight, sigma, mode="constant", truncate=3.0)
        sums = ndimage.gaussian_filter(held, sigma, mode="constant", truncate=3.0)
        now = missing & (near > 0.1)
        made[now] = sums[now] / near[now]
        missing &= ~now
        sigma *= 3
    made[missing] = held.sum() / weight.sum()
    return made


def lone_cells(values: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Single cells, and pairs, that lie off everything around them: points of no surface.

    A cell of a crack, a groove or the bottom of a pit has two neighbours that are nearly as deep.

    Args:
        values: (row, column) deviations, mm; NaN where nothing was measured.

    Returns:
        (row, column) mask.

    Example:
        >>> values = np.zeros((9, 9), np.float32)
        >>> values[6, 4], values[2, 2:7] = 1.0, 1.0
        >>> np.argwhere(lone_cells(values)).tolist()
        [[2, 2], [2, 6], [6, 4]]
    """
    lone = _lone(values)
    if lone.any():
        # Three side by side hide one another until two of them are gone; a groove loses one end.
        beside = ndimage.uniform_filter(lone.astype(np.float32), 3, mode="constant") > 1.5 / 9
        lone |= beside & _lone(np.where(lone, np.float32(np.nan), values))
    return lone


def _lone(values: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(row, column) what is off all that is measured beside it, but for one."""
    wide = np.pad(values, 1, constant_values=np.nan)
    rows, columns = values.shape
    first = np.full(values.shape, np.inf, np.float32)
    nearest = first.copy()
    for row, column in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (2, 2)):
        off = np.abs(values - wide[row : row + rows, column : column + columns])
        off[np.isnan(off)] = np.inf
        # The second nearest: two outliers may be neighbours.
        nearest = np.minimum(nearest, np.maximum(first, off))
        first = np.minimum(first, off)
    steps = np.abs(np.diff(values, axis=1))
    steps = steps[np.isfinite(steps)]
    usual = float(np.median(steps[:: max(1, steps.size // 100_000)])) if steps.size else 0.0
    far = np.isfinite(nearest) & (nearest > _LONE_STEPS * usual) & (nearest > 0)
    if not far.any():
        return np.zeros(values.shape, np.bool_)
    at = np.argwhere(far)
    wider = np.pad(values, 2, constant_values=np.nan)
    around = np.stack(
        [wider[at[:, 0] + r, at[:, 1] + c] for r in range(5) for c in range(5) if (r, c) != (2, 2)]
    )
    own, step = values[at[:, 0], at[:, 1]], nearest[at[:, 0], at[:, 1]]
    off = np.abs(own - np.nanmedian(around, axis=0))
    # On a steep wall the neighbours differ much, and the cell lies in the middle of them.
    alone = (step > _LONE_SHARE * off) & (off > _LONE_SHARE * step)
    between, close = _between(own, around, step)
    alone &= between > _LONE_OWN * step
    least, most = np.minimum(step, between), np.maximum(step, between)
    alone |= (least > _LONE_LOCAL * close) & (least > _LONE_OWN * most)
    alone &= _off_lines(own, around) > _LONE_SHARE * step
    lone = np.zeros(values.shape, np.bool_)
    lone[at[alone, 0], at[alone, 1]] = True
    return lone


def _between(
    own: NDArray[np.float32], around: NDArray[np.float32], step: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(cell,) how far it lies off the middle of opposite neighbours, as on no slope; usual steps.

    Args:
        own: (cell,) values, mm.
        around: (24, cell) the others of the five by five, row by row.
        step: (cell,) from the second nearest neighbour, mm.
    """
    one, other = around[:12], around[:11:-1]
    middle = (one + other) / 2
    few = np.isfinite(middle).sum(axis=0) < _FEWEST_PAIRS
    # Where too few have both measured, the one stands for both.
    single = (np.where(np.isnan(one), other, one) + np.where(np.isnan(other), one, other)) / 2
    off = np.abs(own - np.nanmedian(np.where(few, single, middle), axis=0))
    square = np.full((25, own.size), np.nan, np.float32)
    square[np.arange(25) != 12] = around
    steps = [np.diff(square.reshape(5, 5, -1), axis=axis).reshape(20, -1) for axis in (0, 1)]
    return off, np.nanmedian(np.abs(np.concatenate([*steps, step[None]])), axis=0)


def _off_lines(own: NDArray[np.float32], around: NDArray[np.float32]) -> NDArray[np.float32]:
    """(cell,) how far each lies off what the lines through it foretell, second least of four.

    The middles of both neighbours at one and at two cells, taken together, foretell a bend too: the
    smooth bottom or flank of a defect is on its lines, an outlier is off all of them, and of two
    outliers side by side each is off three. Infinite where too few lines are measured.

    Args:
        own: (cell,) values, mm.
        around: (24, cell) the others of the five by five, row by row.
    """
    middle = (around[:12] + around[:11:-1]) / 2
    near, far = middle[[6, 7, 8, 11]], middle[[0, 2, 4, 10]]
    off = np.sort(np.abs(own - (4 * near - far) / 3), axis=0)[1]
    return np.where(np.isnan(off), np.float32(np.inf), off)
