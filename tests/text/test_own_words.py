"""Classes of a user's own model: known faults stay known, other words stand as they are."""

from faultlens.text.knowledge import load_faults
from faultlens.text.own_words import class_faults, word_fault


def test_a_class_that_the_knowledge_base_knows_is_its_fault() -> None:
    found = class_faults(["inner race fault", "normal", "comb", "外圈故障"])
    keys = ["inner_race", "healthy", "inner_and_outer_race", "outer_race"]
    assert [x and x.key for x in found] == keys
    assert all(x in load_faults() for x in found)


def test_other_words_are_faults_of_their_own_name() -> None:
    (belt,) = class_faults(["loose belt"])
    assert belt is not None and belt.is_word and not belt.is_healthy
    assert (belt.key, belt.names.en, belt.names.zh) == ("loose belt",) * 3
    assert belt.families == () and belt.levels == ("watch", "plan", "act")


def test_classes_that_mean_one_fault_stay_apart_and_keep_its_lines() -> None:
    small, large = class_faults(["inner race fault small", "inner race large"])
    assert small is not None and large is not None
    assert (small.key, large.key) == ("inner race fault small", "inner race large")
    assert small.families == large.families == ("inner",) and small.is_word
    assert small.action("act") == next(x for x in load_faults() if x.key == "inner_race").action(
        "act"
    )


def test_two_words_for_healthy_are_healthy_and_unknown_is_no_fault() -> None:
    found = class_faults(["healthy", "normal", "Unknown"])
    assert [x and x.key for x in found] == ["healthy", "healthy", None]


def test_nothing_of_the_knowledge_base_is_taken_for_a_word() -> None:
    assert not any(x.is_word for x in load_faults())
    assert [x.key for x in load_faults() if x.is_healthy] == ["healthy"]
    assert word_fault("knocking").is_word
