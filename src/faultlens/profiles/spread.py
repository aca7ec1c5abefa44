"""How high numbers of normal pictures lie and how much they vary, and what stands out of that."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError

PRIOR_WEIGHT = 4.0
"""Pictures that the guess of a spread counts for: of one picture nobody knows how it varies."""

PATCH_QUANTILE = 0.995
"""Of normal patches: those above it begin to look hot."""

HEAT_SLOPE = 4.0
"""How sharply heat rises around the upper end of what is normal."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Spread:
    """Where a number of normal pictures lies.

    Args:
        centre: its middle.
        scale: one standard deviation, positive.
    """

    centre: float
    scale: float

    def of(self, value: float) -> float:
        """How many standard deviations a value lies above the middle.

        Example:
            >>> Spread(2.0, 0.5).of(3.0)
            2.0
        """
        return (value - self.centre) / self.scale


def spread_of(values: Sequence[float], *, guess: float) -> Spread:
    """The spread of a number over normal pictures; with few of them, near the guess.

    Args:
        values: one per picture.
        guess: of the standard deviation, positive; it counts as `PRIOR_WEIGHT` pictures.

    Raises:
        UsageError: no values, or a guess that is not positive.

    Source:
        Gelman et al., Bayesian Data Analysis (2013), section 2.6: the scaled inverse chi-square
        prior of a variance.

    Example:
        >>> spread_of([1.0], guess=0.3)
        Spread(centre=1.0, scale=0.3)
    """
    if not len(values) or not guess > 0:
        raise UsageError(f"{len(values)} values and a guess of {guess}; one and more are needed.")
    centre = float(np.mean(values))
    squares = float(np.sum((np.asarray(values) - centre) ** 2))
    free = len(values) - 1
    return Spread(
        centre, float(np.sqrt((squares + PRIOR_WEIGHT * guess**2) / (free + PRIOR_WEIGHT)))
    )


@dataclass(frozen=True)
class PatchRange:
    """Where a number of normal patches lies.

    Args:
        middle: half of them lie below it.
        upper: nearly all of them lie below it, see `PATCH_QUANTILE`.
    """

    middle: float
    upper: float

    def of(self, values: Floats) -> Floats:
        """Values on a scale on which normal patches reach from 0 to about 1.

        Args:
            values: any shape.

        Example:
            >>> PatchRange(1.0, 3.0).of(np.array([1.0, 3.0, 5.0])).tolist()
            [0.0, 1.0, 2.0]
        """
        return np.asarray((values - self.middle) / (self.upper - self.middle))


def patch_range(values: Floats, *, least: float) -> PatchRange:
    """The range of a number over normal patches.

    Args:
        values: of patches, any shape; NaN where nothing is to be seen.
        least: width that the range has at least, positive: equal patches have none.

    Raises:
        UsageError: nothing is to be seen.

    Example:
        >>> patch_range(np.zeros(5, np.float32), least=0.1)
        PatchRange(middle=0.0, upper=0.1)
    """
    seen = np.asarray(values)[np.isfinite(values)]
    if not seen.size:
        raise UsageError("No patch is to be seen; a range needs one at least.")
    middle, upper = (float(x) for x in np.quantile(seen, [0.5, PATCH_QUANTILE]))
    return PatchRange(middle, max(upper, middle + least))


def heat_of(ranged: Sequence[Floats]) -> Floats:
    """Several witnesses' ranged maps as one heat map, 0 to 1; normal patches stay below 0.5.

    Args:
        ranged: maps of one shape, each on the scale of `PatchRange.of`.

    Raises:
        UsageError: no map.

    Example:
        >>> heat_of([np.array([0.0, 1.0, 3.0])]).round(2).tolist()
        [0.02, 0.5, 1.0]
    """
    if not ranged:
        raise UsageError("Heat needs one map at least.")
    high = np.mean(ranged, axis=0)
    return np.asarray(0.5 * (1 + np.tanh(0.5 * HEAT_SLOPE * (high - 1))))
