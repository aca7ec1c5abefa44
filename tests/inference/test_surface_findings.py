"""Findings of a picture: scores that sum to 1, regions under their names, conditions measured."""

from typing import Any

import numpy as np
import pytest

from faultlens.inference.surface_findings import Findings, Scale, Spot, surface_findings
from faultlens.profiles.weighed_picture import WeighedPicture
from faultlens.reports.inspection_view import SpottedRegion
from faultlens.runtimes.defect_question import DefectQuestion
from faultlens.text.defect_sentences import understood_defects

LONG = SpottedRegion((10, 20, 60, 6), 0.9, 300, 60, 5, 0)
SHORT = SpottedRegion((200, 90, 8, 6), 0.8, 40, 8, 6, 0)


def found(
    sentences: list[str], names: list[float], spots: list[tuple[SpottedRegion, list[float]]],
    *, anomaly: float = 0.9, mm_per_pixel: float | None = None, **changes: Any,
) -> Findings:  # fmt: skip
    everything = understood_defects(sentences)
    question = DefectQuestion(
        tuple(x for x in everything if not x.means_no_defect),
        tuple(x.label for x in everything if x.means_no_defect),
        "plate",
        meanings=None,  # type: ignore[arg-type]
    )
    weighed = WeighedPicture(anomaly, np.array(names), 1.0, np.zeros((1, 1), np.float32))
    return surface_findings(
        question, weighed, [Spot(x, np.array(y)) for x, y in spots],
        Scale(120, 240, mm_per_pixel), **changes,
    )  # fmt: skip


def by_label(result: Findings) -> dict[str, Any]:
    return {x.label: x for x in result.findings}


def test_every_sentence_is_there_word_for_word_and_scores_sum_to_one() -> None:
    result = found(["a  Crack!", "凹坑"], [0.6, 0.3], [])
    assert [x.label for x in result.findings] == ["a  Crack!", "凹坑", "no defect", "unknown"]
    assert sum(x.score for x in result.findings) == pytest.approx(1)
    assert [x.kind for x in result.findings] == ["defect", "defect", "no_defect", "unknown"]
    assert [x.defect for x in result.findings] == ["crack", "dent", "no_defect", "unknown"]
    assert result.anomaly == 0.9


def test_a_word_of_the_users_own_for_no_defect_stands_in_its_place() -> None:
    result = found(["crack", "all fine, no defects", "无缺陷"], [1.0], [], anomaly=0.2)
    labels = by_label(result)
    assert "no defect" not in labels
    assert labels["all fine, no defects"].score == labels["无缺陷"].score == pytest.approx(0.4)


def test_each_region_stands_under_the_name_that_fits_it() -> None:
    result = found(["crack", "dent"], [0.5, 0.5], [(LONG, [0.9, 0.1]), (SHORT, [0.1, 0.9])])
    labels = by_label(result)
    assert labels["crack"].regions == (LONG,)
    assert labels["dent"].regions == (SHORT,)
    assert labels["unknown"].regions == ()


def test_two_sentences_of_one_defect_share_its_regions() -> None:
    result = found(
        ["crack", "hairline crack", "dent"], [0.3, 0.3, 0.4], [(LONG, [0.35, 0.35, 0.3])]
    )
    labels = by_label(result)
    assert labels["crack"].regions == labels["hairline crack"].regions == (LONG,)


def test_regions_without_a_name_stand_under_unknown() -> None:
    result = found(["crack", "dent"], [0.2, 0.1], [(LONG, [0.6, 0.4])])
    assert by_label(result)["unknown"].regions == (LONG,)
    assert by_label(result)["unknown"].score == pytest.approx(0.9 * 0.7)


def test_a_size_that_holds_is_told_in_millimetres() -> None:
    result = found(
        ["crack longer than 2 mm"], [1.0], [(SHORT, [1.0]), (LONG, [1.0])], mm_per_pixel=0.05
    )
    (condition,) = result.findings[0].conditions
    assert (condition.stated, condition.measured, condition.holds) == (
        "longer than 2 mm", "3 mm", True,
    )  # fmt: skip
    assert result.findings[0].holds
    assert result.notices == ()


def test_a_defect_that_fails_its_size_does_not_count() -> None:
    result = found(["crack longer than 5 mm"], [1.0], [(LONG, [1.0])], mm_per_pixel=0.05)
    labels = by_label(result)
    crack = labels["crack longer than 5 mm"]
    assert (crack.score, crack.likeness, crack.holds) == (0.0, pytest.approx(0.9), False)
    assert crack.regions == (LONG,)
    assert labels["no defect"].score == pytest.approx(1.0)
    assert result.anomaly == pytest.approx(0.0)
    (notice,) = result.notices
    assert "'longer than 5 mm' does not hold: 3 mm. It does not count" in notice.en
    assert "3 mm" in notice.zh
    assert sum(x.score for x in result.findings) == pytest.approx(1)


def test_a_short_crack_counts_for_the_sentence_that_asks_for_any() -> None:
    result = found(
        ["crack longer than 5 mm", "crack", "dent"], [0.4, 0.4, 0.2],
        [(LONG, [0.45, 0.45, 0.1])], mm_per_pixel=0.05,
    )  # fmt: skip
    labels = by_label(result)
    assert labels["crack"].score == pytest.approx(0.9 * 0.8)
    assert labels["no defect"].score == pytest.approx(0.1)
    assert result.anomaly == 0.9


def test_a_size_without_a_scale_is_warned_and_does_not_fail() -> None:
    result = found(["crack longer than 5 mm"], [1.0], [(LONG, [1.0])])
    crack = result.findings[0]
    assert (crack.score, crack.conditions[0].holds) == (pytest.approx(0.9), None)
    assert "mm_per_pixel" in result.notices[0].en
    assert "比例" in result.notices[0].zh


def test_a_place_is_told_where_it_is() -> None:
    result = found(["crack at the left edge"], [1.0], [(SHORT, [1.0])], lang="zh")
    (condition,) = by_label(result)["crack at the left edge"].conditions
    assert condition.holds is False
    assert condition.measured == "右下"


def test_without_a_region_nothing_is_measured() -> None:
    result = found(["crack longer than 5 px"], [1.0], [])
    (condition,) = result.findings[0].conditions
    assert (condition.holds, condition.measured) == (
        None, "no place on the picture stands out for it",
    )  # fmt: skip
