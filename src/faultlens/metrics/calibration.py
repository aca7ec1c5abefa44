"""Whether a stated probability is the share that comes true."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError

BINS = 10


@dataclass(frozen=True)
class ReliabilityBin:
    """The judgements whose confidence lies in one bin.

    Args:
        low: confidences of the bin lie above it, in the first bin also at it.
        high: and not above this.
        samples: how many do.
        confidence: their mean confidence.
        accuracy: share of them that is right.
    """

    low: float
    high: float
    samples: int
    confidence: float
    accuracy: float


def expected_calibration_error(
    confidence: Sequence[float] | NDArray[np.floating],
    right: Sequence[bool] | NDArray[np.bool_],
    *,
    bins: int = BINS,
) -> float:
    """Mean gap between confidence and share right, over bins of equal width.

    Args:
        confidence: (judgement,) probability that each gave to what it said, 0 to 1.
        right: (judgement,) whether it was so.
        bins: number of bins between 0 and 1.

    Source:
        Naeini, Cooper, Hauskrecht, AAAI 2015, as Guo et al., ICML 2017, equation 3.

    Example:
        >>> round(expected_calibration_error([0.9, 0.9, 0.6, 0.6], [True, True, True, False]), 3)
        0.1
    """
    found = reliability(confidence, right, bins=bins)
    total = sum(x.samples for x in found)
    return sum(x.samples / total * abs(x.confidence - x.accuracy) for x in found)


def reliability(
    confidence: Sequence[float] | NDArray[np.floating],
    right: Sequence[bool] | NDArray[np.bool_],
    *,
    bins: int = BINS,
) -> tuple[ReliabilityBin, ...]:
    """The bins that hold any judgement, from the least confident on.

    Args:
        confidence: (judgement,) probability that each gave to what it said, 0 to 1.
        right: (judgement,) whether it was so.
        bins: number of bins between 0 and 1.

    Raises:
        UsageError: no judgements, lengths that differ, a confidence outside 0 to 1, or no bin.

    Source:
        Guo et al., ICML 2017, section 2 (reliability diagrams).

    Example:
        >>> [(x.low, x.samples) for x in reliability([0.5, 0.45, 1.0], [True, False, True])]
        [(0.4, 2), (0.9, 1)]
    """
    stated, hits = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=bool)
    if not stated.size or stated.shape != hits.shape:
        raise UsageError(
            f"{stated.size} confidences and {hits.size} answers; both need the same number, at "
            "least one."
        )
    if bins < 1:
        raise UsageError(f"{bins} bins; ask for 1 or more.")
    odd = stated[~((stated >= 0) & (stated <= 1))]
    if odd.size:
        raise UsageError(f"A confidence of {odd[0]}; a probability lies between 0 and 1.")
    edges = np.linspace(0, 1, bins + 1)
    places = np.searchsorted(edges[1:-1], stated, side="left")
    return tuple(
        ReliabilityBin(
            low=float(edges[place]),
            high=float(edges[place + 1]),
            samples=int((places == place).sum()),
            confidence=float(stated[places == place].mean()),
            accuracy=float(hits[places == place].mean()),
        )
        for place in np.unique(places)
    )
