"""Levels of bands: where a tone lies, steady for noise, blind to gain, mean and slope."""

import numpy as np
import pytest

from faultlens.inputs.spectrum_array import BANDS, spectrum_arrays


@pytest.mark.parametrize("share", [0.02, 0.13, 0.37, 0.48])
@pytest.mark.parametrize("length", [1024, 4000])
def test_a_tone_stands_in_the_band_of_its_frequency(share: float, length: int) -> None:
    tone = np.sin(2 * np.pi * share * np.arange(length))[None]
    found = spectrum_arrays(tone + 1e-3 * np.random.default_rng(0).normal(size=tone.shape))
    assert abs(int(found[0, 0].argmax()) + 1 - share * 2 * (BANDS + 1)) <= 1


def test_white_noise_is_flat_and_four_tapers_make_it_steady(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noise = np.random.default_rng(0).normal(size=(400, 1024))
    found = spectrum_arrays(noise)[:, 0]
    assert np.abs(found.mean(axis=1)).max() < 1e-5
    assert np.ptp(found.mean(axis=0)) < 0.3
    monkeypatch.setattr("faultlens.inputs.spectrum_array.TAPERS", 1)
    single = spectrum_arrays(noise)[:, 0]
    spread = [float(x.std(axis=0).mean()) for x in (found, single)]
    assert spread == pytest.approx([0.39, 0.49], abs=0.01), "as its docstring says"


def test_a_shorter_window_than_bands_has_a_level_in_every_band() -> None:
    found = spectrum_arrays(np.random.default_rng(0).normal(size=(2, 64)))
    assert found.shape == (2, 1, BANDS) and np.isfinite(found).all()
    assert np.abs(found).max() < 6


def test_another_path_only_adds_a_curve_that_is_the_same_for_every_window() -> None:
    noise = np.random.default_rng(0).normal(size=(20, 1024))
    smoothed = noise + 0.8 * np.roll(noise, 1, axis=1)
    change = spectrum_arrays(smoothed)[:, 0] - spectrum_arrays(noise)[:, 0]
    assert change.std(axis=0)[:100].max() < 0.25 < np.ptp(change.mean(axis=0))


def test_gain_mean_and_slope_are_gone() -> None:
    wave = np.random.default_rng(0).normal(size=(2, 512))
    moved = -1e4 * (wave + 3 + 0.02 * np.arange(512))
    assert spectrum_arrays(moved) == pytest.approx(spectrum_arrays(wave), abs=1e-4)
    assert np.abs(spectrum_arrays(np.zeros((1, 512)))).max() < 1e-6
