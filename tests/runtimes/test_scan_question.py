"""Sentences on scans: sizes are conditions, the rest is a point of the space, errors say which."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.scan_question import ScanQuestion, scan_question

TOWER = load_model("builtin/text")


def asked(*sentences: str) -> ScanQuestion:
    return scan_question(sentences, model=TOWER)


def test_a_size_is_a_condition_and_moves_no_point() -> None:
    question = asked("scratch deeper than 0.2 mm", "scratch")
    assert np.allclose(question.points[0], question.points[1], atol=1e-6)
    (condition,) = question.asked[0].conditions
    assert (condition.quantity, condition.comparison, condition.low) == ("depth", ">", 0.2)
    assert question.asked[0].label == "scratch deeper than 0.2 mm"


def test_an_adjective_without_a_number_states_no_size() -> None:
    question = asked("deep scratch", "scratch", "crack")
    assert question.asked[0].conditions == ()
    assert (
        question.points[0] @ question.points[1]
        > 0.95
        > 0.5
        > question.points[0] @ question.points[2]
    )


def test_what_is_raised_lies_with_spatter_and_burrs_not_with_dents() -> None:
    question = asked("a bump", "weld spatter", "burr", "dent", "表面鼓起的疙瘩")
    cosines = question.points @ question.points.T
    for raised in (0, 4):
        assert cosines[raised, 3] < 0.4 < 0.5 < min(cosines[raised, 1], cosines[raised, 2])
    assert question.reliefs == ("protrusion",) * 3 + ("depression", "protrusion")


def test_words_for_a_shape_that_the_tower_does_not_know_come_near_it() -> None:
    question = asked("a furrow ploughed by a chip", "scratch", "dent", "crack")
    assert question.points[0] @ question.points[1] > 0.8
    assert max(question.points[0] @ question.points[2:].T) < 0.5
    assert question.notices == ()


def test_what_nobody_knows_is_said_in_both_languages() -> None:
    (notice,) = asked("purple slime", "dent").notices
    assert notice.en.startswith("'purple slime' names no defect") and "purple slime" in notice.zh


def test_denied_defects_are_taken_off_and_a_sound_part_is_no_defect() -> None:
    question = asked("not a scratch, but a crack", "no damage at all")
    assert [x.label for x in question.asked] == ["not a scratch, but a crack"]
    assert question.sound == ("no damage at all",)
    plain = asked("a crack", "scratch")
    assert question.points[0] @ plain.points[1] < plain.points[0] @ plain.points[1]


@pytest.mark.parametrize(("lang", "first"), [("en", "dent"), ("zh", "凹陷")])
def test_nothing_given_asks_for_the_shapes_that_scans_show(lang: str, first: str) -> None:
    question = scan_question(None, model=TOWER, lang=lang)
    assert len(question.asked) == 5 and question.asked[0].label == first
    assert (question.points @ question.points.T - np.eye(5)).max() < 0.5


def test_questions_that_cannot_be_asked_say_why() -> None:
    with pytest.raises(UsageError, match="is the text 'dent'; give a list"):
        scan_question("dent", model=TOWER)
    with pytest.raises(UsageError, match="'unknown' stands in every result"):
        asked("dent", "Unknown")
    with pytest.raises(UsageError, match="name one defect at least"):
        asked("no defect")
