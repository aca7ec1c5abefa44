"""The measures of a recording are those of its physics, and grow as a fault does."""

from dataclasses import replace

import numpy as np
import pytest

from faultlens.core.errors import UnusableSignalError
from faultlens.signals.health import (
    KURTOSIS,
    LEVEL,
    OCTAVES,
    WINDOW_SAMPLES,
    Measure,
    measure_health,
    octave_bands,
)
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.recording import in_memory
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate

RATE = 12800.0


def measured(samples: np.ndarray, rate: float = RATE) -> dict[tuple[str, str], float]:
    health = measure_health(in_memory(Signal(samples, rate)))
    return {
        (x.kind, x.part): float(value)
        for x, value in zip(health.measures, health.values, strict=True)
    }


def test_the_octaves_share_everything_below_half_the_rate() -> None:
    bands = octave_bands(RATE)
    assert len(bands) == OCTAVES
    assert bands[0] == (RATE / 4, RATE / 2)
    assert [low for low, _ in bands[:-1]] == [high for _, high in bands[1:]]
    assert bands[-1][0] == 0


def test_a_tone_is_heard_in_its_octave_alone_at_its_level() -> None:
    time_s = np.arange(12800) / RATE
    found = measured(3 * np.sin(2 * np.pi * 1000 * time_s))  # mean square 4.5, octave 800..1600 Hz
    assert found[LEVEL, "whole"] == pytest.approx(10 * np.log10(4.5), abs=0.01)
    assert found[LEVEL, "octave 3"] == pytest.approx(10 * np.log10(4.5), abs=0.01)
    others = [found[LEVEL, f"octave {i}"] for i in (1, 2, 4, 5, 6)]
    assert max(others) < found[LEVEL, "octave 3"] - 60
    assert found[KURTOSIS, "whole"] == pytest.approx(np.log(0.5), abs=0.01)  # a sine has 1.5


def test_gaussian_noise_has_no_kurtosis_and_three_decibels_per_octave() -> None:
    found = measured(np.random.default_rng(0).normal(size=128_000))
    for part in ("whole", "octave 1", "octave 2", "octave 3", "octave 4"):
        assert abs(found[KURTOSIS, part]) < 0.05
    falls = [found[LEVEL, f"octave {i}"] - found[LEVEL, f"octave {i + 1}"] for i in (1, 2, 3, 4)]
    assert falls == pytest.approx([3.01] * 4, abs=0.4)


def test_ringing_strikes_raise_the_kurtosis_of_their_own_octave() -> None:
    rng = np.random.default_rng(1)
    samples = rng.normal(size=64_000)
    ringing = np.exp(-np.arange(60) / 12) * np.sin(2 * np.pi * 4500 / RATE * np.arange(60))
    for start in range(500, 63_000, 2000):
        samples[start : start + 60] += 12 * ringing
    found = measured(samples)
    assert found[KURTOSIS, "octave 1"] > 0.8
    assert abs(found[KURTOSIS, "octave 3"]) < 0.1


def test_a_growing_fault_grows_in_level_and_kurtosis() -> None:
    def heard(snr_db: float) -> dict[tuple[str, str], float]:
        made = simulate(
            ("outer",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
            sample_rate_hz=RATE, seconds=1.0, seed=3, snr_db=snr_db,
        )  # fmt: skip
        return measured(made.signal.samples)

    quiet, loud = heard(-20.0), heard(10.0)
    assert loud[LEVEL, "whole"] > quiet[LEVEL, "whole"] + 6
    assert loud[KURTOSIS, "whole"] > quiet[KURTOSIS, "whole"] + 0.3


def test_a_long_recording_says_what_a_short_one_does_and_is_read_in_pieces() -> None:
    noise = np.random.default_rng(2).normal(size=4 * WINDOW_SAMPLES + 77)
    recording = in_memory(Signal(noise, RATE))
    asked: list[int] = []

    def read(start: int, stop: int) -> np.ndarray:
        asked.append(stop - start)
        return noise[start:stop]

    health = measure_health(replace(recording, read=read))
    assert max(asked) == WINDOW_SAMPLES
    assert len(asked) == 5
    short = measure_health(in_memory(Signal(noise[:WINDOW_SAMPLES], RATE)))
    assert np.abs(health.values - short.values).max() < 0.5


def test_a_measure_is_the_same_whatever_exact_rate_a_clock_gave() -> None:
    first, second = (
        measure_health(in_memory(Signal(np.sin(np.arange(2560.0)), rate))).measures
        for rate in (25600.0, 25601.26)
    )
    assert first == second
    assert first[2].is_band
    assert not first[0].is_band


def test_what_says_nothing_is_refused_with_the_reason() -> None:
    with pytest.raises(UnusableSignalError, match="needs 512"):
        measured(np.zeros(511))
    with pytest.raises(UnusableSignalError, match="constant"):
        measured(np.full(4096, 2.0))
    with pytest.raises(UnusableSignalError, match="no usable number"):
        measured(np.full(4096, np.nan))


def test_a_kind_has_its_own_floor() -> None:
    assert Measure("", LEVEL, "whole").spread_floor > Measure("", KURTOSIS, "whole").spread_floor
