"""Strikes lie where they should between two samples, and loads fall where the zone is."""

import numpy as np
import pytest

from faultlens.signals.simulator.background import shocks, tones
from faultlens.signals.simulator.path import structure_response
from faultlens.signals.simulator.settings import Background, Resonance
from faultlens.signals.simulator.sources import (
    Rotation,
    impulse_train,
    load_share,
    normalised,
    strike_angles,
)


def test_impulses_between_samples_have_the_spectrum_of_delays() -> None:
    rng = np.random.default_rng(0)
    at, height = rng.uniform(20, 480, 30), rng.normal(size=30)
    got = np.fft.rfft(impulse_train(at, height, 512))
    frequency = np.fft.rfftfreq(512)
    exact = (height * np.exp(-2j * np.pi * frequency[:, None] * at)).sum(axis=1)
    passed = frequency <= 0.45
    error = np.linalg.norm((got - exact)[passed]) / np.linalg.norm(exact[passed])
    assert error < 0.01


def test_impulses_outside_the_stretch_are_left_out() -> None:
    assert not impulse_train(np.array([-5.0, 2.0, 99.0, 1e6]), np.ones(4), 100).any()


def test_the_load_share_falls_from_one_to_nothing_at_the_edge_of_the_zone() -> None:
    edge = np.arccos(1 - 2 * 0.3)
    share = load_share(np.array([0.0, edge / 2, edge, np.pi]), 0.3)
    assert share[0] == 1 and 0 < share[1] < 1
    assert share[2:] == pytest.approx(0, abs=1e-9)


def test_strikes_rise_and_cover_the_stretch() -> None:
    angles = strike_angles(3.6, 5.0, 500.0, 0.02, np.random.default_rng(2))
    assert (np.diff(angles) > 0).all()
    assert angles[0] < 5 + 2 * np.pi / 3.6 * 1.1
    assert angles[-1] > 500 - 2 * np.pi / 3.6 * 1.1


def test_a_resonance_is_highest_at_its_damped_peak() -> None:
    frequency_hz = np.arange(1.0, 6000.0)
    response = np.abs(structure_response((Resonance(3000.0, 0.05),), frequency_hz))
    peak_hz = 3000 * np.sqrt(1 - 2 * 0.05**2)
    assert frequency_hz[response.argmax()] == pytest.approx(peak_hz, abs=1)


def test_levels_of_the_background_are_powers_against_the_noise() -> None:
    rotation = Rotation(10000.0, np.linspace(0, 2 * np.pi * 25, 10000))
    background = Background(shaft_tones_db=(3.0,), gear_db=6.0, drive_comb_db=0.0, looseness_db=3.0)
    heard = tones(background, rotation, np.random.default_rng(0))
    assert np.mean(heard**2) == pytest.approx(10**0.3 + 10**0.6 + 1, rel=0.02)
    struck = shocks(background, rotation, np.random.default_rng(0))
    assert struck is not None
    assert np.mean(struck**2) == pytest.approx(10**0.3)


def test_tones_above_the_band_are_left_out() -> None:
    rotation = Rotation(1000.0, np.linspace(0, 2 * np.pi * 30, 1000))
    background = Background(shaft_tones_db=(), gear_db=0.0, gear_teeth=50)
    assert not tones(background, rotation, np.random.default_rng(0)).any()


def test_silence_stays_silence() -> None:
    assert not normalised(np.zeros(4)).any()
