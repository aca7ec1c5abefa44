"""Bins of the histograms that are kept by the hour: of scores, and of latencies."""

from math import floor, log

SCORE_BINS = 50
"""Bins of equal width over scores 0 to 1."""

LATENCY_LEAST_S = 1e-4
"""Upper edge of the first bin of latencies, s."""

LATENCY_STEP = 1.05
"""A bin's upper edge over that of the bin before: a percentile is right within 2.5 %."""

LATENCY_BINS = 330
"""The last bin ends at 1000 s and holds whatever took longer."""

_LOG_STEP = log(LATENCY_STEP)


def score_bin(score: float) -> int:
    """The bin of a score.

    Args:
        score: 0 to 1; what lies outside counts to the bin at the edge.

    Example:
        >>> score_bin(0.0), score_bin(0.5), score_bin(1.0)
        (0, 25, 49)
    """
    return min(max(int(score * SCORE_BINS), 0), SCORE_BINS - 1)


def latency_bin(seconds: float) -> int:
    """The bin of a latency.

    Args:
        seconds: from arrival to result, s.

    Example:
        >>> latency_bin(0.00005), latency_bin(0.1), latency_bin(1e6)
        (0, 142, 329)
    """
    if seconds <= LATENCY_LEAST_S:
        return 0
    return min(1 + floor(log(seconds / LATENCY_LEAST_S) / _LOG_STEP), LATENCY_BINS - 1)


def latency_of(index: int) -> float:
    """The middle of a bin of latencies, s: the geometric mean of its edges.

    Args:
        index: of the bin.

    Example:
        >>> abs(latency_of(latency_bin(0.1)) / 0.1 - 1) < 0.025
        True
    """
    return float(LATENCY_LEAST_S * LATENCY_STEP ** (index - 0.5))
