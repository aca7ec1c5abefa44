"""Prepared windows as another machine might have given them: what an encoder must not lean on."""

from collections.abc import Callable

import torch
from torch import Tensor

from faultlens.inputs.window_preparation import WindowPreparation

Augment = Callable[[Tensor], Tensor]


def augmentation(preparation: WindowPreparation, strength: float) -> Augment | None:
    """What is done to a batch of prepared windows.

    Args:
        preparation: that made them.
        strength: 0 for nothing, 1 as usual.

    Example:
        >>> augmentation(WindowPreparation("waveform", 64, 100.0), 0.0) is None
        True
    """
    if strength == 0:
        return None
    return lambda x: waveforms(x, strength)


def waveforms(x: Tensor, strength: float) -> Tensor:
    """Waveforms from another place, upside down, with noise and another gain.

    Args:
        x: (batch, channel, time).
        strength: of noise and gain.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> waveforms(torch.zeros(2, 1, 8), 1.0).shape
        torch.Size([2, 1, 8])
    """
    batch, _, time = x.shape
    start = torch.randint(time, (batch, 1, 1), device=x.device)
    rolled = x.gather(2, ((torch.arange(time, device=x.device) + start) % time).expand_as(x))
    sign = torch.randint(0, 2, (batch, 1, 1), device=x.device) * 2.0 - 1.0
    gain = torch.exp(0.2 * strength * torch.randn(batch, 1, 1, device=x.device))
    noise = 0.2 * strength * torch.rand(batch, 1, 1, device=x.device) * torch.randn_like(x)
    return sign * gain * rolled + noise
