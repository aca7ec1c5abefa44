"""Stretches of a recording: where windows start, trends taken out, another sampling rate."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.signals.signal import Signal

_PASSED = 0.9
"""Share of the new band that resampling keeps; the rest is the filter's slope."""
_HALF_LENGTH = 56
"""Half the length of its filter, in periods of the slower rate."""


def window_starts(
    length: int,
    sample_rate_hz: float,
    seconds: float,
    *,
    overlap: float = 0.0,
    most: int | None = None,
) -> tuple[int, ...]:
    """First samples of the windows of a recording, the same ones every time.

    Args:
        length: samples of the recording.
        sample_rate_hz: samples per second.
        seconds: length of a window, s.
        overlap: share of a window that the next one repeats, 0 to below 1.
        most: at most so many windows, evenly spread from the first to the last; None is all.

    Returns:
        first sample of each window, rising.

    Raises:
        UsageError: overlap, length of a window or number that cannot be.
        UnusableSignalError: the recording is shorter than one window.

    Example:
        >>> window_starts(100, sample_rate_hz=10, seconds=2, most=3)
        (0, 40, 80)
    """
    if not 0 <= overlap < 1:
        raise UsageError(f"Overlap {overlap}; it must lie in 0 to below 1 (0.5 is half a window).")
    if most is not None and most < 1:
        raise UsageError(f"At most {most} windows; ask for 1 or more.")
    size = round(seconds * sample_rate_hz)
    if size < 1:
        raise UsageError(f"Windows of {seconds} s; a window holds at least one sample.")
    if length < size:
        raise UnusableSignalError(
            f"The recording is {length / sample_rate_hz:.3g} s long, a window {seconds:.3g} s. "
            "Give a longer recording or ask for shorter windows."
        )
    starts = np.arange(0, length - size + 1, max(1, round(size * (1 - overlap))))
    if most is not None and len(starts) > most:
        starts = starts[np.rint(np.linspace(0, len(starts) - 1, most)).astype(int)]
    return tuple(int(start) for start in starts)


def detrend(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """Samples without their mean and linear trend.

    Args:
        samples: (time,) in any unit.

    Returns:
        (time,) what is left of the least-squares line.

    Example:
        >>> detrend(np.array([1.0, 2.0, 3.0])).round(9) + 0.0
        array([0., 0., 0.])
    """
    centred = np.array(samples, dtype=np.float64)
    centred -= centred.mean()
    if len(centred) < 2:
        return centred
    time = np.arange(len(centred)) - (len(centred) - 1) / 2
    slope = np.sum(time * centred) / np.sum(time**2)
    flat: NDArray[np.float64] = centred - slope * time
    return flat


def resample(signal: Signal, sample_rate_hz: float) -> Signal:
    """The same recording at another sampling rate, without aliases.

    What lies below .9 of half the lower rate passes within .1 %; what lies above half of it is
    suppressed by 60 dB or more.

    Args:
        signal: the recording.
        sample_rate_hz: wanted rate; met within .1 % by a ratio of small whole numbers, and the
            result states the rate that it really has.

    Returns:
        a new record of the same duration.

    Raises:
        UsageError: the rate is not positive, or more than 1000 times lower or higher.

    Example:
        >>> low = resample(Signal(np.ones(4800), sample_rate_hz=48000), 12000)
        >>> len(low.samples), low.sample_rate_hz
        (1200, 12000.0)
    """
    ratio = sample_rate_hz / signal.sample_rate_hz
    if not 1e-3 <= ratio <= 1e3:
        raise UsageError(
            f"From {signal.sample_rate_hz} Hz to {sample_rate_hz} Hz; the new rate must be "
            "positive and within a factor of 1000."
        )
    return resampled_by(signal, Fraction(ratio).limit_denominator(1000))


def resampled_by(signal: Signal, ratio: Fraction) -> Signal:
    """The same recording at `ratio` times its sampling rate.

    Args:
        signal: the recording.
        ratio: new rate over old rate.

    Source: polyphase filter, scipy.signal.resample_poly, with a Kaiser window of 80 dB.

    Example:
        >>> resampled_by(Signal(np.ones(10), sample_rate_hz=10), Fraction(2)).sample_rate_hz
        20.0
    """
    if ratio == 1:
        return signal
    # Here and not above: importing scipy.signal takes about a second.
    from scipy.signal import firwin, resample_poly

    up, down = ratio.numerator, ratio.denominator
    slower = max(up, down)
    # -6 dB at the middle of the slope, so that the slope ends at half the lower rate.
    taps = firwin(2 * _HALF_LENGTH * slower + 1, (1 + _PASSED) / 2 / slower, window=("kaiser", 8.0))
    samples = resample_poly(signal.samples, up, down, window=taps, padtype="line")
    rate = signal.sample_rate_hz * up / down
    return signal.derived(samples, f"resampled to {rate:g} Hz", sample_rate_hz=rate)
