"""Each spectrum reads what was put in: amplitudes, modulation frequency and depth, impacts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.signals.spectra import (
    amplitude_spectrum,
    cepstrum_prewhitened,
    order_spectrum,
    squared_envelope,
    squared_envelope_spectrum,
)

RATE_HZ = 10000
TIME_S = np.arange(RATE_HZ) / RATE_HZ


@pytest.mark.parametrize("window", ["hann", "flattop", "rectangular"])
@pytest.mark.parametrize("length", [10000, 9999])
def test_a_sine_of_amplitude_a_reads_a(window: str, length: int) -> None:
    time = np.arange(length) / length
    wave = 2.5 * np.sin(2 * np.pi * 500 * time + 0.3) + 4
    frequency_hz, amplitude = amplitude_spectrum(wave, length, window=window)
    assert frequency_hz[500] == pytest.approx(500)
    assert amplitude[500] == pytest.approx(2.5)
    assert amplitude[0] == pytest.approx(4)
    assert np.delete(amplitude, np.r_[0:6, 495:506]).max() < 1e-3  # flat-top: ISO digits


@given(st.floats(400.0, 420.0))
def test_flat_top_reads_amplitudes_between_bins(frequency_hz: float) -> None:
    _, amplitude = amplitude_spectrum(
        np.sin(2 * np.pi * frequency_hz * TIME_S), RATE_HZ, window="flattop"
    )
    assert amplitude.max() == pytest.approx(1, abs=2e-3)


def test_the_last_bin_of_an_even_length_is_not_doubled() -> None:
    _, amplitude = amplitude_spectrum(np.array([1.0, -1.0] * 50), 100, window="rectangular")
    assert amplitude[-1] == pytest.approx(1)


def test_an_unknown_window_is_said() -> None:
    with pytest.raises(UsageError, match="choose one of flattop, hann, rectangular"):
        amplitude_spectrum(TIME_S, RATE_HZ, window="kaiser")


@given(depth=st.floats(0.05, 1.0), modulation_hz=st.integers(5, 200))
def test_the_envelope_spectrum_reads_frequency_and_depth(depth: float, modulation_hz: int) -> None:
    carrier = 3 * np.sin(2 * np.pi * 2000 * TIME_S)
    wave = carrier * (1 + depth * np.cos(2 * np.pi * modulation_hz * TIME_S))
    frequency_hz, amplitude = squared_envelope_spectrum(wave, RATE_HZ)
    assert frequency_hz[amplitude.argmax()] == modulation_hz
    assert amplitude[modulation_hz] == pytest.approx(2 * depth * 9, rel=1e-6)
    assert amplitude[2 * modulation_hz] == pytest.approx(depth**2 * 9 / 2, rel=1e-6)


def test_a_band_shuts_out_other_carriers() -> None:
    swelling = (1 + 0.5 * np.cos(2 * np.pi * 7 * TIME_S)) * np.sin(2 * np.pi * 3000 * TIME_S)
    other = 5 * (1 + 0.5 * np.cos(2 * np.pi * 11 * TIME_S)) * np.sin(2 * np.pi * 1000 * TIME_S)
    _, whole = squared_envelope_spectrum(swelling + other, RATE_HZ)
    _, band = squared_envelope_spectrum(swelling + other, RATE_HZ, band_hz=(2500, 3500))
    assert whole[11] > whole[7]
    assert band[7] == pytest.approx(1) and band[11] < 1e-9


@pytest.mark.parametrize("length", [1000, 1001])
def test_the_squared_envelope_is_that_of_scipys_hilbert(length: int) -> None:
    from scipy.signal import hilbert

    noise = np.random.default_rng(0).standard_normal(length)
    noise -= noise.mean()
    np.testing.assert_allclose(squared_envelope(noise, 1000), np.abs(hilbert(noise)) ** 2)


def test_an_empty_band_is_said() -> None:
    with pytest.raises(UsageError, match=r"Band 7000 to 8000 Hz .* ends at 5000.0 Hz"):
        squared_envelope(TIME_S, RATE_HZ, band_hz=(7000, 8000))


def test_an_order_spectrum_reads_orders_and_amplitudes() -> None:
    turns = np.arange(128 * 50) / 128
    orders, amplitude = order_spectrum(0.7 * np.cos(2 * np.pi * 3.58 * turns), 128)
    assert orders[amplitude.argmax()] == pytest.approx(3.58)
    assert amplitude.max() == pytest.approx(0.7)


def test_prewhitening_sinks_tones_and_keeps_impacts() -> None:
    rng = np.random.default_rng(1)
    pulses = np.zeros(RATE_HZ)
    pulses[137::400] = 6.0
    noise = 0.3 * rng.standard_normal(RATE_HZ)
    tones = 20 * np.sin(2 * np.pi * 430 * TIME_S) + 9 * np.sin(2 * np.pi * 1230 * TIME_S)
    before, after = pulses + noise + tones, cepstrum_prewhitened(pulses + noise + tones)
    _, amplitude = amplitude_spectrum(after, RATE_HZ, window="rectangular")
    assert amplitude[430] <= 1.01 * np.median(amplitude)

    def stands_out(samples: np.ndarray) -> float:
        at = np.zeros(RATE_HZ, dtype=bool)
        at[137::400] = True
        return float(np.mean(samples[at]) / samples[~at].std())

    assert stands_out(before) < 1 < 2 < stands_out(after)
    assert np.sqrt(np.mean(after**2)) == pytest.approx(1, rel=0.01)


@given(st.integers(2, 300), st.integers(0, 100))
def test_whitened_samples_have_a_flat_spectrum(length: int, seed: int) -> None:
    samples = np.random.default_rng(seed).standard_normal(length)
    strength = np.abs(np.fft.rfft(cepstrum_prewhitened(samples)))[1:]
    np.testing.assert_allclose(strength, np.sqrt(length), rtol=1e-9)


def test_silence_stays_silence() -> None:
    assert not cepstrum_prewhitened(np.zeros(16)).any()
