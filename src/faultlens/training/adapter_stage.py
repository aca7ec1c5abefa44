"""The second stage: a residual adapter is trained, and nothing else moves.

Everything before the adapter stands still, statistics too, so its points are computed once; a step
costs next to nothing then.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor

from faultlens.core.errors import UsageError
from faultlens.datasets.labelled import LabelledRecording
from faultlens.inputs.window_preparation import WindowPreparation
from faultlens.models.adapter import ResidualAdapter
from faultlens.models.checkpoint import (
    ADAPTER,
    ZERO_SHOT,
    Checkpoint,
    read_weights,
    write_checkpoint,
)
from faultlens.models.losses import class_cross_entropy
from faultlens.models.restored import TEMPERATURE, RestoredModel
from faultlens.training.experiment import Experiment
from faultlens.training.hashes import hash_of
from faultlens.training.learnable import learnable
from faultlens.training.loop import Examples, Hook, train
from faultlens.training.processes import Processes
from faultlens.training.resume import ResumeFolder
from faultlens.training.stage import (
    UNNAMED,
    DataSource,
    temperature_of,
    trained_on,
    validation,
    versions,
)
from faultlens.training.state import State

BOTTLENECK = 64
"""Width of the adapter: a quarter of the space."""


def train_adapter(
    recordings: Sequence[LabelledRecording],
    first: Checkpoint,
    experiment: Experiment,
    folder: Path,
    *,
    source: DataSource = UNNAMED,
    hooks: Sequence[Hook] = (),
    quiet: bool = False,
) -> Checkpoint:
    """Train the adapter of a zero-shot model and write the checkpoint of both.

    Args:
        recordings: labelled, of the classes of the first stage.
        first: checkpoint of the first stage.
        experiment: how; encoder, text and windows are those of the first stage.
        folder: of the checkpoint.
        source: the data set that the recordings are from.
        hooks: called after every epoch.
        quiet: no progress bar.

    Raises:
        UsageError: `first` is no zero-shot model, or a class that it does not know.
        BundleError: its weights are damaged.
        OSError: a file cannot be written; what was written before stays.

    Example:
        >>> import tempfile
        >>> from faultlens.models.checkpoint import read_checkpoint
        >>> train_adapter([], read_checkpoint("/nowhere"), Experiment(), Path(tempfile.mkdtemp()))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    if first.stage != ZERO_SHOT:
        raise UsageError(
            f"{first.folder} is of the stage '{first.stage}'; the adapter is trained on a "
            "zero-shot model. Give the folder that --mode zero_shot wrote."
        )
    ready = learnable(
        recordings,
        experiment,
        classes=first.classes,
        preparation=WindowPreparation.from_dict(first.preparation),
    )
    device = experiment.device
    restored = RestoredModel(first, device=device)
    points = restored.points(ready.arrays)
    with torch.inference_mode():
        sentences = restored.model.sentences(restored.prototypes)
        scale = restored.model.scale
    sentences, scale = sentences.clone(), scale.clone()
    torch.manual_seed(experiment.training.seed)
    adapter = ResidualAdapter(first.encoder.dim, BOTTLENECK).to(device)

    def logits(x: Tensor) -> Tensor:
        found: Tensor = scale * adapter(x.to(device)) @ sentences.T
        return found

    def cost(x: Tensor, truth: Tensor) -> Tensor:
        return class_cross_entropy(logits(x), truth, smoothing=experiment.loss.smoothing)

    held = Examples(points[ready.held], ready.target[ready.held])
    decided = hash_of([experiment.to_dict(), first.reference, source.sha256, ADAPTER])
    resume = ResumeFolder(folder.with_name(f"{folder.name}.training"), decided)
    end = train(
        adapter,
        Examples(points[ready.learned], ready.target[ready.learned]),
        cost,
        experiment.training,
        validate=validation(logits, held) if len(held.target) else None,
        hooks=(*hooks, resume.keep),
        resume=resume.stood_at(),
        label="Training the adapter",
        quiet=quiet,
    )
    temperature = temperature_of(logits, held)
    before = read_weights(first)
    checkpoint = replace(
        first,
        stage=ADAPTER,
        encoder=replace(first.encoder, adapter=BOTTLENECK),
        trained_on=first.trained_on.joined(trained_on(ready, source)),
        settings={**first.settings, ADAPTER: experiment.to_dict()},
        calibration={**first.calibration, TEMPERATURE: temperature},
        history=(*first.history, *({"stage": ADAPTER, **asdict(x)} for x in end.history)),
        versions=versions(),
    )
    if Processes(device).rank > 0:
        return checkpoint
    written = write_checkpoint(
        folder, checkpoint, best=_joined(before, end.best), last=_joined(before, end.last)
    )
    resume.remove()
    return written


def _joined(before: State, adapter: State) -> dict[str, Tensor]:
    return {**before, **{f"adapter.{name}": x for name, x in adapter.items()}}
