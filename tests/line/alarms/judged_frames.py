"""Frames with a verdict, made up."""

from datetime import UTC, datetime, timedelta

import numpy as np

from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.signals.signal import Signal

START = datetime(2026, 11, 26, 8, tzinfo=UTC)


def judged(
    frame: str,
    score: float,
    *,
    source: str = "hall",
    channel: str = "pump",
    alarm: bool | None = None,
    error: str = "",
    minute: float = 0.0,
) -> Judged:
    """A window of vibration with that score, held against 0.5."""
    time = START + timedelta(minutes=minute)
    payload = Signal(np.zeros(16), sample_rate_hz=1000.0)
    return Judged(
        frame=Frame(frame, source, time, payload, channel=channel, asset="pump 7"),
        verdict="" if error else "inner race fault" if score > 0.5 else "healthy",
        alarm=score > 0.5 if alarm is None else alarm,
        score=score,
        threshold=0.5,
        model="builtin/bearing@0",
        result={},
        error=error,
    )
