"""Figures of many classes are those of scikit-learn, for the data as they are and for any draw."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.metrics.multiclass import Tally, roc_curve, seen_and_unseen, tally
from faultlens.metrics.resamples import resamples


def answers(samples: int = 200, classes: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """True classes, and scores that are right more often than not, with ties among them."""
    rng = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), rng.integers(0, classes, samples - classes)])
    scores = rng.random((samples, classes)) + 0.5 * np.eye(classes)[truth]
    return truth, (scores / scores.sum(axis=1, keepdims=True)).round(2)


def golden(truth: np.ndarray, scores: np.ndarray, average: str) -> tuple[float, ...]:
    metrics = pytest.importorskip("sklearn.metrics")
    called = scores.argmax(axis=1)
    three = metrics.precision_recall_fscore_support(
        truth, called, average=average, zero_division=0
    )[:3]
    marks = np.eye(scores.shape[1])[truth]
    return (*three, metrics.roc_auc_score(marks, scores, average=average))


def ours(found: Tally, average: str, draw: int = 0) -> tuple[float, ...]:
    return tuple(
        float(getattr(found, average)(x)[draw]) for x in ("precision", "recall", "f1", "auroc")
    )


@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_means_are_those_of_scikit_learn(average: str) -> None:
    truth, scores = answers()
    assert ours(tally(truth, scores), average) == pytest.approx(golden(truth, scores, average))


def test_every_draw_is_what_its_samples_repeated_would_give() -> None:
    truth, scores = answers()
    groups = [f"{x}{i % 3}" for i, x in enumerate(truth)]
    drawn = resamples(groups, [str(x) for x in truth], range(len(truth)), draws=5)
    found = tally(truth, scores, drawn)
    for draw in range(6):
        index = np.repeat(np.arange(len(truth)), drawn.counts[draw, drawn.unit_of].astype(int))
        for average in ("macro", "weighted"):
            there = golden(truth[index], scores[index], average)
            assert ours(found, average, draw) == pytest.approx(there)
        assert found.accuracy[draw] == np.mean(scores[index].argmax(axis=1) == truth[index])


def test_a_class_never_called_has_precision_nought_and_one_that_does_not_occur_counts_nowhere() -> (
    None
):
    scores = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0]])
    found = tally(np.array([0, 1]), scores)
    assert found.precision[0, :2].tolist() == [0.5, 0.0]
    assert np.isnan(found.recall[0, 2]) and np.isnan(found.auroc[0, 2])
    assert found.macro("recall").tolist() == [0.5]
    assert found.macro("precision").tolist() == [0.25]


def test_the_area_under_the_curve_is_the_area() -> None:
    truth, scores = answers()
    for label in range(4):
        false, true = roc_curve(scores[:, label], truth == label)
        area = np.trapezoid(true, false)
        assert tally(truth, scores).auroc[0, label] == pytest.approx(area)


def test_the_harmonic_mean_is_low_where_the_unseen_class_is_missed() -> None:
    truth = np.array([0, 0, 1, 1, 2, 2, 2, 2])
    called = np.array([0, 0, 1, 1, 2, 0, 0, 0])
    found = tally(truth, np.eye(3)[called])
    parts = seen_and_unseen(found, ("a", "b", "c"), ("c",))
    assert parts["seen"].tolist() == [1.0] and parts["unseen"].tolist() == [0.25]
    assert parts["harmonic_mean"].tolist() == pytest.approx([0.4])
    for unseen in ((), ("a", "b", "c")):
        with pytest.raises(UsageError, match="windows of seen and of unseen classes"):
            seen_and_unseen(found, ("a", "b", "c"), unseen)


def test_what_cannot_be_counted_is_said() -> None:
    with pytest.raises(UsageError, match="one row of scores per sample"):
        tally(np.array([0, 1]), np.eye(3))
    with pytest.raises(UsageError, match="2 positives of 2"):
        roc_curve(np.array([1.0, 2.0]), np.array([True, True]))
