"""The plain waveform: what the encoder takes where neither bearing nor speed is known."""

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.resample import resample
from faultlens.signals.signal import Signal

RATE_HZ = 25600.0
"""Rate that every recording is brought to: of common recorders, and above most resonances."""

SECONDS = 1.0
"""Length, s: several turns of all but the slowest machines."""

LENGTH = round(RATE_HZ * SECONDS)

FAINTEST = 1e-30
"""Level below which a waveform is silence, any unit."""

LARGEST = 8.0
"""Samples beyond this many standard deviations are cut: one shock shall not hide all others."""


def waveform_array(samples: NDArray[np.floating], sample_rate_hz: float) -> NDArray[np.float32]:
    """The middle second of a recording at `RATE_HZ`, without mean and level.

    Args:
        samples: (time,) any unit; a recording shorter than a second is repeated.
        sample_rate_hz: samples per second.

    Returns:
        (time,) `LENGTH` samples in standard deviations.

    Example:
        >>> wave = np.sin(np.arange(24000.0))
        >>> ready = waveform_array(wave, 12000)
        >>> ready.shape, round(float(ready.std()), 2)
        ((25600,), 1.0)
    """
    wanted = int(np.ceil(SECONDS * sample_rate_hz)) + 1
    start = max(0, (len(samples) - wanted) // 2)
    part: NDArray[np.floating] = np.asarray(samples[start : start + wanted], dtype=np.float64)
    if sample_rate_hz != RATE_HZ:
        part = resample(Signal(part, sample_rate_hz), RATE_HZ).samples
    if len(part) < LENGTH:
        part = np.tile(part, int(np.ceil(LENGTH / len(part))))
    part = part[:LENGTH] - np.mean(part[:LENGTH])
    level = max(float(np.std(part)), FAINTEST)
    ready: NDArray[np.float32] = np.clip(part / level, -LARGEST, LARGEST).astype(np.float32)
    return ready
