"""Places told of are counted against marked ones: once each, false ones a picture."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.metrics.froc import froc


def test_a_known_curve_by_hand() -> None:
    scores = np.array([0.2, 0.9, 0.6, 0.8, 0.5, 0.4])
    marks = np.array([-1, 2, -1, -1, 0, 2])
    curve = froc(scores, marks, marked=4, pictures=2)
    assert curve.thresholds.tolist() == [0.9, 0.8, 0.6, 0.5, 0.4, 0.2]
    assert curve.found.tolist() == [0.25, 0.25, 0.25, 0.5, 0.5, 0.5]
    assert curve.false_per_picture.tolist() == [0, 0.5, 1, 1, 1, 1.5]
    assert (curve.found_at(0.9), curve.found_at(1)) == (0.25, 0.5)
    assert curve.threshold_at(1) == 0.4


def test_equal_scores_fall_together() -> None:
    curve = froc(np.full(3, 0.5), np.array([0, -1, -1]), marked=1, pictures=1)
    assert curve.found_at(1) == 0
    assert curve.found_at(2) == 1


def test_of_nothing_told_nothing_is_found() -> None:
    curve = froc(np.zeros(0), np.zeros(0, int), marked=3, pictures=2)
    assert curve.found_at(10) == 0
    assert curve.threshold_at(1) == np.inf


@pytest.mark.parametrize(
    ("marks", "marked"), [(np.array([0]), 1), (np.array([0, 1]), 0), (np.array([0, 5]), 2)]
)
def test_what_cannot_be_counted_is_refused(marks: np.ndarray, marked: int) -> None:
    with pytest.raises(UsageError):
        froc(np.array([0.1, 0.2]), marks, marked=marked, pictures=1)
