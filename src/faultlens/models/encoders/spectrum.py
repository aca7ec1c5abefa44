"""The spectrum encoder: levels of bands, a linear way through and a bent one beside it."""

from typing import final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from faultlens.models.encoders.encoder import DIM, AbstractEncoder, unit_rows


@final
class SpectrumEncoder(AbstractEncoder):
    """One hidden layer and a linear map around it: what a band says mostly adds up.

    Args:
        bands: of the spectrum.
        dim: of the shared space.
        width: of the hidden layer.
        dropout: share of numbers dropped while training.

    Source: own.

    Example:
        >>> SpectrumEncoder(bands=128).eval()(torch.ones(2, 1, 128)).shape
        torch.Size([2, 256])
    """

    centre: Tensor
    spread: Tensor

    def __init__(self, bands: int, dim: int = DIM, width: int = 256, dropout: float = 0.2) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(bands))
        self.register_buffer("spread", torch.ones(()))
        self.bent = nn.Sequential(
            nn.Linear(bands, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, dim)
        )
        self.straight = nn.Linear(bands, dim)

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            x: (batch, 1, band).
        """
        levels = (x[:, 0] - self.centre) / self.spread
        return unit_rows(self.bent(levels) + self.straight(levels))

    def prime(self, arrays: NDArray[np.float32]) -> None:
        """Take the mean spectrum and the spread of all levels from the windows learned from.

        Args:
            arrays: (window, 1, band).
        """
        levels = torch.from_numpy(arrays[:, 0]).float()
        self.centre.copy_(levels.mean(dim=0))
        self.spread.copy_(levels.std().clamp_min(1e-6))
