"""A profile made of healthy recordings alarms on new ones of that machine as rarely as it says."""

from dataclasses import replace

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.inputs.vibration import VibrationInput, prepare_vibration
from faultlens.models.shipped import NAME, reference
from faultlens.profiles.calibrate import calibrate, judgements_of, profile_of
from faultlens.runtimes.judges import Judgement, judge_named
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate

BEARING = BearingGeometry(9, 7.94, 39.04)


def recorded(seed: int, *families: str, bearing: BearingGeometry = BEARING) -> Signal:
    return simulate(
        families, bearing=bearing, shaft_rpm=1800, sample_rate_hz=8192, seconds=2.0, seed=seed
    ).signal


@pytest.fixture(scope="module")
def healthy() -> list[VibrationInput]:
    """240 recordings of one sound machine."""
    return [prepare_vibration(recorded(seed)) for seed in range(240)]


@pytest.fixture(scope="module")
def judgements(healthy: list[VibrationInput]) -> tuple[Judgement, ...]:
    """What the model says of them."""
    return judgements_of(healthy)


def score(ready: VibrationInput) -> float:
    return judgements_of([ready])[0].fault_probability


def test_fresh_healthy_recordings_alarm_at_the_promised_rate(
    healthy: list[VibrationInput], judgements: tuple[Judgement, ...]
) -> None:
    rate, shares = 0.1, []
    scores = np.array([x.fault_probability for x in judgements])
    dice = np.random.default_rng(0)
    for _ in range(20):
        order = dice.permutation(len(healthy))
        first = order[:59]
        profile = profile_of(
            [healthy[i] for i in first],
            false_alarms=rate,
            judgements=[judgements[i] for i in first],
        )
        shares.append(float(np.mean(scores[order[59:]] > profile.threshold)))
    # The draws share recordings, so three errors of ONE split of 181 bound their mean safely.
    assert np.mean(shares) == pytest.approx(rate, abs=3 * np.sqrt(rate * (1 - rate) / 181))


def test_a_fault_of_that_machine_lies_above_the_profile(
    healthy: list[VibrationInput], judgements: tuple[Judgement, ...]
) -> None:
    profile = profile_of(healthy, false_alarms=0.01, judgements=judgements)
    assert profile.false_alarm_rate == 0.01
    for family in ("outer", "inner", "ball"):
        assert score(prepare_vibration(recorded(7, family))) > profile.threshold


def test_too_few_recordings_promise_no_more_than_they_can(healthy: list[VibrationInput]) -> None:
    profile = profile_of(healthy[:4], false_alarms=0.01)
    assert (profile.false_alarm_rate, profile.wanted_rate, profile.recordings) == (0.2, 0.01, 4)
    assert profile.threshold == max(profile.scores) == max(score(x) for x in healthy[:4])


def test_the_profile_says_how_it_was_made() -> None:
    profile = calibrate(
        [recorded(1), recorded(2)],
        false_alarms=0.5,
        faults=["inner race fault"],
        speed_tolerance=0.01,
        name="pump-7",
    )
    assert (profile.name, profile.model) == ("pump-7", judge_named("builtin/bearing").reference)
    assert (profile.faults, profile.speed_tolerance) == (("inner race fault",), 0.01)
    assert profile.bearing == "n=9, d=7.94 mm, D=39.04 mm"
    # In their order: a line that wants m of n frames looks at neighbours.
    assert [calibrate([recorded(x)], faults=["inner race fault"], speed_tolerance=0.01).scores[0]
            for x in (1, 2)] == list(profile.scores)  # fmt: skip
    assert profile.reading == "lines"


def test_a_profile_of_the_rule_is_made_on_request() -> None:
    profile = calibrate([recorded(1)], false_alarms=0.5, model=NAME)
    assert profile.model == reference()
    assert profile.scores != calibrate([recorded(1)], false_alarms=0.5).scores


def test_judging_beforehand_gives_the_same_profile(healthy: list[VibrationInput]) -> None:
    few = healthy[:5]
    before = profile_of(few, false_alarms=0.2, judgements=judgements_of(few))
    assert before == profile_of(few, false_alarms=0.2)


def test_a_profile_is_made_without_a_bearing_and_without_a_speed() -> None:
    unnamed = replace(recorded(1), bearing=None)
    profile = calibrate([unnamed], false_alarms=0.5)
    assert (profile.bearing, profile.reading) == ("", "orders")
    assert calibrate([replace(unnamed, shaft_rpm=None)], false_alarms=0.5).reading == "waveform"


def test_calibrating_twice_gives_the_same_profile() -> None:
    assert calibrate([recorded(1)], false_alarms=0.5) == calibrate([recorded(1)], false_alarms=0.5)


def test_fewer_sentences_leave_less_to_alarm_about(healthy: list[VibrationInput]) -> None:
    every = profile_of(healthy[:20], false_alarms=0.1)
    one = profile_of(healthy[:20], false_alarms=0.1, faults=["ball fault"])
    assert one.threshold < every.threshold


def test_recordings_of_several_bearings_are_refused() -> None:
    other = recorded(2, bearing=BearingGeometry(8, 6.746, 28.5))
    with pytest.raises(UsageError, match=r"several bearings \(n=8, .*, n=9, .*\); a profile is of"):
        calibrate([recorded(1), other])


def test_recordings_of_which_not_equally_much_is_known_are_refused() -> None:
    unnamed = replace(recorded(2), bearing=None)
    with pytest.raises(UsageError, match=r"several bearings \(not stated, n=9, .*; a prof"):
        calibrate([recorded(1), unnamed])
    with pytest.raises(UsageError, match=r"Some of the recordings state a shaft speed and some do"):
        calibrate([recorded(1), replace(recorded(2), shaft_rpm=None)])


def test_wrong_wishes_are_refused() -> None:
    with pytest.raises(UsageError, match="No healthy samples; at least one recording"):
        calibrate([])
    with pytest.raises(UsageError, match="must lie between 0 and 1"):
        calibrate([recorded(1)], false_alarms=1.0)
    with pytest.raises(UnknownNameError, match="Unknown model 'builtin/magic'"):
        calibrate([recorded(1)], model="builtin/magic")
    for faults in ([], "inner race fault"):
        with pytest.raises(UsageError, match=r"give a list of at least one sentence, such as"):
            calibrate([recorded(1)], faults=faults)
