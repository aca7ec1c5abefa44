"""The alarm follows the probability of all faults together; a profile sets the threshold."""

from dataclasses import replace

import numpy as np
import pytest

from faultlens.core.errors import UnusableSignalError
from faultlens.inference.diagnose import diagnose
from faultlens.models.shipped import reference
from faultlens.profiles.profile import Profile

from .conftest import Machine


def _profile(threshold: float, **changes: object) -> Profile:
    made = Profile(
        name="pump-7",
        model=reference(),
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


def test_both_names_of_the_model_judge_alike_and_the_result_says_which_it_is(
    machine: Machine,
) -> None:
    one, other = (diagnose(machine("inner"), model=f"builtin/{x}") for x in ("bearing", "physics"))
    assert one.model == other.model == reference()
    assert one.findings == other.findings


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
