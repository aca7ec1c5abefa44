"""How a module is trained: every number of the loop, and the learning rate over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, pi
from typing import TYPE_CHECKING

from faultlens.core.errors import UsageError
from faultlens.training.state import Epoch

if TYPE_CHECKING:
    from torch.optim import Optimizer

PRECISIONS = ("fp32", "bf16", "fp16")
"""Of the forward pass; weights and their updates stay in single precision."""


@dataclass(frozen=True)
class TrainingSettings:
    """How a module is trained.

    Args:
        epochs: passes over the data.
        batch_size: examples per step.
        learning_rate: at its peak.
        weight_decay: of AdamW, on weights; biases, norms and the scale are left alone.
        warmup: share of all steps in which the rate rises to its peak; then it falls as a cosine.
        accumulate: batches whose gradients are summed before a step.
        precision: of the forward pass: "fp32", "bf16" or "fp16".
        patience: epochs without a better validation score after which training ends; None never.
        clip: largest norm of the gradient.
        seed: of weights, order and augmentation.

    Raises:
        UsageError: a number that cannot be.

    Example:
        >>> TrainingSettings(epochs=0)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 0 epochs; a training has 1 or more.
    """

    epochs: int
    batch_size: int = 64
    learning_rate: float = 5e-3
    weight_decay: float = 0.05
    warmup: float = 0.1
    accumulate: int = 1
    precision: str = "fp32"
    patience: int | None = None
    clip: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("epochs", 1), ("batch_size", 1), ("accumulate", 1), ("seed", 0)):
            if getattr(self, name) < least:
                given = f"{getattr(self, name)} {name.replace('_', ' ')}"
                raise UsageError(f"{given}; a training has {least} or more.")
        if not 0 <= self.warmup < 1:
            raise UsageError(
                f"A warm-up of {self.warmup}; it is a share of all steps, 0 to below 1."
            )
        if not (self.learning_rate > 0 and self.clip > 0 and self.weight_decay >= 0):
            raise UsageError(
                f"Learning rate {self.learning_rate}, clip {self.clip} and weight decay "
                f"{self.weight_decay}: the first two are above 0, the last is 0 or more."
            )
        if self.precision not in PRECISIONS:
            raise UsageError(
                f"Precision '{self.precision}'; the forward pass runs in {', '.join(PRECISIONS)}."
            )

    def batches_of(self, examples: int) -> int:
        """Steps of one epoch.

        Args:
            examples: to learn from.

        Example:
            >>> TrainingSettings(epochs=1, batch_size=128).batches_of(1000)
            8
        """
        return max(1, ceil(examples / self.batch_size))

    def rate_at(self, epochs: float) -> float:
        """Learning rate after so many epochs.

        Args:
            epochs: that have passed, parts of one counted.

        Source: Loshchilov and Hutter, SGDR, ICLR 2017, equation 5, one period, after a linear rise.

        Example:
            >>> settings = TrainingSettings(epochs=10, learning_rate=1.0, warmup=0.2)
            >>> [round(settings.rate_at(x), 2) for x in (0, 1, 2, 6, 10)]
            [0.02, 0.51, 1.0, 0.5, 0.0]
        """
        done = min(1.0, epochs / self.epochs)
        if done < self.warmup:
            # From a fiftieth: a rate of 0 would waste the first step.
            return self.learning_rate * (0.02 + 0.98 * done / self.warmup)
        return self.learning_rate * (1 + cos(pi * (done - self.warmup) / (1 - self.warmup))) / 2

    def set_rate(self, optimizer: "Optimizer", epochs: float) -> None:
        """Give the optimiser its learning rate.

        Args:
            optimizer: to be set.
            epochs: that have passed, parts of one counted.
        """
        for group in optimizer.param_groups:
            group["lr"] = self.rate_at(epochs)

    def is_over(self, history: Sequence[Epoch]) -> bool:
        """Whether patience has run out.

        Args:
            history: of the epochs so far.

        Example:
            >>> scores = {1: 0.9, 2: 0.95, 3: 0.95, 4: 0.95}
            >>> history = [Epoch(i, 1.0, 1.0, x, 0.02, 1e-3, 1.0) for i, x in scores.items()]
            >>> TrainingSettings(epochs=9, patience=2).is_over(history)
            True
        """
        scored = [x for x in history if x.validation_score is not None]
        if self.patience is None or not scored:
            return False
        # The first of the best: an epoch that is as good brings nothing new to wait for.
        top = max(scored, key=lambda x: x.validation_score or 0.0)
        return history[-1].number - top.number >= self.patience
