"""Arrays as another machine might have given them: what an encoder must not lean on."""

import torch
from torch import Tensor

from faultlens.inputs.line_array import LINES

GAIN = 0.15
"""Spread of the contrast's scale, nats."""

LOST = 0.05
"""Share of the lines that a machine does not show."""


def augmented_lines(x: Tensor) -> Tensor:
    """Lines with another scale, more noise, and a few of them lost.

    Args:
        x: (batch, feature) see `inputs.line_array`.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> augmented_lines(torch.ones(2, 3 * len(LINES) + 4)).shape[0]
        2
    """
    lines = len(LINES)
    contrast, places, whole = x[:, :lines], x[:, lines : 3 * lines], x[:, 3 * lines :]
    contrast = contrast * torch.exp(GAIN * torch.randn(len(x), 1))
    contrast = contrast + 0.08 * torch.randn(contrast.shape)
    contrast = contrast * (torch.rand(contrast.shape) > LOST)
    return torch.cat([contrast, places, whole + 0.05 * torch.randn(whole.shape)], dim=1)


def augmented_orders(x: Tensor) -> Tensor:
    """Maps at a speed a little off, with another scale and more noise.

    Args:
        x: (batch, channel, order) see `inputs.order_array`.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> augmented_orders(torch.ones(2, 12, 9)).shape
        torch.Size([2, 12, 9])
    """
    shift = int(torch.randint(-3, 4, (1,)))
    scale = torch.exp(GAIN * torch.randn(len(x), 1, 1))
    return torch.roll(x, shift, dims=-1) * scale + 0.05 * torch.randn(x.shape)


def augmented_waveform(x: Tensor) -> Tensor:
    """Waveforms that begin elsewhere, of another level and sign.

    Args:
        x: (batch, time).

    Example:
        >>> _ = torch.manual_seed(0)
        >>> augmented_waveform(torch.ones(2, 9)).shape
        torch.Size([2, 9])
    """
    start = int(torch.randint(0, x.shape[1], (1,)))
    sign = 1 - 2 * (torch.rand(len(x), 1) < 0.5).float()
    return torch.roll(x, start, dims=-1) * sign * torch.exp(GAIN * torch.randn(len(x), 1))
