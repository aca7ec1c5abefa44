"""Average precision and the best F1 agree with scikit-learn and with truths known beforehand."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.metrics.classification import auroc
from faultlens.metrics.ranking import average_precision, best_f1, drawn_rankings


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("decimals", [1, 9])
def test_they_agree_with_scikit_learn_with_and_without_ties(seed: int, decimals: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=100).round(decimals)
    positive = rng.random(100) < 0.2
    expected = metrics.average_precision_score(positive, scores)
    assert average_precision(scores, positive) == pytest.approx(expected)
    found = best_f1(scores, positive)
    assert found.f1 == pytest.approx(metrics.f1_score(positive, scores >= found.threshold))
    assert found.f1 == pytest.approx(
        max(metrics.f1_score(positive, scores >= x) for x in np.unique(scores))
    )


def test_a_perfect_order_is_1_and_a_constant_score_is_the_share_of_positives() -> None:
    positive = np.array([True, True, False, False])
    assert average_precision(np.array([4.0, 3, 2, 1]), positive) == 1
    assert average_precision(np.ones(4), positive) == 0.5
    assert best_f1(np.ones(4), positive).f1 == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("scores", "positive", "words"),
    [
        (np.ones(2), np.zeros(2, bool), "0 positives"),
        (np.ones(2), np.ones(3, bool), "one score per sample"),
        (np.array([np.nan, 1]), np.ones(2, bool), "no numbers"),
    ],
)
def test_what_cannot_be_ranked_is_refused(
    scores: np.ndarray, positive: np.ndarray, words: str
) -> None:
    for figure in (average_precision, best_f1):
        with pytest.raises(UsageError, match=words):
            figure(scores, positive)


@pytest.mark.parametrize("decimals", [1, 9])
def test_draws_are_the_figures_of_repeated_samples(decimals: int) -> None:
    rng = np.random.default_rng(0)
    scores, positive = rng.normal(size=40).round(decimals), rng.random(40) < 0.4
    weights = np.vstack([np.ones(40), rng.integers(0, 3, (5, 40))])
    found = drawn_rankings(scores, positive, weights)
    for row, drawn in enumerate(weights.astype(int)):
        again, truth = np.repeat(scores, drawn), np.repeat(positive, drawn)
        assert found["auroc"][row] == pytest.approx(auroc(again[truth], again[~truth]))
        assert found["average_precision"][row] == pytest.approx(average_precision(again, truth))
        assert found["best_f1"][row] == pytest.approx(best_f1(again, truth).f1)


def test_a_draw_of_one_kind_has_no_figure() -> None:
    found = drawn_rankings(np.array([1.0, 2]), np.array([True, False]), np.array([[1, 0], [0, 1]]))
    assert all(np.isnan(x).all() for x in found.values())
