"""How much better one model is than another on the same windows, and whether it is chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.metrics.resamples import LEVEL, interval_of, seed_shares

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """One figure of one model, less that of another.

    Args:
        value: the difference.
        low: lower end of its interval.
        high: upper end.
    """

    value: float
    low: float
    high: float

    @property
    def is_worse(self) -> bool:
        """Whether the first is worse beyond the interval."""
        return self.high < 0

    @property
    def is_better(self) -> bool:
        """Whether the first is better beyond the interval."""
        return self.low > 0


def paired_difference(
    first: Array, second: Array, *, level: float = LEVEL, seed: int = 0
) -> Difference:
    """Difference of two models on the same draws, over recordings and over seeds.

    Both are seen on the same recordings in every draw, so what makes a recording hard for both
    cancels. Equal numbers of seeds are drawn in pairs, others each on their own.

    Args:
        first: (seed, draw) the figure of the first model, of each training; the first draw is the
            data as they are.
        second: (seed, draw) the same of the second model.
        level: coverage wanted.
        seed: seed of the draws of seeds.

    Raises:
        UsageError: the draws are not the same number.

    Source:
        Efron, Tibshirani, An Introduction to the Bootstrap (1993), chapter 8: more general data
        structures.

    Example:
        >>> paired_difference(np.full((1, 5), 0.75), np.full((1, 5), 0.5))
        Difference(value=0.25, low=0.25, high=0.25)
    """
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1]:
        raise UsageError(
            f"Figures of shape {first.shape} and {second.shape}; both need (seed, draw) with the "
            "same draws."
        )
    values = mean_over_seeds(first, seed=seed) - mean_over_seeds(
        second, seed=seed if len(first) == len(second) else seed + 1
    )
    return Difference(float(values[0]), *interval_of(values, level=level))


def mean_over_seeds(values: Array, *, seed: int = 0) -> Array:
    """The mean of several trainings, which are drawn with replacement like the recordings.

    Args:
        values: (seed, draw) a figure; the first draw is the data as they are.
        seed: seed of the draws of seeds.

    Returns:
        (draw,) the mean; first that of all seeds.

    Example:
        >>> mean_over_seeds(np.array([[0.5, 0.5], [0.75, 0.75]]))[0]
        np.float64(0.625)
    """
    shares = seed_shares(len(values), values.shape[1] - 1, seed=seed)
    mean: Array = (values.T * shares).sum(axis=1)
    return mean
