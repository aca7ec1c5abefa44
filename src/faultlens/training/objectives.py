"""What a batch costs: the ways in which recordings and sentences are brought together.

`prototypes` compares a recording with one point per class, `captions` with a sentence drawn per
class and step, `both` takes the mean of these two, `attributes` judges each class by itself.
`captions_and_choices` is what the built-in models are trained by.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.losses import attribute_sigmoid, class_cross_entropy, multi_positive
from faultlens.training.loop import Objective

LOSSES = ("prototypes", "captions", "both", "attributes")

LossName = Literal["prototypes", "captions", "both", "attributes"]

Logits = Callable[[Tensor, Tensor], Tensor]
"""What the encoder takes (batch, ...), what the text model gives (sentence, width) -> scaled
cosines (batch, sentence); a `ContrastiveModel` is one."""


@dataclass(frozen=True, eq=False)
class Sentences:
    """What recordings of each class are brought together with, as a text model gives them.

    Args:
        captions: per class (caption, width) its wordings.
        prototypes: (class, width) one per class.
    """

    captions: Sequence[NDArray[np.float32]]
    prototypes: NDArray[np.float32]


@dataclass(frozen=True)
class LossSettings:
    """Which loss, and its weights.

    Args:
        name: "prototypes", "captions", "both" or "attributes".
        to_text: weight of "which sentence belongs to this recording".
        to_sensor: weight of "which recording belongs to this sentence". The reference document's
            formula has 1 and 1/2, its authors' code 1/2 and 1/2.
        smoothing: share of the target spread over all classes; of prototypes alone.

    Raises:
        UnknownNameError: no such loss.
        UsageError: a weight that cannot be.

    Example:
        >>> LossSettings("triplet")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown loss 'triplet'. Known: attributes, ...
    """

    name: str = "prototypes"
    to_text: float = 0.5
    to_sensor: float = 0.5
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        if self.name not in LOSSES:
            raise UnknownNameError("loss", self.name, LOSSES)
        if min(self.to_text, self.to_sensor) < 0 or self.to_text + self.to_sensor == 0:
            raise UsageError(
                f"The loss is weighed {self.to_text} to text and {self.to_sensor} to the sensor; "
                "both are 0 or more, and one of them is more."
            )
        if not 0 <= self.smoothing < 1:
            raise UsageError(f"A smoothing of {self.smoothing}; it is a share, 0 to below 1.")


def objective(
    model: Logits, features: Callable[[], tuple[Tensor, Tensor]], settings: LossSettings
) -> Objective:
    """What a batch of recordings costs.

    Args:
        model: to be trained.
        features: per step, what the text model gives: (class, width) prototypes, and one caption
            per class, (class, width).
        settings: which loss.

    Example:
        >>> from faultlens.models.encoders.vibration import VectorEncoder
        >>> _ = torch.manual_seed(0)
        >>> points = torch.eye(2, 256)
        >>> cost = objective(ContrastiveModel(VectorEncoder(8)), lambda: (points, points),
        ...                  LossSettings())
        >>> cost(torch.zeros(4, 8), torch.tensor([0, 1, 0, 1])).item() > 0
        True
    """

    def prototypes(x: Tensor, truth: Tensor) -> Tensor:
        logits = model(x, features()[0])
        by_row = class_cross_entropy(logits, truth, smoothing=settings.smoothing)
        # A column without a recording of its class has nothing to find.
        present = torch.unique(truth)
        by_column = multi_positive(
            logits[:, present], truth[:, None] == present, to_text=0.0, to_sensor=1.0
        )
        return settings.to_text * by_row + settings.to_sensor * by_column

    def captions(x: Tensor, truth: Tensor) -> Tensor:
        present = torch.unique(truth)
        logits = model(x, features()[1][present])
        return multi_positive(
            logits,
            truth[:, None] == present,
            to_text=settings.to_text,
            to_sensor=settings.to_sensor,
        )

    def both(x: Tensor, truth: Tensor) -> Tensor:
        return (prototypes(x, truth) + captions(x, truth)) / 2

    def attributes(x: Tensor, truth: Tensor) -> Tensor:
        logits = model(x, features()[0])
        classes = torch.arange(logits.shape[1], device=truth.device)
        return attribute_sigmoid(logits, truth[:, None] == classes)

    costs = {"prototypes": prototypes, "captions": captions, "both": both, "attributes": attributes}
    return costs[settings.name]


def captions_and_choices(
    model: ContrastiveModel,
    sentences: Sentences,
    *,
    asked_share: float = 0.4,
    smoothing: float = 0.02,
    captions_weight: float = 0.5,
) -> Objective:
    """Contrast with captions, and the choice between classes: over all, and over a random few.

    Args:
        model: to be trained.
        sentences: captions and prototypes of the classes, as points of the shared space.
        asked_share: share of the classes that a random choice holds besides the true one.
        smoothing: of the class targets.
        captions_weight: of the contrast with captions; the choices between classes weigh 1 each.

    Example:
        >>> from faultlens.models.encoders.vibration import VectorEncoder
        >>> _ = torch.manual_seed(0)
        >>> points = np.eye(2, 256, dtype=np.float32)
        >>> cost = captions_and_choices(
        ...     ContrastiveModel(VectorEncoder(8)), Sentences([points[:1], points[1:]], points))
        >>> cost(torch.zeros(4, 8), torch.tensor([0, 1, 0, 1])).item() > 0
        True
    """
    prototypes = torch.from_numpy(sentences.prototypes)

    def cost(x: Tensor, truth: Tensor) -> Tensor:
        present = torch.unique(truth)
        # Only the captions of classes in this batch, so that each has a recording to belong to.
        points = torch.cat([drawn(sentences)[present], prototypes])
        logits = model(x, points)
        contrast = multi_positive(logits[:, : len(present)], truth[:, None] == present)
        odds = logits[:, len(present) :]
        asked = torch.rand(odds.shape) < asked_share
        return (
            captions_weight * contrast
            + class_cross_entropy(odds, truth, smoothing=smoothing)
            + class_cross_entropy(odds, truth, asked=asked)
        )

    return cost


def drawn(sentences: Sentences) -> Tensor:
    """One caption of each class, by torch's random numbers: the loop seeds them per epoch.

    Args:
        sentences: with one caption per class at least.

    Returns:
        (class, width).

    Example:
        >>> points = np.eye(2, 4, dtype=np.float32)
        >>> drawn(Sentences([points[:1], points[1:]], points)).shape
        torch.Size([2, 4])
    """
    return torch.stack(
        [torch.from_numpy(x[int(torch.randint(len(x), ()))]) for x in sentences.captions]
    )
