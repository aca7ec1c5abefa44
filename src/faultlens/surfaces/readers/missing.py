"""Numbers that stand for "nothing was measured", told from heights."""

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice

FARTHER_OFF = 3.0
"""Times the range of all other heights: a mark lies so far off them."""


def without_marks(heights: NDArray[np.float64]) -> tuple[NDArray[np.float64], tuple[Notice, ...]]:
    """Heights with NaN in place of a mark that instruments write where they measured nothing.

    A mark is the least or the greatest number, stands there more than once, and lies farther off
    all others than three times their range: -9999, -32768, 0 under depths, 3.4e38. A defect does
    not: its flanks lead down to it.

    Args:
        heights: (row, column) or any other shape, in any unit; NaN stays.

    Returns:
        Heights of the same shape, and what was taken for a mark.

    Example:
        >>> heights, told = without_marks(np.array([1.0, 1.5, -9999, -9999, 1.2, 1.4]))
        >>> heights.tolist(), len(told)
        ([1.0, 1.5, nan, nan, 1.2, 1.4], 1)
    """
    notices: list[Notice] = []
    heights = np.where(np.isfinite(heights), heights, np.nan)
    for extreme in (np.nanmin, np.nanmax):
        seen = heights[~np.isnan(heights)]
        if seen.size < 3:
            break
        mark = float(extreme(seen))
        others = seen[seen != mark]
        count = seen.size - others.size
        if others.size < 2 or count < 2:
            continue
        low, high = float(others.min()), float(others.max())
        off = max(low - mark, mark - high)
        if off > FARTHER_OFF * (high - low) and high > low:
            heights = np.where(heights == mark, np.nan, heights)
            notices.append(_about_mark(mark, count, heights.size))
    return heights, tuple(notices)


def _about_mark(mark: float, count: int, of: int) -> Notice:
    return Notice(
        en=f"{count:,} of {of:,} heights are {mark:g}, far off all others; it was taken as the "
        "mark of places that were not measured.",
        zh=f"{of:,} 个高度中有 {count:,} 个为 {mark:g}，远离其余数值；视为未测得的标记。",
    )
