"""Prepared windows as another machine might have given them: what an encoder must not lean on."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from faultlens.inputs.modulation_array import CONTRASTS
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
    how = {"waveform": waveforms, "modulation": modulations}[preparation.kind]
    return lambda x: how(x, strength)


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


def modulations(x: Tensor, strength: float) -> Tensor:
    """Lines weaker and noisier; bands behind another path, with noise of another level.

    Args:
        x: (batch, line and band), see `inputs.modulation_array`.
        strength: of gain and noise.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> modulations(torch.ones(2, CONTRASTS + 64), 1.0).shape == (2, CONTRASTS + 64)
        True
    """
    contrast, bands = x[:, :CONTRASTS], x[:, CONTRASTS:]
    rows, count = bands.shape
    # Noise from 35 dB below the mean band up to 5 dB above it.
    level = 10 ** (-(torch.rand(rows, 1, device=x.device) * 40 - 5) / 10)
    smooth = functional.interpolate(
        0.35 * strength * torch.randn(rows, 1, 9, device=x.device),
        size=count, mode="linear", align_corners=True,
    )[:, 0]  # fmt: skip
    uneven = (1 + 0.08 * torch.randn_like(bands)).clamp_min(0.5)
    heard = bands / bands.mean(dim=1, keepdim=True) * smooth.exp() + strength * level * uneven
    weaker = contrast * (0.4 + 0.8 * torch.rand(rows, 1, device=x.device))
    return torch.cat([weaker + 0.08 * strength * torch.randn_like(contrast), heard], dim=1)
