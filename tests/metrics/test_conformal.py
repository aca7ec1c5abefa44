"""A conformal threshold is exceeded as rarely as promised, and promises no more than it can."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.metrics.conformal import conformal_threshold

RATES = st.sampled_from([0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 0.9])
SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@pytest.mark.parametrize(("n", "rate"), [(19, 0.05), (20, 0.1), (99, 0.01), (150, 0.03)])
def test_new_healthy_samples_alarm_at_the_rate_at_most(n: int, rate: float) -> None:
    rng = np.random.default_rng(n)
    shares = []
    for _ in range(2000):
        scores = rng.exponential(size=n + 20)
        threshold = conformal_threshold(scores[:n], false_alarms=rate).threshold
        shares.append(np.mean(scores[n:] > threshold))
    # Three standard errors of the mean, and exact from below: no more slack than 1 / (n + 1).
    error = 3 * np.std(shares) / np.sqrt(len(shares))
    assert rate - 1 / (n + 1) - error <= np.mean(shares) <= rate + error


def test_rank_of_a_hundred_scores_does_not_slip_by_rounding() -> None:
    # (n + 1) (1 - rate) = 100 x .95 = 95, though 1 - .05 is a little below .95 in binary.
    assert conformal_threshold(np.arange(1.0, 100.0), false_alarms=0.05).threshold == 95


@pytest.mark.parametrize(("n", "enough"), [(98, False), (99, True)])
def test_one_per_cent_needs_99_samples(n: int, enough: bool) -> None:
    found = conformal_threshold(np.arange(float(n)), false_alarms=0.01)
    assert (found.false_alarm_rate <= 0.01) is enough
    assert found.threshold == n - 1
    assert found.false_alarm_rate == pytest.approx(max(0.01, 1 / (n + 1)))
    assert found.samples == n


@given(SCORES, RATES)
def test_the_scores_behind_it_exceed_it_no_more_often_than_promised(
    scores: list[float], rate: float
) -> None:
    found = conformal_threshold(np.array(scores), false_alarms=rate)
    assert found.threshold in scores
    assert np.sum(np.array(scores) > found.threshold) <= found.false_alarm_rate * (len(scores) + 1)
    assert found.false_alarm_rate in (rate, max(rate, 1 / (len(scores) + 1)))


@given(SCORES)
def test_fewer_false_alarms_never_lower_the_threshold(scores: list[float]) -> None:
    ladder = [conformal_threshold(np.array(scores), false_alarms=r) for r in (0.5, 0.2, 0.05, 0.01)]
    thresholds = [x.threshold for x in ladder]
    assert thresholds == sorted(thresholds)


def test_an_impossible_wish_is_refused() -> None:
    for rate in (0.0, 1.0, -0.1, 2.0, float("nan")):
        with pytest.raises(UsageError, match=r"must lie between 0 and 1, for example 0\.01"):
            conformal_threshold(np.ones(3), false_alarms=rate)
    with pytest.raises(UsageError, match="No healthy samples; at least one recording"):
        conformal_threshold(np.array([]), false_alarms=0.01)
