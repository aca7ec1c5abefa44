"""Recalls, balanced accuracy and the area under the ROC are what a count by hand gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.metrics.classification import auroc, balanced_accuracy, recalls

LABELS = st.sampled_from(["outer", "inner", "ball"])
SCORES = st.lists(st.integers(-5, 5), min_size=1, max_size=12)


def test_a_rare_class_weighs_as_much_as_a_frequent_one() -> None:
    truth = ["healthy"] * 98 + ["outer"] * 2
    assert balanced_accuracy(truth, ["healthy"] * 100) == 0.5


def test_recalls_are_counted_per_true_class() -> None:
    truth, given_labels = ["a", "a", "a", "a", "b"], ["a", "b", "c", "a", "b"]
    assert recalls(truth, given_labels) == {"a": 0.5, "b": 1.0}


@given(st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=30))
def test_recalls_lie_in_0_to_1_and_their_weighted_mean_is_the_accuracy(
    pairs: list[tuple[str, str]],
) -> None:
    truth, guessed = [a for a, _ in pairs], [b for _, b in pairs]
    found = recalls(truth, guessed)
    assert set(found) == set(truth)
    mean = sum(found[x] for x in truth) / len(truth)
    assert mean == pytest.approx(np.mean([a == b for a, b in pairs]))
    assert balanced_accuracy(truth, truth) == 1.0


@given(SCORES, SCORES)
def test_auroc_is_the_share_of_pairs_in_order(positive: list[int], negative: list[int]) -> None:
    up, down = np.array(positive, float), np.array(negative, float)
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in up for b in down]
    assert auroc(up, down) == pytest.approx(np.mean(pairs))
    assert auroc(up, down) + auroc(down, up) == pytest.approx(1)


@pytest.mark.parametrize("where", [0, 1])
def test_a_score_that_is_no_number_leaves_no_area(where: int) -> None:
    scores = [np.array([0.9, 0.8]), np.array([0.1, 0.8])]
    scores[where][1] = np.nan
    assert np.isnan(auroc(*scores))


def test_what_cannot_be_counted_is_said() -> None:
    with pytest.raises(UsageError, match="2 true and 1 given labels; both need the same number"):
        recalls(["a", "b"], ["a"])
    with pytest.raises(UsageError, match="0 true and 0 given"):
        recalls([], [])
    with pytest.raises(UsageError, match="0 positives and 2 negatives; at least one of each"):
        auroc(np.array([]), np.array([1.0, 2.0]))
