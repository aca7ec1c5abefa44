"""A recording is read whole, at its own speed and bearing, or refused with what to do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.core.errors import (
    MissingMetadataError,
    UnknownNameError,
    UnusableSignalError,
    UsageError,
)
from faultlens.inputs import vibration
from faultlens.inputs.vibration import VibrationInput, prepare_vibration
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.recording import Recording, in_memory
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate

BEARING = BearingGeometry(9, 7.94, 39.04)
RATE_HZ = 12800.0


def outer(seconds: float = 4.0, rpm: object = 1800.0, **more: object) -> Signal:
    return simulate(
        ("outer",), bearing=BEARING, shaft_rpm=rpm, sample_rate_hz=RATE_HZ, seconds=seconds,
        seed=1, **more,
    ).signal  # fmt: skip


OUTER = outer()


def with_samples(samples: NDArray[np.float64], **changes: object) -> Signal:
    return replace(OUTER, samples=samples, **changes)


def test_an_outer_fault_shows_in_a_signal_and_in_its_recording_alike() -> None:
    ready = prepare_vibration(OUTER)
    best = max(ready.evidence.families[:3], key=lambda x: x.strength)
    assert (best.family, best.windows_present, best.windows) == ("outer", 2, 2)
    assert (ready.stated_rpm, ready.duration_s) == (1800, 4)
    assert ready.warnings == ()
    assert same(ready, prepare_vibration(in_memory(OUTER)))


def same(a: VibrationInput, b: VibrationInput) -> bool:
    return bool(
        np.array_equal(a.evidence.contrast, b.evidence.contrast)
        and a.evidence.families == b.evidence.families
        and a.evidence.shaft_hz == b.evidence.shaft_hz
        and a.levels == b.levels
        and np.array_equal(a.waveform, b.waveform)
        and a.warnings == b.warnings
    )


def test_the_same_recording_gives_the_same_answer_twice() -> None:
    assert same(prepare_vibration(OUTER), prepare_vibration(OUTER))


def test_what_is_given_beats_what_the_signal_says() -> None:
    ready = prepare_vibration(OUTER, shaft_rpm=1810, bearing="6203")
    assert (ready.stated_rpm, ready.bearing.label) == (1810, "6203")


def test_without_a_bearing_the_usual_geometry_that_fits_best_is_read() -> None:
    ready = prepare_vibration(replace(OUTER, bearing=None))
    assert (ready.bearing, ready.stated_rpm, ready.reading) == (None, 1800, "orders")
    assert set(ready.arrays) == {"orders"}
    outer_race = ready.evidence.family("outer")
    assert outer_race.expected_order == pytest.approx(3.585, rel=0.01)
    assert outer_race.matched_harmonics[:2] == (1, 2)
    (told,) = (x.en for x in ready.warnings if "No bearing is stated" in x.en)
    assert "with 9 elements best" in told and "Which bearing is it? Pass bearing=" in told


def test_without_a_speed_the_waveform_is_read_alone_and_both_are_asked_for() -> None:
    ready = prepare_vibration(replace(OUTER, shaft_rpm=None))
    assert (ready.evidence, ready.stated_rpm, ready.reading) == (None, None, "waveform")
    assert set(ready.arrays) == {"waveform"}
    assert ready.bearing is not None
    told = " ".join(x.en for x in ready.warnings)
    assert "How fast did the shaft turn? Pass shaft_rpm=" in told and "sidecar" in told
    assert "Pass bearing=" not in told
    bare = prepare_vibration(replace(OUTER, shaft_rpm=None, bearing=None))
    assert any("No bearing is stated either" in x.en for x in bare.warnings)
    # What grades the machine needs neither.
    assert bare.levels == ready.levels
    assert bare.duration_s == 4 and len(bare.waveform) > 100


def test_a_speed_alone_takes_no_more_than_a_few_orders_and_less_is_refused() -> None:
    slow = replace(OUTER, bearing=None, sample_rate_hz=500.0)
    with pytest.raises(UnusableSignalError, match=r"sampled at 500 Hz .* sample at 720 Hz or more"):
        prepare_vibration(slow)
    blink = replace(OUTER, shaft_rpm=None, samples=OUTER.samples[:1000])
    with pytest.raises(UnusableSignalError, match=r"lasts 0\.0781 s; .* at least 0\.1 s are"):
        prepare_vibration(blink)


def test_a_missing_rate_and_a_bearing_that_nobody_knows_are_refused() -> None:
    with pytest.raises(
        MissingMetadataError, match=r"does not say its sampling rate.*--sample-rate"
    ):
        prepare_vibration(replace(in_memory(OUTER), sample_rate_hz=None))
    with pytest.raises(UnknownNameError, match="Unknown bearing"):
        prepare_vibration(OUTER, bearing="no such bearing")


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), float("inf"), [], [1800.0, 0.0]])
def test_an_impossible_speed_is_refused(speed: object) -> None:
    with pytest.raises(UsageError, match="must be a positive number of revolutions per minute"):
        prepare_vibration(OUTER, shaft_rpm=speed)  # type: ignore[arg-type]


@pytest.mark.parametrize("tolerance", [0.5, 0.11, -0.01, float("nan")])
def test_a_tolerance_that_turns_noise_into_faults_is_refused(tolerance: float) -> None:
    with pytest.raises(UsageError, match=r"must lie in 0 to 0\.1 .* any noise looks like a fault"):
        prepare_vibration(OUTER, speed_tolerance=tolerance)


def test_too_short_a_recording_is_refused_with_the_length_that_would_do() -> None:
    samples = OUTER.samples[: int(0.3 * RATE_HZ)]
    with pytest.raises(UnusableSignalError, match=r"0\.3 s, 9\.0 revolutions .* \(0\.333 s\) are"):
        prepare_vibration(with_samples(samples))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.5, "needs 0.669 s. Cage faults cannot be judged"), (1.5, "lines part well from 2 s on")],
)
def test_a_short_recording_is_judged_with_a_warning(seconds: float, words: str) -> None:
    ready = prepare_vibration(with_samples(OUTER.samples[: int(seconds * RATE_HZ)]))
    assert ready.windows == 1
    assert any(words in x.en for x in ready.warnings)


def test_too_slow_sampling_is_refused_and_slow_sampling_warned_of() -> None:
    # 4 x 5.415 + 1 = 22.7 orders of 30 Hz with the tolerance and the slip: 696 Hz.
    with pytest.raises(UnusableSignalError, match="go up to 696 Hz; sample at 2783 Hz or more"):
        prepare_vibration(with_samples(OUTER.samples[:4000], sample_rate_hz=900))
    ready = prepare_vibration(with_samples(OUTER.samples[:8000], sample_rate_hz=2000))
    assert any("few frequency bands remain" in x.en for x in ready.warnings)


@pytest.mark.parametrize("seconds", [2.0, 3.1, 4.0, 5.9])
def test_windows_cover_the_whole_recording_and_keep_one_length(seconds: float) -> None:
    signal = with_samples(np.resize(OUTER.samples, int(seconds * RATE_HZ)))
    pieces: list[tuple[int, int]] = []
    opened = in_memory(signal)

    def spied(start: int, stop: int) -> NDArray[np.float64]:
        pieces.append((start, stop))
        return np.asarray(opened.read(start, stop))

    ready = prepare_vibration(replace(opened, read=spied))
    covered = np.zeros(opened.length, dtype=int)
    for start, stop in pieces:
        covered[start:stop] += 1
    assert covered.min() == 1
    assert {stop - start for start, stop in pieces} == {int(2 * RATE_HZ)}
    assert ready.windows == len(pieces) == np.ceil(seconds / 2)
    assert ready.window_s == 2


def test_a_fault_late_in_a_recording_counts() -> None:
    quiet = simulate((), bearing=BEARING, shaft_rpm=1800, sample_rate_hz=RATE_HZ, seconds=2, seed=9)
    signal = with_samples(np.concatenate([quiet.signal.samples, outer(2.0).samples]))
    assert prepare_vibration(signal).evidence.family("outer").windows_present == 1


def test_a_short_gap_is_filled_and_a_long_one_refused() -> None:
    samples = OUTER.samples.copy()
    samples[1000:1100] = np.nan
    ready = prepare_vibration(with_samples(samples))
    assert any("100 of 51200 values (0.2 %) are NaN; filled" in x.en for x in ready.warnings)
    assert ready.evidence.family("outer").matched_harmonics[:2] == (1, 2)
    samples[: len(samples) // 10] = np.nan
    with pytest.raises(UnusableSignalError, match=r"10 % are NaN.*at most 5 % can be filled"):
        prepare_vibration(with_samples(samples))


def test_a_window_without_one_value_is_left_out() -> None:
    samples = np.resize(OUTER.samples, int(60 * RATE_HZ))
    samples[: int(2 * RATE_HZ)] = np.nan
    ready = prepare_vibration(with_samples(samples))
    assert (ready.windows, ready.evidence.family("outer").windows) == (29, 29)
    assert np.isfinite(ready.evidence.contrast).all()


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "is constant: every value is 0"), (np.nan, "no usable number")]
)
def test_a_dead_sensor_is_refused(value: float, words: str) -> None:
    with pytest.raises(UnusableSignalError, match=words):
        prepare_vibration(with_samples(np.full(51200, value)))


def test_a_speed_that_runs_up_is_straightened_first() -> None:
    profile = np.linspace(1500, 2100, 50)
    signal = outer(rpm=profile)
    straight = prepare_vibration(signal, shaft_rpm=profile)
    bent = prepare_vibration(signal)
    assert straight.evidence.family("outer").matched_harmonics[:2] == (1, 2)
    assert straight.evidence.family("outer").strength > 2 * bent.evidence.family("outer").strength
    assert straight.stated_rpm == pytest.approx(1800, rel=0.02)


def test_speeds_that_a_file_brought_along_are_used_unless_somebody_states_one() -> None:
    profile = np.linspace(1500, 2100, 50)
    signal = replace(outer(rpm=profile), speeds_rpm=profile)
    straight = prepare_vibration(in_memory(signal))
    assert any("resampled to constant shaft angle" in x.en for x in straight.warnings)
    assert straight.evidence.family("outer").matched_harmonics[:2] == (1, 2)
    stated = prepare_vibration(in_memory(signal), shaft_rpm=1800)
    assert stated.stated_rpm == 1800
    assert not any("resampled" in x.en for x in stated.warnings)


def test_a_recording_too_long_to_straighten_is_read_at_its_mean_speed_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vibration, "LONGEST_STRAIGHTENED", 1000)
    ready = prepare_vibration(OUTER, shaft_rpm=[1790.0, 1810.0])
    assert ready.stated_rpm == 1800
    assert any("too long to be straightened" in x.en for x in ready.warnings)


def test_an_estimated_bearing_is_searched_and_said_to_be_one() -> None:
    ready = prepare_vibration(OUTER, bearing="6208")
    assert ready.bearing.estimated
    assert any("6208 is an estimate; of 21 likely ones" in x.en for x in ready.warnings)
    assert len(set(ready.warnings)) == len(ready.warnings)


def test_the_waveform_kept_for_pictures_spans_the_recording_and_its_peaks() -> None:
    samples = OUTER.samples.copy()
    samples[40000] = 99.0
    ready = prepare_vibration(with_samples(samples))
    assert len(ready.waveform) == len(ready.waveform_time_s) <= 4000
    assert (ready.waveform.max(), ready.waveform.min()) == (99.0, samples.min())
    at = ready.waveform_time_s[ready.waveform.argmax()]
    assert at == pytest.approx(40000 / RATE_HZ, abs=0.01)
    assert (np.diff(ready.waveform_time_s) >= 0).all()


def test_a_slow_machine_gets_longer_windows() -> None:
    signal = simulate(
        ("outer",), bearing=BEARING, shaft_rpm=300, sample_rate_hz=8192, seconds=17, seed=2
    ).signal
    ready = prepare_vibration(signal)
    assert (ready.window_s, ready.windows) == (8, 3)


def test_a_recording_is_named_by_its_file_in_messages() -> None:
    opened: Recording = replace(
        in_memory(OUTER), path=Path("hall 2/pump.wav"), bearing=None, sample_rate_hz=500.0
    )
    with pytest.raises(UnusableSignalError, match=r"^hall 2/pump\.wav: sampled at 500 Hz"):
        prepare_vibration(opened)
