"""From a strike to a number: the structure that rings, the sensor's mount, the converter."""

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.simulator.settings import Resonance, Sensor
from faultlens.signals.simulator.sources import Array

Spectrum = NDArray[np.complex128]

_SILENT = 1e-3
"""A resonance counts as died away below this share of its start (60 dB)."""


def structure_response(resonances: tuple[Resonance, ...], frequency_hz: Array) -> Spectrum:
    """What the structure makes of a strike.

    Args:
        resonances: its modes.
        frequency_hz: (bin,) where it is asked for, Hz.

    Returns:
        (bin,) the transform of sum_m a_m exp(-2 pi zeta f t) sin(2 pi f sqrt(1 - zeta^2) t), up
        to one scale: exact where a sampled one would alias.

    Source: impulse response of a damped oscillator, e.g. Randall, Vibration-based Condition
    Monitoring (2011).

    Example:
        >>> response = structure_response((Resonance(1000.0, 0.05),), np.array([0.0, 1000.0]))
        >>> round(float(abs(response[1] / response[0])), 6)  # 1 / (2 zeta)
        10.0
    """
    response = np.zeros(len(frequency_hz), dtype=np.complex128)
    for mode in resonances:
        ratio = frequency_hz / mode.frequency_hz
        strength = mode.gain * np.sqrt(1 - mode.damping_ratio**2) / mode.frequency_hz
        response += strength / (1 - ratio**2 + 2j * mode.damping_ratio * ratio)
    return response


def mount_response(sensor: Sensor, frequency_hz: Array) -> Spectrum:
    """What a sensor makes of the motion below it: flat, then the resonance of its mount.

    Args:
        sensor: the sensor.
        frequency_hz: (bin,) where it is asked for, Hz.

    Returns:
        (bin,) reading over true acceleration.

    Source: a mass on a spring, e.g. ISO 5348.

    Example:
        >>> bool(np.all(mount_response(Sensor(), np.arange(3.0)) == 1))
        True
    """
    if sensor.mount_resonance_hz is None:
        return np.ones(len(frequency_hz), dtype=np.complex128)
    ratio = frequency_hz / sensor.mount_resonance_hz
    response: Spectrum = np.reciprocal(1 - ratio**2 + 2j * sensor.mount_damping_ratio * ratio)
    return response


def lead_samples(resonances: tuple[Resonance, ...], sensor: Sensor, sample_rate_hz: float) -> int:
    """How many samples before the recording a strike can still be heard in it.

    Example:
        >>> lead_samples((Resonance(1000.0, 0.05),), Sensor(), 10000)
        283
    """
    decays = [mode.damping_ratio * mode.frequency_hz for mode in resonances]
    if sensor.mount_resonance_hz is not None:
        decays.append(sensor.mount_damping_ratio * sensor.mount_resonance_hz)
    # 64 more for the fractional delay, which reaches 16 samples to either side.
    return 64 + int(-np.log(_SILENT) / (2 * np.pi * min(decays)) * sample_rate_hz)


def converted(
    samples: Array, sensor: Sensor, sample_rate_hz: float, rng: np.random.Generator
) -> Array:
    """What the converter gives out: a transient, cut at its range, rounded to its steps.

    Args:
        samples: (time,) what the sensor feels, m/s2.
        sensor: transient, range, resolution and gain.
        sample_rate_hz: samples per second.
        rng: source of chance, for time and sign of the transient.

    Returns:
        (time,) readings.

    Example:
        >>> wave = np.array([0.0, 1.0, -1.0, 5.0])
        >>> converted(wave, Sensor(clip_rms=1.0), 1.0, np.random.default_rng(0)).round(3)
        array([ 0.   ,  1.   , -1.   ,  2.598])
    """
    usual = rms(samples)
    at = int(rng.random() * len(samples))
    direction = 1 if rng.random() < 0.5 else -1
    if sensor.dc_transient:
        seconds = np.arange(len(samples) - at) / sample_rate_hz
        step = np.zeros(len(samples))
        step[at:] = np.exp(-seconds / sensor.dc_transient_decay_s)
        samples = samples + direction * sensor.dc_transient * usual * step
    limit = float(np.max(np.abs(samples)))
    if sensor.clip_rms is not None:
        limit = min(limit, sensor.clip_rms * usual)
        samples = np.clip(samples, -limit, limit)
    if sensor.bits is not None and limit > 0:
        smallest = limit / 2 ** (sensor.bits - 1)
        samples = np.round(samples / smallest) * smallest
    return samples * sensor.gain


def unit_power(spectrum: Spectrum, length: int) -> Spectrum:
    """A spectrum scaled so that its `length` samples have mean square 1; silence stays silence.

    Source: Parseval's theorem; it saves the way back to the time domain.

    Example:
        >>> scaled = unit_power(np.fft.rfft([0.0, 3.0, 0.0, -3.0]), 4)
        >>> np.fft.irfft(scaled).round(3) + 0.0
        array([ 0.   ,  1.414,  0.   , -1.414])
    """
    # A plain sum: a threaded dot product would round differently from machine to machine.
    power = 2 * float(np.sum(np.square(spectrum.view(np.float64)))) / length**2
    scaled: Spectrum = spectrum / np.sqrt(power) if power > 0 else spectrum
    return scaled


def rms(samples: Array) -> float:
    """Root mean square.

    Example:
        >>> rms(np.array([3.0, -3.0]))
        3.0
    """
    return float(np.sqrt(np.mean(samples**2)))
