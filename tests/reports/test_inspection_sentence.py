"""The verdict on a picture in one sentence: what, how sure, how large, where, and the alarm."""

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.languages import LANGUAGES
from faultlens.reports.inspection_phrases import PHRASES
from faultlens.reports.inspection_sentence import (
    extent_words,
    inspection_sentence,
    length_words,
    place_of,
    score_words,
)
from faultlens.reports.inspection_view import (
    CheckedCondition,
    PictureFinding,
    SpottedRegion,
)
from tests.inspected_pictures import inspected


def test_a_defect_is_told_with_size_place_count_and_threshold() -> None:
    boxes = ((10, 10, 124, 3), (10, 120, 20, 4))
    size = (300, 200)
    view = inspected(size=size, boxes=boxes, mm_per_pixel=0.1)
    assert view.sentence == (
        "Scratch, probable: 12.4 mm long, 0.30 mm wide, at the upper left; 2 regions; "
        "threshold 0.62 (1 % false alarms)."
    )


def test_the_same_in_chinese() -> None:
    boxes = ((10, 10, 124, 3), (10, 120, 20, 4))
    view = inspected(size=(300, 200), boxes=boxes, mm_per_pixel=0.1, lang="zh")
    assert view.sentence == (
        "划痕（很可能）：长 12.4 mm，宽 0.30 mm，左上；共 2 处；报警阈值 0.62（误报率 1 %）。"
    )


def test_without_a_scale_sizes_are_pixels_and_a_round_region_has_one() -> None:
    assert "30 px across" in inspected(boxes=((90, 70, 30, 28),)).sentence


def test_no_defect_names_the_nearest() -> None:
    sentence = inspected("no_defect", score=0.9, false_alarm_rate=None).sentence
    assert sentence == (
        "No defect above the alarm threshold (nearest: sentence number 0 that was asked for, "
        "0.02); threshold 0.62 (false alarms not measured)."
    )
    assert inspected("no_defect", lang="zh").sentence.startswith("没有超过报警阈值的缺陷（最接近：")


@pytest.mark.parametrize(
    ("by_references", "lang", "words"),
    [
        (True, "en", "Unknown: something differs from the references at the upper left, and none"),
        (False, "en", "Unknown: something stands out at the upper left that none of the sentences"),
        (True, "zh", "无法判定：图像左上与参考图像不同，但与所给语句均不相符"),
        (False, "zh", "无法判定：图像左上存在异常，但与所给语句均不相符"),
    ],
)
def test_unknown_says_where_and_against_what(by_references: bool, lang: str, words: str) -> None:
    view = inspected("unknown", boxes=((5, 5, 10, 5),), lang=lang, by_references=by_references)
    assert view.sentence.startswith(words)


def test_unknown_without_a_place_does_not_invent_one() -> None:
    assert "no defect is clear enough to name" in inspected("unknown", boxes=()).sentence


def test_a_defect_below_the_threshold_is_never_called_certain() -> None:
    sentence = inspected(score=0.99, alarm=False).sentence
    assert sentence.startswith("Probable scratch below the alarm threshold: ")
    assert inspected(score=0.99).sentence.startswith("Scratch, certain: ")


def test_conditions_are_told_as_held_failed_or_not_measured() -> None:
    conditions = (
        CheckedCondition("longer than 0.5 mm", "9.9 mm", True),
        CheckedCondition("transverse", "12° to the rows", False),
        CheckedCondition("0.2 mm deep", "no depth is seen in a picture", None),
    )
    sentence = inspected(conditions=conditions).sentence
    assert "“longer than 0.5 mm” holds (9.9 mm)" in sentence
    assert "“transverse” does not hold (12° to the rows)" in sentence
    assert "“0.2 mm deep” cannot be measured (no depth is seen in a picture)" in sentence


def test_a_defect_without_a_place_says_so() -> None:
    assert "no place stands out" in inspected(boxes=()).sentence


def test_a_verdict_that_is_no_finding_is_still_told() -> None:
    assert inspected(verdict="dent").sentence.startswith("Dent, ")


@pytest.mark.parametrize(
    ("box", "place"),
    [
        ((0, 0, 10, 10), "upper left"),
        ((145, 0, 10, 10), "top"),
        ((290, 190, 10, 10), "lower right"),
        ((145, 95, 10, 10), "centre"),
        ((0, 190, 250, 10), "all across"),
        ((0, 0, 10, 150), "all down"),
        ((0, 0, 300, 200), "all over"),
        # A box may lie outside by a rounding.
        ((-4, -4, 2, 2), "upper left"),
        ((299, 199, 4, 4), "lower right"),
    ],
)
def test_places(box: tuple[float, float, float, float], place: str) -> None:
    assert place_of(SpottedRegion(box, 0.9), 300, 200) == place
    assert set(PHRASES[place]) == set(LANGUAGES)


def test_figures_have_no_more_digits_than_they_are_worth() -> None:
    told = [length_words(x, 0.05) for x in (3, 44, 332, 4444)]
    assert told == ["0.15 mm", "2.20 mm", "16.6 mm", "222 mm"]
    assert extent_words(SpottedRegion((0, 0, 30, 12), 0.9), None) == "30 × 12 px"
    assert [score_words(x) for x in (0.0, 0.004, 0.5, 0.9999, 1.0)] == [
        "0.00",
        "0.004",
        "0.50",
        "0.9999",
        "1.00",
    ]


def test_an_unknown_language_or_kind_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="en, zh"):
        inspection_sentence(inspected().__class__(**{**vars(inspected()), "lang": "fr"}))
    with pytest.raises(UsageError, match=r"'healthy'.*defect, unknown, no_defect"):
        PictureFinding("healthy", 0.9, "healthy")
    with pytest.raises(UsageError, match="'fault'"):
        inspected().__class__(**{**vars(inspected()), "kind": "fault"})


def test_every_phrase_is_written_in_every_language_with_the_same_gaps() -> None:
    from string import Formatter

    for key, said in PHRASES.items():
        gaps = [{x for _, x, _, _ in Formatter().parse(said[lang]) if x} for lang in LANGUAGES]
        assert set(said) == set(LANGUAGES), key
        assert gaps[0] == gaps[1], key
