"""Order tracking: from even steps of time to even steps of shaft angle.

When the speed varies, a line at a fault order smears over frequency; over shaft angle it is sharp.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from faultlens.core.errors import UsageError
from faultlens.signals.resample import resampled_by
from faultlens.signals.signal import Signal

Array = NDArray[np.float64]

_WIDEST_SPEED_RANGE = 20.0
"""Fastest over slowest speed that is still straightened: the result grows by as much."""
_OVERSAMPLED = 2
"""Times the rate before interpolation: a quintic spline then errs by less than .1 % at .4 fs."""


def rpm_from_table(signal: Signal, times_s: ArrayLike, rpm: ArrayLike) -> Array:
    """Shaft speed at every sample, from a table of speeds at some times.

    Args:
        signal: the recording.
        times_s: (row,) times from its first sample, rising, s.
        rpm: (row,) speed at each of them; before the first and after the last it stays.

    Returns:
        (time,) rpm.

    Raises:
        UsageError: the two differ in length, or the times do not rise.

    Example:
        >>> rpm_from_table(Signal(np.zeros(5), sample_rate_hz=4), [0.0, 1.0], [600, 1000])
        array([ 600.,  700.,  800.,  900., 1000.])
    """
    times, speeds = np.asarray(times_s, np.float64), np.asarray(rpm, np.float64)
    if times.ndim != 1 or times.shape != speeds.shape or times.size == 0:
        raise UsageError(
            f"Speed table with {times.size} times and {speeds.size} speeds; give one speed "
            "for each time."
        )
    _must_rise(times, "The times of the speed table")
    profile: Array = np.interp(
        np.arange(len(signal.samples)) / signal.sample_rate_hz, times, speeds
    )
    return profile


def rpm_from_tacho(
    signal: Signal, pulse_times_s: ArrayLike, *, pulses_per_revolution: int = 1
) -> Array:
    """Shaft speed at every sample, from the times of a tachometer's pulses.

    Args:
        signal: the recording.
        pulse_times_s: (pulse,) times from its first sample, rising, s; three or more.
        pulses_per_revolution: pulses per turn of the shaft.

    Returns:
        (time,) rpm; between the middles of two gaps the speed changes evenly.

    Raises:
        UsageError: fewer than three pulses, times that do not rise, no pulse per turn.

    Source: Fyfe and Munck, Mech. Syst. Signal Process. 11 (1997), simplified: speed from the gap
    between pulses.

    Example:
        >>> rpm_from_tacho(Signal(np.zeros(4), sample_rate_hz=4), [0.0, 0.1, 0.2, 0.3]).round(6)
        array([600., 600., 600., 600.])
    """
    pulses = np.asarray(pulse_times_s, np.float64)
    if pulses.ndim != 1 or pulses.size < 3 or pulses_per_revolution < 1:
        raise UsageError(
            f"{pulses.size} tachometer pulses, {pulses_per_revolution} per turn; give at least "
            "three pulse times and one pulse per turn."
        )
    _must_rise(pulses, "The times of the tachometer pulses")
    rpm = 60 / (np.diff(pulses) * pulses_per_revolution)
    return rpm_from_table(signal, (pulses[1:] + pulses[:-1]) / 2, rpm)


def straighten(signal: Signal, shaft_rpm: ArrayLike) -> Signal:
    """The same recording as if the shaft had turned at its mean speed throughout.

    Samples lie at even steps of shaft angle, close enough that nothing aliases where the shaft is
    slowest; the time axis is angle over mean speed, so that all that follows works unchanged.

    Args:
        signal: the recording.
        shaft_rpm: (time,) speed at each sample, or fewer speeds evenly spread from the first
            sample to the last.

    Returns:
        a new record; its shaft_rpm is the mean speed.

    Raises:
        UsageError: a speed that is not positive, more speeds than samples, or a range of speeds
            too wide.

    Source: computed order tracking, Fyfe and Munck, Mech. Syst. Signal Process. 11 (1997).

    Example:
        >>> ramp = Signal(np.zeros(1000), sample_rate_hz=1000)
        >>> even = straighten(ramp, [600.0, 1200.0])
        >>> round(even.shaft_rpm), round(even.sample_rate_hz), round(even.duration_s, 2)
        (900, 1500, 1.0)
    """
    turns = _turns(signal, shaft_rpm)
    seconds = (len(turns) - 1) / signal.sample_rate_hz
    mean_hz = float(turns[-1]) / seconds
    per_turn = int(np.ceil(1 / float(np.min(np.diff(turns))) - 1e-6))
    wanted = np.arange(int(turns[-1] * per_turn + 1e-6) + 1) / per_turn
    at_samples = np.interp(wanted, turns, np.arange(len(turns)))
    fine = resampled_by(signal, Fraction(_OVERSAMPLED)).samples
    samples = ndimage.map_coordinates(
        fine.astype(np.float64), [at_samples * _OVERSAMPLED], order=5, mode="nearest"
    )
    rpm = 60 * mean_hz
    return signal.derived(
        samples,
        f"order-tracked: {per_turn} samples per turn, mean {rpm:.5g} rpm",
        sample_rate_hz=per_turn * mean_hz,
        shaft_rpm=rpm,
    )


def _turns(signal: Signal, shaft_rpm: ArrayLike) -> Array:
    """Turns of the shaft at each sample since the first."""
    given = np.atleast_1d(np.asarray(shaft_rpm, dtype=np.float64))
    length = len(signal.samples)
    if length < 16:
        raise UsageError(f"{length} samples; order tracking needs at least 16.")
    if given.ndim != 1 or not 1 <= given.size <= length:
        raise UsageError(
            f"{given.size} speeds for {length} samples; give one speed per sample, or fewer, "
            "evenly spread."
        )
    if not (np.isfinite(given) & (given > 0)).all():
        raise UsageError(
            "The speed must be a positive number of rpm at every moment; cut off the stretch "
            "where the shaft stands still."
        )
    if given.max() > _WIDEST_SPEED_RANGE * given.min():
        raise UsageError(
            f"The speed runs from {given.min():.4g} to {given.max():.4g} rpm; order tracking "
            f"takes a range of {_WIDEST_SPEED_RANGE:g} to 1. Cut the recording into pieces."
        )
    if given.size == 1:
        given = np.repeat(given, 2)
    rpm = np.interp(np.arange(length), np.linspace(0, length - 1, given.size), given)
    steps = 0.5 * (rpm[1:] + rpm[:-1]) / 60 / signal.sample_rate_hz
    return np.concatenate([[0.0], np.cumsum(steps)])


def _must_rise(times_s: Array, name: str) -> None:
    if not np.isfinite(times_s).all() or (np.diff(times_s) <= 0).any():
        raise UsageError(f"{name} must rise from one to the next; sort them, drop doubled ones.")
