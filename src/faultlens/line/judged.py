"""What a detector says of one frame."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.line.frame import Frame


@dataclass(frozen=True, eq=False)
class Judged:
    """One frame with its verdict.

    Args:
        frame: what was judged.
        verdict: label of the best finding; "" where it could not be judged.
        alarm: whether the score lies above the threshold.
        score: what is held against the threshold, 0 to 1.
        threshold: from which a frame alarms.
        model: name and hash of what judged.
        result: the JSON of the contracts.
        false_alarm_rate: share of healthy frames above the threshold; None where nobody measured.
        profile: name of the profile; None without one.
        embedding: (dim,) unit row of the model; None where it gave none.
        quality: measures of the sensor itself, such as "brightness", "sharpness", "rms".
        spectrum: (band,) of a signal, what the live page draws: level per frequency band, dB.
        band_hz: width of such a band, Hz.
        preview: makes a small JPEG of it, with its heat map; None where there is none (a signal).
        error: why it could not be judged; "" else. The frame then still has its one result.
        seconds: that the judgement took, s.
    """

    frame: Frame
    verdict: str
    alarm: bool
    score: float
    threshold: float
    model: str
    result: dict[str, Any]
    false_alarm_rate: float | None = None
    profile: str | None = None
    embedding: NDArray[np.float32] | None = None
    quality: dict[str, float] = field(default_factory=dict)
    spectrum: NDArray[np.float32] | None = None
    band_hz: float = 0.0
    preview: Callable[[], bytes] | None = field(default=None, repr=False)
    error: str = ""
    seconds: float = 0.0
