"""A joined verdict says what each sensor says, how they stand to each other, and how sure it is."""

import pytest

from faultlens.reports.verdict_words import joined_reasons, joined_sentence, two_digits
from tests.reports.verdicts import joined, row


def test_a_fault_that_one_sensor_does_not_show() -> None:
    assert joined_sentence(joined()) == (
        "Inner race fault, certain: vibration alarms: inner race fault (0.97); the picture finds "
        "nothing (no defect 0.95); the other sensors do not show it, which does not rule it out: "
        "each sees faults of its own; together 0.95 for a fault; plan replacement."
    )


def test_the_same_in_chinese() -> None:
    said = joined_sentence(joined(lang="zh"))
    assert said.startswith(
        "内圈故障（确定）：振动报警：内圈故障（0.97）；图像未见异常（无缺陷 0.95）；"
    )
    assert said.endswith("合并后故障概率 0.95；安排更换轴承。")


def test_reasons_tell_probability_at_both_ends_alarm_and_rate() -> None:
    reasons = joined_reasons(joined())
    assert (
        "Together the probability of a fault is 0.95: 0.72 if all sensors see one and the same "
        "fault, 0.98 if each sees its own."
    ) in reasons
    assert "It alarms by the own threshold of vibration." in reasons
    assert any(x.startswith("Of sound assets at most 2 % alarm") for x in reasons)
    assert any("not known" in x for x in joined_reasons(joined(false_alarm_rate=None)))


def test_a_threshold_of_healthy_visits_is_told_as_such() -> None:
    reasons = joined_reasons(joined(visits=40))
    assert "It alarms from a joined probability of 0.81, which 40 healthy visits" in reasons[-2]
    assert reasons[-1].startswith("Of visits to the healthy asset at most 2 % alarm")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((row(), row("picture")), "2 sensors agree that there is a fault"),
        ((row(), row(says="healthy", name="NDE.csv")), "sensors of one kind contradict each other"),
        ((row(), row(verdict="cage fault")), "name different faults"),
        ((row(),), "no other sensor was there"),
        ((row(), row("picture", says="unknown", alarm=False)), "the picture cannot say"),
        ((row(), row("picture", says="unknown")), "alarms, and none of the sentences fits"),
        ((row(says="unknown", verdict="crack or dent", told_apart=False),), "cannot tell apart"),
        ((row("infrared", delta_celsius=31.0),), "infrared alarms: inner race fault, 31 degC over"),
        ((row(alarm=False),), "vibration shows inner race fault (0.97), not alarmed"),
    ],
)
def test_how_sensors_stand_to_each_other_is_told(rows: tuple, words: str) -> None:
    assert words in joined_sentence(joined(*rows))


def test_what_does_not_alarm_is_never_called_certain() -> None:
    said = joined_sentence(joined(row(alarm=False), alarm=False))
    assert said.startswith("Probable inner race fault below the alarm threshold")


def test_health_in_doubt_is_told_as_doubt() -> None:
    rows = row(says="healthy"), row("picture", says="healthy")
    well = joined(*rows, says="healthy", verdict="healthy", alarm=False, alarm_score=0.04)
    assert joined_sentence(well).startswith("Healthy: ")
    assert "together 0.96 for healthy" in joined_sentence(well)
    doubtful = joined(*rows, says="healthy", verdict="healthy", alarm=False, probability=0.6)
    assert joined_sentence(doubtful).startswith("Healthy, possible: ")


def test_probabilities_near_an_end_are_not_told_as_the_end() -> None:
    assert [two_digits(x) for x in (0.0, 0.004, 0.994, 0.9999, 1.0)] == [
        "0.00", "<0.01", "0.99", ">0.99", "1.00",
    ]  # fmt: skip
