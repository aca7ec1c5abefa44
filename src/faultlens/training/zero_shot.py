"""The first stage: recordings and sentences are brought into one space, by contrast."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from faultlens.core.errors import UsageError
from faultlens.datasets.labelled import LabelledRecording
from faultlens.models.checkpoint import (
    PROTOTYPES,
    ZERO_SHOT,
    Checkpoint,
    EncoderFacts,
    TextFacts,
    write_checkpoint,
)
from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.encoders.registry import ENCODERS
from faultlens.models.lora import LoraSettings
from faultlens.models.restored import TEMPERATURE, fresh_model
from faultlens.training.augment_windows import as_elsewhere, augmentation
from faultlens.training.class_sentences import class_sentences, sentence_features
from faultlens.training.experiment import Experiment
from faultlens.training.hashes import hash_of
from faultlens.training.learnable import learnable
from faultlens.training.loop import Hook, train
from faultlens.training.objectives import drawn, objective
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
from faultlens.training.state import snapshot
from faultlens.training.text_source import TextSource, open_text, text_config, text_state

Features = Callable[[], tuple[Tensor, Tensor]]
"""Prototypes and one caption per class, (class, width) each, as the text model gives them now."""


def train_zero_shot(
    recordings: Sequence[LabelledRecording],
    experiment: Experiment,
    text: TextSource,
    folder: Path,
    *,
    source: DataSource = UNNAMED,
    hooks: Sequence[Hook] = (),
    quiet: bool = False,
) -> Checkpoint:
    """Train a model and write its checkpoint; a run that was killed goes on where it was.

    Args:
        recordings: labelled; all of one sampling rate.
        experiment: everything that decides the result.
        text: the text model, open.
        folder: of the checkpoint.
        source: the data set that the recordings are from.
        hooks: called after every epoch.
        quiet: no progress bar.

    Raises:
        UsageError: too few classes, a prompt without its gap, a folder that holds something else.
        InputError: recordings that cannot be cut or prepared.
        OSError: a file cannot be written; what was written before stays.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> from faultlens.signals.signal import Signal
        >>> noise = np.random.default_rng(0).normal(size=(2, 20480))
        >>> two = [LabelledRecording("rig", label, label, Signal(wave, 5120.0)) for label, wave
        ...        in {"healthy": noise[0], "inner race fault": noise[1].cumsum()}.items()]
        >>> made = train_zero_shot(two, Experiment(), open_text_for(Experiment(), two),
        ...                        Path(tempfile.mkdtemp()) / "model", quiet=True)
        >>> made.classes, made.history[-1]["validation_score"] > 0.9
        (('healthy', 'inner race fault'), True)
    """
    ready = learnable(recordings, experiment)
    said = class_sentences(
        ready.classes, experiment.text.prompts, knowledge=experiment.text.knowledge
    )
    torch.manual_seed(experiment.training.seed)
    encoder = EncoderFacts(
        experiment.encoder, ready.shape, experiment.dim_for(text.width, text.dim_is_shared)
    )
    model = fresh_model(encoder, width=text.width, shared=text.dim_is_shared)
    prime = ENCODERS[experiment.encoder].prime
    if prime is not None:
        prime(model.encoder, ready.arrays[ready.learned])
    whole = nn.ModuleDict({"model": model, **({"text": text.trainable} if text.trainable else {})})
    whole.to(experiment.device)
    if experiment.compiled:
        model.encoder.compile()
    features = _features(said, text, experiment)
    augment = augmentation(ready.preparation, experiment.augment)
    held = as_elsewhere(ready.held_out(), augment)

    def logits(x: Tensor) -> Tensor:
        found: Tensor = model(x.to(experiment.device), features()[0])
        return found

    decided = hash_of([experiment.to_dict(), text.reference, source.sha256, str(model), said])
    resume = ResumeFolder(folder.with_name(f"{folder.name}.training"), decided)
    with _compiling(experiment.compiled):
        end = train(
            whole,
            ready.examples(),
            objective(model, features, experiment.loss),
            experiment.training,
            augment=augment,
            validate=validation(logits, held, len(ready.held)) if len(held.target) else None,
            hooks=(*hooks, resume.keep),
            resume=resume.stood_at(),
            label=f"Training {experiment.encoder}",
            quiet=quiet,
        )
    best = _weights(model, features, text)
    temperature = temperature_of(logits, held)
    whole.load_state_dict(dict(end.last), strict=False)
    last = _weights(model, features, text)
    checkpoint = Checkpoint(
        stage=ZERO_SHOT,
        encoder=encoder,
        text=TextFacts(
            name=experiment.text.model,
            reference=text.reference,
            width=text.width,
            shared=text.dim_is_shared,
            prompts=experiment.text.prompts,
            kept=text_config(text),
        ),
        classes=ready.classes,
        preparation=ready.preparation.to_dict(),
        trained_on=trained_on(ready, source),
        settings={ZERO_SHOT: experiment.to_dict()},
        calibration={TEMPERATURE: temperature},
        history=tuple({"stage": ZERO_SHOT, **asdict(x)} for x in end.history),
        versions=versions(),
    )
    if Processes(experiment.device).rank > 0:
        return checkpoint
    written = write_checkpoint(folder, checkpoint, best=best, last=last)
    resume.remove()
    return written


def open_text_for(experiment: Experiment, recordings: Sequence[LabelledRecording]) -> TextSource:
    """The text model of an experiment, open.

    Args:
        experiment: names it.
        recordings: their labels, in the prompts, are words that a model from scratch must know.

    Raises:
        UsageError: a combination that does not fit.
        InputError: the model is not here and could not be fetched.

    Example:
        >>> open_text_for(Experiment(), []).name
        'static'
    """
    text = experiment.text
    labels = sorted({x.label for x in recordings})
    said = class_sentences(labels, text.prompts, knowledge=text.knowledge)
    return open_text(
        text.model,
        lora=None if text.lora_rank is None else LoraSettings(rank=text.lora_rank),
        dtype=text.dtype,
        device=experiment.device,
        seed=experiment.training.seed,
        sentences=[sentence for each in said for sentence in each],
    )


@contextmanager
def _compiling(compiled: bool) -> Iterator[None]:
    """What torch's compiler says, in words; it speaks in the first step."""
    try:
        yield
    except Exception as error:
        if compiled and type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
            raise UsageError(
                f"The encoder could not be compiled ({str(error).splitlines()[0]}). It needs a "
                "C++ compiler, such as g++; install one, or train with compiled=false."
            ) from error
        raise


