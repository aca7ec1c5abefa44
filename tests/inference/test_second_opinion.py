"""The rule stands beside the learned model; a disagreement is said, and what to look at."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from faultlens.inference import diagnose as module
from faultlens.inference.diagnose import diagnose
from faultlens.inputs.vibration import VibrationInput
from faultlens.models.shipped import reference
from faultlens.models.training_free import HEALTHY, UNKNOWN, Families, class_of
from faultlens.runtimes.judges import AbstractJudge, Judgement
from faultlens.signals.signal import Signal
from faultlens.text.knowledge import Fault

Machine = Callable[..., Signal]


class Says(AbstractJudge):
    """A model that says one thing of every recording."""

    def __init__(self, families: Families, probability: float = 0.97) -> None:
        super().__init__("mine/opinion@0123456789ab")
        self.families, self.probability = families, probability

    def judge(self, ready: VibrationInput, faults: Iterable[Fault]) -> Judgement:
        asked = {HEALTHY, UNKNOWN, self.families, *(class_of(x) for x in faults if x.families)}
        rest = (1 - self.probability) / (len(asked) - 1)
        odds = {x: self.probability if x == self.families else rest for x in asked}
        return Judgement(odds, 0.9, 0.01)


@pytest.fixture
def saying(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the default model say what the test wants."""

    def say(*families: str, probability: float = 0.97) -> None:
        judge = Says(families, probability)
        monkeypatch.setattr(module, "judge_named", lambda model: judge)

    return say


def dissent(warnings: tuple[str, ...]) -> list[str]:
    return [x for x in warnings if "training-free rule" in x or "免训练规则" in x]


@pytest.mark.parametrize("families", [(), ("outer",), ("inner",), ("ball",)])
def test_of_a_clear_machine_both_say_the_same(machine: Machine, families: tuple[str, ...]) -> None:
    result = diagnose(machine(*families, seconds=4.0))
    opinion = result.second_opinion
    assert opinion is not None
    assert (opinion.verdict, opinion.fault) == (result.verdict, result.best.fault)
    assert (opinion.agrees, opinion.in_part, opinion.model) == (True, False, reference())
    assert opinion.alarm == bool(families)
    assert not dissent(result.warnings)
    by_rule = diagnose(machine(*families, seconds=4.0), model="builtin/physics")
    assert opinion.score == pytest.approx(by_rule.best.score)
    assert result.to_dict()["second_opinion"] == {
        "model": reference(), "verdict": result.verdict, "fault": opinion.fault,
        "score": round(opinion.score, 6), "alarm": opinion.alarm, "agrees": True, "in_part": False,
    }  # fmt: skip


def test_a_disagreement_is_said_with_the_lines_to_look_at(
    machine: Machine, saying: Callable[..., None]
) -> None:
    saying("inner")
    result = diagnose(machine("outer"))
    assert (result.verdict, result.alarm) == ("inner race fault", True)  # the model's verdict
    opinion = result.second_opinion
    assert opinion is not None and (opinion.verdict, opinion.agrees) == ("outer race fault", False)
    (told,) = dissent(result.warnings)
    assert result.warnings[0] == told
    assert (
        "The learned model says inner race fault (0.97), the training-free rule says outer" in told
    )
    assert "Look at the lines of the outer race and inner race in the picture" in told


def test_a_fault_that_the_rule_calls_healthy_is_said(
    machine: Machine, saying: Callable[..., None]
) -> None:
    saying("inner")
    healthy = machine(seed=1)
    (told,) = dissent(diagnose(healthy).warnings)
    assert "the training-free rule says healthy (0." in told
    assert "lines of the inner race" in told
    (told,) = dissent(diagnose(healthy, lang="zh").warnings)
    assert "免训练规则的结论为正常" in told and "内圈谱线" in told


def test_two_that_name_no_fault_are_told_without_lines(
    machine: Machine, saying: Callable[..., None]
) -> None:
    saying("unknown")
    result = diagnose(machine(seed=1))
    assert result.verdict == "unknown"
    (told,) = dissent(result.warnings)
    assert "Neither names a fault: measure again soon" in told


def test_a_compound_and_one_of_its_faults_agree_in_part_and_nobody_is_warned(
    machine: Machine, saying: Callable[..., None]
) -> None:
    saying("outer", "inner")
    result = diagnose(machine("outer"))
    opinion = result.second_opinion
    assert opinion is not None
    assert (opinion.fault, opinion.agrees, opinion.in_part) == ("outer_race", True, True)
    assert not dissent(result.warnings)


def test_sentences_of_one_meaning_do_not_weaken_the_second_opinion(machine: Machine) -> None:
    one = diagnose(machine("inner"), faults=["inner race fault"]).second_opinion
    two = diagnose(machine("inner"), faults=["inner race fault", "内圈点蚀"]).second_opinion
    assert one is not None and two is not None
    assert two.score == pytest.approx(one.score)
    assert two.agrees


def test_the_rule_has_no_second_opinion_on_itself(machine: Machine) -> None:
    result = diagnose(machine("inner"), model="builtin/physics")
    assert result.second_opinion is None
    assert result.to_dict()["second_opinion"] is None


@pytest.mark.parametrize("unknown", ["bearing", "shaft_rpm"])
def test_without_bearing_or_speed_there_is_none(machine: Machine, unknown: str) -> None:
    result = diagnose(replace(machine("outer"), **{unknown: None}))  # type: ignore[arg-type]
    assert result.second_opinion is None
    assert not dissent(result.warnings)


def test_page_and_json_hold_the_second_opinion(
    machine: Machine, saying: Callable[..., None], tmp_path: Path
) -> None:
    diagnose(machine("inner")).save(tmp_path / "agree.html")
    assert "The training-free rule agrees: inner race fault, 0." in (
        tmp_path / "agree.html"
    ).read_text(encoding="utf-8")
    saying("inner")
    for lang, words in (("en", "The training-free rule says outer race fault (0."),
                        ("zh", "免训练规则的结论为外圈故障（0.")):  # fmt: skip
        result = diagnose(machine("outer"), lang=lang)
        result.save(tmp_path / "differ.html")
        assert words in (tmp_path / "differ.html").read_text(encoding="utf-8")
    result.save(tmp_path / "differ.json")
    table = json.loads((tmp_path / "differ.json").read_text(encoding="utf-8"))
    assert table["second_opinion"]["agrees"] is False
