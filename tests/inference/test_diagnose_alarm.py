"""The alarm follows the probability of all faults together; a profile sets the threshold."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UnusableSignalError, UsageError
from faultlens.inference.diagnose import diagnose
from faultlens.models.shipped import reference
from faultlens.profiles.profile import Profile
from faultlens.runtimes.judges import judge_named

from .conftest import Machine


def _profile(threshold: float, **changes: object) -> Profile:
    made = Profile(
        name="pump-7",
        model=judge_named("builtin/bearing").reference,
        threshold=threshold,
        false_alarm_rate=0.05,
        wanted_rate=0.05,
        recordings=1,
        scores=(threshold,),
        bearing="n=9, d=7.94 mm, D=39.04 mm",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_strict_profile_silences_and_a_quiet_machine_s_profile_alarms(machine: Machine) -> None:
    signal = machine("outer")
    plain = diagnose(signal)
    faulty = sum(x.score for x in plain.findings if x.is_fault)
    strict = diagnose(signal, profile=_profile(faulty))
    assert (plain.alarm, strict.alarm) == (True, False)
    assert strict.verdict == plain.verdict
    assert "below the alarm threshold" in strict.sentence

    healthy = machine(seed=4)
    calm = diagnose(healthy)
    rest = sum(x.score for x in calm.findings if x.is_fault)
    sensitive = diagnose(healthy, profile=_profile(rest * 0.5))
    assert (calm.verdict, calm.alarm) == ("healthy", False)
    # Whatever alarms is named, although "healthy" is still the likelier finding.
    assert sensitive.alarm and sensitive.best.is_fault
    assert sensitive.findings[0].label == "healthy"
    assert sensitive.best.label == sensitive.verdict


def test_a_profile_brings_its_sentences(machine: Machine) -> None:
    profile = _profile(0.5, faults=("spalled outer ring", "外圈点蚀"))
    result = diagnose(machine("outer"), profile=profile)
    assert {x.label for x in result.findings} >= {"spalled outer ring", "外圈点蚀"}
    assert not any("other sentences" in x for x in result.warnings)
    asked = diagnose(machine("outer"), faults=["cage fault"], profile=profile)
    assert any("other sentences" in x for x in asked.warnings)


def test_the_rule_judges_on_request_and_the_result_says_which_it_was(machine: Machine) -> None:
    one, other = (diagnose(machine("inner"), model=f"builtin/{x}") for x in ("bearing", "physics"))
    assert one.model.startswith("builtin/bearing@")
    assert other.model == reference()
    assert one.verdict == other.verdict == "inner race fault"
    assert [x.score for x in one.findings] != [x.score for x in other.findings]
    assert one.view.evidence is not None and other.view.evidence is not None
    assert one.view.evidence.families == other.view.evidence.families


@pytest.mark.parametrize("scale", [1e300, 1e31, 1e-300])
def test_what_no_sensor_measures_is_refused(machine: Machine, scale: float) -> None:
    signal = machine("inner")
    with pytest.raises(UnusableSignalError, match=r"infinite|constant"):
        diagnose(replace(signal, samples=signal.samples * scale))


def test_a_machine_without_lines_has_no_measured_speed(machine: Machine) -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=24000)
    result = diagnose(replace(machine(), samples=noise))
    assert result.verdict == "healthy"
    shaft = result.to_dict()["shaft"]
    assert shaft["stated_rpm"] == 1772
    assert (shaft["measured_rpm"], shaft["speed_factor"]) == (None, None)


def test_a_chinese_report_says_healthy_and_unknown_in_chinese(machine: Machine) -> None:
    result = diagnose(machine("outer"), faults=["内圈故障"], lang="zh")
    assert {x.label for x in result.view.findings} == {"内圈故障", "正常", "无法判定"}
    # The result itself keeps the words of the contract.
    assert {x.label for x in result.findings} == {"内圈故障", "healthy", "unknown"}


def test_the_result_says_the_number_that_the_threshold_is_held_against(machine: Machine) -> None:
    words = ["spalled inner race", "cracked inner ring", "corrosion pits on the inner race"]
    result = diagnose(machine("inner"), faults=[*words, words[0]])
    assert [x.label for x in result.findings].count(words[0]) == 1
    assert result.alarm and result.findings[0].score < result.threshold < result.alarm_score
    assert result.to_dict()["alarm_score"] == pytest.approx(result.alarm_score, abs=1e-6)
    # Three sentences for one fault make it no less certain than one.
    alone = diagnose(machine("inner"), faults=words[:1])
    assert ("possible" in result.sentence) == ("possible" in alone.sentence)


def test_a_profile_of_machines_that_look_faulty_says_so(machine: Machine) -> None:
    muted = _profile(0.9, scores=(0.1, 1.0), recordings=2)
    result = diagnose(machine("inner"), profile=muted)
    assert any("1 of the 2 recordings" in x and "look faulty" in x for x in result.warnings)


def test_a_healthy_verdict_that_is_no_more_than_likely_asks_for_another_measurement(
    machine: Machine,
) -> None:
    signal = machine(seed=4)
    rng = np.random.default_rng(1)
    # A few modulated bursts: not enough for a fault, too much for a clean bill of health.
    unsure = replace(signal, samples=signal.samples + 0.3 * rng.standard_t(2, len(signal.samples)))
    for result in (diagnose(signal), diagnose(unsure)):
        if result.verdict == "healthy":
            clear = result.best.score >= 0.75
            assert ("no action on the bearing" in result.action) == clear
            assert ("measure again soon" in result.action) == (not clear)


def test_a_fault_that_nobody_asked_for_is_advised_to_be_asked_for(machine: Machine) -> None:
    result = diagnose(machine("inner"), faults=["outer race fault"])
    assert (result.verdict, result.alarm) == ("unknown", False)
    assert "inner race" in result.sentence
    assert result.action == "ask without naming faults to hear which fault it is"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda signal: diagnose("pump.csv"), "read a file with read_signal"),
        (lambda signal: diagnose(signal.samples), "wrap an array as Signal"),
        (lambda signal: diagnose(signal, bearing=3.5), "give a designation such as '6205'"),
        (lambda signal: diagnose(signal, faults=[3]), "each entry is a sentence in quotes"),
    ],
)
def test_a_slip_of_the_hand_is_told_in_words(machine: Machine, wrong: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        wrong(machine("inner"))


def test_a_bearing_number_may_be_a_number(machine: Machine) -> None:
    assert diagnose(machine("inner"), bearing=6205).verdict == "inner race fault"  # type: ignore[arg-type]


def test_a_slow_machine_has_no_zone_and_hears_why(machine: Machine) -> None:
    slow = diagnose(machine("outer", rpm=300.0, seconds=10.0))
    assert slow.view.zone is None
    assert any("below 600 rpm ISO 20816-3 wants" in x for x in slow.warnings)


def test_the_shaft_does_not_slip_against_itself(machine: Machine) -> None:
    shaft = diagnose(machine("inner")).to_dict()["expected"][-1]
    assert (shaft["family"], shaft["slip_percent"], shaft["measured_order"]) == ("shaft", 0, 1)
