"""The spectrum of the live page shows a tone in its band, at its level, whatever the length."""

import numpy as np
import pytest

from faultlens.line.detectors.spectrum import band_levels

RATE_HZ = 12_800.0


@pytest.mark.parametrize("seconds", [0.1, 1.0, 60.0])
def test_a_tone_stands_in_its_band(seconds: float) -> None:
    tone = np.sin(2 * np.pi * 2125 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    levels, band_hz = band_levels(tone, RATE_HZ)
    assert (levels.shape, band_hz) == ((128,), 50.0)
    assert levels.argmax() == 2125 // 50
    assert 10 * np.log10((10 ** (levels / 10)).sum()) == pytest.approx(-3.01, abs=0.2)


def test_noise_is_flat_and_its_bands_add_up_to_its_power() -> None:
    noise = 3 * np.random.default_rng(0).standard_normal(128_000)
    levels, _ = band_levels(noise, RATE_HZ)
    assert np.ptp(levels[2:-2]) < 3
    assert (10 ** (levels / 10)).sum() == pytest.approx(9, rel=0.03)


def test_windows_that_hold_nothing_have_no_level() -> None:
    assert band_levels(np.zeros(100), RATE_HZ)[0].shape == (0,)
    for nothing in (np.zeros(512), np.full(512, 5.0), np.full(512, np.nan), np.full(512, np.inf)):
        levels, _ = band_levels(nothing, RATE_HZ)
        assert np.isfinite(levels).all()
        assert (levels < -100).all()
