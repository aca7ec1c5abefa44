"""Everything that decides a training, in one record: what the command line and recipes fill."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from faultlens.core.errors import UsageError
from faultlens.models.encoders.encoder import DIM
from faultlens.training.objectives import LossSettings
from faultlens.training.settings import TrainingSettings

PROMPT = "A {} bearing"
"""The reference document's."""

SIMPLE_PROMPT = "{}"
SIMPLE_SUFFIX = "_simple"
"""The reference document's training writes `..._simple` where the prompt is the bare label."""

STATIC = "static"
"""The built-in text tower: it needs no download, and its space is that of the built-in models."""

DEFAULT_ENCODER = "spectrum"
"""Needs neither speed nor bearing, learns in seconds, and travels best between conditions."""


@dataclass(frozen=True)
class TextSettings:
    """Which text model, and what it is given.

    Args:
        model: "static", "lstm", or a Hugging Face model by name or local folder.
        prompts: templates for the names of the classes.
        knowledge: add what the knowledge base says of each class.
        centred: take the mean of all classes off each prototype.
        dtype: of a frozen model's weights: "float32", "bfloat16" or "int8".
        lora_rank: train low-rank additions to the text model; None leaves it frozen.
    """

    model: str = STATIC
    prompts: tuple[str, ...] = (PROMPT,)
    knowledge: bool = False
    centred: bool = True
    dtype: str = "float32"
    lora_rank: int | None = None


@dataclass(frozen=True)
class Experiment:
    """Everything that decides a zero-shot training.

    Args:
        encoder: row of the registry of vibration encoders.
        text: which text model, and its prompts.
        loss: what a batch costs.
        training: how.
        window: samples of a window; None takes the data set's own.
        hop: samples from one window to the next; None is a whole window.
        dim: of the shared space; None takes the text model's where it is shared, else 256.
        validation: share of the windows that choose the best epoch.
        augment: strength of the augmentation, 0 for none.
        device: "cpu", "cuda" ...
        compiled: compile the encoder first; pays on long runs.

    Raises:
        UsageError: a share or a strength that cannot be.

    Example:
        >>> Experiment(validation=1.0)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: A validation share of 1.0; it lies in 0 to below 0.9.
    """

    encoder: str = DEFAULT_ENCODER
    text: TextSettings = field(default_factory=TextSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    training: TrainingSettings = field(default_factory=lambda: TrainingSettings(epochs=20))
    window: int | None = None
    hop: int | None = None
    dim: int | None = None
    validation: float = 0.15
    augment: float = 1.0
    device: str = "cpu"
    compiled: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.validation < 0.9:
            raise UsageError(f"A validation share of {self.validation}; it lies in 0 to below 0.9.")
        if self.augment < 0:
            raise UsageError(f"An augmentation of {self.augment}; it is 0 or more.")

    def dim_for(self, width: int, shared: bool) -> int:
        """Dimension of the shared space.

        Args:
            width: of what the text model gives.
            shared: whether that is a point of the shared space already.

        Raises:
            UsageError: another dimension was asked for than the text model's space has.

        Example:
            >>> Experiment().dim_for(384, shared=False)
            256
        """
        if not shared:
            return self.dim or DIM
        if self.dim not in (None, width):
            raise UsageError(
                f"A space of {self.dim} dimensions was asked for; '{self.text.model}' has one of "
                f"{width} and is not projected. Leave dim out."
            )
        return width

    def to_dict(self) -> Mapping[str, Any]:
        """As a table for JSON.

        Example:
            >>> Experiment().to_dict()["text"]["model"]
            'static'
        """
        return asdict(self)
