"""Rules of severity decide by class and size, in their order, with the uncertainty told."""

from pathlib import Path
from typing import Any

import pytest

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.profiles.severity_file import parsed_rules, read_severity_rules, sample_rules
from faultlens.profiles.severity_rules import NamedDefect, Severity, severities_of, worst_of
from tests.measured_defects import defect

RULES = """
format = 1
{top}
[[rule]]
name = "deep"
severity = "scrap"
defects = ["scratch"]
depth_mm.at_least = 0.3
[[rule]]
name = "shallow"
severity = "rework"
defects = ["scratch"]
depth_mm.at_least = 0.1
"""


def decided(depth_mm: float, u95: float = 0.01, top: str = "", key: str = "scratch") -> Severity:
    named = NamedDefect(defect(depth_mm, u95), key, (key,))
    return severities_of(parsed_rules(RULES.format(top=top)), [named])[0]


@pytest.mark.parametrize(
    ("depth_mm", "severity", "rule"),
    [(0.05, "accept", ""), (0.2, "rework", "shallow"), (0.3, "scrap", "deep")],
)
def test_the_first_rule_that_takes_a_defect_decides(
    depth_mm: float, severity: str, rule: str
) -> None:
    found = decided(depth_mm)
    assert (found.severity, found.rule) == (severity, rule)


def test_a_class_that_no_rule_names_is_what_otherwise_says() -> None:
    assert decided(0.9, key="dent").severity == "accept"
    assert decided(0.9, key="dent", top="otherwise = 'rework'").severity == "rework"


@pytest.mark.parametrize(
    ("policy", "below", "above"),
    [
        ("simple acceptance", "rework", "scrap"),
        ("guarded acceptance", "scrap", "scrap"),
        ("guarded rejection", "rework", "rework"),
    ],
)
def test_the_policy_says_how_the_uncertainty_counts(policy: str, below: str, above: str) -> None:
    top = f"uncertainty = '{policy}'"
    found = [decided(x, 0.02, top) for x in (0.295, 0.305)]
    assert [x.severity for x in found] == [below, above]
    assert all((x.mildest, x.severest) == ("rework", "scrap") for x in found)
    assert decided(0.35, 0.02, top).severity == "scrap"
    assert decided(0.25, 0.02, top).severity == "rework"


def test_a_size_within_its_uncertainty_of_a_limit_is_told_with_both() -> None:
    found = decided(0.295, 0.02)
    assert found.within_uncertainty
    (told,) = found.close
    assert told.en == "depth 0.295 ± 0.02 mm against 0.3 mm of 'deep' (scrap)"
    assert "深度" in told.zh and "0.295 ± 0.02" in told.zh
    # The guard band of 95 %, one side, is 0.84 of half the 95 % interval: 0.0168 mm.
    assert decided(0.2828, 0.02).within_uncertainty is False
    assert decided(0.2836, 0.02).within_uncertainty is True
    assert decided(0.2, 0.02).close == ()


def test_many_small_ones_count_together_and_what_was_taken_does_not_count_again() -> None:
    rules = parsed_rules(
        RULES.format(top="") + "[[rule]]\nname = 'three'\nseverity = 'rework'\ncount = 3\n"
    )
    small = [NamedDefect(defect(0.02), "dent", ("dent",)) for _ in range(3)]
    deep = NamedDefect(defect(0.5), "scratch", ("scratch",))
    assert [x.rule for x in severities_of(rules, small)] == ["three"] * 3
    assert [x.rule for x in severities_of(rules, [*small[:2], deep])] == ["", "", "deep"]
    assert worst_of([x.severity for x in severities_of(rules, [*small, deep])]) == "scrap"
    assert worst_of([]) == "accept"


def test_kind_and_every_size_are_conditions_that_must_all_be_met() -> None:
    rules = parsed_rules(
        "format = 1\n[[rule]]\nname = 'r'\nseverity = 'scrap'\nkind = 'protrusion'\n"
        "area_mm2 = {at_least = 3, below = 5}\nlength_mm.above = 4\n"
    )

    def severity(**changed: Any) -> str:
        return severities_of(rules, [NamedDefect(defect(0.1, **changed), "x")])[0].severity

    assert severity(kind="protrusion") == "scrap"
    assert severity() == "accept"
    assert severity(kind="protrusion", area_mm2=5.0) == "accept"
    assert severity(kind="protrusion", length_mm=4.0) == "accept"


