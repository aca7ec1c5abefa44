"""The encoder of what scans show: views of one deviation and its proportions to one point.

Small convolutions over the views, those of one scale apart from the others, since a view across a
defect looks unlike one along it; then one layer that weighs shape against proportions.
"""

from typing import final

import torch
from torch import Tensor, nn

from faultlens.inputs.deviation_patch import (
    ACROSS,
    AROUND,
    NEAR,
    NUMBERS,
    OUTLINE,
    WHOLE,
)
from faultlens.models.encoders.encoder import DIM, unit_rows

WIDTHS = (16, 32, 48, 64)
"""Channels at a half, a quarter, an eighth and a sixteenth of a view's width."""

LOOKED_AT = ((WHOLE, OUTLINE), (ACROSS,), (NEAR,), (AROUND,))
"""Views that one stack of convolutions sees together: those of one frame."""


@final
class DeviationEncoder(nn.Module):
    """Four stacks of convolutions over the views of a deviation, joined with its proportions.

    Args:
        widths: channels of the levels of each stack.
        hidden: width of the layers that join them.
        dropout: share of the joined features dropped while training.

    Example:
        >>> from faultlens.inputs.deviation_patch import SIDE, VIEWS
        >>> views = torch.zeros(2, VIEWS, SIDE, SIDE)
        >>> DeviationEncoder().eval()(views, torch.zeros(2, len(NUMBERS))).shape
        torch.Size([2, 256])
    """

    def __init__(
        self, widths: tuple[int, ...] = WIDTHS, hidden: int = 192, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.stacks = nn.ModuleList(_stack(len(x), widths) for x in LOOKED_AT)
        self.proportions = nn.Sequential(
            nn.Linear(len(NUMBERS), 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU()
        )
        self.joined = nn.Sequential(
            nn.Linear(2 * widths[-1] * len(LOOKED_AT) + 64, hidden),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, DIM),
        )

    def forward(self, views: Tensor, numbers: Tensor) -> Tensor:
        """Points of the shared space.

        Args:
            views: (batch, view, row, column) of `inputs.deviation_patch`.
            numbers: (batch, number) of the same.

        Returns:
            (batch, DIM) rows of length 1.
        """
        parts = []
        for stack, looked in zip(self.stacks, LOOKED_AT, strict=True):
            seen = stack(views[:, looked[0] : looked[-1] + 1])
            parts += [seen.mean((2, 3)), seen.amax((2, 3))]
        return unit_rows(self.joined(torch.cat([*parts, self.proportions(numbers)], dim=1)))


def _stack(channels: int, widths: tuple[int, ...]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for narrow, wide in zip((channels, *widths), widths, strict=False):
        layers += [
            nn.Conv2d(narrow, wide, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU(inplace=True),
        ]
        if len(layers) == 6:  # at a quarter: one more look before the next halving
            layers += [
                nn.Conv2d(wide, wide, 3, padding=1, bias=False),
                nn.BatchNorm2d(wide),
                nn.ReLU(inplace=True),
            ]
    return nn.Sequential(*layers)
