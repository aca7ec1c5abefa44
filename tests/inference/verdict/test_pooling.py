"""Beliefs are joined by Bayes' rule: exact at its limits, honest where truth is simulated."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benches.fuse import PLANTS, RULES, Plant, joined, looked_at
from faultlens.core.errors import UsageError
from faultlens.inference.verdict.pooling import (
    MOST,
    Assumptions,
    Belief,
    Pooled,
    at_both_ends,
    pooled,
)
from faultlens.metrics.calibration import expected_calibration_error

KINDS = st.sampled_from(("vibration", "picture", "infrared"))


@st.composite
def beliefs(draw: st.DrawFn, *, most: int = 5) -> list[Belief]:
    """Sensors of any kind that believe anything."""
    made = []
    for _ in range(draw(st.integers(1, most))):
        fault = draw(st.floats(0, 1))
        made.append(Belief(draw(KINDS), fault, draw(st.floats(0, 1)) * (1 - fault)))
    return made


def pair(first: float, second: float, *, alike: bool = False) -> list[Belief]:
    """Two sensors that can always say."""
    return [Belief("vibration", first), Belief("vibration" if alike else "picture", second)]


def total(joint: Pooled) -> float:
    """All that is believed."""
    return sum(joint.states.values()) + joint.unknown


@given(beliefs(), st.floats(0, 1), st.floats(0, 1), st.floats(0.001, 0.999))
def test_probabilities_stay_probabilities(
    some: list[Belief], shared: float, dependence: float, base_rate: float
) -> None:
    joint = pooled(some, Assumptions(shared, dependence, base_rate=base_rate))
    assert total(joint) == pytest.approx(1, abs=1e-6)
    assert all(-1e-9 <= x <= 1 + 1e-9 for x in (*joint.states.values(), joint.unknown))
    assert 0 <= joint.one_fault <= 1


@given(st.floats(0, 1), st.floats(0, 1))
def test_one_sensor_alone_is_believed_as_it_is(fault: float, rest: float) -> None:
    joint = pooled([Belief("vibration", fault, rest * (1 - fault))])
    assert joint.fault == pytest.approx(fault, abs=2e-6)
    assert joint.unknown == pytest.approx(rest * (1 - fault), abs=2e-6)


@given(beliefs(), st.floats(0, 1))
def test_a_sensor_that_cannot_say_changes_nothing(some: list[Belief], shared: float) -> None:
    assumed = Assumptions(shared)
    silent = pooled([*some, Belief("scan", 0.0, 1.0)], assumed)
    assert silent.fault == pytest.approx(pooled(some, assumed).fault, abs=1e-6)
    assert silent.unknown == pytest.approx(pooled(some, assumed).unknown, abs=1e-6)


@given(beliefs(most=4), st.integers(0, 3), st.floats(0.01, 0.5))
def test_more_belief_in_a_fault_never_lowers_the_joined_one(
    some: list[Belief], which: int, more: float
) -> None:
    chosen = some[which % len(some)]
    raised = replace(chosen, fault=chosen.fault + more * (1 - chosen.fault - chosen.unknown))
    after = [raised if x is chosen else x for x in some]
    assert pooled(after).fault >= pooled(some).fault - 1e-9


@given(beliefs(most=4))
def test_the_order_of_sensors_does_not_matter(some: list[Belief]) -> None:
    assert pooled(some[::-1]).fault == pytest.approx(pooled(some).fault, abs=1e-9)


def test_both_ends_are_the_textbook_rules() -> None:
    one, own = at_both_ends(pair(0.9, 0.8))
    odds = (0.9 / 0.1) * (0.8 / 0.2)  # prior odds are even
    assert one == pytest.approx(odds / (1 + odds))
    assert own == pytest.approx(1 - 0.1 * 0.2)


def test_a_base_rate_is_bayes_rule() -> None:
    found = pooled([Belief("vibration", 0.95)], Assumptions(base_rate=0.02)).fault
    odds = 0.02 / 0.98 * (0.95 / 0.05)
    assert found == pytest.approx(odds / (1 + odds))


def test_copies_of_one_sensor_count_once_and_strangers_in_full() -> None:
    def share(dependence: float) -> float:
        return pooled(pair(0.9, 0.9, alike=True), Assumptions(1.0, dependence)).fault

    assert share(1.0) == pytest.approx(0.9)
    assert share(0.0) == pytest.approx(81 / 82)
    assert share(1.0) < share(0.5) < share(0.0)


def test_the_share_of_dependent_evidence_is_that_of_correlated_gaussians() -> None:
    # x ~ N(+-1/2 strength, (1 - r) I + r 1 1^T): the exact ratio against the rule's.
    strength, r, seen = 2.0, 0.4, np.array([1.3, -0.2, 0.7])
    precision = np.linalg.inv((1 - r) * np.eye(3) + r)
    exact = strength * np.ones(3) @ precision @ seen
    each = 1 / (1 + np.exp(-strength * seen))
    found = pooled([Belief("vibration", x) for x in each], Assumptions(1.0, r)).fault
    assert np.log(found / (1 - found)) == pytest.approx(exact)


def test_agreement_makes_one_fault_likelier_and_contradiction_less() -> None:
    assert pooled(pair(0.95, 0.95)).one_fault > 0.6
    assert pooled(pair(0.98, 0.02)).one_fault < 0.2


def test_what_contradicts_weakens_and_does_not_erase() -> None:
    assert 0.9 < pooled(pair(0.98, 0.05)).fault < 0.98


@pytest.mark.parametrize("plant", PLANTS, ids=lambda x: x.name)
def test_the_joined_score_is_the_share_that_is_faulty(plant: Plant) -> None:
    """Not told how much is shared: near where a half is, within .15 at both ends of it."""
    seen = looked_at(plant, 800, np.random.default_rng(5))
    ours = expected_calibration_error(joined(plant, seen.beliefs), seen.faulty)
    assert ours < (0.06 if plant.shared == 0.5 and not plant.errors else 0.15)
    others = [expected_calibration_error(x(seen.beliefs), seen.faulty) for x in RULES.values()]
    assert ours < max(others)


@pytest.mark.parametrize("plant", PLANTS[:3], ids=lambda x: x.name)
def test_told_what_is_shared_it_is_calibrated(plant: Plant) -> None:
    seen = looked_at(plant, 1500, np.random.default_rng(6))
    scores = joined(plant, seen.beliefs, told=True)
    assert expected_calibration_error(scores, seen.faulty) < 0.035


def test_extremes_of_many_sensors_stay_finite() -> None:
    for fault in (0.0, 1.0):
        joint = pooled([Belief(str(i % 4), fault) for i in range(MOST)])
        assert joint.fault == pytest.approx(fault, abs=1e-3)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"shared": 1.2}, "shared is 1.2; it must lie in 0 to 1"),
        ({"dependence": float("nan")}, "dependence is nan"),
        ({"base_rate": 0.0}, "base_rate is 0.0; it is a share of faulty cases"),
    ],
)
def test_impossible_assumptions_are_refused(numbers: dict[str, float], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Assumptions(**numbers)


def test_impossible_beliefs_are_refused() -> None:
    with pytest.raises(UsageError, match="both lie in 0 to 1"):
        Belief("vibration", 0.8, 0.3)
    with pytest.raises(UsageError, match="0 results of one asset; 1 to 64"):
        pooled([])
