"""The learning rate over time, and numbers that cannot be."""

from itertools import pairwise

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'faultlens[train]'")

import torch

from faultlens.core.errors import UsageError
from faultlens.training.settings import TrainingSettings
from faultlens.training.state import Epoch


def test_the_rate_rises_to_its_peak_and_falls_as_half_a_cosine_to_0() -> None:
    settings = TrainingSettings(epochs=20, learning_rate=2e-3, warmup=0.1)
    rates = [settings.rate_at(x / 10) for x in range(201)]
    top = rates.index(max(rates))
    assert (top, rates[top]) == (20, 2e-3)
    assert rates[0] == pytest.approx(4e-5), "a first step is not wasted"
    assert all(a < b for a, b in pairwise(rates[:21]))
    assert all(a > b for a, b in pairwise(rates[20:]))
    assert settings.rate_at(11) == pytest.approx(1e-3), "half of it half way down"
    assert settings.rate_at(20) == settings.rate_at(25) == pytest.approx(0.0)


def test_without_warm_up_it_begins_at_the_peak() -> None:
    assert TrainingSettings(epochs=5, learning_rate=0.1, warmup=0.0).rate_at(0) == 0.1


def test_every_group_of_the_optimiser_is_given_the_rate() -> None:
    layer = torch.nn.Linear(2, 2)
    optimizer = torch.optim.AdamW([{"params": [layer.weight]}, {"params": [layer.bias]}], 9.0)
    settings = TrainingSettings(epochs=10, learning_rate=1.0, warmup=0.2)
    settings.set_rate(optimizer, 6)
    assert [x["lr"] for x in optimizer.param_groups] == [settings.rate_at(6)] * 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 0}, "0 epochs; a training has 1 or more"),
        ({"batch_size": 0}, "0 batch size"),
        ({"accumulate": 0}, "0 accumulate"),
        ({"seed": -1}, "-1 seed; a training has 0 or more"),
        ({"warmup": 1.0}, "A warm-up of 1.0"),
        ({"learning_rate": 0.0}, "Learning rate 0.0"),
        ({"learning_rate": float("nan")}, "Learning rate nan"),
        ({"clip": 0.0}, "clip 0.0"),
        ({"weight_decay": -1.0}, "weight decay -1.0"),
        ({"precision": "fp8"}, "runs in fp32, bf16, fp16"),
    ],
)
def test_a_number_that_cannot_be_is_told(changes: dict[str, float], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        TrainingSettings(**{"epochs": 3, **changes})  # type: ignore[arg-type]


def told(*scores: float | None) -> list[Epoch]:
    return [Epoch(i + 1, 1.0, 1.0, x, 0.02, 1e-3, 1.0) for i, x in enumerate(scores)]


@pytest.mark.parametrize(
    ("scores", "over"),
    [
        ((), False),
        ((0.5, 0.9), False),
        ((0.9, 0.9, 0.9), True),
        ((0.9, 0.8, 0.91), False),
        ((0.9, 0.8, 0.7), True),
        ((None, None, None, None), False),
    ],
)
def test_patience_waits_for_something_better(scores: tuple[float, ...], over: bool) -> None:
    assert TrainingSettings(epochs=9, patience=2).is_over(told(*scores)) == over
    assert not TrainingSettings(epochs=9).is_over(told(*scores))
