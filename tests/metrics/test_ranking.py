"""Average precision and the best F1 agree with scikit-learn and with truths known beforehand."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.metrics.ranking import average_precision, best_f1


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("decimals", [1, 9])
def test_they_agree_with_scikit_learn_with_and_without_ties(seed: int, decimals: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=300).round(decimals)
    positive = rng.random(300) < 0.2
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
