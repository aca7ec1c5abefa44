"""The contrast spectrum shows how often a band is modulated, whatever its level or resonance."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from faultlens.signals.lines import spread
from faultlens.signals.modulation import (
    LONGEST_PRODUCT,
    MEDIAN_WIDTH_ORDERS,
    ContrastSpectrum,
    contrast_spectrum,
    frame_powers,
    modulation_spectrum,
)

RATE_HZ = 12000.0
SHAFT_HZ = 30.0


def modulated(order: float, *, depth: float = 0.8, seed: int = 0) -> NDArray[np.float64]:
    time = np.arange(24000) / RATE_HZ
    noise = np.random.default_rng(seed).normal(size=len(time))
    return noise * (1 + depth * np.cos(2 * np.pi * order * SHAFT_HZ * time))


def contrast(samples: NDArray[np.float64], highest: float = 12.0) -> ContrastSpectrum:
    return contrast_spectrum(samples, RATE_HZ, shaft_hz=SHAFT_HZ, highest_order=highest)


@settings(max_examples=20)
@given(st.floats(1.2, 11.0))
def test_noise_modulated_at_an_order_peaks_there(order: float) -> None:
    found = contrast(modulated(order))
    top = float(found.orders[found.contrast.argmax()])
    assert top == pytest.approx(order, abs=found.resolution_orders / 2)
    assert found.contrast.max() > 5 * spread(found.contrast)


def test_plain_noise_lies_around_zero_and_has_no_line() -> None:
    found = contrast(modulated(3.6, depth=0.0))
    assert abs(float(np.median(found.contrast))) < 0.1
    assert found.contrast.max() < 5 * spread(found.contrast)


@pytest.mark.parametrize("gain", [1e-6, 1.0, 1e6])
def test_gain_and_offset_change_nothing(gain: float) -> None:
    samples = modulated(3.6)
    assert contrast(gain * samples + 5 * gain).contrast == pytest.approx(
        contrast(samples).contrast, abs=1e-4
    )


def test_a_resonance_leaves_the_line_where_it_was() -> None:
    from scipy.signal import lfilter

    samples = modulated(3.6)
    ringing = lfilter([1.0], [1.0, -1.6, 0.95], samples)
    found = contrast(ringing)
    assert found.orders[found.contrast.argmax()] == pytest.approx(3.6, abs=0.02)


def test_one_violent_shock_does_not_hide_the_line() -> None:
    samples = modulated(3.6)
    samples[5000:5020] += 300.0
    found = contrast(samples)
    assert found.orders[found.contrast.argmax()] == pytest.approx(3.6, abs=0.02)


def test_two_lines_a_resolution_apart_are_told_apart() -> None:
    both = modulated(4.0, depth=0.5) + modulated(4.1, depth=0.5, seed=1)
    found = contrast(both)
    assert found.resolution_orders < 0.1
    near = np.abs(found.orders[:, None] - [4.0, 4.05, 4.1]) < found.resolution_orders / 4
    low, middle, high = (float(found.contrast[x].max()) for x in near.T)
    assert middle < min(low, high) - 0.3


def test_the_axis_reaches_the_order_asked_for_and_no_further() -> None:
    for highest in (5.0, 12.0, 23.0):
        found = contrast(modulated(3.6), highest)
        assert found.orders[-1] <= highest < found.orders[-1] + 1.5 * found.bin_orders


def test_a_fast_line_shortens_the_frame_until_it_shows() -> None:
    order = 40.0  # 1200 Hz: a frame of 2.5 ms would hold three periods of it
    found = contrast(modulated(order), 45.0)
    assert found.orders[found.contrast.argmax()] == pytest.approx(order, abs=0.05)


def test_a_constant_or_very_short_window_gives_finite_numbers() -> None:
    for samples in (np.full(24000, 3.0), np.zeros(24000), modulated(3.6)[:800]):
        assert np.isfinite(contrast(samples).contrast).all()


@pytest.mark.parametrize("value", [0.01, -9.80665, 1e-30])
def test_the_rounding_of_a_constants_mean_is_no_vibration(value: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(contrast(np.full(51200, value)).contrast).all()


def test_every_band_has_its_own_level_taken_out() -> None:
    strength, bin_hz, resolution_hz = modulation_spectrum(
        modulated(3.6), RATE_HZ, fastest_line_hz=360.0
    )
    assert resolution_hz == pytest.approx(2 / 2.0, rel=0.02)  # Hann: two bins of 1 / 2 s
    at = round(3.6 * SHAFT_HZ / bin_hz)
    # White noise modulated as a whole: every band shows it alike.
    assert (strength[:, at] > 3 * np.median(strength, axis=1)).all()


@pytest.mark.parametrize("frame", [8, 29, 62, 64, LONGEST_PRODUCT, LONGEST_PRODUCT + 1, 300])
def test_folded_products_are_the_spectrum_of_each_frame(frame: int) -> None:
    samples = np.random.default_rng(frame).normal(size=5000)
    frames = np.lib.stride_tricks.sliding_window_view(samples, frame)[::7]
    plain = np.abs(np.fft.rfft(frames * np.hanning(frame + 2)[1:-1], axis=1)[:, 1:]) ** 2
    found = frame_powers(samples.astype(np.float32), frame, 7)
    assert found.shape == plain.shape
    assert found == pytest.approx(plain, abs=3e-5 * plain.mean())


def test_the_contrast_is_what_its_definition_says() -> None:
    """Each band over its own median, interpolated in every band; then the mean over bands."""
    highest = 12.0
    found = contrast(modulated(3.6), highest)
    strength, bin_hz, _ = modulation_spectrum(
        modulated(3.6), RATE_HZ, fastest_line_hz=highest * SHAFT_HZ
    )
    width = MEDIAN_WIDTH_ORDERS * SHAFT_HZ / bin_hz
    bins = int(highest * SHAFT_HZ / bin_hz) + 1
    levels = np.log(strength[:, : bins + int(width)])
    step = int(width / 16)
    span = int(width / step) | 1
    padded = np.pad(levels[:, ::step], ((0, 0), (span // 2, span // 2)), mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(padded, span, axis=1)[:, :: span // 8]
    medians = np.median(around, axis=2)
    places = np.arange(medians.shape[1]) * step * (span // 8)
    plain = [
        band - np.interp(np.arange(len(band)), places, its)
        for band, its in zip(levels, medians, strict=True)
    ]
    assert found.contrast == pytest.approx(np.mean(plain, axis=0)[:bins], abs=1e-5)
