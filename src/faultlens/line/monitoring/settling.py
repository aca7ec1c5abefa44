"""Whether a stretch of frames stands still, or goes somewhere, as a machine does that warms up.

Source: von Neumann, Annals of Mathematical Statistics 12 (1941): means scatter about their middle
no more than about their neighbours where nothing goes anywhere.
"""

import numpy as np
from numpy.typing import NDArray

STEPS = 10
"""Blocks whose means are compared."""

MOST_WANDERING = 4.0
"""Ratio that ten means of independent frames pass once in 2000."""


def wandering(between: NDArray[np.floating]) -> float:
    """Scatter of means of blocks about their middle, over that about their neighbours; about 1.

    Args:
        between: (row, row) distances, in the order of time.

    Example:
        >>> rows = np.random.default_rng(0).normal(size=(200, 1))
        >>> still, going = rows, rows + np.linspace(0, 3, 200)[:, None]
        >>> [wandering(np.abs(x - x.T)) > MOST_WANDERING for x in (still, going)]
        [False, True]
    """
    length = len(between)
    block = np.arange(length) * STEPS // length
    side = np.eye(STEPS)[block]
    side = side / side.sum(axis=0)
    # Mean products follow from mean distances: E|X-Y| less the scatter within each is the energy.
    mean = side.T @ between.astype(np.float64) @ side
    own = np.diag(mean)
    apart = 2 * mean - own[:, None] - own[None]
    about_middle = float(apart.sum()) / (2 * STEPS * (STEPS - 1))
    about_neighbours = float(np.diag(apart, 1).mean()) / 2
    return about_middle / about_neighbours if about_neighbours > 1e-12 else 1.0
