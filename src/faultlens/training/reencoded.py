"""Both stages as they would be if the text model were asked again in every step.

What the remembered sentences save is measured against this: the same loop, the same batches, the
same random numbers, and one prompt for each window of a batch encoded in each step, without
gradient and without dropout. It ends where the two stages end.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from faultlens.datasets.labelled import LabelledRecording
from faultlens.models.adapter import ResidualAdapter
from faultlens.models.checkpoint import EncoderFacts
from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.encoders.registry import ENCODERS
from faultlens.models.encoders.text_encoder import AbstractTextEncoder
from faultlens.models.losses import class_cross_entropy
from faultlens.models.restored import fresh_model
from faultlens.training.adapter_stage import BOTTLENECK
from faultlens.training.augment_windows import as_elsewhere, augmentation
from faultlens.training.class_sentences import class_sentences, sentence_features
from faultlens.training.experiment import Experiment
from faultlens.training.learnable import Learnable, learnable
from faultlens.training.loop import Examples, train
from faultlens.training.objectives import Sentences, drawn, objective
from faultlens.training.stage import logits_of, validation
from faultlens.training.state import Epoch

Said = Sequence[Sequence[str]]


def import_optimiser() -> None:
    """Have torch import what it imports when it makes its first optimiser, which takes a second.

    Example:
        >>> import_optimiser()
    """
    torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))])


def train_asking_again(
    recordings: Sequence[LabelledRecording],
    experiment: Experiment,
    text: AbstractTextEncoder,
    *,
    adapter_epochs: int,
) -> tuple[Epoch, ...]:
    """Train both stages with a frozen text model that is asked in each step.

    Args:
        recordings: labelled; all of one sampling rate.
        experiment: of the first stage; its text must lie outside the shared space.
        text: the frozen text model, in evaluation mode.
        adapter_epochs: of the second stage.

    Returns:
        what each epoch of both stages came to.

    Raises:
        UsageError: too few classes, or a prompt without its gap.
        InputError: recordings that cannot be cut or prepared.

    Example:
        >>> train_asking_again.__name__
        'train_asking_again'
    """
    ready = learnable(recordings, experiment)
    said = class_sentences(
        ready.classes, experiment.text.prompts, knowledge=experiment.text.knowledge
    )
    torch.manual_seed(experiment.training.seed)
    facts = EncoderFacts(
        experiment.encoder, ready.shape, experiment.dim_for(text.width, shared=False)
    )
    model = fresh_model(facts, width=text.width, shared=False)
    if (prime := ENCODERS[experiment.encoder].prime) is not None:
        prime(model.encoder, ready.arrays[ready.learned])
    centred = experiment.text.centred
    once = features_of_batch(text, said, [], centred=centred)
    augment = augmentation(ready.preparation, experiment.augment)
    held = as_elsewhere(ready.held_out(), augment)

    def logits(x: Tensor) -> Tensor:
        found: Tensor = model(x, _points(once)[0])
        return found

    def cost(x: Tensor, truth: Tensor) -> Tensor:
        now = features_of_batch(text, said, truth.tolist(), centred=centred)
        return objective(model, lambda: _points(now), experiment.loss)(x, truth)

    end = train(
        model,
        ready.examples(),
        cost,
        experiment.training,
        augment=augment,
        validate=validation(logits, held, len(ready.held)) if len(held.target) else None,
        quiet=True,
    )
    second = replace(experiment, training=replace(experiment.training, epochs=adapter_epochs))
    return (*end.history, *_adapter(ready, model, facts, text, said, second))


def features_of_batch(
    text: AbstractTextEncoder, said: Said, truth: Sequence[int], *, centred: bool
) -> Sentences:
    """What the text model says, asked for the prompt of each window of a batch.

    Args:
        text: the text model.
        said: (class) sentences of each.
        truth: (window,) class of each; sentences that no window has are asked for beside them.
        centred: take the mean of all classes off each prototype.

    Example:
        >>> class Length(AbstractTextEncoder):
        ...     width = 2
        ...     def forward(self, sentences):
        ...         print(len(sentences), "asked")
        ...         return torch.tensor([[float(len(x)), 1.0] for x in sentences])
        >>> features_of_batch(Length(), [["a"], ["bb"]], [0, 0, 0], centred=False).prototypes.shape
        4 asked
        (2, 2)
    """
    asked = [said[x][0] for x in truth]
    asked += sorted({x for each in said for x in each} - set(asked))
    with torch.inference_mode():
        rows = dict(zip(asked, text(asked).numpy(), strict=True))
    return sentence_features(said, lambda x: np.stack([rows[y] for y in x]), centred=centred)


def _points(found: Sentences) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(found.prototypes), drawn(found)


def _adapter(
    ready: Learnable,
    model: ContrastiveModel,
    facts: EncoderFacts,
    text: AbstractTextEncoder,
    said: Said,
    experiment: Experiment,
) -> tuple[Epoch, ...]:
    """The second stage; the points before the adapter are computed once here too."""
    points = logits_of(model.points, ready.arrays).astype(np.float32)
    model.requires_grad_(False)
    torch.manual_seed(experiment.training.seed)
    adapter = ResidualAdapter(facts.dim, BOTTLENECK)
    centred = experiment.text.centred
    once = features_of_batch(text, said, [], centred=centred)

    def logits(x: Tensor, found: Sentences = once) -> Tensor:
        sentences = model.sentences(torch.from_numpy(found.prototypes))
        scaled: Tensor = model.scale * adapter(x) @ sentences.T
        return scaled

    def cost(x: Tensor, truth: Tensor) -> Tensor:
        now = features_of_batch(text, said, truth.tolist(), centred=centred)
        return class_cross_entropy(logits(x, now), truth, smoothing=experiment.loss.smoothing)

    held = Examples(points[ready.held], ready.target[ready.held])
    end = train(
        adapter,
        Examples(points[ready.learned], ready.target[ready.learned]),
        cost,
        experiment.training,
        validate=validation(logits, held) if len(held.target) else None,
        quiet=True,
    )
    return end.history
