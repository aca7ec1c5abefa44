"""Confidences are held against what came true, bin by bin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.metrics.calibration import expected_calibration_error, reliability

JUDGED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)


def test_the_error_is_what_a_hand_counts() -> None:
    # Bin .6 to .7: gap .65 - .5, two of five; bin .9 to 1: gap 1 - .95 over three of five.
    confidence, right = [0.62, 0.68, 0.93, 0.95, 0.97], [True, False, True, True, True]
    assert expected_calibration_error(confidence, right) == pytest.approx(0.4 * 0.15 + 0.6 * 0.05)
    low, high = reliability(confidence, right)
    assert low.confidence == pytest.approx(0.65) and (low.samples, low.accuracy) == (2, 0.5)
    assert (high.low, high.high, high.samples) == (0.9, 1.0, 3)


def test_an_edge_belongs_to_the_bin_below_it() -> None:
    # Guo et al. (2017): bin m holds ((m - 1) / M, m / M].
    found = reliability([0.0, 0.1, 0.3, 0.7, 1.0], [True] * 5)
    assert [round(x.high, 9) for x in found] == [0.1, 0.3, 0.7, 1.0]
    assert found[0].samples == 2


def test_honest_confidences_have_almost_no_error_and_boasting_ones_much() -> None:
    rng = np.random.default_rng(4)
    truth = rng.random(40_000)
    right = rng.random(40_000) < truth
    assert expected_calibration_error(truth, right) < 0.01
    # Twice the log-odds: the gap is the mean of |p^2 / (p^2 + (1 - p)^2) - p|, .0966 by quadrature.
    sure = truth**2 / (truth**2 + (1 - truth) ** 2)
    grid = (np.arange(100_000) + 0.5) / 100_000
    gap = np.abs(grid**2 / (grid**2 + (1 - grid) ** 2) - grid).mean()
    assert expected_calibration_error(sure, right, bins=20) == pytest.approx(gap, abs=0.01)


@given(JUDGED, st.integers(1, 30))
def test_the_bins_hold_everything_once_and_the_error_is_a_share(
    judged: list[tuple[float, bool]], bins: int
) -> None:
    confidence, right = [x for x, _ in judged], [x for _, x in judged]
    found = reliability(confidence, right, bins=bins)
    assert sum(x.samples for x in found) == len(judged)
    assert all(x.low <= x.confidence + 1e-12 and x.confidence <= x.high + 1e-12 for x in found)
    error = expected_calibration_error(confidence, right, bins=bins)
    # No gap of a bin is smaller than the gap of all together.
    assert abs(np.mean(confidence) - np.mean(right)) - 1e-9 <= error <= 1 + 1e-9


@pytest.mark.parametrize(
    ("confidence", "right", "bins", "words"),
    [
        ([], [], 10, "0 confidences and 0 answers; both need the same number"),
        ([0.5], [True, False], 10, "1 confidences and 2 answers"),
        ([1.5], [True], 10, "A confidence of 1.5; a probability lies between 0 and 1"),
        ([float("nan")], [True], 10, "A confidence of nan"),
        ([0.5], [True], 0, "0 bins; ask for 1 or more"),
    ],
)
def test_what_cannot_be_held_against_anything_is_refused(
    confidence: list[float], right: list[bool], bins: int, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        expected_calibration_error(confidence, right, bins=bins)
