"""Windows start where they should, trends go, and resampling keeps what fits and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.signals.signal import Signal
from faultlens.signals.windows import detrend, resample, window_starts


def test_windows_follow_each_other_and_may_overlap() -> None:
    assert window_starts(100, 10, 2) == (0, 20, 40, 60, 80)
    assert window_starts(50, 10, 2, overlap=0.5) == (0, 10, 20, 30)


def test_few_windows_are_spread_from_the_first_to_the_last() -> None:
    assert window_starts(1000, 10, 2, most=3) == (0, 480, 980)
    assert window_starts(1000, 10, 2, most=1) == (0,)
    assert window_starts(40, 10, 2, most=9) == (0, 20)


@given(
    length=st.integers(1, 5000),
    size=st.integers(1, 500),
    overlap=st.floats(0, 0.95),
    most=st.none() | st.integers(1, 20),
)
def test_every_window_fits_and_none_is_doubled(
    length: int, size: int, overlap: float, most: int | None
) -> None:
    if length < size:
        with pytest.raises(UnusableSignalError, match="ask for shorter windows"):
            window_starts(length, 1.0, size, overlap=overlap, most=most)
        return
    starts = window_starts(length, 1.0, size, overlap=overlap, most=most)
    assert starts[0] == 0 and starts[-1] + size <= length
    assert len(set(starts)) == len(starts) and list(starts) == sorted(starts)
    assert most is None or len(starts) <= most


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"overlap": 1.0}, "Overlap 1.0; it must lie in 0 to below 1"),
        ({"most": 0}, "At most 0 windows; ask for 1 or more"),
        ({"seconds": 0.0}, "a window holds at least one sample"),
    ],
)
def test_impossible_windows_are_said(change: dict[str, float], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        window_starts(**{"length": 100, "sample_rate_hz": 10, "seconds": 1.0, **change})  # type: ignore[arg-type]


def test_mean_and_trend_go_and_the_rest_stays() -> None:
    time = np.linspace(0, 1, 1000)
    wave = np.sin(2 * np.pi * 40 * time)
    left = detrend(wave + 7 - 3 * time)
    assert np.abs(left - detrend(wave)).max() < 1e-10
    assert np.abs(left - wave).max() < 0.05
    assert detrend(np.array([4.0])) == 0


def sine(frequency_hz: float, rate_hz: float) -> Signal:
    return Signal(np.sin(2 * np.pi * frequency_hz * np.arange(int(rate_hz)) / rate_hz), rate_hz)


def middle_rms(signal: Signal) -> float:
    quarter = len(signal.samples) // 4
    return float(np.sqrt(np.mean(signal.samples[quarter : 3 * quarter] ** 2)))


@pytest.mark.parametrize("rate_hz", [12000.0, 20480.0, 44100.0, 96000.0])
def test_a_sine_survives_with_its_amplitude_and_phase(rate_hz: float) -> None:
    out = resample(sine(1000, 48000), rate_hz)
    assert out.sample_rate_hz == pytest.approx(rate_hz, rel=1e-3)
    assert out.duration_s == pytest.approx(1, abs=2 / rate_hz)
    time_s = np.arange(len(out.samples)) / out.sample_rate_hz
    expected = np.sin(2 * np.pi * 1000 * time_s)
    middle = slice(len(expected) // 4, 3 * len(expected) // 4)
    assert np.abs(out.samples - expected)[middle].max() < 2e-3


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_band_up_to_nine_tenths_passes(share: float) -> None:
    out = resample(sine(share * 6000, 48000), 12000)
    assert middle_rms(out) == pytest.approx(np.sqrt(0.5), rel=1e-3)


@pytest.mark.parametrize("frequency_hz", [6050.0, 6600.0, 9000.0, 17900.0, 23000.0])
def test_what_would_alias_is_suppressed_by_more_than_60_db(frequency_hz: float) -> None:
    out = resample(sine(frequency_hz, 48000), 12000)
    assert 20 * np.log10(middle_rms(out) / np.sqrt(0.5)) < -60


def test_a_constant_stays_a_constant_to_its_edges() -> None:
    out = resample(Signal(np.full(4000, 3.0), 4000), 1000)
    np.testing.assert_allclose(out.samples, 3.0, rtol=1e-6)


def test_the_same_rate_changes_nothing_and_history_is_kept() -> None:
    signal = sine(100, 1000)
    assert resample(signal, 1000) is signal
    assert resample(signal, 500).history == ("resampled to 500 Hz",)


def test_an_impossible_rate_is_said() -> None:
    with pytest.raises(UsageError, match="positive and within a factor of 1000"):
        resample(sine(100, 1000), 0)
