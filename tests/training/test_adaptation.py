"""Unlabelled windows move the borders of classes to where they lie, and claim nothing absent."""

import numpy as np
import pytest

from faultlens.core.errors import UnusableSignalError
from faultlens.training.adaptation import ASSUMES, adapted

CENTRES = np.array([[0.0, 0.0, 0.0], [5.0, 0.0, 0.0], [0.0, 5.0, 0.0]])


def windows(
    shares: tuple[int, ...] = (80, 80, 80), centres: np.ndarray = CENTRES, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Windows around the centres, and the class of each."""
    truth = np.repeat(np.arange(len(shares)), shares)
    return centres[truth] + np.random.default_rng(seed).normal(size=(len(truth), 3)), truth


def as_trained(rows: np.ndarray, centres: np.ndarray = CENTRES) -> np.ndarray:
    """Log-odds of a model that knows the centres as they were in training."""
    return -0.5 * ((rows[:, None] - centres) ** 2).sum(axis=2)


def right(rows: np.ndarray, truth: np.ndarray, log_odds: np.ndarray) -> float:
    return float((log_odds.argmax(axis=1) == truth).mean())


def test_classes_that_moved_together_are_found_again() -> None:
    rows, truth = windows()
    rows = rows * [1.0, 1.4, 1.0] + [2.2, -1.5, 9.0]
    before = as_trained(rows)
    found = adapted(rows, before)
    assert right(rows, truth, before) < 0.9
    assert right(rows, truth, found.log_odds(rows)) > 0.97
    fresh, its_truth = windows(seed=1)
    fresh = fresh * [1.0, 1.4, 1.0] + [2.2, -1.5, 9.0]
    assert right(fresh, its_truth, found.log_odds(fresh)) > 0.97, "windows not adapted to as well"


def test_where_nothing_moved_nothing_changes() -> None:
    rows, truth = windows()
    found = adapted(rows, as_trained(rows))
    assert found.changed < 0.02 and right(rows, truth, found.log_odds(rows)) > 0.97


def test_an_absent_class_stays_absent() -> None:
    rows, truth = windows((100, 100, 0))
    found = adapted(rows, as_trained(rows))
    log_odds = found.log_odds(rows)
    assert (log_odds[:, 2] == -np.inf).all() and np.isfinite(log_odds[:, :2]).all()
    assert right(rows, truth, log_odds) > 0.97


def test_a_class_among_many_is_not_taken_to_be_absent() -> None:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(24, 3)) * 40
    rows, truth = windows(tuple(int(x) for x in rng.integers(6, 14, 24)), centres)
    found = adapted(rows, as_trained(rows, centres))
    assert np.isfinite(found.log_odds(rows)).all()
    assert right(rows, truth, found.log_odds(rows)) > 0.95


def test_where_every_class_is_rare_none_is_absent() -> None:
    rows, truth = windows((2, 2, 2))
    found = adapted(rows, as_trained(rows))
    assert right(rows, truth, found.log_odds(rows)) == 1.0


def test_too_few_windows_are_told() -> None:
    rows, _ = windows((2, 2, 1))
    with pytest.raises(UnusableSignalError, match="5 windows to adapt to and 3 classes; give at"):
        adapted(rows, as_trained(rows))


def test_the_order_of_windows_and_of_classes_does_not_matter() -> None:
    rows, _ = windows()
    rows = rows + np.array([1.5, 0.0, 0.0])
    shuffled = np.random.default_rng(3).permutation(len(rows))
    one = adapted(rows, as_trained(rows)).log_odds(rows)
    other = adapted(rows[shuffled], as_trained(rows[shuffled])).log_odds(rows)
    assert other == pytest.approx(one, abs=1e-6)
    turned = adapted(rows, as_trained(rows)[:, [2, 0, 1]]).log_odds(rows)
    assert turned == pytest.approx(one[:, [2, 0, 1]], abs=1e-6)


def test_silence_is_no_error() -> None:
    found = adapted(np.zeros((12, 3)), np.zeros((12, 2)))
    assert not np.isnan(found.log_odds(np.zeros((1, 3)))).any()


def test_arrays_of_any_shape_are_rows() -> None:
    rows, _ = windows()
    flat = adapted(rows, as_trained(rows))
    assert np.array_equal(adapted(rows[:, None], as_trained(rows)).slopes, flat.slopes)


def test_what_it_takes_for_granted_is_said_and_doubt_where_much_changed() -> None:
    rows, _ = windows()
    quiet = adapted(rows, as_trained(rows)).notices
    assert quiet == (ASSUMES,)
    rows = rows + np.array([2.4, 2.4, 0.0])
    doubted = adapted(rows, as_trained(rows))
    assert doubted.changed > 0.2 and len(doubted.notices) == 2
    assert f"changed {doubted.changed:.0%} of the answers" in doubted.notices[1].en
