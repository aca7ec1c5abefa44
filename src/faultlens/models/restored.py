"""A checkpoint's model at work again: arrays in, points and probabilities out."""

from collections.abc import Iterator
from typing import final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from faultlens.core.errors import BundleError
from faultlens.models.adapter import ResidualAdapter
from faultlens.models.checkpoint import (
    PICTURES,
    PROTOTYPES,
    Checkpoint,
    EncoderFacts,
    read_weights,
)
from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.encoders.encoder import AbstractEncoder
from faultlens.models.encoders.registry import ENCODERS
from faultlens.models.encoders.surface_points import SurfacePoints

ROWS_AT_ONCE = 512

TEMPERATURE = "temperature"
"""Calibration: what the scaled cosines are divided by before they become probabilities."""


def fresh_model(encoder: EncoderFacts, *, width: int, shared: bool) -> ContrastiveModel:
    """A model with fresh weights.

    Args:
        encoder: which, and how large.
        width: of what the text model gives.
        shared: whether sentences come as points of the shared space already.

    Raises:
        UnknownNameError: no such encoder.

    Example:
        >>> facts = EncoderFacts("conv1d", (1, 1024), 256)
        >>> fresh_model(facts, width=384, shared=False).project
        Linear(in_features=384, out_features=256, bias=False)
    """
    return ContrastiveModel(
        _fresh_encoder(encoder),
        adapter=None if encoder.adapter is None else ResidualAdapter(encoder.dim, encoder.adapter),
        project=None if shared else nn.Linear(width, encoder.dim, bias=False),
    )


def _fresh_encoder(facts: EncoderFacts) -> AbstractEncoder:
    if facts.name == PICTURES:
        return SurfacePoints()
    return ENCODERS[facts.name].build(facts.shape, facts.dim)


@final
class RestoredModel:
    """A trained model, open as long as this object lives.

    Args:
        checkpoint: read and checked.
        last: with the weights of the last epoch, not of the best.
        device: "cpu", "cuda" ...

    Raises:
        BundleError: its weights are not those of the model that it names.
        UnknownNameError: no such encoder here.
    """

    def __init__(self, checkpoint: Checkpoint, *, last: bool = False, device: str = "cpu") -> None:
        self.checkpoint = checkpoint
        weights = read_weights(checkpoint, last=last)
        try:
            self.model = fresh_model(
                checkpoint.encoder, width=checkpoint.text.width, shared=checkpoint.text.shared
            )
            self.prototypes = weights.pop(PROTOTYPES).to(device)
            own = {k: v for k, v in weights.items() if not k.startswith("text.")}
            self.model.load_state_dict(own)
        except (LookupError, TypeError, ValueError, RuntimeError) as error:
            raise BundleError(
                f"{checkpoint.folder} is damaged: its weights are not those of "
                f"'{checkpoint.encoder.name}' ({str(error).splitlines()[0]}). Train it again."
            ) from error
        self.model.eval().to(device).requires_grad_(False)
        self._device = device

    def without_adapter(self) -> "RestoredModel":
        """The same model before its second stage, to hold the adapter against."""
        bare = RestoredModel(self.checkpoint, device=self._device)
        bare.model.adapter = nn.Identity()
        return bare

    def points(self, arrays: NDArray[np.floating]) -> NDArray[np.float32]:
        """Where windows lie in the shared space.

        Args:
            arrays: (window, ...) as the preparation makes them.

        Returns:
            (window, dim) unit rows.
        """
        with torch.inference_mode():
            rows = [
                self.model.points(torch.from_numpy(piece).float().to(self._device)).cpu().numpy()
                for piece in _pieces(arrays)
            ]
        joined: NDArray[np.float32] = np.concatenate(rows)
        return joined

    def logits(
        self, points: NDArray[np.float32], features: NDArray[np.float32] | None = None
    ) -> NDArray[np.float64]:
        """Calibrated log-odds of the classes, up to a constant per window.

        Args:
            points: (window, dim) unit rows.
            features: (class, width) of other sentences; None for the classes of the checkpoint.

        Returns:
            (window, class).
        """
        with torch.inference_mode():
            given = self.prototypes if features is None else torch.from_numpy(features)
            sentences = self.model.sentences(given.to(self._device)).cpu().numpy()
            scale = float(self.model.scale)
        temperature = self.checkpoint.calibration.get(TEMPERATURE, 1.0)
        cosines: NDArray[np.float64] = points.astype(np.float64) @ sentences.astype(np.float64).T
        return scale / temperature * cosines


def _pieces(arrays: NDArray[np.floating]) -> Iterator[NDArray[np.floating]]:
    for start in range(0, len(arrays), ROWS_AT_ONCE):
        yield arrays[start : start + ROWS_AT_ONCE]
