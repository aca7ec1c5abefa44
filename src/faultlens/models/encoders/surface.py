"""The encoder of pictures of metal surfaces: one point for the picture, and one for each patch.

Small residual convolutions all over the picture, whatever its size. Brightness and contrast are
taken off twice, over the whole picture and around each pixel, so that uneven light neither hides a
faint defect nor looks like one.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

from faultlens.models.encoders.encoder import DIM, unit_rows

PATCH_PX = 8
"""Width of the square of pixels that one patch stands for."""

WIDTHS = (16, 32, 64, 128, 192)
"""Channels at a half, a quarter, an eighth, a sixteenth and a thirty-second of the picture."""

BLOCKS = (0, 1, 1, 2, 1)
"""Residual blocks at each of them."""

NEARBY_PX = 4
"""Light around a pixel is averaged over cells of this width, and then over five cells."""

_LUMA = (0.299, 0.587, 0.114)
_CHANNELS = 4


@final
class SurfaceEncoder(nn.Module):
    """Residual convolutions over a picture, with a point for the whole and one per patch.

    Args:
        widths: channels of the five levels, each half as fine as the one before.
        blocks: residual blocks of each.
        neck: channels in which the three coarse levels meet.
        dropout: share of the whole picture's features dropped while training.

    Source: He et al., Deep residual learning, CVPR 2016; Lin et al., Feature pyramid networks,
    CVPR 2017.

    Example:
        >>> seen = SurfaceEncoder().eval()(torch.rand(2, 3, 64, 96))
        >>> [tuple(x.shape) for x in seen]
        [(2, 256), (2, 256, 8, 12), (2, 480, 8, 12)]
    """

    def __init__(
        self,
        widths: Sequence[int] = WIDTHS,
        blocks: Sequence[int] = BLOCKS,
        neck: int = 128,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.levels = nn.ModuleList(
            nn.Sequential(
                _convolved(narrow, wide, kernel=5 if narrow == _CHANNELS else 3, stride=2),
                *(_Block(wide) for _ in range(count)),
            )
            for (narrow, wide), count in zip(pairwise((_CHANNELS, *widths)), blocks, strict=True)
        )
        coarse = widths[2:]
        self.sides = nn.ModuleList(nn.Conv2d(x, neck, 1, bias=False) for x in coarse)
        self.neck = nn.BatchNorm2d(neck)
        self.dense = nn.Conv2d(neck, DIM, 1)
        self.whole = nn.Sequential(
            nn.Linear(2 * (sum(coarse) + neck), DIM),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(DIM, DIM),
        )

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Points of the shared space, and features to compare pictures of one product by.

        Args:
            pixels: (batch, 3, row, column) red, green and blue, 0 to 1; rows and columns are best
                multiples of 8.

        Returns:
            (batch, DIM) points of length 1, (batch, DIM, row / 8, column / 8) the same per patch,
            and (batch, feature, row / 8, column / 8) features of length 1.
        """
        image, met, (quarter, eighth, sixteenth) = self.looked(pixels)
        patches = functional.normalize(self.dense(met), dim=1, eps=1e-6)
        size = eighth.shape[-2:]
        below = functional.avg_pool2d(quarter, 3, stride=2, padding=1)
        below = functional.interpolate(below, size, mode="bilinear")
        middle = functional.interpolate(sixteenth, size, mode="bilinear")
        parts = [functional.normalize(x, dim=1, eps=1e-6) for x in (below, eighth, middle)]
        # What patches look like and what they mean weigh alike: products differ in both.
        seen = functional.normalize(torch.cat(parts, dim=1), dim=1, eps=1e-6)
        return image, patches, torch.cat([seen, patches], dim=1) * 0.5**0.5

    def looked(self, pixels: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor, Tensor]]:
        """What training needs: patches are not yet placed in the space, so a few can be.

        Args:
            pixels: (batch, 3, row, column) red, green and blue, 0 to 1.

        Returns:
            (batch, DIM) points of length 1; (batch, channel, row / 8, column / 8) for `dense`; and
            the maps at a quarter, an eighth and a sixteenth of the picture.
        """
        seen = levelled(pixels)
        maps = []
        for level in self.levels:
            seen = level(seen)
            maps.append(seen)
        fine, *coarser = maps[2:]
        met = self.sides[0](fine)
        for side, each in zip(list(self.sides)[1:], coarser, strict=True):
            met = met + functional.interpolate(side(each), fine.shape[-2:], mode="bilinear")
        met = functional.relu(self.neck(met))
        # Channels last, as the convolutions keep them: gradients then need no copy.
        columns = [x.permute(0, 2, 3, 1).flatten(1, 2) for x in (*maps[2:], met)]
        pooled = [f for x in columns for f in (x.mean(1), x.amax(1))]
        image = unit_rows(self.whole(torch.cat(pooled, dim=1)))
        return image, met, (maps[1], fine, coarser[0])


def levelled(pixels: Tensor) -> Tensor:
    """What the encoder sees of a picture: brightness levelled twice, and what colour there is.

    Args:
        pixels: (batch, 3, row, column) red, green and blue, 0 to 1.

    Returns:
        (batch, 4, row, column): grey against the whole picture, grey against its surroundings, red
        less green, blue less green.

    Example:
        >>> levelled(torch.full((1, 3, 16, 16), 0.5)).abs().max() < 1e-3
        tensor(True)
    """
    red, green, blue = pixels[:, 0:1], pixels[:, 1:2], pixels[:, 2:3]
    grey = _LUMA[0] * red + _LUMA[1] * green + _LUMA[2] * blue
    mean = grey.mean((2, 3), keepdim=True)
    away = grey - mean
    spread = (away.square().mean((2, 3), keepdim=True) + 1e-5).sqrt()
    whole = away / spread
    # In coarse cells, and by a convolution: averages pixel by pixel, or pooled ones, take long.
    cell = torch.full((1, 1, NEARBY_PX, NEARBY_PX), 1 / NEARBY_PX**2, device=pixels.device)
    cells = torch.cat(
        [functional.conv2d(x, cell, stride=NEARBY_PX) for x in (whole, whole.square())], dim=1
    )
    near = functional.avg_pool2d(cells, 5, stride=1, padding=2, count_include_pad=False)
    first, second = near[:, 0:1], near[:, 1:2]
    deviation = ((second - first.square()).clamp_min(0) + 1e-4).sqrt() + 0.05
    light = functional.interpolate(
        torch.cat([first, deviation], dim=1), pixels.shape[-2:], mode="bilinear"
    )
    nearby = (whole - light[:, 0:1]) / light[:, 1:2]
    tint = torch.cat([red - green, blue - green], dim=1) * (4 / (mean + 0.1))
    return torch.cat([whole.clamp(-6, 6), nearby.clamp(-6, 6), tint.clamp(-4, 4)], dim=1)


class _Block(nn.Module):
    """Two convolutions and the way around them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one = _convolved(width, width)
        self.two = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x: Tensor) -> Tensor:
        """The block's output (batch, channel, row, column)."""
        return functional.relu(x + self.two(self.one(x)))


def _convolved(narrow: int, wide: int, *, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(narrow, wide, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(wide),
        nn.ReLU(inplace=True),
    )
