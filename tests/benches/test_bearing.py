"""The tables on real bearings count what a hand counts, learned model and rule side by side."""

from dataclasses import replace
from functools import cache

import pytest

from benches.bearing import bearing_sections
from benches.topics import (
    AIMS,
    ALARMS,
    ALL_RIGS,
    ANY,
    BALANCED,
    CALIBRATION,
    DETECTION,
    ERROR,
    FALSE,
    HEALTHY_RIGS,
    NOTHING_KNOWN,
    OUTER,
    SPEED_KNOWN,
    TYPES,
    WHOLE,
)
from benches.windows import BOTH, LEARNED, NOTHING, RULE, SPEED, Judged
from faultlens.evaluation.figures import Figure, Section, tables

MODELS = {LEARNED: f"{LEARNED}@abc", RULE: f"{RULE}@def"}
KEYS = {"outer": "outer_race", "inner": "inner_race", "ball": "rolling_element"}


def one(
    model: str, rig: str, key: str, label: str, forced: str, *, alarm: bool, score: float = 0.5
) -> Judged:
    best = KEYS[forced]
    first = best if alarm else "healthy"
    return Judged(rig, f"{rig}/{key}", label, MODELS[model], BOTH, False, forced, best, first,
                  confidence=0.9, fault_score=score, alarm=alarm,
                  threshold=0.6 if model == LEARNED else 0.4)  # fmt: skip


def judged(model: str, inner: str, known: str = BOTH, *, whole: bool = False) -> list[Judged]:
    """Five windows; the models differ in what they call the inner fault."""
    rows = [
        one(model, "A", "1", "outer", "outer", alarm=True, score=0.9),
        one(model, "A", "2", "outer", "inner", alarm=False, score=0.2),
        one(model, "A", "3", "inner", inner, alarm=True, score=0.8),
        one(model, "quiet", "4", "healthy", "outer", alarm=False, score=0.3),
        one(model, "quiet", "5", "healthy", "outer", alarm=True, score=0.7),
    ]
    return [replace(x, known=known, whole=whole) for x in rows]


EVERYTHING = [
    *judged(LEARNED, "inner"),
    *judged(RULE, "outer"),
    *judged(LEARNED, "inner", SPEED),
    *judged(LEARNED, "outer", NOTHING),
    *judged(LEARNED, "inner", whole=True),
    *judged(RULE, "inner", whole=True),
]


@cache
def sections() -> tuple[Section, ...]:
    """Made when the first test asks: every process that collects tests imports this file."""
    return tuple(bearing_sections(EVERYTHING))


def figures() -> list[Figure]:
    return [x for section in sections() for x in section.figures]


def figure(topic: str, subject: str, name: str, by: str = LEARNED) -> Figure:
    (found,) = [
        x for x in figures() if (x.topic, x.subject, x.name, x.by) == (topic, subject, name, by)
    ]
    return found


def test_types_are_balanced_over_the_labels_and_compared_window_by_window() -> None:
    # Balanced: (1/2 + 1) / 2; with recordings drawn again the outer recall is 0, 1/2 or 1.
    learned = figure(TYPES, "A", BALANCED)
    assert (learned.value, learned.n, learned.low, learned.high) == (0.75, 3, 0.5, 1.0)
    assert figure(TYPES, "A", BALANCED, RULE).value == 0.25
    difference = figure(TYPES, "A", BALANCED, f"{LEARNED}, minus the rule")
    # Both err in the same outer window, so the difference does not vary at all.
    assert (difference.value, difference.low, difference.high) == (0.5, 0.5, 0.5)
    assert figure(TYPES, "A", OUTER).value == 0.5


def test_healthy_windows_of_all_rigs_are_what_faults_are_told_from() -> None:
    found = figure(DETECTION, "A", ANY)
    # .9 and .8 above both, .2 below both.
    assert found.value == pytest.approx(4 / 6) and found.n == 5
    assert figure(DETECTION, ALL_RIGS, "inner", RULE).value == 1.0


def test_alarms_are_counted_on_healthy_and_faulty_windows() -> None:
    found = figure(ALARMS, HEALTHY_RIGS, FALSE)
    assert (found.text.partition(" ")[0], found.n) == ("0.500", 2)
    assert found.text.endswith("1 of 2")
    assert figure(ALARMS, "quiet", FALSE).value == 0.5
    assert figure(ALARMS, "A", OUTER, RULE).value == 0.5
    (section,) = [x for x in sections() if x.topic == ALARMS]
    assert f"{LEARNED}@abc alarms above 0.6000" in section.note
    assert f"{RULE}@def alarms above 0.4000" in section.note


def test_with_less_known_the_learned_model_judges_alone() -> None:
    for topic, value in ((SPEED_KNOWN, 0.75), (NOTHING_KNOWN, 0.25)):
        assert figure(topic, "A", BALANCED).value == value
        assert {x.by for x in figures() if x.topic == topic} == {LEARNED}


def test_whole_recordings_have_a_table_of_their_own() -> None:
    assert figure(WHOLE, "A", BALANCED, RULE).value == 0.75
    assert figure(WHOLE, "A", f"{OUTER} at the shipped threshold").value == 0.5
    assert figure(WHOLE, HEALTHY_RIGS, FALSE).n == 2


def test_confidence_is_held_against_truth_and_the_bins_are_shown() -> None:
    # Learned: two faults and a healthy window right, of five, each with .9.
    assert figure(CALIBRATION, ALL_RIGS, ERROR).value == pytest.approx(0.9 - 3 / 5)
    (section,) = [x for x in sections() if x.topic == CALIBRATION]
    assert f"| {LEARNED} | 0.8 to 0.9 | 5 | 0.900 | 0.600 |" in section.after


def test_every_figure_has_a_place_of_its_own_and_the_page_shows_it() -> None:
    keys = [(x.topic, x.subject, x.name, x.by) for x in figures()]
    assert len(set(keys)) == len(keys)
    page = tables(sections(), AIMS)
    assert "| A | balanced accuracy | 3 | 0.750 [0.500, 1.000] | 0.250 [0.000, 0.500] | " in page


def test_without_healthy_recordings_only_types_and_recall_are_told() -> None:
    page = tables(bearing_sections([one(LEARNED, "A", "1", "outer", "outer", alarm=True)]), {})
    assert "false alarms" not in page and "area under" not in page
    assert "| A | outer recall | 1 | 1.000 [0.207, 1.000] |" in page
