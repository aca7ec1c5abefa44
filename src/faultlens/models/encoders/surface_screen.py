"""A cheap look over whole frames: where something might be, before the full encoder looks there."""

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTHS = (24, 48)
"""Channels at a quarter and at an eighth of the frame."""


@final
class SurfaceScreen(nn.Module):
    """Four convolutions over a grey frame, an eighth of the full encoder's cost.

    Args:
        narrow: channels at a quarter of the frame.
        wide: channels at an eighth of it.

    Example:
        >>> SurfaceScreen().eval()(torch.rand(1, 1, 64, 96)).shape
        torch.Size([1, 8, 12])
    """

    def __init__(self, narrow: int = WIDTHS[0], wide: int = WIDTHS[1]) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, narrow, 8, stride=4, padding=2)
        self.layers = nn.Sequential(
            nn.BatchNorm2d(narrow),
            nn.ReLU(),
            nn.Conv2d(narrow, wide, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
            nn.Conv2d(wide, wide, 3, padding=1, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
            nn.Conv2d(wide, wide, 3, padding=2, dilation=2, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
        )
        self.odds = nn.Conv2d(wide, 1, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        """Log odds of a defect per patch.

        Args:
            pixels: (batch, 1, row, column) grey, 0 to 1; rows and columns are best multiples of 8.

        Returns:
            (batch, row / 8, column / 8).
        """
        mean = pixels.mean((2, 3), keepdim=True)
        spread = ((pixels - mean).square().mean((2, 3), keepdim=True) + 1e-5).sqrt()
        odds: Tensor = self.odds(self.layers(self.first((pixels - mean) / spread)))
        return odds[:, 0]


def screen_loss(odds: Tensor, on_defect: Tensor, outside: Tensor) -> Tensor:
    """Binary cross-entropy in which patches of defects and those beside them weigh alike.

    Args:
        odds: (batch, row, column) log odds of a defect.
        on_defect: (batch, row, column) True on a defect.
        outside: (batch, row, column) True beside it; what is neither does not count.

    Example:
        >>> both = torch.tensor([[[True, False]]])
        >>> round(float(screen_loss(torch.zeros(1, 1, 2), both, ~both)), 3)
        0.693
    """
    parts = [
        functional.softplus(sign * odds[where]).mean()
        for sign, where in ((-1, on_defect), (1, outside))
        if bool(where.any())
    ]
    return torch.stack(parts).mean()
