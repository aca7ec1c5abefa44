"""The same recording at another sampling rate, without aliases."""

from fractions import Fraction

from faultlens.core.errors import UsageError
from faultlens.signals.signal import Signal

_PASSED = 0.9
"""Share of the new band that resampling keeps; the rest is the filter's slope."""
_HALF_LENGTH = 56
"""Half the length of its filter, in periods of the slower rate."""


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
        >>> import numpy as np
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
        >>> import numpy as np
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
