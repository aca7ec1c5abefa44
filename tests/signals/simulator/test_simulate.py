"""A simulated recording holds the faults asked for, at the right angles and level, no others."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from faultlens.core.errors import UnknownNameError, UnusableSignalError, UsageError
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.simulator.settings import (
    Background,
    Defect,
    Resonance,
    Sensor,
    SimulationSettings,
)
from faultlens.signals.simulator.simulate import (
    FAULTS,
    SimulatedRecording,
    simulate,
    slipped_orders,
)
from faultlens.signals.spectra import squared_envelope_spectrum

BEARING = BearingGeometry(9, 7.94, 39.04)
ORDERS = BEARING.fault_orders()
RATE_HZ = 12800.0
ORDER_OF = {
    "outer": ORDERS.bpfo,
    "inner": ORDERS.bpfi,
    "ball": ORDERS.ball,
    "cage": ORDERS.ftf,
}
GOLDEN = [4.044485235, 1.013085302, 7.112484981, -20.41914306]
ALL_NEGATIVES = SimulationSettings(
    background=Background(
        noise_poles=((0.8, 0.2),),
        noise_shaft_modulation=0.5,
        gear_db=0.0,
        looseness_db=3.0,
        random_impulses_db=3.0,
        drive_comb_db=0.0,
    ),
    sensor=Sensor(dc_transient=3.0),
)


def made(
    *families: str, seconds: float = 4.0, rpm: float = 1800.0, seed: int = 3, **more: object
) -> SimulatedRecording:
    options: dict[str, object] = {"snr_db": 20.0, **more}
    return simulate(
        families,
        bearing=BEARING,
        shaft_rpm=rpm,
        sample_rate_hz=RATE_HZ,
        seconds=seconds,
        seed=seed,
        **options,  # type: ignore[arg-type]
    )


def line(recording: SimulatedRecording, order: float, *, within: float = 0.002) -> float:
    """Envelope line at an order over the median of its neighbourhood (half an order wide)."""
    frequency_hz, amplitude = squared_envelope_spectrum(recording.signal.samples, RATE_HZ)
    orders = frequency_hz / 30.0
    near = np.abs(orders - order) < 0.25
    step = orders[1]
    at = np.abs(orders - order) <= max(within * order, 1.5 * step)
    return float(amplitude[at].max() / np.median(amplitude[near]))


@pytest.mark.parametrize("family", FAULTS)
def test_strikes_come_at_the_familys_order(family: str) -> None:
    truth = made(family, settings=SimulationSettings(defect=Defect(jitter=0.0))).truth
    per_turn = 1 / (np.diff(truth.impact_times_s[family]) * 30)
    np.testing.assert_allclose(per_turn, ORDER_OF[family], rtol=1e-6)


@pytest.mark.parametrize("family", FAULTS)
def test_the_envelope_has_the_familys_line_and_the_next_one(family: str) -> None:
    recording = made(family, settings=SimulationSettings(defect=Defect(jitter=0.002)))
    assert line(recording, ORDER_OF[family]) > 12
    assert line(recording, 2 * ORDER_OF[family]) > 8


def test_the_highest_envelope_line_of_an_outer_fault_is_bpfo_with_its_slip() -> None:
    defect = Defect(slip_percent=-1.2)
    recording = made("outer", settings=SimulationSettings(defect=defect))
    frequency_hz, amplitude = squared_envelope_spectrum(recording.signal.samples, RATE_HZ)
    highest = frequency_hz[amplitude[4:].argmax() + 4] / 30
    assert abs(highest / ORDERS.bpfo - 1) <= 0.015
    assert highest == pytest.approx(recording.truth.orders.bpfo, rel=0.003)
    assert recording.truth.slip_percent == -1.2


def test_slip_leaves_the_sum_of_both_races_at_the_number_of_balls() -> None:
    slipped = slipped_orders(ORDERS, 1.0)
    assert slipped.bpfo + slipped.bpfi == pytest.approx(9)
    assert slipped.ftf / ORDERS.ftf == pytest.approx(1.01)


def test_an_inner_fault_has_sidebands_at_shaft_speed_and_an_outer_fault_has_none() -> None:
    inner, outer = made("inner"), made("outer")
    assert line(inner, ORDERS.bpfi - 1) > 15 and line(inner, ORDERS.bpfi + 1) > 15
    assert line(outer, ORDERS.bpfo - 1) < 6 and line(outer, ORDERS.bpfo + 1) < 6


def test_a_rotating_load_gives_an_outer_fault_sidebands() -> None:
    defect = Defect(shaft_modulation=0.6)
    assert line(made("outer", settings=SimulationSettings(defect=defect)), ORDERS.bpfo - 1) > 10


def test_a_ball_strikes_both_races_unequally_and_the_cage_carries_it_round() -> None:
    unequal = SimulationSettings(defect=Defect(ball_race_ratio=0.3, jitter=0.002))
    equal = SimulationSettings(defect=Defect(ball_race_ratio=1.0, jitter=0.002))
    assert line(made("ball", settings=unequal), ORDERS.bsf) > 15
    assert line(made("ball", settings=equal), ORDERS.bsf) < 6
    assert line(made("ball", settings=equal), ORDERS.ball - ORDERS.ftf) > 8


def test_a_compound_fault_has_the_lines_of_both() -> None:
    recording = made("inner", "outer")
    assert recording.truth.families == ("outer", "inner")
    assert line(recording, ORDERS.bpfo) > 15 and line(recording, ORDERS.bpfi) > 15


def test_a_healthy_machine_with_every_hard_negative_has_no_fault_line() -> None:
    recording = made(settings=ALL_NEGATIVES)
    assert recording.truth.families == () and recording.truth.snr_db is None
    assert not recording.truth.impact_times_s
    assert recording.truth.negatives == (
        "gear",
        "looseness",
        "random impulses",
        "drive comb",
        "modulated noise",
        "dc transient",
    )
    for order in ORDER_OF.values():
        assert line(recording, order) < 6


@pytest.mark.parametrize(
    ("background", "modulation_hz"),
    [
        (Background(looseness_db=6.0), 30.0),
        (Background(noise_shaft_modulation=0.8), 30.0),
        (Background(drive_comb_db=6.0, drive_hz=47.0), 94.0),
    ],
)
def test_each_hard_negative_modulates_where_it_should_and_nowhere_else(
    background: Background, modulation_hz: float
) -> None:
    background = replace(background, shaft_tones_db=())
    recording = made(settings=SimulationSettings(background=background))
    assert line(recording, modulation_hz / 30) > 8
    assert max(line(recording, order) for order in ORDER_OF.values()) < 6


def test_the_wider_the_spall_the_further_entry_from_exit() -> None:
    # A stiff, strongly damped structure, so that each pulse stands alone.
    settings = SimulationSettings(
        defect=Defect(severity=1.0, jitter=0.0, amplitude_scatter=0.0),
        resonances=(Resonance(5000.0, 0.2),),
    )
    recording = made("outer", rpm=600, snr_db=np.inf, settings=settings)
    times = recording.truth.impact_times_s["outer"][3:40]
    power = recording.signal.samples**2
    spacing_s = 60 / 600 / ORDERS.bpfo

    def heard(at_s: np.ndarray) -> float:
        return float(np.mean([power[i : i + 12].sum() for i in np.int64(at_s * RATE_HZ).tolist()]))

    exit_power, entry_power = heard(times), heard(times - 0.3 * spacing_s)
    assert entry_power / exit_power == pytest.approx(0.36, rel=0.1)  # gain .6
    assert heard(times - 0.15 * spacing_s) < 0.01 * exit_power


@given(snr_db=st.floats(-14, 25), seed=st.integers(0, 10_000), family=st.sampled_from(FAULTS))
@hypothesis_settings(max_examples=20)
def test_the_level_of_the_fault_is_the_one_asked_for(snr_db: float, seed: int, family: str) -> None:
    with_fault = made(family, seconds=1.0, seed=seed, snr_db=snr_db)
    without = made(seconds=1.0, seed=seed)
    fault = with_fault.signal.samples - without.signal.samples
    measured = 10 * np.log10(np.mean(fault**2) / np.mean(without.signal.samples**2))
    assert measured == pytest.approx(snr_db, abs=1e-6)
    assert with_fault.truth.snr_db == snr_db


def test_the_background_has_the_rms_asked_for_and_may_be_left_out() -> None:
    healthy = made(settings=SimulationSettings(background_rms_m_s2=2.5))
    assert np.sqrt(np.mean(healthy.signal.samples**2)) == pytest.approx(2.5)
    settings = SimulationSettings(
        defect=Defect(jitter=0.0), resonances=(Resonance(3000.0, 0.1), Resonance(900.0, 0.1))
    )
    alone = made("outer", snr_db=np.inf, settings=settings).signal
    before = int(made("outer", snr_db=np.inf, settings=settings).truth.impact_times_s["outer"][5]
                 * RATE_HZ)  # fmt: skip
    quiet = np.abs(alone.samples[before - 40 : before - 16]).max()
    assert quiet < 0.02 * np.abs(alone.samples).max()


def test_a_strike_between_two_samples_rings_as_the_formula_says() -> None:
    mode = Resonance(0.3 * RATE_HZ, 0.02)
    settings = SimulationSettings(
        defect=Defect(jitter=0.0, amplitude_scatter=0.0), resonances=(mode,)
    )
    recording = made("outer", rpm=600, seconds=2.0, snr_db=np.inf, settings=settings)
    at_s = recording.truth.impact_times_s["outer"]
    after = np.arange(len(recording.signal.samples))[None] / RATE_HZ - at_s[:, None]
    decay = 2 * np.pi * mode.damping_ratio * mode.frequency_hz
    ringing = np.where(
        after >= 0,
        np.exp(-decay * np.maximum(after, 0))
        * np.sin(2 * np.pi * mode.frequency_hz * np.sqrt(1 - mode.damping_ratio**2) * after),
        0.0,
    ).sum(axis=0)
    # The sampled formula is not band-limited: a few percent of it lie above half the rate.
    likeness = np.corrcoef(ringing[1000:], recording.signal.samples[1000:])[0, 1]
    assert likeness > 0.995


def test_the_speed_profile_is_followed() -> None:
    rpm = 1500 + 300 * np.sin(np.linspace(0, 4 * np.pi, 400))
    recording = simulate(
        ("outer",),
        bearing=ORDERS,
        shaft_rpm=rpm,
        sample_rate_hz=RATE_HZ,
        seconds=4.0,
        seed=5,
        settings=SimulationSettings(defect=Defect(jitter=0.0)),
    )
    truth = recording.truth
    time_s = np.arange(len(truth.shaft_rpm)) / RATE_HZ
    turns = np.concatenate([[0], np.cumsum(truth.shaft_rpm[:-1])]) / 60 / RATE_HZ
    at_turns = np.interp(truth.impact_times_s["outer"], time_s, turns)
    np.testing.assert_allclose(np.diff(at_turns), 1 / ORDERS.bpfo, rtol=2e-3)
    assert recording.signal.shaft_rpm == pytest.approx(1500, rel=1e-3)
    assert truth.shaft_rpm.max() == pytest.approx(1800, rel=1e-3)


def test_jitter_and_its_share_are_those_asked_for() -> None:
    settings = SimulationSettings(defect=Defect(jitter=0.02))
    times = made("inner", seconds=20.0, settings=settings).truth.impact_times_s["inner"]
    steps = np.diff(times)
    assert steps.std() / steps.mean() == pytest.approx(0.02, rel=0.1)


def test_the_same_seed_gives_the_same_samples_and_another_seed_others() -> None:
    first, again, other = made("ball"), made("ball"), made("ball", seed=4)
    assert np.array_equal(first.signal.samples, again.signal.samples)
    assert not np.allclose(first.signal.samples, other.signal.samples)


def test_the_samples_stay_what_they_are() -> None:
    """Golden: our own numbers, so that a seed means the same on every machine and next year."""
    recording = made("outer", "cage", seconds=1.0, seed=42, settings=ALL_NEGATIVES)
    assert recording.signal.samples[[0, 1000, 5000, 12799]] == pytest.approx(GOLDEN, rel=1e-6)


def test_the_signal_says_what_it_is_and_may_state_a_wrong_speed() -> None:
    signal = made("outer", stated_rpm=1790.0).signal
    assert (signal.unit, signal.shaft_rpm, signal.bearing) == ("m/s2", 1790.0, BEARING)
    assert signal.history == ("simulated: outer, seed 3",)
    assert made("outer", stated_rpm=1790.0).truth.shaft_rpm[0] == 1800


def test_the_sensor_clips_rounds_and_drifts() -> None:
    plain = made("outer").signal.samples
    rms = np.sqrt(np.mean(plain**2))
    clipped = made("outer", settings=SimulationSettings(sensor=Sensor(clip_rms=2.0))).signal
    assert np.abs(clipped.samples).max() == pytest.approx(2 * rms)
    rough = made("outer", settings=SimulationSettings(sensor=Sensor(bits=8))).signal
    assert len(np.unique(rough.samples)) <= 257
    drifting = made("outer", settings=SimulationSettings(sensor=Sensor(dc_transient=5.0))).signal
    assert np.abs(drifting.samples - plain).max() == pytest.approx(5 * rms, rel=1e-6)
    doubled = made("outer", settings=SimulationSettings(sensor=Sensor(gain=2.0))).signal
    np.testing.assert_allclose(doubled.samples, 2 * plain)


def test_the_mount_lifts_what_lies_at_its_resonance() -> None:
    def share_near_mount(settings: SimulationSettings) -> float:
        power = np.abs(np.fft.rfft(made(settings=settings).signal.samples)) ** 2
        frequency_hz = np.fft.rfftfreq(int(4 * RATE_HZ), 1 / RATE_HZ)
        return float(power[np.abs(frequency_hz - 5000) < 200].sum() / power.sum())

    mounted = SimulationSettings(sensor=Sensor(mount_resonance_hz=5000.0, mount_damping_ratio=0.05))
    assert share_near_mount(mounted) > 5 * share_near_mount(SimulationSettings())


def test_the_usual_machine_is_heard_at_any_rate() -> None:
    def frequencies_hz(rate_hz: float) -> list[float]:
        made = simulate(("outer",), bearing=BEARING, shaft_rpm=1800.0, sample_rate_hz=rate_hz,
                        seconds=1.0, seed=3)  # fmt: skip
        return [mode.frequency_hz for mode in made.truth.resonances]

    assert frequencies_hz(2000.0) == [350.0, 650.0]
    assert frequencies_hz(8000.0) == [2100.0, 3900.0]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"fault_families": ("outter",)}, UnknownNameError, "Unknown fault family 'outter'.*outer"),
        ({"shaft_rpm": 0.0}, UsageError, "one positive number of rpm"),
        ({"shaft_rpm": [1800.0, -3.0]}, UsageError, "turns one way and never stands still"),
        ({"sample_rate_hz": 0.0}, UsageError, "Sampling rate 0.0 Hz; it must be a positive"),
        ({"seconds": 1e6}, UsageError, "a simulation has 64 to 20000000 samples"),
        ({"seed": -1}, UsageError, "Seed -1; it must be 0 or a positive whole number"),
        (
            {"sample_rate_hz": 5120.0, "settings": SimulationSettings()},
            UsageError,
            "Choose lower resonances or a higher rate",
        ),
        ({"settings": SimulationSettings(resonances=())}, UsageError, "needs at least one"),
    ],
)
def test_what_cannot_be_simulated_is_said(
    change: dict[str, object], error: type[Exception], words: str
) -> None:
    call: dict[str, object] = {
        "fault_families": ("outer",),
        "bearing": BEARING,
        "shaft_rpm": 1800.0,
        "sample_rate_hz": RATE_HZ,
        "seconds": 1.0,
        "seed": 0,
    }
    with pytest.raises(error, match=words):
        simulate(**{**call, **change})  # type: ignore[arg-type]


def test_a_defect_outside_the_load_all_along_is_said() -> None:
    slow = FaultOrders(bpfo=1.0, bpfi=1.5, bsf=0.5, ftf=0.1)
    settings = SimulationSettings(defect=Defect(load_zone_extent=0.01))
    with pytest.raises(UnusableSignalError, match=r"never passes the load zone.*longer stretch"):
        simulate(("ball",), bearing=slow, shaft_rpm=60.0, sample_rate_hz=RATE_HZ, seconds=0.5,
                 seed=1, settings=settings)  # fmt: skip


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Resonance(-1.0), "the frequency must be positive"),
        (lambda: Defect(severity=2.0), "severity is 2.0; it must lie in 0 to 1"),
        (lambda: Defect(slip_percent=50.0), "real bearings: -1.5 to 1"),
        (lambda: Defect(load_zone_extent=0.0), "it must be positive"),
        (lambda: Background(noise_poles=((1.2, 0.1),)), "radius below 1"),
        (lambda: Background(noise_shaft_modulation=3.0), "must lie in 0 to 1"),
        (lambda: Background(drive_hz=0.0), "drive_hz is 0.0; must be positive"),
        (lambda: Sensor(bits=2), "a converter has 4 to 32"),
        (lambda: Sensor(gain=0.0), "gain is 0.0; it must be positive"),
    ],
)
def test_settings_that_cannot_be_are_said(make: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        make()  # type: ignore[operator]
