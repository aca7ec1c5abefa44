"""`--method lora`: few labelled pictures move the towers themselves, a little, by LoRA.

Pictures and the sentences of their classes are brought together, and where defects were drawn,
places too. What comes out is a model of its own, merged and without peft, on which all else of
tuning goes on.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from faultlens.core.errors import BundleError, UsageError
from faultlens.images.image import Image
from faultlens.models.lora import LoraSettings
from faultlens.models.vision_language.lora import LAST_BLOCKS
from faultlens.runtimes.bundle import Bundle
from faultlens.runtimes.defect_question import DefectQuestion
from faultlens.runtimes.image_model import IMAGE, PATCHES, each_encoded
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.surface_scores import Scoring, shares_of
from faultlens.training.few_pictures.lora_objective import LoraObjective, LoraPicture
from faultlens.training.few_pictures.lora_towers import (
    Towers,
    merge_towers,
    open_towers,
    tuned_model,
    write_towers,
)
from faultlens.training.hashes import hash_of
from faultlens.training.loop import Examples, train
from faultlens.training.resume import ResumeFolder
from faultlens.training.settings import TrainingSettings

LARGEST_DIFFERENCE = 1e-3
"""Between a score by torch and the same score by the bundle."""

SURFACE_RATE, RATE = 2e-3, 2e-4
"""Of an encoder of surfaces, by one trial on NEU; of others, as CLIP-LoRA's authors took it."""

COMPARED = 8
"""Pictures by which both are compared."""

LIMITS = (
    "Tuned by LoRA on few pictures of one product: of other products it may know less than its "
    "base. Its threshold is that of its base; calibrate a profile on pictures of sound parts."
)

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LoraPlan:
    """How towers are tuned.

    Args:
        lora: rank and the like.
        epochs: passes over the pictures, each turned and mirrored by lot.
        batch_size: pictures per step.
        learning_rate: at its peak; None takes that of the family.
        blocks: the last ones of each tower of Hugging Face.
        words: whether a tower of words that the model brings is tuned too.

    Example:
        >>> LoraPlan().lora.rank
        8
    """

    lora: LoraSettings = field(default_factory=lambda: LoraSettings(dropout=0.0))
    epochs: int = 30
    batch_size: int = 16
    learning_rate: float | None = None
    blocks: int = LAST_BLOCKS
    words: bool = True


@dataclass(frozen=True, eq=False)
class FittedLora:
    """A tuned model, at work before it is written.

    Args:
        model: of the same kind as its base; sentences are to be asked of it anew.
        towers: merged.
        few: pictures by which the bundle is compared with it.
        question: that it was tuned by.
        scoring: of the base.
        on_what: what it learned from, for the card.
    """

    model: Model
    towers: Towers
    few: tuple[Image, ...]
    question: DefectQuestion
    scoring: Scoring
    on_what: str

    def export(self, folder: str | Path, *, seed: int = 0) -> tuple[Bundle, float]:
        """Write the model as a bundle, and hold its scores against those by torch.

        Args:
            folder: bundle to write; a folder that holds anything else is left alone.
            seed: of the pixels of the golden file.

        Returns:
            the bundle, and the largest difference of a score.

        Raises:
            UsageError: the folder holds something else.
            BundleError: the bundle scores otherwise.
            OSError: the folder cannot be written.
        """
        made = write_towers(self.towers, folder, on_what=self.on_what, limits=LIMITS, seed=seed)
        written = load_model(made.folder)
        pairs = zip(self._scores(self.model), self._scores(written), strict=True)
        difference = max(float(np.abs(x - y).max()) for x, y in pairs)
        # Written so that a difference that is no number is refused too.
        if not difference <= LARGEST_DIFFERENCE:
            raise BundleError(
                f"{made.folder} scores {difference:.2g} off the model it was exported from; "
                f"{LARGEST_DIFFERENCE:g} is allowed. Tune it again, with a lower learning rate."
            )
        return made, difference

    def _scores(self, model: Model) -> list[Floats]:
        found = []
        for each in each_encoded(model, self.few, want=(IMAGE, PATCHES)):
            assert each.image is not None and each.patches is not None
            for points in (each.image, np.moveaxis(each.patches, 0, -1)):
                shares = shares_of(points, self.question.meanings, self.scoring)
                found += [np.atleast_1d(shares.anomalous), np.atleast_1d(shares.names)]
        return found


