"""A threshold that healthy samples exceed only as often as allowed."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError


@dataclass(frozen=True)
class ConformalThreshold:
    """A threshold and what it promises.

    Args:
        threshold: alarm when a score lies above it.
        false_alarm_rate: rate that holds for samples like those it was made from.
        samples: number of healthy samples behind it.
    """

    threshold: float
    false_alarm_rate: float
    samples: int


def conformal_threshold(
    healthy_scores: NDArray[np.floating], *, false_alarms: float
) -> ConformalThreshold:
    """Smallest threshold that new healthy samples exceed with chance `false_alarms` at most.

    With n scores the rank ceil((n + 1) (1 - rate)) is needed; with n < 1 / rate - 1 no finite
    threshold can promise the rate, so the highest score is taken and 1 / (n + 1) promised.

    Args:
        healthy_scores: (sample,) one score per healthy recording or part, not per window.
        false_alarms: wanted rate, between 0 and 1.

    Raises:
        UsageError: no scores, or a rate outside 0 to 1.

    Source:
        Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World (2005), split conformal
        prediction; the n + 1 correction.

    Example:
        >>> conformal_threshold(np.arange(1.0, 100.0), false_alarms=0.05).threshold
        95.0
        >>> conformal_threshold(np.arange(1.0, 10.0), false_alarms=0.01).false_alarm_rate
        0.1
    """
    if not 0 < false_alarms < 1:
        raise UsageError(
            f"A false-alarm rate of {false_alarms}; it must lie between 0 and 1, for example 0.01."
        )
    n = len(healthy_scores)
    if not n:
        raise UsageError("No healthy samples; at least one recording is needed.")
    ordered = np.sort(healthy_scores)
    # The tiny number keeps 0.95 x 100 from becoming rank 96 by rounding.
    rank = ceil((n + 1) * (1 - false_alarms) - 1e-9)
    if rank > n:
        return ConformalThreshold(float(ordered[-1]), 1 / (n + 1), n)
    return ConformalThreshold(float(ordered[rank - 1]), false_alarms, n)
