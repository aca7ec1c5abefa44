"""Focal loss looks where it is hard, dice loss at the overlap: golden numbers by hand."""

import math

import pytest
import torch

from faultlens.training.few_pictures.place_losses import ON_DEFECT, dice_loss, focal_loss


def test_focal_loss_by_hand() -> None:
    # A chance of 0.9 on a defect, and of 0.2 beside one: weight, (1 - right)^2, -log(right).
    odds = torch.logit(torch.tensor([0.9, 0.2]))
    on = ON_DEFECT * 0.1**2 * -math.log(0.9)
    beside = (1 - ON_DEFECT) * 0.2**2 * -math.log(0.8)
    found = focal_loss(odds, torch.tensor([1.0, 0.0]))
    assert float(found) == pytest.approx((on + beside) / 2, rel=1e-5)


def test_dice_loss_by_hand() -> None:
    odds = torch.logit(torch.tensor([0.9, 0.2, 0.1]))
    share = torch.tensor([1.0, 1.0, 0.0])
    expected = 1 - (2 * (0.9 + 0.2) + 1) / (1.2 + 2 + 1)
    assert float(dice_loss(odds, share)) == pytest.approx(expected, rel=1e-5)


def test_a_sound_picture_costs_dice_what_is_found_on_it() -> None:
    nothing = torch.zeros(100)
    quiet, loud = (float(dice_loss(torch.full((100,), x), nothing)) for x in (-9.0, 9.0))
    assert quiet == pytest.approx(0, abs=0.02)
    assert loud > 0.9
