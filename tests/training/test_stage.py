"""How an epoch is judged, and a temperature that never makes a model surer."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch

from faultlens.training.loop import Examples
from faultlens.training.stage import ROWS_AT_ONCE, logits_of, temperature_of, validation
from faultlens.training.temperature import best_temperature


def held(count: int, right: float, size: float) -> Examples:
    """Log-odds of a model that is as sure as `size`, and right as often as `right`."""
    rng = np.random.default_rng(0)
    target = rng.integers(3, size=count)
    said = np.where(rng.random(count) < right, target, (target + 1) % 3)
    return Examples((size * np.eye(3)[said]).astype(np.float32), target)


def test_a_model_too_sure_is_brought_down_until_its_probabilities_come_true() -> None:
    examples = held(4000, 0.8, 12.0)
    temperature = temperature_of(lambda x: x, examples)
    sure = torch.softmax(torch.from_numpy(examples.arrays) / temperature, dim=1).max(dim=1)[0]
    assert sure.mean().item() == pytest.approx(0.8, abs=0.02)


def test_a_model_too_unsure_is_left_as_it_is() -> None:
    examples = held(500, 0.99, 1.0)
    assert best_temperature(examples.arrays.astype(float), examples.target) < 0.5
    assert temperature_of(lambda x: x, examples) == 1.0
    assert temperature_of(lambda x: x, held(500, 1.0, 0.3)) == 1.0


def test_without_held_out_windows_it_is_one() -> None:
    none = Examples(np.zeros((0, 3), np.float32), np.zeros(0, np.int64))
    assert temperature_of(lambda x: x, none) == 1.0
    assert best_temperature(np.zeros((0, 3)), none.target) == 1.0


def test_an_epoch_is_judged_by_balanced_accuracy() -> None:
    arrays = np.tile(np.float32([5.0, 0.0]), (10, 1))
    target = np.array([0] * 9 + [1])
    loss, score, error = validation(lambda x: x, Examples(arrays, target))()
    assert score == 0.5, "nine of ten are right, and one class of two"
    assert loss == pytest.approx(0.9 * np.log1p(np.exp(-5)) + 0.1 * np.log1p(np.exp(5)), rel=1e-4)
    assert error == pytest.approx(np.sqrt(0.5 * 0.5 / 10))


def test_copies_of_a_window_make_a_score_no_surer() -> None:
    one = held(20, 0.9, 3.0)
    four = Examples(np.concatenate([one.arrays] * 4), np.tile(one.target, 4))
    plain = validation(lambda x: x, one)()
    assert validation(lambda x: x, four, 20)() == pytest.approx(plain)
    assert validation(lambda x: x, four)()[2] < plain[2]


def test_many_windows_go_through_in_pieces() -> None:
    rows = np.random.default_rng(0).normal(size=(2 * ROWS_AT_ONCE + 3, 2)).astype(np.float32)
    sizes: list[int] = []

    def logits(x: torch.Tensor) -> torch.Tensor:
        sizes.append(len(x))
        return 2 * x

    assert np.array_equal(logits_of(logits, rows), 2 * rows.astype(np.float64))
    assert sizes == [ROWS_AT_ONCE, ROWS_AT_ONCE, 3]
