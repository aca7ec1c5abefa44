"""The losses: what they are at known points, and which way they pull."""

import math

import pytest
import torch

from faultlens.models.losses import attribute_sigmoid, class_cross_entropy, multi_positive


def test_with_one_caption_per_recording_it_is_infonce() -> None:
    logits = torch.randn(5, 5, generator=torch.Generator().manual_seed(0))
    own = torch.eye(5, dtype=torch.bool)
    index = torch.arange(5)
    both = 0.5 * torch.nn.functional.cross_entropy(logits, index)
    both += 0.5 * torch.nn.functional.cross_entropy(logits.T, index)
    assert multi_positive(logits, own).item() == pytest.approx(both.item(), rel=1e-5)


def test_two_recordings_of_one_fault_do_not_push_each_other_away() -> None:
    """Index labels would: there the gradient on the other one's caption is positive."""
    logits = torch.zeros(2, 2, requires_grad=True)
    multi_positive(logits, torch.ones(2, 2, dtype=torch.bool)).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert torch.allclose(logits.grad, torch.zeros(2, 2), atol=1e-7)


def test_the_two_weights_choose_the_direction() -> None:
    logits = torch.tensor([[4.0, 0.0], [3.0, 1.0]])
    own = torch.eye(2, dtype=torch.bool)
    rows = multi_positive(logits, own, to_text=1.0, to_sensor=0.0)
    columns = multi_positive(logits, own, to_text=0.0, to_sensor=1.0)
    assert rows.item() == pytest.approx((math.log1p(math.exp(-4)) + math.log1p(math.exp(2))) / 2)
    assert columns.item() == pytest.approx(
        (math.log1p(math.exp(-1)) + math.log1p(math.exp(-1))) / 2
    )


def test_a_class_that_is_not_asked_for_has_no_part() -> None:
    logits = torch.tensor([[1.0, 0.0, 50.0]])
    asked = torch.tensor([[True, True, False]])
    loss = class_cross_entropy(logits, torch.tensor([0]), asked=asked)
    assert loss.item() == pytest.approx(math.log1p(math.exp(-1)))


def test_the_true_class_is_always_asked_for() -> None:
    loss = class_cross_entropy(
        torch.zeros(1, 3), torch.tensor([2]), asked=torch.zeros(1, 3, dtype=torch.bool)
    )
    assert loss.item() == pytest.approx(0.0)


def test_smoothing_over_all_classes_is_torchs() -> None:
    logits = torch.randn(4, 3, generator=torch.Generator().manual_seed(1))
    target = torch.tensor([0, 1, 2, 0])
    asked = torch.ones(4, 3, dtype=torch.bool)
    ours = class_cross_entropy(logits, target, asked=asked, smoothing=0.1)
    theirs = torch.nn.functional.cross_entropy(logits, target, label_smoothing=0.1)
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-5)


def test_attributes_are_judged_each_by_itself() -> None:
    both = torch.tensor([[True, True, False]])
    right = attribute_sigmoid(torch.tensor([[9.0, 9.0, -9.0]]), both, bias=0.0)
    wrong = attribute_sigmoid(torch.tensor([[9.0, -9.0, -9.0]]), both, bias=0.0)
    assert right.item() < 0.001 and wrong.item() == pytest.approx(3.0, abs=0.01)
    start = attribute_sigmoid(torch.zeros(1, 3), both)
    expected = (2 * math.log1p(2) + math.log1p(0.5)) / 3  # bias -ln 2
    assert start.item() == pytest.approx(expected, rel=1e-5)
