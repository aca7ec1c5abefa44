"""Whatever rate, length and gain: the middle second at one rate, without mean and level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.inputs.waveform_array import LARGEST, LENGTH, RATE_HZ, waveform_array


def tone(rate_hz: float, seconds: float, hz: float = 100.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(round(rate_hz * seconds)) / rate_hz)


def loudest_hz(wave: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(wave)).argmax() * RATE_HZ / len(wave))


@pytest.mark.parametrize("rate_hz", [8000.0, 12000.0, 25600.0, 48828.125])
def test_a_tone_keeps_its_frequency_at_every_rate(rate_hz: float) -> None:
    wave = waveform_array(tone(rate_hz, 3.0), rate_hz)
    assert loudest_hz(wave) == 100
    assert (wave.shape, wave.dtype) == ((LENGTH,), np.float32)
    assert float(wave.std()) == pytest.approx(1, abs=0.01)


def test_the_middle_second_is_taken() -> None:
    samples = np.concatenate([tone(12000, 2, 50), tone(12000, 1, 400), tone(12000, 2, 50)])
    assert loudest_hz(waveform_array(samples, 12000)) == 400


def test_mean_and_gain_do_not_matter() -> None:
    wave = tone(RATE_HZ, 1.5)
    assert waveform_array(1e-3 * wave + 9.81, RATE_HZ) == pytest.approx(
        waveform_array(wave, RATE_HZ), abs=1e-4
    )


def test_a_short_recording_is_repeated() -> None:
    wave = waveform_array(tone(RATE_HZ, 0.25), RATE_HZ)
    quarter = LENGTH // 4
    assert wave[quarter : 2 * quarter] == pytest.approx(wave[:quarter], abs=1e-6)


def test_one_shock_is_cut_and_silence_stays_silent() -> None:
    shocked = tone(RATE_HZ, 1.0)
    shocked[LENGTH // 2] = 1000.0
    assert waveform_array(shocked, RATE_HZ).max() == LARGEST
    assert not waveform_array(np.full(LENGTH, 0.5), RATE_HZ).any()


@given(st.integers(30, 40_000), st.floats(2000, 60_000), st.floats(1e-6, 1e6))
def test_any_recording_gives_finite_numbers_of_one_length(
    length: int, rate_hz: float, gain: float
) -> None:
    samples = gain * np.random.default_rng(length).normal(size=length)
    wave = waveform_array(samples, rate_hz)
    assert wave.shape == (LENGTH,)
    assert np.isfinite(wave).all() and np.abs(wave).max() <= LARGEST
