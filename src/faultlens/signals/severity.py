"""How strongly the machine vibrates: velocity and its ISO 20816-3 zone, kurtosis, crest factor.

The zone grades the machine, not the bearing: an outer race fault in a calm machine stays in zone A.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.core.notice import Notice
from faultlens.signals.signal import Signal
from faultlens.signals.units import VibrationUnit, parse_unit

ZONE_BORDERS_MM_S = {
    "group 1 rigid": (2.3, 4.5, 7.1),
    "group 1 flexible": (3.5, 7.1, 11.0),
    "group 2 rigid": (1.4, 2.8, 4.5),
    "group 2 flexible": (2.3, 4.5, 7.1),
}
"""Borders A/B, B/C and C/D in mm/s rms by machine group and foundation. Source: ISO 20816-3;
group 1: above 300 kW or shaft height 315 mm and more; group 2: 15 to 300 kW, 160 to 315 mm."""

GROUP_NAMES = {
    "group 1 rigid": Notice("group 1 rigid", "第 1 组刚性支承"),
    "group 1 flexible": Notice("group 1 flexible", "第 1 组柔性支承"),
    "group 2 rigid": Notice("group 2 rigid", "第 2 组刚性支承"),
    "group 2 flexible": Notice("group 2 flexible", "第 2 组柔性支承"),
}
"""Key of `ZONE_BORDERS_MM_S` -> how reports call it."""

ASSUMED_GROUP = "group 2 rigid"
"""The strictest of the four: without a word from the user, err on the careful side."""

BAND_HZ = (10.0, 1000.0)
"""Band of the velocity. Source: ISO 20816-3, machines above 600 rpm."""

SLOWEST_RPM = 600.0
"""Speed below which that band misses the shaft itself. Source: ISO 20816-3."""

USABLE_SHARE = 1 / 2.56
"""Share of the sampling rate that anti-alias filters pass, by custom of vibration analysers."""

LONGEST_KEPT = 1 << 18
"""Samples of the longest taper that is kept for the next window: 2 MB."""

_CYCLES = 5
"""Periods of the lowest frequency that a window must hold for its rms to mean something."""


@dataclass(frozen=True)
class WindowLevels:
    """What one window contributes to the levels of a whole recording.

    Args:
        samples: number of samples.
        mean_square: of the mean-removed samples, in squared units of the samples.
        mean_fourth: mean fourth power of the mean-removed samples.
        peak: largest absolute mean-removed sample.
        velocity_mean_square: in the band, (mm/s)^2; None where the unit is unknown.
        band_hz: band of the velocity as it could be measured; None where it could not.
    """

    samples: int
    mean_square: float
    mean_fourth: float
    peak: float
    velocity_mean_square: float | None
    band_hz: tuple[float, float] | None


@dataclass(frozen=True)
class Severity:
    """How strongly a machine vibrates; it grades the machine, not the bearing.

    Args:
        velocity_rms_mm_s: rms velocity in `band_hz`, mm/s; None where the unit is unknown.
        band_hz: band of the velocity, Hz.
        zone: "A" to "D" of ISO 20816-3; None without a velocity.
        machine_group: key of `ZONE_BORDERS_MM_S`.
        kurtosis: mean fourth power over squared mean square, mean removed; 3 for Gaussian noise.
        crest_factor: largest absolute sample over rms, mean removed.
        warnings: what a careful engineer would want to know about it.
    """

    velocity_rms_mm_s: float | None
    band_hz: tuple[float, float] | None
    zone: str | None
    machine_group: str
    kurtosis: float
    crest_factor: float
    warnings: tuple[Notice, ...] = ()


def measure_window(
    samples: NDArray[np.floating], sample_rate_hz: float, unit: str | None = None
) -> WindowLevels:
    """Levels of one window of a recording.

    Args:
        samples: (time,) float, in `unit`.
        sample_rate_hz: samples per second.
        unit: unit of the samples; None or one that is not a vibration unit gives no velocity.

    Raises:
        UnusableSignalError: the window is empty or holds values that are not finite.

    Source: kurtosis and crest factor as in Randall, Vibration-based Condition Monitoring (2011),
    section 2.2; the velocity is the integral in the frequency domain, V = A / (2 pi f).

    Example:
        >>> t = np.arange(12000) / 12000
        >>> levels = measure_window(np.sin(2 * np.pi * 100 * t), 12000, "m/s2")
        >>> round(levels.velocity_mean_square ** 0.5, 3)  # 1000 / (2 pi 100 sqrt 2) mm/s
        1.125
    """
    x = np.asarray(samples, dtype=np.float64)
    if x.ndim != 1 or not x.size or not np.isfinite(x).all():
        raise UnusableSignalError(
            f"A window of shape {x.shape} cannot be graded; it needs at least one sample, shape "
            "(time,), and no missing values."
        )
    x = x - x.mean()
    square = x * x
    known = parse_unit(unit)
    band = _band(x.size, sample_rate_hz) if known else None
    velocity = _velocity_mean_square(x, sample_rate_hz, known, band) if known and band else None
    return WindowLevels(
        x.size,
        float(square.mean()),
        float(np.mean(square * square)),
        float(max(x.max(), -x.min())),
        velocity,
        band,
    )


def combine_windows(windows: Sequence[WindowLevels]) -> WindowLevels:
    """Levels of a whole recording from those of its windows: powers average, peaks do not.

    Args:
        windows: levels of windows of one channel, one rate and one unit.

    Raises:
        UsageError: there is no window.

    Example:
        >>> quiet, loud = (measure_window(a * np.array([1.0, -1.0]), 1000) for a in (1, 7))
        >>> combine_windows([quiet, loud]).mean_square
        25.0
    """
    if not windows:
        raise UsageError("No window to combine; measure at least one.")
    share = np.array([w.samples for w in windows], dtype=np.float64)
    share /= share.sum()
    velocities = [w.velocity_mean_square for w in windows]
    bands = [w.band_hz for w in windows if w.band_hz]
    whole = None not in velocities and len(bands) == len(windows)
    return WindowLevels(
        sum(w.samples for w in windows),
        float(share @ [w.mean_square for w in windows]),
        float(share @ [w.mean_fourth for w in windows]),
        max(w.peak for w in windows),
        float(share @ np.array(velocities, dtype=np.float64)) if whole else None,
        (max(low for low, _ in bands), min(high for _, high in bands)) if whole else None,
    )


def grade_levels(
    levels: WindowLevels,
    *,
    unit: str | None = None,
    machine_group: str | None = None,
    shaft_rpm: float | None = None,
) -> Severity:
    """Severity of a recording whose levels were measured window by window.

    Args:
        levels: from `measure_window` or `combine_windows`.
        unit: unit of the samples, for messages.
        machine_group: "group 1 rigid", "2 flexible" and the like; None assumes group 2 rigid.
        shaft_rpm: speed of the machine, revolutions per minute, where it is known.

    Raises:
        UsageError: the group is not one of ISO 20816-3.
        UnusableSignalError: all samples are equal.

    Source: ISO 20816-3, zone borders; a velocity on a border still belongs to the better zone.

    Example:
        >>> levels = WindowLevels(12000, 1.0, 3.0, 4.0, 4.0, (10.0, 1000.0))
        >>> grade_levels(levels, machine_group="group 2 rigid").zone
        'B'
    """
    group = _group(machine_group)
    rms = sqrt(levels.mean_square)
    if not rms:
        raise UnusableSignalError(
            "All samples are equal, so there is no vibration to grade. "
            "Check the sensor and its cable."
        )
    velocity = zone = None
    warnings: tuple[Notice, ...] = (_why_no_zone(unit),)
    if levels.velocity_mean_square is not None and levels.band_hz is not None:
        velocity = sqrt(levels.velocity_mean_square)
        if shaft_rpm is not None and shaft_rpm < SLOWEST_RPM:
            warnings = (_too_slow(shaft_rpm),)
        else:
            zone = zone_of(velocity, group)
            warnings = _zone_doubts(levels.band_hz, machine_group)
    return Severity(
        velocity_rms_mm_s=velocity,
        band_hz=levels.band_hz,
        zone=zone,
        machine_group=group,
        kurtosis=levels.mean_fourth / levels.mean_square**2,
        crest_factor=levels.peak / rms,
        warnings=warnings,
    )


def grade_severity(signal: Signal, *, machine_group: str | None = None) -> Severity:
    """Velocity, ISO 20816-3 zone, kurtosis and crest factor of a recording in memory.

    Args:
        signal: samples (time,) in `signal.unit`.
        machine_group: "group 1 rigid", "2 flexible" and the like; None assumes group 2 rigid.

    Raises:
        UsageError: the group is not one of ISO 20816-3.
        UnusableSignalError: the recording is empty or constant, or holds values that are not
            finite.

    Source: ISO 20816-3; see `measure_window` for kurtosis and crest factor.

    Example:
        >>> t = np.arange(12000) / 12000
        >>> sine = Signal(np.sin(2 * np.pi * 100 * t), sample_rate_hz=12000, unit="m/s2")
        >>> grade_severity(sine, machine_group="group 2 rigid").zone
        'A'
    """
    levels = measure_window(signal.samples, signal.sample_rate_hz, signal.unit)
    return grade_levels(levels, unit=signal.unit, machine_group=machine_group)


def zone_of(velocity_rms_mm_s: float, machine_group: str) -> str:
    """Zone A to D of a velocity in mm/s rms; a border belongs to the better zone.

    Raises:
        UsageError: the group is not one of ISO 20816-3.

    Source: ISO 20816-3, evaluation zones.

    Example:
        >>> zone_of(1.4, "group 2 rigid"), zone_of(1.41, "group 2 rigid")
        ('A', 'B')
    """
    borders = ZONE_BORDERS_MM_S[_group(machine_group)]
    return "ABCD"[sum(velocity_rms_mm_s > border for border in borders)]


def _zone_doubts(band_hz: tuple[float, float], machine_group: str | None) -> tuple[Notice, ...]:
    doubts = []
    if machine_group is None:
        known = "、".join(f"{name.zh}（{key}）" for key, name in GROUP_NAMES.items())
        doubts.append(
            Notice(
                en=f"No machine group was stated; the zone assumes {ASSUMED_GROUP} of ISO "
                f"20816-3. Allowed: {', '.join(ZONE_BORDERS_MM_S)}.",
                zh=f"未给出机器组别；区域按 ISO 20816-3 {GROUP_NAMES[ASSUMED_GROUP].zh}评定。"
                f"可选：{known}。",
            )
        )
    if band_hz != BAND_HZ:
        low, high = band_hz
        doubts.append(
            Notice(
                en=f"The velocity covers {low:.0f} to {high:.0f} Hz instead of "
                f"{BAND_HZ[0]:.0f} to {BAND_HZ[1]:.0f} Hz: the sampling rate or the length "
                "allows no more. The zone may be too good.",
                zh=f"受采样率或记录长度所限，振动速度的频带为 {low:.0f}～{high:.0f} Hz，而非 "
                f"{BAND_HZ[0]:.0f}～{BAND_HZ[1]:.0f} Hz。区域评定可能偏乐观。",
            )
        )
    return tuple(doubts)


def _too_slow(shaft_rpm: float) -> Notice:
    return Notice(
        en=f"At {shaft_rpm:.0f} rpm there is no machine zone: below {SLOWEST_RPM:.0f} rpm ISO "
        "20816-3 wants the velocity from 2 Hz on (and below 120 rpm it does not apply); ours "
        f"starts at {BAND_HZ[0]:.0f} Hz.",
        zh=f"转速 {shaft_rpm:.0f} r/min 时不给出机器区域：低于 {SLOWEST_RPM:.0f} r/min 时 "
        "ISO 20816-3 要求振动速度从 2 Hz 起算（低于 120 r/min 时该标准不适用），"
        f"本软件从 {BAND_HZ[0]:.0f} Hz 起算。",
    )


def _why_no_zone(unit: str | None) -> Notice:
    if parse_unit(unit) is not None:
        return Notice(
            en="The recording is too short or too slowly sampled for a velocity from 10 Hz on, "
            "so there is no machine zone.",
            zh="记录过短或采样率过低，得不到 10 Hz 以上的振动速度，无法评定整机区域。",
        )
    given = (
        Notice(f"Unit '{unit}' is no unit of vibration", f"“{unit}”不是振动单位")
        if unit
        else Notice("The unit is not known", "信号单位未知")
    )
    return Notice(
        en=f"{given}, so there is no velocity and no machine zone. "
        "State it: m/s2, g, mm/s or in/s.",
        zh=f"{given.zh}，无法计算振动速度和整机区域。请给出单位：m/s2、g、mm/s 或 in/s。",
    )


def _group(text: str | None) -> str:
    if text is None:
        return ASSUMED_GROUP
    found = re.fullmatch(r"(?:group)?([12])(rigid|flexible)", re.sub(r"[\s,_-]", "", text.lower()))
    if found is None:
        raise UsageError(
            f"Machine group '{text}' is not one of ISO 20816-3. Allowed: "
            f"{', '.join(ZONE_BORDERS_MM_S)}."
        )
    return f"group {found[1]} {found[2]}"


def _band(samples: int, sample_rate_hz: float) -> tuple[float, float] | None:
    low = max(BAND_HZ[0], _CYCLES * sample_rate_hz / samples)
    high = min(BAND_HZ[1], USABLE_SHARE * sample_rate_hz)
    return (low, high) if low < high else None


def _velocity_mean_square(
    x: NDArray[np.float64], sample_rate_hz: float, unit: VibrationUnit, band: tuple[float, float]
) -> float:
    # Without the taper, the leakage of strong low frequencies would grow as 1/f.
    taper = _taper(x.size) if x.size <= LONGEST_KEPT else np.hanning(x.size)
    spectrum = fft.rfft(x * taper)
    # Bins within a step of the band: of 12,801 bins of a second at 25.6 kHz a thousand.
    step_hz = sample_rate_hz / x.size
    near = slice(max(0, floor(band[0] / step_hz) - 1), ceil(band[1] / step_hz) + 2)
    hertz = fft.rfftfreq(x.size, 1 / sample_rate_hz)[near]
    inside = (hertz >= band[0]) & (hertz <= band[1])
    amplitude = np.abs(spectrum[near][inside]) * (unit.factor * 1000)
    if unit.quantity == "acceleration":
        amplitude /= 2 * np.pi * hertz[inside]
    # The squares of a Hann taper of n samples add up to 3 (n - 1) / 8.
    return float(2 * np.sum(amplitude**2) / (x.size * 0.375 * (x.size - 1)))


@lru_cache(maxsize=4)
def _taper(length: int) -> NDArray[np.float64]:
    """A cosine per sample takes as long as all else of a window together; windows are alike."""
    taper: NDArray[np.float64] = np.hanning(length)
    taper.flags.writeable = False
    return taper
