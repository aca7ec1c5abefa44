"""What the live page draws of a window of vibration: its level per frequency band."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

BANDS = 128
"""Bars that a page shows of a spectrum: as fine as its pixels, and 100 Hz each at 25.6 kHz."""

_FRAME = 2 * BANDS
"""Samples of a stretch; its spectrum has one bin per band, and the one at zero."""

_MOST_STRETCHES = 400
"""Stretches that are averaged: their mean is known to 0.2 dB, and hours cost no more."""

_FLOOR = 1e-30
"""Power of no vibration; -300 dB."""


def band_levels(samples: NDArray[np.floating], rate_hz: float) -> tuple[NDArray[np.float32], float]:
    """Level of each of 128 bands up to half the sampling rate, by Welch's method.

    Args:
        samples: (time,) in any unit; NaN counts for 0.
        rate_hz: samples per second.

    Returns:
        (band,) level, dB over the square of one unit; and the width of a band, Hz. Empty for
        windows shorter than 256 samples.

    Source:
        Welch, IEEE Transactions on Audio and Electroacoustics 15 (1967) 70, periodograms of
        stretches averaged; Hann-tapered, side by side.

    Example:
        >>> tone = np.sin(2 * np.pi * 1050 * np.arange(25600) / 25600)
        >>> levels, band_hz = band_levels(tone, 25600.0)
        >>> int(levels.argmax()) * band_hz, round(float(levels.max()), 1)
        (1000.0, -6.2)
    """
    stretches = len(samples) // _FRAME
    if not stretches:
        return np.zeros(0, np.float32), 0.0
    step = -(-stretches // _MOST_STRETCHES)
    whole = samples[: stretches * _FRAME].reshape(stretches, _FRAME)[::step]
    rows = np.nan_to_num(whole.astype(np.float32), posinf=0.0, neginf=0.0)
    rows -= rows.mean()
    bins = fft.rfft(rows * _taper(), axis=1)
    power = (bins.real**2 + bins.imag**2).mean(axis=0, dtype=np.float64)
    # A band lies between two bins.
    bands = 0.5 * (power[:-1] + power[1:]) * 2 / (_FRAME * float((_taper() ** 2).sum()))
    return (10 * np.log10(bands + _FLOOR)).astype(np.float32), rate_hz / _FRAME


@lru_cache(maxsize=1)
def _taper() -> NDArray[np.float32]:
    taper: NDArray[np.float32] = np.hanning(_FRAME).astype(np.float32)
    return taper
