"""The modulation encoder: lines where there are any, the levels of bands where there are none."""

from typing import final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from faultlens.inputs.modulation_array import BANDS, CONTRASTS
from faultlens.models.encoders.encoder import DIM, AbstractEncoder, unit_rows
from faultlens.models.line_gate import FLOORS, HALF_BELIEVED, HARMONICS, STEEPNESS

FAINTEST_LINE = 0.3
"""Nats: the highest of some bins of noise stands this far out anyway."""


@final
class ModulationEncoder(AbstractEncoder):
    """Two branches and a gate between them: how far lines are believed is physics, not learned.

    While training, each window goes through one branch alone, drawn by the gate, so that each
    branch must know by itself.

    Args:
        dim: of the shared space.
        width: of the branches.
        dropout: share of numbers dropped while training.

    Source: own; the gate is a Hill function of the strongest family's mean contrast over four
    harmonics.

    Example:
        >>> ModulationEncoder().eval()(torch.ones(2, CONTRASTS + BANDS)).shape
        torch.Size([2, 256])
    """

    centre: Tensor
    spread: Tensor
    harmonics: Tensor

    def __init__(self, dim: int = DIM, width: int = 128, dropout: float = 0.3) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(len(FLOORS) * BANDS))
        self.register_buffer("spread", torch.ones(len(FLOORS) * BANDS))
        self.register_buffer("harmonics", torch.tensor(HARMONICS), persistent=False)
        self.bands = nn.Sequential(
            nn.Linear(len(FLOORS) * BANDS, width),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(width, dim),
        )
        # No bias: no line, no opinion.
        self.lines = nn.Sequential(
            nn.Linear(CONTRASTS, width, bias=False),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(width, dim, bias=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            x: (batch, line and band).
        """
        contrast, bands = x[:, :CONTRASTS], x[:, CONTRASTS:]
        by_bands = unit_rows(self.bands((floored(bands) - self.centre) / self.spread))
        seen = self.lines(functional.relu(contrast - FAINTEST_LINE))
        by_lines = functional.normalize(seen, dim=1, eps=1e-3)
        believed = self.gate(contrast)
        if self.training:
            share = believed / (1 + believed)
            believed = (torch.rand_like(share) < share).to(share.dtype)
        return unit_rows(believed * by_lines + (1 - believed) * by_bands)

    def gate(self, contrast: Tensor) -> Tensor:
        """How far the lines of a window are to be believed, 0 to 1.

        Args:
            contrast: (batch, line) nats.

        Returns:
            (batch, 1).
        """
        strongest = functional.relu(contrast[:, self.harmonics]).mean(dim=2).amax(dim=1)
        evidence = strongest**STEEPNESS
        return (evidence / (evidence + HALF_BELIEVED**STEEPNESS))[:, None]

    def prime(self, arrays: NDArray[np.float32]) -> None:
        """Take centre and spread of the bands from the windows learned from.

        Args:
            arrays: (window, line and band).
        """
        logs = floored(torch.from_numpy(arrays[:, CONTRASTS:]).float())
        self.centre.copy_(logs.mean(dim=0))
        # A band that hardly varies in training would be shouted at in another machine.
        self.spread.copy_(logs.std(dim=0, correction=0) + 0.15)


def floored(bands: Tensor) -> Tensor:
    """Logarithm of band powers over several floors.

    Args:
        bands: (batch, band) power.

    Returns:
        (batch, floor and band).

    Example:
        >>> floored(torch.ones(1, 2)).shape
        torch.Size([1, 6])
    """
    level = bands / bands.mean(dim=1, keepdim=True)
    return torch.cat([(level + floor).log() for floor in FLOORS], dim=1)
