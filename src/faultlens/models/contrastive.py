"""The contrastive model: sensor and sentence on their two ways into one space, and a scale."""

import math

import torch
from torch import Tensor, nn

from faultlens.models.encoders.encoder import AbstractEncoder, unit_rows

FIRST_SCALE = 14.3
"""1 / 0.07, as CLIP starts."""

LARGEST_SCALE = 100.0
"""Clamp of the learned scale, as in CLIP."""


class ContrastiveModel(nn.Module):
    """Scaled cosines between recordings and sentences.

    Args:
        encoder: of the sensor.
        adapter: moves the sensor's points; None leaves them where they are.
        project: from a text model's own width into the shared space; None where the sentences come
            as points of it.

    Source: Radford et al., Learning transferable visual models from natural language supervision,
    ICML 2021, figure 3.

    Example:
        >>> from faultlens.models.encoders.vibration import VectorEncoder
        >>> model = ContrastiveModel(VectorEncoder(features=10))
        >>> sentences = torch.nn.functional.normalize(torch.ones(3, 256), dim=1)
        >>> model(torch.zeros(2, 10), sentences).shape
        torch.Size([2, 3])
    """

    def __init__(
        self,
        encoder: AbstractEncoder,
        *,
        adapter: nn.Module | None = None,
        project: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.adapter = adapter if adapter is not None else nn.Identity()
        self.project = project if project is not None else nn.Identity()
        self.log_scale = nn.Parameter(torch.tensor(math.log(FIRST_SCALE)))

    @property
    def scale(self) -> Tensor:
        """The learned scale, clamped."""
        return self.log_scale.clamp(max=math.log(LARGEST_SCALE)).exp()

    def points(self, x: Tensor) -> Tensor:
        """Where recordings lie in the shared space.

        Args:
            x: (batch, ...) arrays of the sensor.

        Returns:
            (batch, dim) unit rows.
        """
        moved: Tensor = self.adapter(self.encoder(x))
        return moved

    def sentences(self, features: Tensor) -> Tensor:
        """Where sentences lie in the shared space.

        Args:
            features: (sentence, width) as the text model gives them.

        Returns:
            (sentence, dim) unit rows.
        """
        return unit_rows(self.project(features))

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        """Scaled cosines.

        Args:
            x: (batch, ...) arrays of the sensor.
            features: (sentence, width) as the text model gives them.

        Returns:
            (batch, sentence) scale times cosine.
        """
        logits: Tensor = self.scale * self.points(x) @ self.sentences(features).T
        return logits
