"""Gain, light, blur and noise are told from a change of the process, at ten per cent and at ten
times as much."""

import numpy as np
import pytest

from faultlens.line.monitoring.causes import cause_of_pictures, cause_of_spectra


def measures(count: int, seed: int) -> np.ndarray:
    """(frame, part) of parts that differ: brightness, and detail whose octaves move together."""
    rng = np.random.default_rng(seed)
    parts = rng.normal(0, 1, (count, 1)) * [0.0, 1.0, 1.0, 1.0, 1.0]
    return parts + rng.normal(0, 0.2, (count, 5))


@pytest.mark.parametrize(
    ("cause", "brightness", "details"),
    [
        ("bright", 0.83, (0.0, 0.0, 0.0, 0.0)),
        ("bright", 6.0, (-0.8, -0.5, 0.0, 0.0)),  # the brightest pixels are full
        ("dark", -0.92, (0.1, 0.05, 0.0, 0.0)),
        ("dark", -6.0, (2.0, 1.4, 1.0, 0.9)),  # noise stays as it is
        ("blur", 0.0, (-0.92, -0.4, -0.1, 0.0)),
        ("blur", 0.1, (-12.0, -8.0, -4.0, -1.5)),
        ("blur", 0.0, (-0.1, -0.7, -0.3, -0.05)),  # the finest detail is noise
        ("noise", 0.0, (6.0, 2.0, 0.6, 0.1)),
        ("process", 0.0, (0.8, 0.8, 0.8, 0.8)),
        ("process", 0.0, (0.0, 0.1, 0.4, 1.5)),
        ("process", 1.5, (3.0, 0.0, -3.0, 0.5)),
        ("process", 0.0, (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_pictures(cause: str, brightness: float, details: tuple[float, ...]) -> None:
    now = measures(60, 1) + np.array([brightness, *details])
    assert cause_of_pictures(measures(500, 0), now, 1.0) == cause


def spectra(count: int, seed: int, load: float = 1.0) -> np.ndarray:
    """(window, band) of a machine whose load wanders by 3 %: noise, and the teeth of a gear."""
    rng = np.random.default_rng(seed)
    loads = load * (1 + 0.03 * rng.normal(size=(count, 1)))
    noise = np.linspace(0, -25, 96) + 10 * np.log10(loads)
    teeth = np.zeros(96)
    teeth[[12, 13, 24, 25, 36, 37]] = 1.0
    both = 10 ** (noise / 10) + 3 * teeth * loads**2
    return 10 * np.log10(both) + rng.normal(0, 0.25, (count, 96))


@pytest.mark.parametrize("gain", [1.1, 0.9, 2.0, 0.3])
@pytest.mark.parametrize("seed", range(3))
def test_a_gain_is_the_same_ratio_in_every_band(gain: float, seed: int) -> None:
    now = spectra(60, 100 + seed) + 20 * np.log10(gain)
    assert cause_of_spectra(spectra(500, seed), now, 1.0) == "gain"


@pytest.mark.parametrize("load", [1.15, 0.85, 1.5])
@pytest.mark.parametrize("seed", range(3))
def test_another_load_is_the_process(load: float, seed: int) -> None:
    assert cause_of_spectra(spectra(500, seed), spectra(60, 100 + seed, load), 1.0) == "process"


def test_noise_fills_the_quiet_bands() -> None:
    before = spectra(500, 0)
    now = 10 * np.log10(10 ** (spectra(60, 1) / 10) + 0.05)
    assert cause_of_spectra(before, now, 1.0) == "noise"


def test_nothing_that_moved_is_the_process() -> None:
    assert cause_of_spectra(spectra(500, 0), spectra(60, 1), 1.0) == "process"
