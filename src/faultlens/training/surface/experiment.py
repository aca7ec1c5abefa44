"""Everything that decides a pretraining of the encoder of surfaces: what CLI and recipes fill."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.models.checkpoint import PICTURES
from faultlens.runtimes.picture_model import SURFACE_MODEL
from faultlens.training.objectives import LossSettings
from faultlens.training.settings import TrainingSettings

SCRATCH = "scratch"
"""Start with fresh weights."""

FEWEST_JUDGED = 50
"""Fewer hold too few sound surfaces for a threshold."""

LARGEST_CROP_PX, SMALLEST_CROP_PX = 160, 64
"""A crop is cut from windows of 160 pixels, the size in which a model looks at pictures."""


@dataclass(frozen=True)
class PictureText:
    """What is said of the classes of a training on pictures.

    Args:
        prompts: templates for the names of the classes.
        knowledge: add the names that the knowledge base has for each class.
    """

    prompts: tuple[str, ...] = ("{}", "a metal surface with {}")
    knowledge: bool = True


@dataclass(frozen=True)
class PictureExperiment:
    """Everything that decides a training on pictures.

    Args:
        encoder: "surface".
        start: where the weights come from: "builtin/surface", the folder of a bundle that came from
            it, or "scratch".
        text: what is said of the classes; the text model is builtin/text, frozen.
        loss: what a batch costs, of pictures and of patches alike.
        dense: weight of the patches beside the whole pictures; 0 leaves masks aside.
        training: how.
        rendered: pictures of the simulator that are learned along.
        judged: pictures of the simulator that calibrate and are never learned from.
        painted: windows of your own unlabelled or sound pictures that defects are painted on.
        kept: share of the starting weights in the best ones at the end: more forgets less of other
            surfaces and learns less of yours. Of scratch it must be 0.
        crop_px: height and width of what one step sees of a picture.
        validation: share of the labelled groups of pictures that choose the best epoch.
        device: "cpu", "cuda" ...

    Raises:
        UnknownNameError: another encoder.
        UsageError: a number that cannot be.

    Source: Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022 (`kept`).

    Example:
        >>> PictureExperiment(crop_px=20)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Crops of 20 pixels; they are multiples of 8 from 64 to ...
    """

    encoder: str = PICTURES
    start: str = SURFACE_MODEL
    text: PictureText = field(default_factory=PictureText)
    loss: LossSettings = field(default_factory=lambda: LossSettings("both", smoothing=0.05))
    dense: float = 0.7
    training: TrainingSettings = field(
        default_factory=lambda: TrainingSettings(
            epochs=8, batch_size=32, learning_rate=5e-4, clip=2.0
        )
    )
    rendered: int = 1000
    judged: int = 300
    painted: int = 500
    kept: float = 0.0
    crop_px: int = 128
    validation: float = 0.15
    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.encoder != PICTURES:
            raise UnknownNameError("encoder of pictures", self.encoder, (PICTURES,))
        if not (SMALLEST_CROP_PX <= self.crop_px <= LARGEST_CROP_PX and self.crop_px % 8 == 0):
            raise UsageError(
                f"Crops of {self.crop_px} pixels; they are multiples of 8 from {SMALLEST_CROP_PX} "
                f"to {LARGEST_CROP_PX}."
            )
        if not 0 <= self.validation < 0.9:
            raise UsageError(f"A validation share of {self.validation}; it lies in 0 to below 0.9.")
        if not 0 <= self.kept < 1 or (self.kept and self.start == SCRATCH):
            raise UsageError(
                f"{self.kept} of the starting weights are to be kept; it is a share, 0 to below "
                f"1, and 0 from {SCRATCH}."
            )
        if self.judged < FEWEST_JUDGED:
            raise UsageError(
                f"{self.judged} pictures to calibrate by; {FEWEST_JUDGED} is the fewest."
            )
        if min(self.rendered, self.painted, self.dense) < 0:
            raise UsageError(
                f"rendered {self.rendered}, painted {self.painted} and dense {self.dense} are 0 or "
                "more."
            )

    def to_dict(self) -> Mapping[str, Any]:
        """As a table for JSON.

        Example:
            >>> PictureExperiment().to_dict()["start"]
            'builtin/surface'
        """
        return asdict(self)


def usual_experiment(start: str) -> PictureExperiment:
    """The settings that suit where a training starts from.

    Args:
        start: see `PictureExperiment`.

    Example:
        >>> [usual_experiment(x).training.learning_rate for x in ("builtin/surface", "scratch")]
        [0.0005, 0.002]
    """
    usual = PictureExperiment(start=start)
    if start != SCRATCH:
        return usual
    # The rate of recipes/surface.toml; fresh weights need more passes as well.
    return replace(usual, training=replace(usual.training, epochs=20, learning_rate=2e-3))
