"""Whether the line raises an alarm: m of n frames above the threshold, and a level of return."""

from dataclasses import replace
from math import isfinite
from typing import Literal, TypeAlias

from faultlens.line.configuration.line_config import DecisionConfig
from faultlens.line.decision.state import ABOVE, BETWEEN, SOUND, DecisionState
from faultlens.line.judged import Judged

DecisionStep: TypeAlias = Literal["raise", "return"] | None
"""What a frame changes: an alarm is raised, it returns, or nothing."""


def decided(
    config: DecisionConfig, state: DecisionState, score: float | None, threshold: float
) -> tuple[DecisionState, DecisionStep]:
    """The state after one more frame, and whether an alarm is raised or returns with it.

    It is raised once `m` of the last `n` frames lie above the threshold, and returns once fewer
    than `m` of them lie above `threshold * (1 - hysteresis)`.

    Args:
        config: m, n and hysteresis.
        state: after the frame before.
        score: of this frame; None, or no finite number, where it could not be judged: such a frame
            neither raises nor returns.
        threshold: of this frame.

    Example:
        >>> two_of_three = DecisionConfig(m=2, n=3)
        >>> state, steps = DecisionState(), []
        >>> for score in (0.9, 0.1, None, 0.9, 0.6, 0.1, 0.1):
        ...     state, step = decided(two_of_three, state, score, threshold=0.5)
        ...     steps.append(step)
        >>> steps
        [None, None, None, 'raise', None, None, 'return']
    """
    if score is None or not isfinite(score):
        return state, None
    recent = (*state.recent, _level(score, threshold, config.hysteresis))[-config.n :]
    least = BETWEEN if state.raised else ABOVE
    raised = sum(x >= least for x in recent) >= config.m
    step: DecisionStep = None
    if raised != state.raised:
        step = "raise" if raised else "return"
    return replace(state, recent=recent, raised=raised), step


def after_judged(
    config: DecisionConfig, state: DecisionState, judged: Judged
) -> tuple[DecisionState, DecisionStep]:
    """`decided` of a frame with its verdict.

    A frame whose score lies above the threshold without alarming, since it is unlike anything that
    the model knows, counts as one at the threshold: it keeps an alarm, but raises none.

    Args:
        config: m, n and hysteresis.
        state: of the frame's source and channel, after the frame before.
        judged: the frame and what the detector says of it.

    Example:
        >>> from datetime import UTC, datetime
        >>> import numpy as np
        >>> from faultlens.line.frame import Frame
        >>> from faultlens.signals.signal import Signal
        >>> frame = Frame("7", "hall", datetime(2026, 11, 26, tzinfo=UTC),
        ...               Signal(np.zeros(8), 8.0))
        >>> judged = Judged(frame, "inner race fault", True, 0.97, 0.9, "builtin/bearing@0", {})
        >>> after_judged(DecisionConfig(), DecisionState(), judged)
        (DecisionState(recent=(2,), raised=True), 'raise')
    """
    if judged.error:
        return state, None
    score = judged.score if judged.alarm else min(judged.score, judged.threshold)
    return decided(config, state, score, judged.threshold)


def _level(score: float, threshold: float, hysteresis: float) -> int:
    if score > threshold:
        return ABOVE
    return BETWEEN if score > threshold * (1 - hysteresis) else SOUND
