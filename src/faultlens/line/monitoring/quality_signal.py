"""What a window of vibration says of its sensor: level, shape, clipped and dead samples."""

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.quality import count_flaws
from faultlens.signals.signal import Signal

_STUCK = 16
"""Equal samples in a row that a live converter does not give: at rest its last bit still moves."""


def signal_quality(signal: Signal) -> dict[str, float]:
    """Measures of the sensor, of one window.

    Args:
        signal: (time,) as the sensor gave it, in its own unit.

    Returns:
        "rms" without the mean, in the signal's unit; "kurtosis", 3 for noise; "clipped", share of
        samples at a crowded end of the range; "dead", share of samples that are missing or stand
        still for 16 in a row and more.

    Example:
        >>> hum = Signal(np.sin(np.arange(24000.0)), 12000)
        >>> {name: round(x, 2) for name, x in signal_quality(hum).items()}
        {'rms': 0.71, 'kurtosis': 1.5, 'clipped': 0.0, 'dead': 0.0}
    """
    samples = np.asarray(signal.samples, dtype=np.float64)
    if not len(samples):
        return {"rms": 0.0, "kurtosis": 0.0, "clipped": 0.0, "dead": 1.0}
    flaws = count_flaws(samples)
    finite = samples
    if missing := flaws.nan + flaws.infinite:
        finite = samples[np.isfinite(samples)]
    centred = finite - finite.mean() if len(finite) else np.zeros(1)
    square = centred * centred
    power = float(square.mean())
    fourth = float(np.mean(square * square))
    return {
        "rms": float(np.sqrt(power)),
        "kurtosis": fourth / power**2 if power > 1e-60 else 0.0,
        "clipped": flaws.clipped_share,
        "dead": (_standing(finite) + missing) / len(samples),
    }


def _standing(samples: NDArray[np.float64]) -> int:
    """Samples in runs of equal values that are longer than a live sensor gives."""
    same = samples[1:] == samples[:-1]
    if not same.any():
        return 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
    runs = edges[1::2] - edges[::2] + 1
    return int(runs[runs >= _STUCK].sum())
