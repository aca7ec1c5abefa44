"""The threshold of the whole decision holds the wanted rate on frames that it has not seen."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.line.configuration.line_config import DecisionConfig
from faultlens.line.decision.decided import decided
from faultlens.line.decision.state import DecisionState
from faultlens.line.decision.threshold import (
    decision_threshold,
    mth_largest,
    profile_threshold,
)
from faultlens.metrics.conformal import conformal_threshold


def sticky(frames: int, memory: float, seed: int) -> NDArray[np.float64]:
    """Scores of frames that hang together, uniform over 0 to 1: an autoregression, ranked."""
    rng = np.random.default_rng(seed)
    noise, values = rng.standard_normal(frames), np.empty(frames)
    values[0] = noise[0]
    for i in range(1, frames):
        values[i] = memory * values[i - 1] + np.sqrt(1 - memory**2) * noise[i]
    return 1 / (1 + np.exp(-values))


def raised(config: DecisionConfig, scores: NDArray[np.float64], threshold: float) -> int:
    state, count = DecisionState(), 0
    for score in scores:
        state, step = decided(config, state, float(score), threshold)
        count += step == "raise"
    return count


def test_one_of_one_is_plain_conformal_prediction() -> None:
    scores = sticky(5000, 0.0, seed=0)
    made = decision_threshold(scores, DecisionConfig(), 0.01)
    assert made.threshold == conformal_threshold(scores, false_alarms=0.01).threshold
    assert (made.false_alarm_rate, made.frames, made.needed) == (0.01, 5000, 99)


@pytest.mark.parametrize("memory", [0.0, 0.9])
@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 3), (3, 5), (1, 4)])
def test_new_frames_raise_no_more_alarms_than_wanted(m: int, n: int, memory: float) -> None:
    """Over 12 draws, so that the mean of what conformal prediction promises is seen."""
    config, wanted, frames = DecisionConfig(m=m, n=n), 0.01, 2000
    rates = []
    for seed in range(12):
        made = decision_threshold(sticky(frames, memory, seed=seed), config, wanted)
        assert made.false_alarm_rate == wanted
        rates.append(raised(config, sticky(frames, memory, seed=1000 + seed), made.threshold))
    assert np.mean(rates) / frames <= wanted * 1.1


def test_m_of_n_lowers_the_threshold_where_frames_are_independent() -> None:
    scores = sticky(5000, 0.0, seed=0)
    one = decision_threshold(scores, DecisionConfig(), 0.001)
    three = decision_threshold(scores, DecisionConfig(m=3, n=5), 0.001)
    assert three.threshold < one.threshold - 0.1


def test_without_their_order_m_of_n_is_taken_to_help_nothing() -> None:
    scores = np.sort(sticky(5000, 0.0, seed=0))
    lost = decision_threshold(scores, DecisionConfig(m=3, n=5), 0.001, in_order=False)
    assert lost.threshold == decision_threshold(scores, DecisionConfig(), 0.001).threshold


def test_too_few_frames_promise_what_they_can_and_say_how_many_it_takes() -> None:
    made = decision_threshold(sticky(50, 0.0, seed=0), DecisionConfig(m=2, n=5), 0.001)
    assert made.false_alarm_rate == 1 / 11  # ten look-backs of five frames stand alone
    assert made.needed == 5 * 999
    assert made.threshold == mth_largest(sticky(50, 0.0, seed=0), 2, 5).max()


def test_the_mth_largest_is_found_also_over_long_rows() -> None:
    scores = np.random.default_rng(0).random(5000)
    found = mth_largest(scores, 400, 1000)
    for i in (0, 500, 999, 3000, 4999):
        seen = np.sort(np.concatenate([np.zeros(1000), scores[: i + 1]])[-1000:])
        assert found[i] == seen[-400]


@pytest.mark.parametrize("order", [True, False])
def test_no_frames_are_refused(order: bool) -> None:
    with pytest.raises(UsageError, match="at least one"):
        decision_threshold(np.array([]), DecisionConfig(), 0.01, in_order=order)


def test_the_order_of_a_profile_counts_unless_it_is_lost() -> None:
    config, scores = DecisionConfig(m=3, n=5), sticky(5000, 0.0, seed=0)
    kept = profile_threshold(scores.tolist(), config, 0.001)
    lost = profile_threshold(np.sort(scores).tolist(), config, 0.001)
    assert kept == decision_threshold(scores, config, 0.001)
    assert lost == decision_threshold(scores, config, 0.001, in_order=False)
    assert kept.threshold < lost.threshold