def _features(said: Sequence[Sequence[str]], text: TextSource, experiment: Experiment) -> Features:
    """What the text model gives: once for all where it is frozen, in every step where it learns."""
    device, centred = experiment.device, experiment.text.centred
    if text.trainable is None:
        fixed = sentence_features(said, text.points, centred=centred)
        prototypes = torch.from_numpy(fixed.prototypes).to(device)
        return lambda: (prototypes, drawn(fixed).to(device))
    encoder = text.trainable
    every = list(dict.fromkeys(x for each in said for x in each))
    rows = [[every.index(x) for x in each] for each in said]

    def learned() -> tuple[Tensor, Tensor]:
        points = functional.normalize(encoder(every), dim=-1)
        means = torch.stack([points[each].mean(0) for each in rows])
        if centred:
            means = means - means.mean(0)
        chosen = [each[int(torch.randint(len(each), ()))] for each in rows]
        return functional.normalize(means, dim=-1), points[chosen]

    return learned


def _weights(model: ContrastiveModel, features: Features, text: TextSource) -> dict[str, Tensor]:
    """What a checkpoint keeps of the model as it is; a frozen language model is not in it."""
    with torch.inference_mode():
        prototypes = features()[0]
    spoken = {f"text.{name}": x for name, x in text_state(text).items()}
    return dict(snapshot({**model.state_dict(), **spoken, PROTOTYPES: prototypes}))
