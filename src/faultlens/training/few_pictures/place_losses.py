"""What it costs to be wrong about where a defect is: it covers a hundredth of its picture."""

import torch
from torch import Tensor
from torch.nn import functional

FOCUS, ON_DEFECT = 2.0, 0.75
"""Of the focal loss: its authors' exponent, and the weight of places on a defect, who are few."""


FOCAL_WEIGHT = 5.0
"""Of the focal loss beside a dice loss of 1: both are then about equal at the beginning."""


def focal_loss(odds: Tensor, share: Tensor) -> Tensor:
    """Cross-entropy that looks where it is hard.

    Args:
        odds: (...) log odds of a defect.
        share: (...) of each place on a defect, 0 to 1.

    Source: Lin et al., Focal loss, ICCV 2017, equation 5.

    Example:
        >>> sure, unsure = (focal_loss(torch.tensor(x), torch.tensor(1.0)) for x in (4.0, 0.0))
        >>> bool(sure < unsure / 100)
        True
    """
    chance = torch.sigmoid(odds)
    right = chance * share + (1 - chance) * (1 - share)
    weight = ON_DEFECT * share + (1 - ON_DEFECT) * (1 - share)
    entropy = functional.binary_cross_entropy_with_logits(odds, share, reduction="none")
    return (weight * (1 - right) ** FOCUS * entropy).mean()


def dice_loss(odds: Tensor, share: Tensor) -> Tensor:
    """One less the overlap of what is found with what is there.

    Args:
        odds: (...) log odds of a defect, of one picture.
        share: (...) of each place on a defect, 0 to 1.

    Source: Milletari et al., V-Net, 3DV 2016, section 3, with one added above and below.

    Example:
        >>> mask = torch.tensor([1.0, 0.0])
        >>> round(float(dice_loss(20 * (mask - 0.5), mask)), 3)
        0.0
    """
    chance = torch.sigmoid(odds)
    overlap = 2 * (chance * share).sum() + 1
    return 1 - overlap / (chance.sum() + share.sum() + 1)
