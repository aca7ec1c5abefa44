"""Findings of a scan: scores sum to 1, sizes decide what counts, the worst is the verdict."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultlens.inference.measured_findings import Found, measured_findings
from faultlens.profiles.scan_scores import alarm_threshold, probability_of
from faultlens.profiles.severity_file import parsed_rules
from faultlens.surfaces.defects.defect import SurfaceDefect
from faultlens.text.defect_sentences import understood_defects
from tests.measured_defects import defect, even_map

DEEPER = "scratch deeper than 0.05 mm"
RULES = parsed_rules(
    "format = 1\n[[rule]]\nname = 'cracks'\nseverity = 'scrap'\ndefects = ['crack']\n"
    "[[rule]]\nname = 'deep'\nseverity = 'rework'\ndepth_mm.at_least = 0.1\n"
)


def found(
    sentences: Sequence[str],
    defects: Sequence[SurfaceDefect],
    names: Sequence[Sequence[float]],
    *,
    rules: bool = False,
    sound: Sequence[str] = (),
) -> Found:
    rows = np.array(names, np.float64).reshape(len(defects), len(sentences) + 1)
    return measured_findings(
        understood_defects(sentences), sound, defects, rows, even_map(), threshold=8.0,
        rules=RULES if rules else None,
    )  # fmt: skip


def scores(result: Found) -> dict[str, float]:
    return {x.label: x.score for x in result.findings}


def test_a_clear_defect_is_named_and_alarms() -> None:
    result = found(["scratch", "dent"], [defect(0.2)], [[0.9, 0.08, 0.02]])
    assert (result.verdict.label, result.alarm) == ("scratch", True)
    sure = probability_of(30.0, 8.0)
    assert scores(result) == pytest.approx(
        {"scratch": 0.9 * sure, "dent": 0.08 * sure, "unknown": 0.02 * sure, "no defect": 1 - sure}
    )
    assert result.alarm_score == pytest.approx(sure)
    (mark,) = result.defects
    assert (mark.number, mark.label, mark.key, mark.counts) == (1, "scratch", "scratch", True)
    assert result.verdict.numbers == (1,)


def test_nothing_that_stands_out_is_no_defect() -> None:
    result = found(["scratch"], [], [])
    assert (result.verdict.label, result.alarm, result.by_rules) == ("no defect", False, None)
    assert sum(scores(result).values()) == pytest.approx(1)
    assert result.significance == 0.0 and result.alarm_score < alarm_threshold()


def test_what_stands_out_less_than_the_threshold_does_not_alarm() -> None:
    result = found(["scratch"], [defect(0.2, significance=7.9)], [[0.9, 0.1]])
    assert not result.alarm and result.alarm_score < alarm_threshold()
    assert (result.defects[0].counts, result.defects[0].reason) == (False, "threshold")
    assert result.significance == 7.9


def test_a_defect_smaller_than_asked_counts_for_no_defect() -> None:
    result = found([DEEPER, "dent"], [defect(0.02, u95=0.004)], [[0.95, 0.03, 0.02]])
    assert (result.verdict.label, result.alarm) == ("no defect", False)
    assert scores(result)[DEEPER] == 0.0 and scores(result)["no defect"] > 0.94
    (mark,) = result.defects
    # It is listed with its sizes, as a scratch, and why it does not count.
    assert (mark.label, mark.counts, mark.reason) == ("scratch", False, "size")
    assert result.alarm_score <= alarm_threshold() and result.significance == 0.0
    finding = next(x for x in result.findings if x.label == DEEPER)
    assert not finding.holds and finding.likeness == pytest.approx(0.95, abs=1e-3)
    assert finding.numbers == ()


def test_a_defect_of_the_size_asked_for_bears_the_sentence() -> None:
    result = found([DEEPER, "dent"], [defect(0.08, u95=0.004)], [[0.95, 0.03, 0.02]])
    assert (result.verdict.label, result.alarm) == (DEEPER, True)
    assert result.verdict.conditions[0].measured == 0.08


def test_within_its_uncertainty_the_measured_size_decides_and_the_score_is_in_doubt() -> None:
    for depth, counts in ((0.051, True), (0.049, False)):
        result = found([DEEPER], [defect(depth, u95=0.01)], [[0.98, 0.02]])
        assert result.alarm is counts
        assert 0.3 < scores(result)[DEEPER] < 0.7
        assert 0.3 < scores(result)["no defect"] < 0.7
        assert (result.alarm_score > alarm_threshold()) is counts


def test_bands_of_sizes_share_a_kind_by_where_its_size_lies() -> None:
    bands = ["scratch up to 0.05 mm deep", DEEPER]
    result = found(bands, [defect(0.05, u95=0.01)], [[0.49, 0.49, 0.02]])
    assert scores(result)[bands[0]] == pytest.approx(scores(result)[bands[1]], abs=1e-6)
    assert scores(result)["no defect"] < 0.01
    deep = found(bands, [defect(0.2, u95=0.01)], [[0.49, 0.49, 0.02]])
    assert scores(deep)[DEEPER] == pytest.approx(0.98, abs=1e-3)


def test_a_small_one_beside_a_large_one_does_not_hide_it() -> None:
    small, large = defect(0.02, significance=99.0), defect(0.2, significance=20.0)
    result = found([DEEPER], [small, large], [[0.95, 0.05], [0.95, 0.05]])
    assert (result.verdict.label, result.alarm) == (DEEPER, True)
    assert [x.depth_mm for x in result.defects] == [0.2, 0.02]
    assert result.significance == 20.0 and result.verdict.numbers == (1,)


def test_the_severest_defect_is_the_worst_and_comes_first() -> None:
    dent, crack = defect(0.2, significance=60.0), defect(0.03, significance=12.0)
    names = [[0.97, 0.01, 0.02], [0.01, 0.97, 0.02]]
    assert found(["dent", "crack"], [dent, crack], names).verdict.label == "dent"
    judged = found(["dent", "crack"], [dent, crack], names, rules=True)
    assert judged.verdict.label == "crack"
    assert [x.label for x in judged.defects] == ["crack", "dent"]
    part = judged.by_rules
    assert part is not None
    assert (part.severity, part.rule, part.number) == ("scrap", "cracks", 1)
    # The other one is there as well, whatever the score of the worst.
    assert next(x for x in judged.findings if x.label == "dent").likeness > 0.95


def test_rules_look_at_what_counts_alone() -> None:
    shallow = found([DEEPER], [defect(0.02)], [[0.95, 0.05]], rules=True)
    assert shallow.by_rules is not None and shallow.by_rules.severity == "accept"
    assert shallow.defects[0].severity is None


def test_what_no_sentence_names_is_unknown_and_alarms() -> None:
    result = found(["scratch"], [defect(0.2)], [[0.1, 0.9]])
    assert (result.verdict.label, result.alarm) == ("unknown", True)
    assert result.defects[0].label == "unknown"


def test_a_number_counts_defects_of_the_size_asked_for() -> None:
    sentence = "at least 2 scratches deeper than 0.05 mm"
    row = [0.98, 0.02]
    two = found([sentence], [defect(0.08), defect(0.09), defect(0.02)], [row] * 3)
    assert two.alarm and [x.counts for x in two.defects] == [True, True, False]
    one = found([sentence], [defect(0.08), defect(0.02), defect(0.02)], [row] * 3)
    assert not one.alarm and one.verdict.label == "no defect"


def test_the_users_own_word_for_sound_takes_the_place_of_no_defect() -> None:
    result = found(["scratch"], [], [], sound=["all fine"])
    assert [x.label for x in result.findings] == ["all fine", "unknown", "scratch"]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_scores_sum_to_one_and_the_alarm_agrees_with_its_score(data: st.DataObject) -> None:
    sentences = [DEEPER, "scratch up to 0.05 mm deep", "dent", "corrosion pit wider than 2 mm"]
    count = data.draw(st.integers(0, 4))
    defects, names = [], []
    for _ in range(count):
        depth = data.draw(st.floats(0.001, 1.0))
        far = data.draw(st.floats(1.0, 100.0))
        u95 = data.draw(st.floats(0.0, 0.1))
        defects.append(defect(depth, u95, significance=far))
        row = np.array(data.draw(st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5)))
        names.append((row / row.sum()).tolist())
    result = found(sentences, defects, names, rules=True)
    every = [x.score for x in result.findings]
    assert sum(every) == pytest.approx(1.0, abs=1e-9)
    assert min(every) >= 0 and [x.label for x in result.findings].count("unknown") == 1
    assert result.alarm == (result.alarm_score > alarm_threshold())
    assert result.alarm == any(x.counts for x in result.defects)
    assert [x.number for x in result.defects] == list(range(1, count + 1))
    if result.alarm:
        assert result.verdict.kind != "no_defect"
        assert result.verdict.label == result.defects[0].label
