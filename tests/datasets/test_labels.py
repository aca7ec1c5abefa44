"""Makers' labels become names of the knowledge base; what it does not know stays a word."""

import pytest

from faultlens.datasets.labels import label_in_words, label_notices


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("comb", "inner and outer race fault"),
        ("health", "healthy"),
        ("ball", "rolling element fault"),
        ("OuterRaceFault", "outer race fault"),
        ("inner_race", "inner race fault"),
        ("外圈剥落", "outer race fault"),
        (" misalignment ", "misalignment"),
        ("B", "B"),
    ],
)
def test_a_label_is_a_name_of_the_knowledge_base_or_stays_as_it_is(word: str, name: str) -> None:
    assert label_in_words(word) == name


def test_nothing_is_said_of_labels_that_are_known_and_apart() -> None:
    assert label_notices(["inner", "outer", "inner", "healthy"]) == ()


def test_words_and_merged_labels_are_said_in_both_languages() -> None:
    unknown, merged = label_notices(["looseness", "IR", "inner", "unbalance"])
    assert "does not know 'looseness', 'unbalance'" in unknown.en and "'looseness'" in unknown.zh
    assert "'IR', 'inner' mean 'inner race fault': taken as one class" in merged.en
