"""A scan thinned to a coarse raster over its sheet: the medians from which a form is fitted."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

LONGER_SIDE = 48
"""Blocks along the longer side of a scan: fine beside any form, coarse beside roughness."""

QUARTILES = 1.349
"""Distance between the quartiles of normal noise, in standard deviations."""

EDGE_SHARE = 0.005
"""Share of points beyond each edge of the raster: flying points do not stretch it."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """Medians of the heights in blocks of the sheet.

    Args:
        heights_mm: (row, column) median height, mm; NaN where a block is empty.
        spreads_mm: (row, column) standard deviation in a block, from its quartiles, mm.
        points: (row, column) in a block.
        places: (row, column, 2) middle of the blocks from -1 to 1 along u and v.
        low_mm: (axis,) u and v of the edge of the first block, mm.
        high_mm: (axis,) u and v of the edge of the last, mm.
    """

    heights_mm: NDArray[np.float64] = field(repr=False)
    spreads_mm: NDArray[np.float64] = field(repr=False)
    points: NDArray[np.int64] = field(repr=False)
    places: NDArray[np.float64] = field(repr=False)
    low_mm: NDArray[np.float64]
    high_mm: NDArray[np.float64]

    def within(self, sheet_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """(point, 2) where points lie from -1 to 1; those beyond the edge are taken on it.

        Args:
            sheet_mm: (point, 3) u, v and height, mm.
        """
        half = (self.high_mm - self.low_mm) / 2
        return np.clip((sheet_mm[:, :2] - self.low_mm) / half - 1, -1, 1)


def in_blocks(sheet_mm: NDArray[np.float64], longer_side: int = LONGER_SIDE) -> Blocks:
    """Points of a sheet in blocks.

    Args:
        sheet_mm: (point, 3) u, v and height, mm.
        longer_side: blocks along the longer side; fewer where there are few points.

    Example:
        >>> u, v = np.meshgrid(np.arange(40.0), np.arange(20.0))
        >>> blocks = in_blocks(np.stack([u.ravel(), v.ravel(), u.ravel() * 0 + 3], axis=1), 8)
        >>> blocks.heights_mm.shape, float(blocks.heights_mm[0, 0])
        ((4, 8), 3.0)
    """
    low, high = np.quantile(sheet_mm[:, :2], [EDGE_SHARE, 1 - EDGE_SHARE], axis=0)
    high = np.maximum(high, low + 1e-9 * max(float((high - low).max()), 1e-9))
    sides = high - low
    # Some eight points to a block, so that a median stands against outliers.
    longer_side = int(
        np.clip(np.sqrt(len(sheet_mm) / 8 * sides.max() / sides.min()), 4, longer_side)
    )
    columns, rows = np.clip(np.rint(longer_side * sides / sides.max()), 4, None).astype(int)
    at = ((sheet_mm[:, :2] - low) / sides * [columns, rows]).astype(np.int64)
    inside = ((sheet_mm[:, :2] >= low) & (sheet_mm[:, :2] <= high)).all(axis=1)
    at = np.minimum(at, [columns - 1, rows - 1])[inside]
    heights = sheet_mm[inside, 2]
    block = at[:, 1] * columns + at[:, 0]
    medians, spreads, counts = _medians(heights, block, rows * columns)
    u, v = ((np.arange(x) + 0.5) / x * 2 - 1 for x in (columns, rows))
    return Blocks(
        medians.reshape(rows, columns),
        spreads.reshape(rows, columns),
        counts.reshape(rows, columns),
        np.stack(np.meshgrid(u, v), axis=-1),
        low,
        high,
    )


def _medians(
    values: NDArray[np.float64], block: NDArray[np.int64], blocks: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """(block,) medians, standard deviations from quartiles, and how many."""
    counts = np.bincount(block, minlength=blocks)
    ranked = values[np.lexsort((values, block))]
    full = counts > 0
    first, last = (np.cumsum(counts) - counts)[full], counts[full] - 1
    found, spreads = np.full(blocks, np.nan), np.full(blocks, np.nan)
    found[full] = (ranked[first + last // 2] + ranked[first + (last + 1) // 2]) / 2
    quartiles = ranked[first + 3 * last // 4] - ranked[first + last // 4]
    spreads[full] = quartiles / QUARTILES
    return found, spreads, counts
