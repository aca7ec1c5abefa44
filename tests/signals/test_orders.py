"""A line that a changing speed smears over frequency is sharp again over shaft angle."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.orders import rpm_from_table, rpm_from_tacho, straighten
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.settings import Defect, SimulationSettings
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.spectra import squared_envelope_spectrum

BEARING = BearingGeometry(9, 7.94, 39.04)
BPFO = BEARING.fault_orders().bpfo
RATE_HZ = 12800.0


def envelope_line(signal: Signal) -> float:
    """Peak near BPFO over the median around it, in the squared-envelope spectrum."""
    frequency_hz, amplitude = squared_envelope_spectrum(signal.samples, signal.sample_rate_hz)
    orders = frequency_hz / ((signal.shaft_rpm or 0) / 60)
    near = np.abs(orders / BPFO - 1) < 0.15
    at = np.abs(orders / BPFO - 1) < 0.005
    return float(amplitude[at].max() / np.median(amplitude[near]))


def test_an_outer_fault_on_a_ramp_of_20_percent_is_smeared_before_and_sharp_after() -> None:
    ramp = np.linspace(1620, 1980, 50)
    recording = simulate(
        ("outer",),
        bearing=BEARING,
        shaft_rpm=ramp,
        sample_rate_hz=RATE_HZ,
        seconds=4.0,
        seed=2,
        snr_db=5.0,
        settings=SimulationSettings(defect=Defect(jitter=0.002)),
    )
    even = straighten(recording.signal, ramp)
    assert envelope_line(recording.signal) < 8
    assert envelope_line(even) > 40
    assert even.shaft_rpm == pytest.approx(1800, rel=1e-3)
    assert even.duration_s == pytest.approx(4.0, rel=1e-3)
    assert "order-tracked" in even.history[-1]


def swept(order: float, rpm: np.ndarray) -> Signal:
    steps = 0.5 * (rpm[1:] + rpm[:-1]) / 60 / RATE_HZ
    turns = np.concatenate([[0], np.cumsum(steps)])
    return Signal(np.sin(2 * np.pi * order * turns), RATE_HZ)


@pytest.mark.parametrize("order", [3.0, 50.0, 150.0])
def test_a_tone_locked_to_the_shaft_becomes_a_pure_sine(order: float) -> None:
    rpm = np.linspace(1500, 2100, 25600)  # order 150 reaches .41 of the sample rate
    even = straighten(swept(order, rpm), rpm)
    mean_hz = (even.shaft_rpm or 0) / 60
    time_s = np.arange(len(even.samples)) / even.sample_rate_hz
    expected = np.sin(2 * np.pi * order * mean_hz * time_s)
    inner = slice(500, -500)
    assert np.abs(even.samples - expected)[inner].max() < 5e-3


def test_nothing_aliases_where_the_shaft_is_slowest() -> None:
    rpm = np.linspace(600, 1800, 12800)
    even = straighten(Signal(np.zeros(12800), RATE_HZ), rpm)
    per_turn = even.sample_rate_hz / ((even.shaft_rpm or 0) / 60)
    assert per_turn * 600 / 60 >= RATE_HZ * (1 - 1e-3)


def test_constant_speed_changes_nothing_but_edges() -> None:
    noise = np.convolve(np.random.default_rng(0).standard_normal(12800), np.hanning(9), "same")
    signal = Signal(noise, RATE_HZ, shaft_rpm=1200.0)
    even = straighten(signal, 1200.0)
    assert even.sample_rate_hz == pytest.approx(RATE_HZ)
    np.testing.assert_allclose(
        even.samples[300:12000], noise[300:12000], atol=2e-3 * np.abs(noise).max()
    )


def test_speed_from_a_table_and_from_a_tachometer_agree() -> None:
    rpm = np.linspace(900, 1100, int(4 * RATE_HZ))
    signal = Signal(np.zeros(len(rpm)), RATE_HZ)
    time_s = np.arange(len(rpm)) / RATE_HZ
    turns = np.concatenate([[0], np.cumsum(rpm[:-1])]) / 60 / RATE_HZ
    pulses = np.interp(np.arange(0, turns[-1], 0.5), turns, time_s)
    by_tacho = rpm_from_tacho(signal, pulses, pulses_per_revolution=2)
    by_table = rpm_from_table(signal, [0.0, 4.0], [900.0, 1100.0])
    np.testing.assert_allclose(by_table, rpm, rtol=1e-4)
    np.testing.assert_allclose(by_tacho[2000:-2000], rpm[2000:-2000], rtol=1e-3)


@pytest.mark.parametrize(
    ("rpm", "words"),
    [
        ([900.0, 0.0], "positive number of rpm at every moment"),
        ([10.0, 900.0], "runs from 10 to 900 rpm; order tracking takes a range of 20 to 1"),
        (np.full(999, 900.0), "999 speeds for 100 samples"),
    ],
)
def test_speeds_that_cannot_be_followed_are_said(rpm: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        straighten(Signal(np.zeros(100), 100), rpm)  # type: ignore[arg-type]


def test_tables_and_pulses_that_cannot_be_are_said() -> None:
    signal = Signal(np.zeros(100), 100)
    with pytest.raises(UsageError, match="2 times and 1 speeds; give one speed for each time"):
        rpm_from_table(signal, [0, 1], [900])
    with pytest.raises(UsageError, match="speed table must rise from one to the next"):
        rpm_from_table(signal, [1, 0], [900, 900])
    with pytest.raises(UsageError, match="give at least three pulse times"):
        rpm_from_tacho(signal, [0.1])
    with pytest.raises(UsageError, match="pulses must rise"):
        rpm_from_tacho(signal, [0.1, 0.1, 0.2])
    with pytest.raises(UsageError, match="needs at least 16"):
        straighten(Signal(np.zeros(4), 100), 900.0)
