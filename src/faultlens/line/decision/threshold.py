"""The threshold at which the whole decision, m of n, alarms only as often as is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.line.configuration.line_config import DecisionConfig
from faultlens.metrics.conformal import conformal_threshold


@dataclass(frozen=True)
class DecisionThreshold:
    """A threshold of frames, and what the whole decision promises with it.

    Args:
        threshold: a frame counts when its score lies above it.
        false_alarm_rate: share of healthy frames at which an alarm is raised, at most; the wanted
            one where there are frames enough.
        frames: healthy frames behind it.
        needed: healthy frames that the wanted rate takes.
    """

    threshold: float
    false_alarm_rate: float
    frames: int
    needed: int


def decision_threshold(
    scores: NDArray[np.floating],
    config: DecisionConfig,
    wanted: float,
    *,
    in_order: bool = True,
) -> DecisionThreshold:
    """The smallest threshold at which healthy frames raise an alarm as often as is wanted.

    An alarm can be raised only at a frame where the m-th largest of the last n scores lies above
    the threshold. So the rule of split conformal prediction is applied to that number, frame by
    frame: how strongly frames that follow each other hang together is then in it. Frames that
    overlap in n are no news to each other; only one in n counts for what can be promised.

    Args:
        scores: (frame,) of healthy frames of one channel, oldest first, 0 to 1.
        config: m and n.
        wanted: share of healthy frames at which an alarm may be raised, between 0 and 1.
        in_order: False where the order of the frames is lost. Then m of n is taken to help
            nothing: an alarm needs at least one new frame above the threshold, whatever the order.

    Raises:
        UsageError: no scores, or a rate outside 0 to 1.

    Source:
        Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World (2005), split conformal
        prediction.

    Example:
        >>> scores = np.linspace(0, 1, 2000) ** 4 + np.tile([0.0, 0.5], 1000)
        >>> one = decision_threshold(scores, DecisionConfig(), 1e-3)
        >>> two = decision_threshold(scores, DecisionConfig(m=2, n=2), 1e-3)
        >>> round(one.threshold, 2), round(two.threshold, 2)  # no two in a row are high
        (1.5, 1.0)
        >>> two.false_alarm_rate, two.needed
        (0.001, 1998)
    """
    n = config.n if in_order else 1
    held = mth_largest(scores, config.m, n) if in_order else scores
    chosen = conformal_threshold(held, false_alarms=wanted)
    alone = len(scores) // n
    needed = n * ceil(1 / wanted - 1 - 1e-9)
    if alone >= needed // n:
        return DecisionThreshold(chosen.threshold, wanted, len(scores), needed)
    return DecisionThreshold(float(np.max(held)), 1 / (alone + 1), len(scores), needed)


def profile_threshold(
    scores: Sequence[float], config: DecisionConfig, wanted: float
) -> DecisionThreshold:
    """`decision_threshold` from the scores that a profile holds.

    Args:
        scores: of its healthy samples, in the order in which they were given. Profiles of older
            versions hold them rising: their order is lost.
        config: m and n.
        wanted: share of healthy frames at which an alarm may be raised, between 0 and 1.

    Raises:
        UsageError: no scores, or a rate outside 0 to 1.

    Example:
        >>> two = DecisionConfig(m=2, n=2)
        >>> scores = [0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.4]
        >>> profile_threshold(scores, two, 0.4).threshold
        0.3
        >>> profile_threshold(sorted(scores), two, 0.4).threshold
        0.7
    """
    held = np.asarray(scores, dtype=np.float64)
    in_order = bool((np.diff(held) < 0).any())
    return decision_threshold(held, config, wanted, in_order=in_order)


def mth_largest(scores: NDArray[np.floating], m: int, n: int) -> NDArray[np.float64]:
    """(frame,) the m-th largest of the last n scores at each frame.

    Args:
        scores: (frame,) oldest first.
        m: which one, 1 for the largest.
        n: scores that are looked back at; before the first there are zeros.

    Raises:
        UsageError: no scores.

    Example:
        >>> mth_largest(np.array([0.2, 0.9, 0.4, 0.8]), m=2, n=3).tolist()
        [0.0, 0.2, 0.4, 0.8]
    """
    if not len(scores):
        raise UsageError("No healthy frames; at least one score is needed.")
    padded = np.concatenate([np.zeros(n - 1), np.asarray(scores, dtype=np.float64)])
    views = np.lib.stride_tricks.sliding_window_view(padded, n)
    rows = max(1, _MOST_NUMBERS // n)
    parts = [views[i : i + rows] for i in range(0, len(views), rows)]
    return np.concatenate([np.partition(part, n - m, axis=1)[:, n - m] for part in parts])


_MOST_NUMBERS = 1_000_000
"""That are sorted at once; 8 MB."""
