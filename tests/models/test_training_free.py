"""The judge's probabilities are probabilities, rise with the lines, and doubt what is ambiguous."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.models.shipped import RuleCalibration, load_calibration
from faultlens.models.training_free import (
    CLASSES,
    HEALTHY,
    PAIRS,
    SINGLES,
    UNKNOWN,
    Families,
    Strengths,
    class_of,
    fault_probability,
    logits,
    probabilities,
)
from faultlens.text.knowledge import fault, load_faults

FAULTS = (*SINGLES, *PAIRS)
NUMBERS = RuleCalibration(10, 10, -5, -4, -4, 0, -5, 10, 1, 5, -4)
NATS = st.floats(-0.5, 6)
AMBIGUOUS = st.sets(st.sampled_from(["outer", "inner", "ball"])).map(tuple)
FOUND = st.builds(
    Strengths,
    families=st.fixed_dictionaries({name: NATS for (name,) in SINGLES}),
    spread=st.floats(0, 2),
    stray=st.floats(0, 6),
    ambiguous=AMBIGUOUS,
)
ASKED = st.frozensets(st.sampled_from(FAULTS))
ALL = frozenset(FAULTS)


def found(ambiguous: tuple[str, ...] = (), stray: float = 0.3, **families: float) -> Strengths:
    quiet = {"outer": 0.1, "inner": 0.1, "ball": 0.1, "cage": 0.1}
    return Strengths({**quiet, **families}, spread=0.2, stray=stray, ambiguous=ambiguous)


@given(FOUND, ASKED)
def test_probabilities_are_of_what_was_asked_and_sum_to_1(
    seen: Strengths, asked: frozenset[Families]
) -> None:
    odds = probabilities(seen, load_calibration(), asked=asked)
    assert set(odds) == {HEALTHY, UNKNOWN, *asked}
    assert all(0 <= p <= 1 for p in odds.values())
    assert sum(odds.values()) == pytest.approx(1)
    assert fault_probability(odds) == pytest.approx(1 - odds[HEALTHY] - odds[UNKNOWN])


@given(FOUND.filter(lambda x: not x.ambiguous), st.sampled_from(SINGLES), st.floats(0.01, 3))
def test_a_stronger_line_never_makes_its_fault_less_likely(
    seen: Strengths, single: Families, more: float
) -> None:
    (name,) = single
    louder = replace(seen, families={**seen.families, name: seen.families[name] + more})
    numbers = load_calibration()
    less = probabilities(seen, numbers, asked=frozenset(SINGLES))[single]
    assert probabilities(louder, numbers, asked=frozenset(SINGLES))[single] >= less - 1e-9


@given(FOUND)
def test_many_recordings_at_once_are_judged_like_one_by_one(seen: Strengths) -> None:
    stacked = Strengths(
        {k: np.array([v, 0.5]) for k, v in seen.families.items()},
        spread=np.array([seen.spread, 0.1]),
        stray=np.array([seen.stray, 0.2]),
        ambiguous=(),
    )
    assert logits(stacked, NUMBERS).shape == (len(CLASSES), 2)
    assert logits(stacked, NUMBERS)[:, 0] == pytest.approx(logits(seen, NUMBERS))


@pytest.mark.parametrize("families", SINGLES[:3])
def test_a_clear_fault_is_named_at_the_shipped_numbers(families: Families) -> None:
    odds = probabilities(found(**{families[0]: 2.0}), load_calibration(), asked=ALL)
    assert max(odds, key=odds.__getitem__) == families
    assert fault_probability(odds) > load_calibration().alarm_threshold


@pytest.mark.parametrize("pair", PAIRS)
def test_two_clear_faults_are_a_pair_at_the_shipped_numbers(pair: Families) -> None:
    odds = probabilities(found(**dict.fromkeys(pair, 2.5)), load_calibration(), asked=ALL)
    assert max(odds, key=odds.__getitem__) == pair


def test_a_quiet_machine_is_healthy_at_the_shipped_numbers() -> None:
    odds = probabilities(found(stray=0.1), load_calibration(), asked=ALL)
    assert max(odds, key=odds.__getitem__) == HEALTHY
    assert fault_probability(odds) < load_calibration().alarm_threshold


def test_a_fault_that_nobody_asked_for_is_unknown() -> None:
    odds = probabilities(found(outer=2.5), NUMBERS, asked=frozenset({("inner",)}))
    assert odds[UNKNOWN] > 0.9
    assert odds[("inner",)] < 0.05


def test_of_two_faults_either_one_alone_is_right_when_only_singles_were_asked() -> None:
    both = found(outer=2.5, inner=2.4)
    odds = probabilities(both, NUMBERS, asked=frozenset({("outer",), ("inner",)}))
    assert odds[UNKNOWN] < 0.05
    assert odds[("outer",)] > odds[("inner",)] > 0.1
    # Nobody asked for either: both together are then something else.
    assert probabilities(both, NUMBERS, asked=frozenset({("ball",)}))[UNKNOWN] > 0.9


def test_peaks_at_no_known_line_are_unknown() -> None:
    odds = probabilities(found(stray=4.0), load_calibration(), asked=ALL)
    assert max(odds, key=odds.__getitem__) == UNKNOWN


@given(st.floats(0, 8), st.sampled_from(["outer", "inner", "ball"]))
def test_what_the_shaft_explains_as_well_never_alarms(strength: float, name: str) -> None:
    clear, doubtful = found(**{name: strength}), found(ambiguous=(name,), **{name: strength})
    numbers = load_calibration()
    before = probabilities(clear, numbers, asked=ALL)
    after = probabilities(doubtful, numbers, asked=ALL)
    faults = [c for c in after if c not in (HEALTHY, UNKNOWN)]
    if set(max(faults, key=before.__getitem__)) & {name}:
        assert fault_probability(after) <= 0.5 <= numbers.alarm_threshold
        assert sorted(faults, key=before.__getitem__) == sorted(faults, key=after.__getitem__)
    assert after[HEALTHY] == pytest.approx(before[HEALTHY])


def test_an_ambiguity_of_a_weaker_family_leaves_the_strongest_alone() -> None:
    seen = found(outer=3.0, ambiguous=("ball",))
    plain = replace(seen, ambiguous=())
    assert probabilities(seen, NUMBERS, asked=ALL) == probabilities(plain, NUMBERS, asked=ALL)


def test_every_fault_of_the_knowledge_base_with_lines_has_a_class() -> None:
    judged = {x.key: class_of(x) for x in load_faults() if x.families}
    assert set(judged.values()) <= set(FAULTS)
    assert judged["outer_race"] == ("outer",)
    assert class_of(fault("inner_and_outer_race")) == ("outer", "inner")


def test_a_fault_without_lines_to_tell_it_by_is_refused_in_words() -> None:
    odd = replace(fault("cage"), families=("cage", "outer"))
    with pytest.raises(UsageError, match=r"shows in the lines of cage, outer; builtin/physics ju"):
        class_of(odd)
