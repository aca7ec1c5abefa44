"""The loop: recordings and captions are brought together, epoch by epoch.

Per batch a caption is drawn for every class. The loss has two parts: the contrast between
recordings and captions, in which every recording of a class is right for its caption, and the
choice between class prototypes, over all classes and over a random few, as a user asks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from faultlens.core.progress import progress
from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.losses import class_cross_entropy, multi_positive


@dataclass(frozen=True)
class TrainingSettings:
    """How a model is trained.

    Args:
        epochs: passes over the data.
        batch_size: recordings per step.
        learning_rate: peak of the one-cycle schedule.
        weight_decay: of AdamW.
        asked_share: share of the classes that a random choice holds besides the true one.
        smoothing: of the class targets.
        captions_weight: of the contrast with captions; the choices between classes weigh 1 each.
        seed: of weights, order, captions and augmentation.
    """

    epochs: int
    batch_size: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    asked_share: float = 0.4
    smoothing: float = 0.02
    captions_weight: float = 0.5
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Sentences:
    """What recordings of each class are brought together with, as points of the text tower.

    Args:
        captions: per class (caption, dim) points of its wordings.
        prototypes: (class, dim) one point per class.
    """

    captions: Sequence[NDArray[np.float32]]
    prototypes: NDArray[np.float32]


def train(
    model: ContrastiveModel,
    arrays: NDArray[np.floating],
    target: NDArray[np.int64],
    sentences: Sentences,
    settings: TrainingSettings,
    *,
    augment: Callable[[Tensor], Tensor],
    label: str = "Training",
    quiet: bool = False,
) -> list[float]:
    """Train a model in place.

    Args:
        model: with fresh weights.
        arrays: (recording, ...) as the encoder takes them; half precision is widened per batch.
        target: (recording,) class of each.
        sentences: captions and prototypes of the classes.
        settings: how.
        augment: (batch, ...) arrays -> arrays as another machine might have given.
        label: what the progress bar says.
        quiet: no progress bar.

    Returns:
        (epoch,) mean loss.

    Example:
        >>> from faultlens.models.encoders.vibration import VectorEncoder
        >>> _ = torch.manual_seed(0)
        >>> target = np.arange(64) % 2
        >>> arrays = np.eye(2, 8, dtype=np.float32)[target]
        >>> points = np.eye(2, 256, dtype=np.float32)
        >>> losses = train(ContrastiveModel(VectorEncoder(8)), arrays, target,
        ...                Sentences([points[:1], points[1:]], points),
        ...                TrainingSettings(epochs=8, batch_size=32),
        ...                augment=lambda x: x, quiet=True)
        >>> losses[-1] < losses[0]
        True
    """
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    prototypes = torch.from_numpy(sentences.prototypes)
    optimizer = torch.optim.AdamW(
        model.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    steps = len(target) // settings.batch_size
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=max(1, settings.epochs * steps)
    )
    model.train()
    history = []
    for _ in progress(range(settings.epochs), label=label, quiet=quiet):
        total = 0.0
        order = rng.permutation(len(target))[: steps * settings.batch_size]
        for batch in order.reshape(steps, settings.batch_size):
            x = augment(torch.from_numpy(arrays[batch]).float())
            truth = torch.from_numpy(target[batch])
            captions = torch.from_numpy(
                np.stack([points[rng.integers(len(points))] for points in sentences.captions])
            )
            loss = batch_loss(model, x, truth, captions, prototypes, settings)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        history.append(total / max(1, steps))
    model.eval()
    return history


def batch_loss(
    model: ContrastiveModel,
    x: Tensor,
    truth: Tensor,
    captions: Tensor,
    prototypes: Tensor,
    settings: TrainingSettings,
) -> Tensor:
    """Loss of one batch.

    Args:
        model: the model.
        x: (batch, ...) arrays.
        truth: (batch,) class of each.
        captions: (class, dim) a caption of each class.
        prototypes: (class, dim) the prototype of each class.
        settings: weights of the parts.

    Example:
        >>> from faultlens.models.encoders.vibration import VectorEncoder
        >>> _ = torch.manual_seed(0)
        >>> points = torch.eye(2, 256)
        >>> model = ContrastiveModel(VectorEncoder(8))
        >>> loss = batch_loss(model, torch.zeros(4, 8), torch.tensor([0, 1, 0, 1]), points, points,
        ...                   TrainingSettings(epochs=1))
        >>> loss.item() > 0
        True
    """
    present = torch.unique(truth)
    positive = truth[:, None] == present
    # Only the captions of classes in this batch, so that each has a recording to belong to.
    points = torch.cat([captions[present], prototypes])
    logits = model(x, points)
    contrast = multi_positive(logits[:, : len(present)], positive)
    odds = logits[:, len(present) :]
    asked = torch.rand(odds.shape) < settings.asked_share
    return (
        settings.captions_weight * contrast
        + class_cross_entropy(odds, truth, smoothing=settings.smoothing)
        + class_cross_entropy(odds, truth, asked=asked)
    )
