"""A recording and a bearing in; every sentence asked for comes back with its probability."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from faultlens.core.errors import MissingMetadataError, UnknownNameError, UsageError
from faultlens.inference.diagnose import diagnose
from faultlens.models.shipped import NAME, load_calibration
from faultlens.profiles.calibrate import calibrate
from faultlens.runtimes.judges import judge_named
from faultlens.signals.kinematics import BearingGeometry, FaultOrders
from faultlens.signals.signal import Signal
from faultlens.text.knowledge import load_faults

Machine = Callable[..., Signal]


@pytest.mark.parametrize(
    ("families", "verdict"),
    [
        ((), "healthy"),
        (("outer",), "outer race fault"),
        (("inner",), "inner race fault"),
        (("ball",), "rolling element fault"),
        (("cage",), "cage fault"),
        (("inner", "outer"), "inner and outer race fault"),
    ],
)
def test_the_fault_that_was_simulated_is_the_verdict(
    machine: Machine, families: tuple[str, ...], verdict: str
) -> None:
    result = diagnose(machine(*families, seconds=4.0))
    assert result.verdict == verdict
    assert result.alarm == result.is_fault == bool(families)
    assert result.findings[0].label == verdict
    assert {x.family for x in result.findings[0].evidence} == set(families)


def test_without_sentences_the_whole_knowledge_base_is_asked_for(machine: Machine) -> None:
    labels = [x.label for x in diagnose(machine("outer")).findings]
    assert sorted(labels) == sorted([*(x.names.en for x in load_faults()), "unknown"])
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("asked", "added"),
    [
        (("spalling on the outer raceway", "cracked cage"), {"healthy", "unknown"}),
        (("外圈剥落", "内圈点蚀"), {"healthy", "unknown"}),
        (("outer race fault", "the bearing is fine"), {"unknown"}),
        (("外圈剥落", "正常"), {"unknown"}),
    ],
)
def test_sentences_come_back_word_for_word_and_healthy_only_where_nobody_gave_it(
    machine: Machine, asked: tuple[str, ...], added: set[str]
) -> None:
    findings = diagnose(machine("outer"), faults=asked).findings
    assert {x.label for x in findings} == {*asked, *added}
    assert findings[0].label == asked[0]


@pytest.mark.parametrize("faults", [None, ("cage fault",), ("inner race fault", "spalled inner")])
@pytest.mark.parametrize("families", [(), ("outer",), ("inner", "outer")])
def test_scores_are_probabilities_that_sum_to_one_best_first(
    machine: Machine, families: tuple[str, ...], faults: tuple[str, ...] | None
) -> None:
    scores = [x.score for x in diagnose(machine(*families), faults=faults).findings]
    assert sum(scores) == pytest.approx(1, abs=1e-9)
    assert scores == sorted(scores, reverse=True)
    assert min(scores) >= 0


def test_sentences_of_one_meaning_share_what_their_fault_has(machine: Machine) -> None:
    signal = machine("inner")
    alone = diagnose(signal, faults=["inner race fault"])
    twice = diagnose(signal, faults=["inner race fault", "内圈点蚀"])
    scores = {x.label: x.score for x in twice.findings}
    assert scores["inner race fault"] == scores["内圈点蚀"]
    assert 2 * scores["内圈点蚀"] == pytest.approx(alone.findings[0].score)


def test_an_unknown_sentence_lists_the_known_ones(machine: Machine) -> None:
    with pytest.raises(UnknownNameError, match=r"'banana'.*cage fault.*inner race fault"):
        diagnose(machine(), faults=["banana"])


@pytest.mark.parametrize(
    ("faults", "words"),
    [("outer race fault", "give a list"), ([], "at least one sentence")],
)
def test_faults_that_are_no_list_of_sentences_are_refused(
    machine: Machine, faults: list[str], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        diagnose(machine(), faults=faults)


def test_a_fault_that_nobody_asked_for_makes_the_verdict_unknown(machine: Machine) -> None:
    result = diagnose(machine("outer"), faults=["cage fault"])
    assert (result.verdict, result.alarm) == ("unknown", False)
    assert "outer race" in result.sentence
    assert "not asked for" in result.sentence


def test_the_same_recording_gives_the_same_answer_twice(machine: Machine) -> None:
    first, second = (diagnose(machine("inner")).to_dict() for _ in range(2))
    del first["seconds"], second["seconds"]
    assert first == second


def test_a_speed_profile_is_straightened_before_it_is_judged(machine: Machine) -> None:
    speeds = np.linspace(1500, 2100, 400)
    signal = replace(machine("inner", seconds=4.0, rpm=speeds), shaft_rpm=None)
    assert diagnose(signal, shaft_rpm=speeds, bearing="6205").verdict == "inner race fault"


def test_the_rule_asks_for_a_missing_speed_and_bearing(machine: Machine) -> None:
    with pytest.raises(MissingMetadataError, match=r"needs the shaft speed \(.*--rpm\), which"):
        diagnose(replace(machine(), shaft_rpm=None), model=NAME)
    with pytest.raises(MissingMetadataError, match=r"needs the bearing \(.*--bearing\), which"):
        diagnose(replace(machine(), bearing=None), model=NAME)
    with pytest.raises(MissingMetadataError, match=r"--rpm\) and the bearing.*builtin/bearing jud"):
        diagnose(replace(machine(), shaft_rpm=None, bearing=None), model=NAME)


def test_an_option_beats_what_the_signal_says_and_both_are_named(machine: Machine) -> None:
    result = diagnose(machine("outer"), shaft_rpm=1760.0)
    assert result.view.stated_rpm == 1760
    assert any("1760" in x and "1772" in x for x in result.warnings)
    assert result.verdict == "outer race fault"


def test_an_estimated_bearing_says_so_with_the_orders_that_fitted(machine: Machine) -> None:
    told = [x for x in diagnose(machine("outer"), bearing="6208").warnings if "estimate" in x]
    assert any("Give the maker's fault orders" in x for x in told)


def test_an_unknown_bearing_lists_its_neighbours(machine: Machine) -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown bearing '99999'.*6202 to 6220"):
        diagnose(machine(), bearing="99999")


def test_without_a_profile_the_threshold_is_said_to_come_from_simulation(machine: Machine) -> None:
    result = diagnose(machine("outer"))
    assert any("comes from simulation" in x for x in result.warnings)
    assert result.profile is None
    assert 0.5 < result.threshold < 1 and 0 < result.false_alarm_rate <= 0.05
    by_rule, calibration = diagnose(machine("outer"), model=NAME), load_calibration()
    assert any("comes from simulation" in x for x in by_rule.warnings)
    assert (by_rule.threshold, by_rule.false_alarm_rate, by_rule.profile) == (
        calibration.alarm_threshold, calibration.false_alarm_rate, None,
    )  # fmt: skip


def test_a_profile_sets_threshold_and_rate(machine: Machine) -> None:
    healthy = [machine(seed=seed) for seed in range(10, 14)]
    profile = calibrate(healthy, false_alarms=0.2, name="pump-7")
    result = diagnose(machine("outer"), profile=profile)
    assert (result.threshold, result.false_alarm_rate, result.profile) == (
        profile.threshold, 0.2, "pump-7",
    )  # fmt: skip
    assert not any("simulation" in x for x in result.warnings)
    # A threshold that nothing can exceed: the verdict stays, the alarm goes.
    calm = diagnose(machine("outer"), profile=replace(profile, threshold=1.0))
    assert (calm.verdict, calm.alarm) == ("outer race fault", False)
    assert "not alarmed" in calm.sentence


def test_a_profile_says_where_it_promises_less_than_was_wanted(machine: Machine) -> None:
    profile = calibrate([machine(seed=10)], false_alarms=0.01, name="pump-7")
    told = " ".join(diagnose(machine("outer"), profile=profile).warnings)
    assert "'pump-7' rests on 1 healthy recording" in told
    assert "0.01" in told
    assert "0.5" in told


def test_a_profile_of_another_bearing_or_model_is_not_taken_silently(machine: Machine) -> None:
    profile = calibrate([machine(seed=10)], name="pump-7")
    other = diagnose(machine("outer"), bearing="6206", profile=profile)
    assert any("was made for" in x and "need not hold" in x for x in other.warnings)
    with pytest.raises(UsageError, match=r"made with builtin/old@1; .*faultlens calibrate"):
        diagnose(machine(), profile=replace(profile, model="builtin/old@1"))


@pytest.mark.parametrize("speed_tolerance", [0.02, 0.1])
def test_lines_that_the_shaft_explains_as_well_are_called_ambiguous(speed_tolerance: float) -> None:
    # bpfo is 3 and bpfi 5 within the slip: every line may be a shaft harmonic.
    bearing = FaultOrders(bpfo=3.004, bpfi=4.996, bsf=1.99, ftf=0.38)
    generator = np.random.default_rng(5)
    rate_hz, shaft_hz, seconds = 12000, 30.0, 6.0
    time_s = np.arange(round(rate_hz * seconds)) / rate_hz
    strikes = np.zeros(time_s.size)
    strikes[np.round(np.arange(0, seconds, 1 / (3 * shaft_hz)) * rate_hz).astype(int)] = 1.0
    ringing = np.exp(-time_s[:240] * 900) * np.sin(2 * np.pi * 3000 * time_s[:240])
    samples = np.convolve(strikes, ringing)[: time_s.size]
    samples += 0.05 * generator.standard_normal(time_s.size)
    signal = Signal(samples, rate_hz, shaft_rpm=60 * shaft_hz, bearing=bearing)
    result = diagnose(signal, speed_tolerance=speed_tolerance)
    assert "outer" in result.to_dict()["ambiguous"]
    assert (result.verdict, result.alarm) == ("unknown", False)
    assert result.sentence.startswith("Ambiguous")
    assert "shaft" in result.sentence


def test_severity_needs_the_unit_and_grades_the_machine(machine: Machine) -> None:
    graded = diagnose(machine("outer"), machine_group="group 2 rigid").to_dict()["severity"]
    assert graded["zone"] in ("A", "B", "C", "D")
    assert graded["velocity_rms_mm_s"] > 0
    assert graded["grades"] == "the machine, not the bearing"
    silent = diagnose(replace(machine("outer"), unit=None)).to_dict()["severity"]
    assert (silent["zone"], silent["velocity_rms_mm_s"]) == (None, None)
    assert silent["kurtosis"] > 0


def test_a_chinese_result_is_chinese_and_our_own_names_too(machine: Machine) -> None:
    result = diagnose(machine("outer"), lang="zh")
    assert result.verdict == "外圈故障"
    assert result.sentence.startswith("外圈故障")
    assert "更换轴承" in result.action
    with pytest.raises(UnknownNameError, match=r"'fr'.*en, zh"):
        diagnose(machine(), lang="fr")


def test_the_model_is_named_with_its_hash_and_others_are_refused(machine: Machine) -> None:
    result = diagnose(machine())
    assert result.model == judge_named("builtin/bearing").reference
    assert result.model.startswith("builtin/bearing@")
    assert diagnose(machine(), model=result.model).findings == result.findings
    assert len(result.model.split("@")[1]) == 12
    with pytest.raises(UnknownNameError, match="Unknown model 'builtin/other'"):
        diagnose(machine(), model="builtin/other")


def test_a_geometry_says_the_same_as_its_designation(machine: Machine) -> None:
    signal = machine("inner")
    by_name = diagnose(signal, bearing="6205")
    by_size = diagnose(signal, bearing=BearingGeometry(9, 7.94, 39.04))
    assert by_name.verdict == by_size.verdict == "inner race fault"
