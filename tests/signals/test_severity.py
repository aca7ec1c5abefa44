"""A known sine gives its velocity, zone, kurtosis and crest factor; doubts are said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.signals.severity import (
    ZONE_BORDERS_MM_S,
    WindowLevels,
    combine_windows,
    grade_levels,
    grade_severity,
    measure_window,
    zone_of,
)
from faultlens.signals.signal import Signal
from faultlens.signals.units import STANDARD_GRAVITY_M_S2, parse_unit

RATE_HZ = 12000
TIME_S = np.arange(2 * RATE_HZ) / RATE_HZ


def sine(hertz: float, amplitude: float = 1.0, unit: str | None = "m/s2") -> Signal:
    return Signal(amplitude * np.sin(2 * np.pi * hertz * TIME_S), RATE_HZ, unit=unit)


@pytest.mark.parametrize("hertz", [25, 100, 317.3, 900])
def test_velocity_is_acceleration_over_2_pi_f(hertz: float) -> None:
    expected = 1000 * 3.0 / (2 * np.pi * hertz) / np.sqrt(2)
    assert grade_severity(sine(hertz, 3.0)).velocity_rms_mm_s == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("hertz", [4, 1500, 4000])
def test_what_lies_outside_10_to_1000_hz_does_not_count(hertz: float) -> None:
    inside = grade_severity(sine(100)).velocity_rms_mm_s
    outside = grade_severity(sine(hertz)).velocity_rms_mm_s
    assert inside is not None and outside is not None and outside < 1e-3 * inside


@pytest.mark.parametrize(
    ("unit", "size_m_s2"),
    [("g", STANDARD_GRAVITY_M_S2), ("mg", STANDARD_GRAVITY_M_S2 / 1000), ("mm/s²", 1e-3),
     ("gal", 0.01), ("m/s^2", 1.0)],
)  # fmt: skip
def test_units_of_acceleration(unit: str, size_m_s2: float) -> None:
    reference = grade_severity(sine(100)).velocity_rms_mm_s
    given_unit = grade_severity(sine(100, 1 / size_m_s2, unit)).velocity_rms_mm_s
    assert given_unit == pytest.approx(reference)


@pytest.mark.parametrize(("unit", "size_mm_s"), [("mm/s", 1.0), ("ips", 25.4), ("m/s", 1000.0)])
def test_units_of_velocity_are_not_integrated(unit: str, size_mm_s: float) -> None:
    graded = grade_severity(sine(100, 4.0, unit))
    assert graded.velocity_rms_mm_s == pytest.approx(4.0 * size_mm_s / np.sqrt(2), rel=2e-3)


@pytest.mark.parametrize(
    "spelling", ["m/s2", "m/s²", "M/S^2", " m/s**2 ", "m s⁻²".replace("⁻²", "-2"), "[m/s2]"]
)
def test_spellings_of_one_unit(spelling: str) -> None:
    unit = parse_unit(spelling)
    assert unit is not None and unit.name == "m/s2"


def test_an_unknown_unit_is_none() -> None:
    assert parse_unit("V") is None and parse_unit(None) is None and parse_unit("") is None


def test_kurtosis_and_crest_factor_of_a_sine_and_of_noise() -> None:
    graded = grade_severity(sine(100))
    assert graded.kurtosis == pytest.approx(1.5, rel=1e-6)
    assert graded.crest_factor == pytest.approx(np.sqrt(2), rel=1e-6)
    noise = np.random.default_rng(1).standard_normal(200_000)
    assert grade_severity(Signal(noise, RATE_HZ)).kurtosis == pytest.approx(3.0, abs=0.05)


def test_an_offset_changes_nothing() -> None:
    plain, offset = sine(100), sine(100)
    shifted = grade_severity(Signal(offset.samples + 50, RATE_HZ, unit="m/s2"))
    assert shifted.kurtosis == pytest.approx(grade_severity(plain).kurtosis)
    assert shifted.velocity_rms_mm_s == pytest.approx(grade_severity(plain).velocity_rms_mm_s)


@pytest.mark.parametrize("group", ZONE_BORDERS_MM_S)
def test_zone_borders_exactly(group: str) -> None:
    for border, better, worse in zip(ZONE_BORDERS_MM_S[group], "ABC", "BCD", strict=True):
        assert zone_of(border, group) == better
        assert zone_of(np.nextafter(border, np.inf), group) == worse
    assert zone_of(0.0, group) == "A"


def test_borders_are_those_of_iso_20816_3() -> None:
    assert ZONE_BORDERS_MM_S["group 1 rigid"] == (2.3, 4.5, 7.1)
    assert ZONE_BORDERS_MM_S["group 1 flexible"] == (3.5, 7.1, 11.0)
    assert ZONE_BORDERS_MM_S["group 2 rigid"] == (1.4, 2.8, 4.5)
    assert ZONE_BORDERS_MM_S["group 2 flexible"] == (2.3, 4.5, 7.1)


@pytest.mark.parametrize(
    "text", ["group 1 flexible", "Group 1, flexible", "1-flexible", "1 flexible"]
)
def test_spellings_of_a_machine_group(text: str) -> None:
    assert grade_severity(sine(100), machine_group=text).machine_group == "group 1 flexible"


def test_an_unknown_machine_group_lists_the_known_ones() -> None:
    with pytest.raises(
        UsageError, match=r"'pump' is not one of ISO 20816-3\. Allowed: group 1 rigid"
    ):
        grade_severity(sine(100), machine_group="pump")


def test_an_assumed_group_is_said_and_a_stated_one_is_not() -> None:
    assumed = grade_severity(sine(100, 2.0))
    assert (assumed.machine_group, assumed.zone) == ("group 2 rigid", "B")
    assert "No machine group was stated; the zone assumes group 2 rigid" in assumed.warnings[0].en
    stated = grade_severity(sine(100), machine_group="group 2 rigid")
    assert stated.warnings == ()


@pytest.mark.parametrize(
    ("unit", "words"), [(None, "The unit is not known"), ("V", "Unit 'V' is no unit")]
)
def test_without_a_unit_there_is_no_zone(unit: str | None, words: str) -> None:
    graded = grade_severity(sine(100, unit=unit))
    assert (graded.zone, graded.velocity_rms_mm_s) == (None, None)
    assert graded.kurtosis == pytest.approx(1.5)
    assert words in graded.warnings[0].en and "State it" in graded.warnings[0].en


def test_a_low_rate_narrows_the_band_and_says_so() -> None:
    time = np.arange(2048) / 1024
    slow = Signal(np.sin(2 * np.pi * 100 * time), 1024, unit="m/s2")
    graded = grade_severity(slow, machine_group="group 2 rigid")
    assert graded.band_hz == (10.0, 400.0)
    assert "covers 10 to 400 Hz instead of 10 to 1000 Hz" in graded.warnings[0].en
    assert graded.velocity_rms_mm_s == pytest.approx(1.125, rel=5e-3)


def test_a_very_low_rate_gives_no_zone() -> None:
    graded = grade_severity(Signal(np.sin(np.arange(100.0)), 20, unit="g"))
    assert graded.zone is None and "too short or too slowly sampled" in graded.warnings[0].en


def test_a_constant_or_broken_recording_is_refused() -> None:
    with pytest.raises(UnusableSignalError, match="All samples are equal"):
        grade_severity(Signal(np.ones(1000), 1000))
    for samples in (np.array([]), np.array([1.0, np.nan])):
        with pytest.raises(UnusableSignalError, match="no missing values"):
            measure_window(samples, 1000)


def test_windows_combine_to_the_whole() -> None:
    rng = np.random.default_rng(3)
    samples = rng.standard_normal(20 * RATE_HZ)
    whole = grade_severity(Signal(samples, RATE_HZ, unit="m/s2"))
    windows = [measure_window(w, RATE_HZ, "m/s2") for w in np.split(samples, 10)]
    parts = grade_levels(combine_windows(windows), unit="m/s2")
    assert parts.velocity_rms_mm_s == pytest.approx(whole.velocity_rms_mm_s, rel=0.1)
    assert parts.kurtosis == pytest.approx(whole.kurtosis, rel=1e-3)
    assert parts.crest_factor == pytest.approx(whole.crest_factor, rel=1e-3)


def test_powers_average_and_peaks_do_not() -> None:
    quiet = WindowLevels(100, 1.0, 3.0, 2.0, 1.0, (10.0, 1000.0))
    loud = WindowLevels(300, 9.0, 243.0, 8.0, 9.0, (12.0, 900.0))
    both = combine_windows([quiet, loud])
    assert (both.samples, both.mean_square, both.peak) == (400, 7.0, 8.0)
    assert both.velocity_mean_square == 7.0 and both.band_hz == (12.0, 900.0)
    with pytest.raises(UsageError, match="No window to combine"):
        combine_windows([])


@given(st.floats(0.01, 100))
def test_velocity_scales_with_the_signal_and_shape_does_not(gain: float) -> None:
    one, many = grade_severity(sine(100)), grade_severity(sine(100, gain))
    assert one.velocity_rms_mm_s is not None
    assert many.velocity_rms_mm_s == pytest.approx(gain * one.velocity_rms_mm_s)
    assert many.crest_factor == pytest.approx(one.crest_factor)


@pytest.mark.parametrize("unit", ["m/s2", "mm/s"])
@pytest.mark.parametrize("length", [3000, 25600, 300_000])
def test_a_kept_taper_and_a_slice_of_the_bins_change_no_velocity(length: int, unit: str) -> None:
    samples = np.random.default_rng(length).normal(size=length)
    rate_hz = 25600.0
    found = measure_window(samples, rate_hz, unit).velocity_mean_square
    taper = np.hanning(length)
    spectrum = np.fft.rfft((samples - samples.mean()) * taper)
    hertz = np.fft.rfftfreq(length, 1 / rate_hz)
    inside = (hertz >= max(10.0, 5 * rate_hz / length)) & (hertz <= 1000.0)
    mm_s = spectrum[inside] * (1000 / (2 * np.pi * hertz[inside]) if unit == "m/s2" else 1.0)
    plain = 2 * np.sum(np.abs(mm_s) ** 2) / (length * np.sum(taper**2))
    assert found == pytest.approx(plain, rel=1e-9)
    assert measure_window(samples, rate_hz, unit).velocity_mean_square == found