def test_words_mean_defects_in_both_languages_and_unknown_words_are_held_against_labels() -> None:
    rules = parsed_rules(
        "format = 1\n[[rule]]\nname = 'r'\nseverity = 'scrap'\n"
        "defects = ['划痕', 'purple slime', 'unknown']\n"
    ).rules[0]
    assert rules.keys == ("scratch", "purple slime", "unknown")


def test_the_sample_reads_and_its_comment_says_it_is_one() -> None:
    rules = read_severity_rules("sample")
    assert {x.severity for x in rules.rules} == {"rework", "scrap"}
    assert rules.text == sample_rules() and "A SAMPLE" in rules.text
    crack = NamedDefect(defect(0.001), "hairline", ("crack",))
    assert severities_of(rules, [crack])[0].rule == "any crack"


FAULTS = [
    ("format = 2", "format is 2"),
    ("[[rule]]\nseverity = 'scrap'", "rule 1: it has no name"),
    ("[[rule]]\nname = 'a'", "rule 1 'a': it has no severity"),
    ("[[rule]]\nname = 'a'\nseverity = 'bin'", "one of accept, rework, scrap"),
    ("uncertainty = 'hope'", "simple acceptance, guarded acceptance, guarded rejection"),
    ("[[rule]]\nname='a'\nseverity='scrap'\ndepht_mm.at_least = 1", "(nearest: depth_mm)"),
    ("[[rule]]\nname='a'\nseverity='scrap'\ndepth_mm = 1", "give a limit, such as"),
    ("[[rule]]\nname='a'\nseverity='scrap'\ndepth_mm.atleast = 1", "(nearest: at_least)"),
    ("[[rule]]\nname='a'\nseverity='scrap'\ndepth_mm.above = nan", "must be a number"),
    ("[[rule]]\nname='a'\nseverity='scrap'\ndepth_mm.above = -1", "sizes are positive"),
    ("[[rule]]\nname='a'\nseverity='scrap'\ndepth_mm = {above=2, below=1}", "no depth_mm is"),
    ("[[rule]]\nname='a'\nseverity='scrap'\ndefects = []", "give words"),
    ("[[rule]]\nname='a'\nseverity='scrap'\ndefects = ['no scratch']", "nothing is wrong"),
    ("[[rule]]\nname='a'\nseverity='scrap'\ndefects = ['2 mm crack']", "give sizes as limits"),
    ("[[rule]]\nname='a'\nseverity='scrap'\ncount = 0", "whole number from 1"),
    ("[[rule]]\nname='a'\nseverity='scrap'\nkind = 'hole'", "depression, protrusion"),
    ("rule = 3", "it holds no rule"),
    ("[[rule]]\nname='a'\nseverity='rework'\ndepth_mm.above=0.1\n[[rule]]\nname='b'\n"
     "severity='scrap'\ndepth_mm.at_least=0.3\ndefects=['dent']", "rule 2 'b': it never decides"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_a_fault_of_the_file_is_told(text: str, fault: str) -> None:
    with pytest.raises(UsageError) as caught:
        parsed_rules(text if "format" in text else f"format = 1\n{text}")
    assert fault in str(caught.value)


def test_every_fault_is_told_at_once() -> None:
    text = "[[rule]]\nname = 'a'\nseverity = 'bin'\n[[rule]]\nseverity = 'scrap'\ndepth_mm = 3\n"
    with pytest.raises(UsageError) as caught:
        parsed_rules(text, "own.toml")
    told = str(caught.value)
    assert told.startswith("own.toml: 5 faults.")
    for fault in ("format is None", "'bin'", "rule 2: it has no name", "its depth_mm is 3"):
        assert fault in told


def test_a_narrower_rule_before_a_wider_one_is_right() -> None:
    assert len(parsed_rules(RULES.format(top="")).rules) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[[rule", b"x = 1\n" * 200_000])
def test_what_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"severity|TOML|larger"):
        read_severity_rules(tmp_path / "a.toml")
    with pytest.raises(UnreadableFileError, match="No such file"):
        read_severity_rules(tmp_path / "none.toml")
