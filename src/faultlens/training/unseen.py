"""Sentences of classes that a checkpoint was not trained on, through the text model that it has."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from faultlens.models.checkpoint import PROTOTYPES, ZERO_SHOT, Checkpoint
from faultlens.training.class_sentences import class_sentences, sentence_features
from faultlens.training.text_source import restore_text


def features_of(
    checkpoint: Checkpoint, weights: Mapping[str, Tensor], classes: Sequence[str]
) -> NDArray[np.float32]:
    """What the text model gives for classes, known and unknown ones.

    Known classes alone need no text model: the checkpoint has them.

    Args:
        checkpoint: read.
        weights: its weights, prototypes among them.
        classes: the checkpoint's own, in its order, then any others.

    Returns:
        (class, width).

    Raises:
        InputError: the text model is needed and is not here.

    Example:
        >>> from faultlens.models.checkpoint import read_checkpoint
        >>> features_of(read_checkpoint("/nowhere"), {}, [])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    known: NDArray[np.float32] = weights[PROTOTYPES].numpy()
    fresh = list(classes[len(checkpoint.classes) :])
    if not fresh:
        return known
    text = checkpoint.text
    state = {k.removeprefix("text."): v for k, v in weights.items() if k.startswith("text.")}
    source = restore_text(text.name, text.kept, state)
    how = checkpoint.settings[ZERO_SHOT]["text"]
    said = class_sentences([*checkpoint.classes, *fresh], text.prompts, knowledge=how["knowledge"])
    plain = sentence_features(said, source.points).prototypes
    if how["centred"]:
        # The mean of the classes that were trained on: a new class moves none of the others.
        plain = plain - plain[: len(known)].mean(axis=0)
    length = np.linalg.norm(plain, axis=1, keepdims=True)
    new: NDArray[np.float32] = (plain / np.maximum(length, 1e-9)).astype(np.float32)
    return np.concatenate([known, new[len(known) :]])
