"""Where the labels over a spectrum go: in a row, each near its peak, none over another."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def spread(
    wanted: Sequence[float], widths: Sequence[float], low: float, high: float
) -> NDArray[np.float64]:
    """Centres of labels in one row, as near as possible to where they are wanted.

    Args:
        wanted: (label,) ascending positions of the peaks, in any unit of length.
        widths: (label,) widths of the labels with their gap, same unit.
        low: left end of the row, same unit.
        high: right end of the row, same unit; the widths together must fit between both.

    Returns:
        (label,) centres, ascending, at least half of both widths apart.

    Source: least squares under an order constraint, solved by pooling adjacent violators
        (Barlow et al., Statistical Inference under Order Restrictions, 1972).

    Example:
        >>> spread([1, 1.2, 9], [2, 2, 2], 0, 10).round(1).tolist()
        [1.0, 3.0, 9.0]
    """
    from scipy.optimize import isotonic_regression

    if not len(wanted):
        return np.empty(0)
    width = np.asarray(widths, dtype=np.float64)
    # Taking each label's own place off turns "at least so far apart" into "ascending".
    place = np.concatenate([[0.0], np.cumsum((width[:-1] + width[1:]) / 2)])
    free = isotonic_regression(np.asarray(wanted, dtype=np.float64) - place).x
    centres: NDArray[np.float64] = place + np.clip(
        free, low + width[0] / 2, high - width[-1] / 2 - place[-1]
    )
    return centres


def strongest_that_fit(
    strengths: Sequence[float], widths: Sequence[float], room: float
) -> tuple[int, ...]:
    """Indices of the labels to show, in their own order, where not all fit into the row.

    Args:
        strengths: (label,) how much each label matters.
        widths: (label,) widths of the labels with their gap.
        room: length of the row, same unit.

    Example:
        >>> strongest_that_fit([3, 1, 2], [4, 4, 4], 9)
        (0, 2)
    """
    kept: list[int] = []
    for index in np.argsort(-np.asarray(strengths, dtype=np.float64), kind="stable"):
        if widths[index] <= room:
            kept.append(int(index))
            room -= widths[index]
    return tuple(sorted(kept))
