"""A checkpoint as `load_model` gives it: sentences and recordings in, points out, with torch."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import final

import numpy as np
import torch
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.inputs.window_preparation import WindowPreparation
from faultlens.inputs.windowed import recording_windows
from faultlens.models.checkpoint import (
    ZERO_SHOT,
    Checkpoint,
    read_checkpoint,
    read_weights,
    refuse_pictures,
)
from faultlens.models.restored import RestoredModel
from faultlens.runtimes.card import ModelCard
from faultlens.runtimes.vibration import KIND
from faultlens.runtimes.window_bundle import unit
from faultlens.signals.recording import Recording
from faultlens.signals.signal import Signal
from faultlens.training.class_sentences import class_sentences, sentence_features
from faultlens.training.export_card import checkpoint_card
from faultlens.training.text_source import TextSource, restore_text

Payload = Signal | Recording


@final
class CheckpointModel:
    """A trained model that stays alive; its text model is opened when a sentence is first asked.

    Args:
        checkpoint: read and checked.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self._restored = RestoredModel(checkpoint)

    @property
    def reference(self) -> str:
        """Name and hash, as results state it."""
        return self.checkpoint.reference

    @property
    def kind(self) -> str:
        """What it takes in: vibration."""
        return KIND

    @property
    def card(self) -> ModelCard:
        """What a user must know of this model."""
        return checkpoint_card(self.checkpoint)

    def encode_text(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """The embeddings of sentences in the space of this model.

        They go through the text model and the projection that it was trained with; what all its
        classes share is taken off, as it was off theirs in training.

        Args:
            sentences: at least one.

        Returns:
            (sentence, dim) unit rows.

        Raises:
            UsageError: no sentence, or something that is none.
            UnreadableFileError: the text model here is another than that of the training.
            InputError: the text model is not here and could not be fetched.
        """
        rows = unit(self._text.points(sentences)) - self._centre
        with torch.inference_mode():
            placed = self._restored.model.sentences(torch.from_numpy(unit(rows)))
        found: NDArray[np.float32] = placed.numpy()
        return found

    def encode(self, payloads: Payload | Sequence[Payload]) -> NDArray[np.float32]:
        """The embeddings of recordings: of each, the mean direction of all its windows.

        Args:
            payloads: signals or recordings, or one of these alone.

        Returns:
            (recording, dim) unit rows.

        Raises:
            UsageError: there is no recording, or something that is none.
            InputError: a recording that cannot be read, or is shorter than a window.
        """
        given: list[object] = [payloads] if isinstance(payloads, Payload) else list(payloads)
        known = [x for x in given if isinstance(x, Payload)]
        if not given:
            raise UsageError("No recording to encode; give at least one.")
        if odd := [x for x in given if not isinstance(x, Payload)]:
            raise UsageError(
                f"A recording is a Signal, not a {type(odd[0]).__name__}: read a file with "
                "read_signal(path), or wrap an array as Signal(samples, sample_rate_hz=...)."
            )
        preparation = WindowPreparation.from_dict(self.checkpoint.preparation)
        arrays = (recording_windows(x, preparation).arrays for x in known)
        return unit(np.stack([self._restored.points(x).mean(axis=0) for x in arrays]))

    @cached_property
    def _text(self) -> TextSource:
        text, weights = self.checkpoint.text, read_weights(self.checkpoint)
        state = {k.removeprefix("text."): v for k, v in weights.items() if k.startswith("text.")}
        return restore_text(text.name, text.kept, state)

    @cached_property
    def _centre(self) -> NDArray[np.float32]:
        how = self.checkpoint.settings[ZERO_SHOT]["text"]
        if not how["centred"]:
            return np.zeros(self.checkpoint.text.width, np.float32)
        said = class_sentences(
            self.checkpoint.classes, self.checkpoint.text.prompts, knowledge=how["knowledge"]
        )
        mean: NDArray[np.float32] = sentence_features(said, self._text.points).prototypes.mean(0)
        return mean


def load_checkpoint(folder: str | Path) -> CheckpointModel:
    """Open a checkpoint to encode sentences and recordings.

    Args:
        folder: of the checkpoint.

    Raises:
        BundleError: no checkpoint, or a damaged one.
        UsageError: one of pictures.

    Example:
        >>> load_checkpoint("/nowhere")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    checkpoint = read_checkpoint(folder)
    refuse_pictures(checkpoint)
    return CheckpointModel(checkpoint)
