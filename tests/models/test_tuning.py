"""Few labelled windows become a linear map: bands where lines are absent, the base where not."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.inputs.modulation_array import BANDS, CONTRASTS
from faultlens.models.line_gate import HARMONICS
from faultlens.models.tuning import (
    Readings,
    left_out,
    ridge_scores,
    sharpness,
    tuned,
    tuned_scores,
)

LOUD = 4.0
"""Nats at which lines are fully believed."""


def windows(target: np.ndarray, *, loud: bool = False, seed: int = 0) -> Readings:
    """Windows whose bands tell the class, and whose base says the class before it."""
    rng = np.random.default_rng(seed)
    bands = rng.gamma(20.0, 0.05, size=(len(target), BANDS))
    bands[np.arange(len(target)), 10 * (target + 1)] *= 12.0
    contrast = rng.normal(0.1, 0.05, size=(len(target), CONTRASTS))
    if loud:
        contrast[:, np.array(HARMONICS)[0]] += LOUD
    return Readings(contrast, bands, np.eye(3)[(target + 1) % 3] * 0.3)


def test_without_lines_the_bands_decide_against_a_base_that_is_wrong() -> None:
    shots, test = np.repeat(np.arange(3), 4), np.repeat(np.arange(3), 20)
    asked = windows(test, seed=1)
    found = tuned_scores(tuned(windows(shots), shots, 3), asked)
    assert (found.argmax(axis=1) == test).all()
    assert (asked.base.argmax(axis=1) == test).mean() == 0


def test_with_loud_lines_the_base_decides_whatever_the_bands_say() -> None:
    shots, test = np.repeat(np.arange(3), 4), np.repeat(np.arange(3), 20)
    asked = windows(test, loud=True, seed=1)
    made = tuned(windows(shots), shots, 3)
    believed = Readings(np.where(asked.contrast > 1, LOUD, 0.1), asked.bands, asked.base)
    assert (tuned_scores(made, believed).argmax(axis=1) == asked.base.argmax(axis=1)).all()


def test_the_map_is_that_of_kernel_ridge_regression() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(9, 5)), np.array([0, 0, 0, 0, 1, 1, 1, 2, 2])
    asked, weight = rng.normal(size=(4, 5)), rng.uniform(0.5, 1.0, 9)
    share = np.concatenate([weight[y == c] / weight[y == c].sum() * 3 for c in range(3)])
    spread = x.std(axis=0) + 0.3
    a, b = (x - x.mean(axis=0)) / spread, (asked - x.mean(axis=0)) / spread
    middle = share @ a / share.sum()
    a, b = a - middle, b - middle
    kernel = a @ a.T / 5 + np.diag(1 / share)
    expected = b @ a.T / 5 @ np.linalg.solve(kernel, np.eye(3)[y] - 1 / 3)
    expected -= expected.mean(axis=1, keepdims=True)
    assert ridge_scores(x, y, 3, weight).of(asked) == pytest.approx(expected)


def test_classes_count_alike_however_many_windows_each_has() -> None:
    y = np.array([0] * 30 + [1] * 2)
    x = np.where(y == 0, -1.0, 1.0)[:, None]
    made = ridge_scores(x, y, 2, np.ones(32))
    assert made.of(np.array([[0.0]])) == pytest.approx(0.0, abs=1e-9)


def test_a_feature_that_is_not_known_says_nothing() -> None:
    y = np.array([0, 0, 1, 1])
    made = ridge_scores(np.array([[0.0, 1], [0, 1], [1, 0], [1, 0]]), y, 2, np.ones(4))
    both, one = made.of(np.array([[0.0, 1.0], [0.0, np.nan]]))
    assert 0 < one[0] < both[0]


def test_a_class_without_a_window_is_refused() -> None:
    with pytest.raises(UsageError, match=r"Class 1 of 3 has no window"):
        ridge_scores(np.ones((2, 1)), np.array([0, 2]), 3, np.ones(2))


def test_what_is_left_out_is_not_learned_from() -> None:
    """Recordings that differ from all others are told by nobody but themselves."""
    target = np.repeat(np.arange(3), 8)
    group = np.arange(24) // 4
    readings = windows(target)
    odd = group == 0
    readings.bands[odd] = 1.0
    readings.bands[odd, 60] = 40.0
    readings.bands[odd, 30] = 25.0  # class 2's own band
    learned = tuned_scores(tuned(readings, target, 3), readings)
    found = left_out(readings, target, group, 3)
    assert (learned[odd].argmax(axis=1) == 0).all()
    assert (found.scores[odd].argmax(axis=1) != 0).all()


def test_scores_of_bands_are_about_one_apart() -> None:
    target = np.repeat(np.arange(3), 6)
    readings = windows(target)
    found = left_out(readings, target, np.arange(18), 3)
    made = tuned(readings, target, 3, found.scales)
    assert tuned_scores(made, windows(target, seed=5)).std(axis=1).mean() == pytest.approx(
        1, abs=0.6
    )


def test_sharpness_follows_how_right_the_scores_are() -> None:
    rng = np.random.default_rng(0)
    target = np.repeat(np.arange(3), 60)
    clean = np.eye(3)[target] + 0.2 * rng.normal(size=(180, 3))
    noisy = np.eye(3)[target] + 1.5 * rng.normal(size=(180, 3))
    group = np.arange(180)
    assert sharpness(clean, target, group) > 2 * sharpness(noisy, target, group)


def test_windows_of_one_recording_prove_no_more_than_one() -> None:
    target = np.repeat(np.arange(3), 60)
    scores = np.eye(3)[target]
    assert sharpness(scores, target, target) < sharpness(scores, target, np.arange(180)) / 1.5


def test_far_from_all_labelled_windows_the_base_is_not_shouted_down() -> None:
    """Quiet windows say nothing of lines; chance in them must not decide on loud ones."""
    shots = np.repeat(np.arange(3), 5)
    for seed in range(5):
        few = windows(shots, seed=seed)
        made = tuned(few, shots, 3, left_out(few, shots, np.arange(15), 3).scales)
        asked = windows(np.repeat(np.arange(3), 5), loud=True, seed=9)
        found = tuned_scores(made, asked)
        assert (found.argmax(axis=1) == asked.base.argmax(axis=1)).all()