def fit_lora(
    base: Model,
    pictures: Sequence[LoraPicture],
    question: DefectQuestion,
    scoring: Scoring,
    *,
    plan: LoraPlan | None = None,
    seed: int = 0,
    resume: Path | None = None,
    quiet: bool = True,
) -> FittedLora:
    """Tune the towers of a model by labelled pictures.

    Args:
        base: "builtin/surface", a bundle tuned from it, or a model of Hugging Face.
        pictures: labelled, of two classes at least.
        question: whose defects are the classes, in their order.
        scoring: of the base.
        plan: how; None for the usual way.
        seed: of first values, order and views.
        resume: folder in which it keeps its state, and from which it goes on where the same tuning
            was killed; whoever gives it takes it away. None keeps none.
        quiet: no progress bar.

    Raises:
        UsageError: pictures of one class alone.
        BundleError: a model that cannot be trained on.
        MissingPackageError: what trains is not installed.

    Source: Hu et al., LoRA, ICLR 2022; Zanella and Ben Ayed, CLIP-LoRA, CVPRW 2024 (both towers).

    Example:
        >>> fit_lora(None, [], None, None)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: LoRA tells classes apart: give pictures of two at least.
    """
    if len({x.target for x in pictures}) < 2:
        raise UsageError("LoRA tells classes apart: give pictures of two at least.")
    how = plan or LoraPlan()
    towers = open_towers(base, how.lora, blocks=how.blocks, words=how.words, seed=seed)
    target = np.array([x.target for x in pictures])
    decided = hash_of([base.reference, _pictures_sha256(pictures), asdict(how), seed])
    state = None if resume is None else ResumeFolder(resume, decided)
    objective = LoraObjective(towers, pictures, question, scoring)

    def cost(which: Tensor, _: Tensor) -> Tensor:
        # The loop carries which picture it is: their sizes differ.
        loss: Tensor = objective([int(x) for x in which[:, 0]])
        return loss

    usual_rate = SURFACE_RATE if towers.loaded is None else RATE
    settings = TrainingSettings(
        epochs=how.epochs,
        batch_size=how.batch_size,
        learning_rate=how.learning_rate or usual_rate,
        weight_decay=0.01,
        seed=seed,
    )
    numbers = np.arange(len(pictures), dtype=np.float32)[:, None]
    train(
        objective,
        Examples(numbers, target, _weights(target)),
        cost,
        settings,
        hooks=[] if state is None else [state.keep],
        resume=None if state is None else state.stood_at(),
        label="LoRA",
        quiet=quiet,
    )
    merge_towers(towers, blocks=how.blocks)
    masks = sum(x.mask is not None for x in pictures)
    return FittedLora(
        model=tuned_model(towers, decided),
        towers=towers,
        few=tuple(x.image for x in pictures[:COMPARED]),
        question=question,
        scoring=scoring,
        on_what=f"{base.reference}, then LoRA of rank {how.lora.rank} on {len(pictures)} labelled "
        f"pictures of {len(set(target.tolist()))} classes, {masks} of them with masks.",
    )


def _weights(target: NDArray[np.intp]) -> NDArray[np.float64]:
    """(picture,) shares that sum to 1, of each class the same."""
    counts = np.bincount(target)
    return np.asarray(1 / (np.count_nonzero(counts) * counts[target]), np.float64)


def _pictures_sha256(pictures: Sequence[LoraPicture]) -> str:
    told = hashlib.sha256()
    for each in pictures:
        told.update(f"{each.target} {each.image.pixels.shape}".encode())
        told.update(each.image.pixels.tobytes())
        if each.mask is not None:
            told.update(each.mask.tobytes())
    return told.hexdigest()
