"""Random recordings cover the machines they should, state speeds within tolerance, and repeat."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.draw import SAMPLE_RATES_HZ, draw_recording
from faultlens.signals.simulator.simulate import SimulatedRecording

REAL = (BearingGeometry(9, 7.94, 39.04), BearingGeometry(8, 6.746, 28.499))


@pytest.fixture(scope="module")
def drawn() -> list[SimulatedRecording]:
    return [draw_recording(seed, known_bearings=REAL, seconds=0.5) for seed in range(200)]


def test_every_parameter_lies_in_its_range(drawn: list[SimulatedRecording]) -> None:
    for recording in drawn:
        truth, signal = recording.truth, recording.signal
        assert np.isfinite(signal.samples).all() and signal.samples.std() > 0
        assert truth.sample_rate_hz in SAMPLE_RATES_HZ
        assert 299 < (signal.shaft_rpm or 0) < 6001
        assert -1.5 <= truth.slip_percent <= 1
        assert 1 <= len(truth.resonances) <= 3
        for mode in truth.resonances:
            assert mode.frequency_hz <= 0.45 * truth.sample_rate_hz
            assert 0.0099 <= mode.damping_ratio <= 0.0801
        assert truth.snr_db is None or -14 <= truth.snr_db <= 25


def test_the_stated_speed_is_off_but_within_the_tolerance(drawn: list[SimulatedRecording]) -> None:
    off = [abs(x.truth.shaft_rpm.mean() / x.signal.shaft_rpm - 1) for x in drawn]
    assert max(off) <= 0.0205
    assert np.median(off) > 0.005


def test_some_speeds_move_within_one_percent(drawn: list[SimulatedRecording]) -> None:
    moves = [np.ptp(x.truth.shaft_rpm) / x.truth.shaft_rpm.mean() for x in drawn]
    assert max(moves) <= 0.04
    assert 0.15 < np.mean(np.array(moves) > 1e-6) < 0.45


def test_half_of_the_bearings_are_real_ones(drawn: list[SimulatedRecording]) -> None:
    assert 0.4 < np.mean([x.signal.bearing in REAL for x in drawn]) < 0.6


def test_healthy_single_and_compound_all_occur(drawn: list[SimulatedRecording]) -> None:
    sizes = np.array([len(x.truth.families) for x in drawn])
    assert 0.12 < np.mean(sizes == 0) < 0.28
    assert 0.08 < np.mean(sizes == 2) < 0.22
    single = {x.truth.families[0] for x in drawn if len(x.truth.families) == 1}
    assert single == {"outer", "inner", "ball", "cage"}


def test_hard_negatives_come_with_and_without_a_fault(drawn: list[SimulatedRecording]) -> None:
    for name in ("gear", "looseness", "random impulses", "drive comb", "modulated noise"):
        with_fault = np.mean([name in x.truth.negatives for x in drawn if x.truth.families])
        without = np.mean([name in x.truth.negatives for x in drawn if not x.truth.families])
        assert 0.15 < with_fault < 0.65 and 0.05 < without < 0.75


def test_the_same_seed_draws_the_same_recording() -> None:
    first, again = draw_recording(11, seconds=0.5), draw_recording(11, seconds=0.5)
    assert np.array_equal(first.signal.samples, again.signal.samples)
    assert first.truth.settings == again.truth.settings


def test_what_is_given_is_kept() -> None:
    made = draw_recording(
        5, fault_families=("cage",), sample_rate_hz=12800, seconds=1.0, snr_db=(3.0, 3.0)
    )
    assert made.truth.families == ("cage",)
    assert len(made.signal.samples) == 12800
    assert made.truth.snr_db == 3.0


def test_an_impossible_tolerance_is_said() -> None:
    with pytest.raises(UsageError, match=r"a share between 0 and .5"):
        draw_recording(0, speed_tolerance=2.0)
