"""Resampling keeps what fits into the new band, and nothing else."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.signals.resample import resample
from faultlens.signals.signal import Signal


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
