"""Case, width, hyphens and single slips of the finger carry no meaning; real words stay apart."""

import pytest

from faultlens.text.lexicon import CHINESE, ENGLISH, NO_TYPOS, TYPO_TARGETS
from faultlens.text.spelling import one_slip_apart, plain


def test_one_spelling_for_case_width_hyphens_and_traditional_characters() -> None:
    assert plain("Outer-Race_FAULT!") == plain("ｏｕｔｅｒ race  fault") == "outer race fault"
    assert plain("軸承內圈損傷") == "轴承内圈损伤"


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("race", "race", False),
        ("rase", "race", True),
        ("fualt", "fault", True),
        ("iner", "inner", True),
        ("innner", "inner", True),
        ("outer", "oute", True),
        ("outre", "outer", True),
        ("abcd", "badc", False),
        ("inner", "outer", False),
        ("", "a", True),
        ("", "ab", False),
    ],
)
def test_one_slip_is_a_letter_added_lost_changed_or_swapped(
    one: str, other: str, apart: bool
) -> None:
    assert one_slip_apart(one, other) is apart
    assert one_slip_apart(other, one) is apart


def test_the_word_lists_do_not_contradict_each_other() -> None:
    assert not NO_TYPOS & (set(TYPO_TARGETS) | (set(ENGLISH) - {"detect", "detected"}))
    assert all(len(target) >= 5 for target in TYPO_TARGETS)
    assert {word for word in ENGLISH if not word.isascii()} == set()
    assert ENGLISH["bpfo"] == CHINESE["bpfo"]
