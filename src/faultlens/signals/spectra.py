"""The classic spectra of a vibration recording: arrays in, arrays out."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from faultlens.core.errors import UsageError

Array = NDArray[np.float64]

_WINDOWS = {
    "rectangular": (1.0,),
    "hann": (0.5, 0.5),
    # ISO 18431-2, flat top: amplitudes right to .01 dB between two bins.
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}
"""Weights of the cosines of each window (scipy.signal.windows has them, but loads in a second)."""


def amplitude_spectrum(
    samples: NDArray[np.floating], sample_rate_hz: float, *, window: str = "hann"
) -> tuple[Array, Array]:
    """One-sided amplitude spectrum: a sine of amplitude A reads A.

    Args:
        samples: (time,) in any unit.
        sample_rate_hz: samples per second.
        window: "hann"; "flattop" for exact amplitudes between bins; "rectangular" for whole
            periods.

    Returns:
        (bin,) frequency, Hz; (bin,) amplitude (peak, not rms), unit of the samples.

    Raises:
        UsageError: no such window.

    Source: Randall, Vibration-based Condition Monitoring (2011), chapter 3: |X| 2 / sum(w).

    Example:
        >>> time_s = np.arange(1000) / 1000
        >>> frequency_hz, amplitude = amplitude_spectrum(3 * np.sin(2 * np.pi * 50 * time_s), 1000)
        >>> float(frequency_hz[50]), round(float(amplitude[50]), 6)
        (50.0, 3.0)
    """
    if window not in _WINDOWS:
        raise UsageError(f"Window '{window}'; choose one of {', '.join(sorted(_WINDOWS))}.")
    weights = _cosine_window(_WINDOWS[window], len(samples))
    amplitude = np.abs(fft.rfft(samples * weights)) * (2 / weights.sum())
    amplitude[0] /= 2
    if len(samples) % 2 == 0:
        amplitude[-1] /= 2
    return _frequencies_hz(len(samples), sample_rate_hz), amplitude


def squared_envelope(
    samples: NDArray[np.floating],
    sample_rate_hz: float,
    *,
    band_hz: tuple[float, float] | None = None,
) -> Array:
    """Squared magnitude of the analytic signal: the power of the vibration over time.

    Args:
        samples: (time,) in any unit.
        sample_rate_hz: samples per second.
        band_hz: lowest and highest frequency that count, Hz; None is all but the mean.

    Returns:
        (time,) squared envelope, unit of the samples squared.

    Raises:
        UsageError: a band without a frequency in it.

    Source: Randall and Antoni, Mech. Syst. Signal Process. 25 (2011), section 4.1.

    Example:
        >>> time_s = np.arange(1000) / 1000
        >>> squared_envelope(3 * np.sin(2 * np.pi * 50 * time_s), 1000)[:3].round(6)
        array([9., 9., 9.])
    """
    length = len(samples)
    positive = fft.rfft(samples)
    positive[0] = 0
    if band_hz is not None:
        frequency_hz = _frequencies_hz(length, sample_rate_hz)
        outside = (frequency_hz < band_hz[0]) | (frequency_hz > band_hz[1])
        if outside.all():
            raise UsageError(
                f"Band {band_hz[0]} to {band_hz[1]} Hz holds nothing of a recording that ends at "
                f"{sample_rate_hz / 2} Hz. Give the lower limit first, below that."
            )
        positive[outside] = 0
    analytic = np.zeros(length, dtype=np.complex128)
    analytic[: len(positive)] = 2 * positive
    if length % 2 == 0:
        analytic[length // 2] /= 2
    analytic = fft.ifft(analytic, overwrite_x=True)
    power: Array = analytic.real**2 + analytic.imag**2
    return power


def squared_envelope_spectrum(
    samples: NDArray[np.floating],
    sample_rate_hz: float,
    *,
    band_hz: tuple[float, float] | None = None,
    window: str = "hann",
) -> tuple[Array, Array]:
    """Amplitude spectrum of the squared envelope: how often the vibration swells.

    Args:
        samples: (time,) in any unit.
        sample_rate_hz: samples per second.
        band_hz: lowest and highest frequency that count, Hz; None is all but the mean.
        window: as in `amplitude_spectrum`.

    Returns:
        (bin,) modulation frequency, Hz; (bin,) amplitude, unit of the samples squared, the mean
        taken out. A carrier A (1 + m cos 2 pi f t) reads 2 m A^2 at f and m^2 A^2 / 2 at 2 f.

    Raises:
        UsageError: no such window, or a band without a frequency in it.

    Source: Randall and Antoni, Mech. Syst. Signal Process. 25 (2011), section 4.1.

    Example:
        >>> time_s = np.arange(1000) / 1000
        >>> swell = 1 + 0.25 * np.cos(2 * np.pi * 10 * time_s)
        >>> _, amplitude = squared_envelope_spectrum(swell * np.sin(400 * np.pi * time_s), 1000)
        >>> round(float(amplitude[10]), 6)
        0.5
    """
    envelope = squared_envelope(samples, sample_rate_hz, band_hz=band_hz)
    return amplitude_spectrum(envelope - envelope.mean(), sample_rate_hz, window=window)


def order_spectrum(
    samples: NDArray[np.floating], samples_per_revolution: float, *, window: str = "hann"
) -> tuple[Array, Array]:
    """Amplitude spectrum over shaft orders, of samples at even steps of shaft angle.

    Args:
        samples: (angle,) in any unit.
        samples_per_revolution: samples per turn of the shaft.
        window: as in `amplitude_spectrum`.

    Returns:
        (bin,) order, multiples of the shaft speed; (bin,) amplitude, unit of the samples.

    Raises:
        UsageError: no such window.

    Source: Randall, Vibration-based Condition Monitoring (2011), section 3.6.

    Example:
        >>> turns = np.arange(640) / 64
        >>> orders, amplitude = order_spectrum(np.sin(2 * np.pi * 3 * turns), 64)
        >>> float(orders[amplitude.argmax()])
        3.0
    """
    return amplitude_spectrum(samples, samples_per_revolution, window=window)


def cepstrum_prewhitened(samples: NDArray[np.floating]) -> Array:
    """Samples with every frequency at the same strength: tones sink, impacts stay.

    Args:
        samples: (time,) in any unit.

    Returns:
        (time,) whitened, root mean square about 1; without the mean.

    Source: Sawalha and Randall (2011); Borghesani et al., Mech. Syst. Signal Process. 36 (2013):
    x_w = irfft(X / |X|), which sets the real cepstrum to zero.

    Example:
        >>> pulse = np.zeros(8)
        >>> pulse[2] = 5.0
        >>> int(np.argmax(cepstrum_prewhitened(pulse)))
        2
    """
    spectrum = fft.rfft(samples)
    strength = np.abs(spectrum)
    # Bins that hold only rounding errors stay silent instead of being blown up to full strength.
    heard = strength > strength.max(initial=0.0) * 1e-14
    heard[0] = False
    spectrum = np.where(heard, spectrum / np.where(heard, strength, 1.0), 0.0)
    whitened: Array = fft.irfft(spectrum, n=len(samples)) * np.sqrt(len(samples))
    return whitened


def _frequencies_hz(length: int, sample_rate_hz: float) -> Array:
    return np.fft.rfftfreq(length, 1 / sample_rate_hz).astype(np.float64)


def _cosine_window(weights: tuple[float, ...], length: int) -> Array:
    angle = 2 * np.pi * np.arange(length) / length
    window = np.zeros(length)
    for number, weight in enumerate(weights):
        window += (-1) ** number * weight * np.cos(number * angle)
    return window
