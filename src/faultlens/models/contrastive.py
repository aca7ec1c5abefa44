"""The contrastive model: an encoder and a scale; sentences come as points that are cached."""

import math

import torch
from torch import Tensor, nn

from faultlens.models.encoders.encoder import AbstractEncoder

FIRST_SCALE = 14.3
"""1 / 0.07, as CLIP starts."""

LARGEST_SCALE = 100.0
"""Clamp of the learned scale, as in CLIP."""


class ContrastiveModel(nn.Module):
    """Scaled cosines between recordings and sentences.

    The text side is frozen: its points are computed once per sentence and given to `forward`.

    Args:
        encoder: of the sensor.

    Example:
        >>> from faultlens.models.encoders.vibration import VectorEncoder
        >>> model = ContrastiveModel(VectorEncoder(features=10))
        >>> sentences = torch.nn.functional.normalize(torch.ones(3, 256), dim=1)
        >>> model(torch.zeros(2, 10), sentences).shape
        torch.Size([2, 3])
    """

    def __init__(self, encoder: AbstractEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.log_scale = nn.Parameter(torch.tensor(math.log(FIRST_SCALE)))

    @property
    def scale(self) -> Tensor:
        """The learned scale, clamped."""
        return self.log_scale.clamp(max=math.log(LARGEST_SCALE)).exp()

    def forward(self, x: Tensor, sentences: Tensor) -> Tensor:
        """Scaled cosines.

        Args:
            x: (batch, ...) arrays of the sensor.
            sentences: (sentence, DIM) unit rows.

        Returns:
            (batch, sentence) scale times cosine.
        """
        logits: Tensor = self.scale * self.encoder(x) @ sentences.T
        return logits
