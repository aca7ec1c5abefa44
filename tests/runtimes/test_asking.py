"""Sentences that the knowledge base cannot read go to the text tower, and the result says so."""

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.runtimes.asking import understood
from faultlens.runtimes.judges import AbstractJudge, judge_named


@pytest.fixture(scope="module")
def learned() -> AbstractJudge:
    return judge_named("builtin/bearing")


def test_what_the_words_say_needs_no_likeness(learned: AbstractJudge) -> None:
    asked = understood(["not the inner race but the outer race", "内圈点蚀"], learned)
    assert [x.fault.key for x in asked.faults] == ["outer_race", "inner_race"]
    assert asked.notices == ()


@pytest.mark.parametrize(
    ("sentence", "key"),
    [
        ("The retainer is in pieces.", "cage"),
        ("The separator is loose and clattering about.", "cage"),
        ("尼龙架胀了，卡死不转。", "cage"),
    ],
)
def test_other_words_are_understood_and_it_is_said(
    learned: AbstractJudge, sentence: str, key: str
) -> None:
    with pytest.raises(UsageError):  # the words alone cannot read it
        understood([sentence], judge_named("builtin/physics"))
    asked = understood([sentence], learned)
    assert [x.fault.key for x in asked.faults] == [key]
    assert asked.faults[0].sentence == sentence
    (notice,) = asked.notices
    assert sentence in notice.en and "likeness" in notice.en
    assert sentence in notice.zh and "相似度" in notice.zh


@pytest.mark.parametrize(
    "sentence",
    ["raceway spalling", "gear tooth broken", "the outer housing is cracked", "泵汽蚀", "", "asdf"],
)
def test_what_means_no_single_fault_is_refused(learned: AbstractJudge, sentence: str) -> None:
    with pytest.raises((UnknownNameError, UsageError)):
        understood([sentence], learned)
