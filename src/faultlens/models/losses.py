"""Losses that bring a recording and its sentences together in one space.

`multi_positive` is the contrast between recordings and captions where a recording has several
captions that are right; `class_cross_entropy` is the same against one prototype per class, over
all classes or over the few that a user might ask for; `attribute_sigmoid` judges each attribute by
itself, so that two may hold at once. Index labels (the i-th caption belongs to the i-th recording)
do harm as soon as two recordings of a batch share a fault, so none of these uses them.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional


def multi_positive(
    logits: Tensor, positive: Tensor, *, to_text: float = 0.5, to_sensor: float = 0.5
) -> Tensor:
    """InfoNCE with several right answers per row, in both directions.

    Args:
        logits: (recording, caption) scaled cosines.
        positive: (recording, caption) True where the caption is right for the recording; every
            row and every column has one at least.
        to_text: weight of "which caption belongs to this recording".
        to_sensor: weight of "which recording belongs to this caption".

    Source: Khosla et al., Supervised contrastive learning, NeurIPS 2020, eq 2 (L_out): the mean
    over positives stands outside the logarithm. The weights: the reference document has 2/2 and
    1/2, its authors' code 1/2 and 1/2.

    Example:
        >>> logits = torch.tensor([[9.0, 9.0, 0.0], [0.0, 0.0, 9.0]])
        >>> right = torch.tensor([[True, True, False], [False, False, True]])
        >>> round(multi_positive(logits, right).item(), 2)  # ln 2 / 4: two captions share one row
        0.17
    """
    share = positive.to(logits.dtype)
    by_row = (functional.log_softmax(logits, dim=1) * share).sum(1) / share.sum(1)
    by_column = (functional.log_softmax(logits, dim=0) * share).sum(0) / share.sum(0)
    return -(to_text * by_row.mean() + to_sensor * by_column.mean())


def class_cross_entropy(
    logits: Tensor, target: Tensor, *, asked: Tensor | None = None, smoothing: float = 0.0
) -> Tensor:
    """Cross-entropy against class prototypes, over the classes that are asked for.

    Args:
        logits: (recording, class) scaled cosines.
        target: (recording,) index of the true class.
        asked: (recording, class) True where a class stands for choice; the true one always does.
            Training on random choices makes the ratio of two unlikely classes right as well,
            which decides when a user asks for those two alone.
        smoothing: share of the target that is spread over all classes asked for.

    Source: CLIP's zero-shot classifier as a loss; the choice as in sampled softmax.

    Example:
        >>> logits = torch.tensor([[2.0, 1.0, 9.0]])
        >>> only_two = torch.tensor([[True, True, False]])
        >>> round(class_cross_entropy(logits, torch.tensor([0]), asked=only_two).item(), 3)
        0.313
    """
    if asked is None:
        return functional.cross_entropy(logits, target, label_smoothing=smoothing)
    asked = asked.scatter(1, target[:, None], True)
    log_odds = functional.log_softmax(logits.masked_fill(~asked, -torch.inf), dim=1)
    own = log_odds.gather(1, target[:, None]).squeeze(1)
    if smoothing:
        spread = log_odds.masked_fill(~asked, 0.0).sum(1) / asked.sum(1)
        own = (1 - smoothing) * own + smoothing * spread
    return -own.mean()


def attribute_sigmoid(
    logits: Tensor, present: Tensor, bias: Tensor | float | None = None
) -> Tensor:
    """Each attribute judged by itself: right for compound faults, with a threshold of its own.

    Args:
        logits: (recording, attribute) scaled cosines.
        present: (recording, attribute) True where the attribute holds.
        bias: added to every logit; None starts where one attribute in all would be likely.

    Source: Zhai et al., Sigmoid loss for language image pre-training, ICCV 2023, eq 1, with the
    bias at -ln(C - 1) for C attributes.

    Example:
        >>> round(attribute_sigmoid(torch.zeros(1, 2), torch.tensor([[True, False]])).item(), 3)
        0.693
    """
    if bias is None:
        bias = -math.log(max(1, logits.shape[1] - 1))
    sign = 2.0 * present.to(logits.dtype) - 1.0
    return -functional.logsigmoid(sign * (logits + bias)).mean()
