"""Encoders of a window's waveform: the reference's small stack of convolutions, and a deeper one.

`Conv1dEncoder` is what the reference document calls its lightweight 1D-CNN; `ResidualEncoder` sees
further, at several times the cost.
"""

from itertools import pairwise
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

from faultlens.models.encoders.encoder import DIM, AbstractEncoder, unit_rows

FEATURES = 512
"""Width of the features before they are placed in the shared space, as in the reference."""

_FIRST_KERNEL, _FIRST_STRIDE = 64, 8


@final
class Conv1dEncoder(AbstractEncoder):
    """Five convolutions over time, the first one wide, and the mean over time.

    Args:
        channels: of the window.
        dim: of the shared space.
        dropout: share of features dropped while training.

    Source: Zhang et al., A new deep learning model for fault diagnosis with good anti-noise and
    domain adaptation ability on raw vibration signals, Sensors 17 (2017) 425 (wide first kernel).

    Example:
        >>> Conv1dEncoder(dim=512).eval()(torch.zeros(2, 1, 1024)).shape
        torch.Size([2, 512])
    """

    def __init__(self, channels: int = 1, dim: int = DIM, dropout: float = 0.1) -> None:
        super().__init__()
        widths = (16, 32, 64, 64, 128)
        layers: list[nn.Module] = [
            nn.Conv1d(channels, widths[0], _FIRST_KERNEL, _FIRST_STRIDE, padding=28, bias=False),
            nn.BatchNorm1d(widths[0]),
            nn.ReLU(),
        ]
        for narrow, wide in pairwise(widths):
            layers += [
                nn.Conv1d(narrow, wide, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm1d(wide),
                nn.ReLU(),
            ]
        self.layers = nn.Sequential(*layers)
        self.features = nn.Linear(2 * widths[-1], FEATURES)
        self.dropout = nn.Dropout(dropout)
        self.place = nn.Linear(FEATURES, dim)

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            x: (batch, channel, time).
        """
        return unit_rows(self.place(self.dropout(pooled(self.layers(x), self.features))))


@final
class ResidualEncoder(AbstractEncoder):
    """Residual blocks over time with a gate per channel: deeper, and slower, than `Conv1dEncoder`.

    Args:
        channels: of the window.
        dim: of the shared space.
        width: channels of the first block; each of the next three doubles them.
        dropout: share of features dropped while training.

    Source: He et al., Deep residual learning, CVPR 2016; Hu et al., Squeeze-and-excitation
    networks, CVPR 2018.

    Example:
        >>> ResidualEncoder(width=8).eval()(torch.zeros(2, 1, 1024)).shape
        torch.Size([2, 256])
    """

    def __init__(
        self, channels: int = 1, dim: int = DIM, width: int = 24, dropout: float = 0.2
    ) -> None:
        super().__init__()
        widths = [width * 2**i for i in range(4)]
        self.first = nn.Sequential(
            nn.Conv1d(channels, width, _FIRST_KERNEL, _FIRST_STRIDE, padding=28, bias=False),
            nn.BatchNorm1d(width),
            nn.ReLU(),
        )
        self.blocks = nn.Sequential(
            _Block(width, width, stride=1),
            *(_Block(a, b, stride=2) for a, b in pairwise(widths)),
        )
        self.features = nn.Linear(2 * widths[-1], FEATURES)
        self.dropout = nn.Dropout(dropout)
        self.place = nn.Linear(FEATURES, dim)

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            x: (batch, channel, time).
        """
        seen = self.blocks(self.first(x))
        return unit_rows(self.place(self.dropout(pooled(seen, self.features))))


class _Block(nn.Module):
    """Two convolutions, a gate per channel, and the way around them."""

    def __init__(self, narrow: int, wide: int, *, stride: int) -> None:
        super().__init__()
        self.one = nn.Conv1d(narrow, wide, 5, stride=stride, padding=2, bias=False)
        self.one_norm = nn.BatchNorm1d(wide)
        self.two = nn.Conv1d(wide, wide, 5, padding=2, bias=False)
        self.two_norm = nn.BatchNorm1d(wide)
        self.gate = nn.Sequential(
            nn.Linear(wide, wide // 4), nn.ReLU(), nn.Linear(wide // 4, wide), nn.Sigmoid()
        )
        same = stride == 1 and narrow == wide
        self.around: nn.Module = (
            nn.Identity()
            if same
            else nn.Sequential(
                nn.Conv1d(narrow, wide, 1, stride=stride, bias=False), nn.BatchNorm1d(wide)
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        """The block's output (batch, channel, time)."""
        y = functional.relu(self.one_norm(self.one(x)))
        y = self.two_norm(self.two(y))
        y = y * self.gate(y.mean(-1))[:, :, None]
        return functional.relu(y + self.around(x))


def pooled(seen: Tensor, features: nn.Linear) -> Tensor:
    """Features of a window from what was seen over time: the mean and the highest of each channel.

    Args:
        seen: (batch, channel, time).
        features: from twice the channels to the features.

    Returns:
        (batch, feature), none below zero.

    Example:
        >>> pooled(torch.zeros(2, 3, 5), nn.Linear(6, 4)).shape
        torch.Size([2, 4])
    """
    whole = torch.cat([seen.mean(-1), seen.amax(-1)], dim=1)
    return functional.relu(features(whole))
