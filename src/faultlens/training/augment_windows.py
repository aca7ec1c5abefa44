"""Prepared windows as another machine might have given them: what an encoder must not lean on."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from faultlens.inputs.modulation_array import CONTRASTS
from faultlens.inputs.window_preparation import WindowPreparation
from faultlens.training.loop import Examples

Augment = Callable[[Tensor], Tensor]

COPIES = 4
"""Of each window held out."""

CURVE_VARIANCE, CURVE_LENGTH = 2.0, 0.625
"""Of the path's curve: nats squared, and the share of the axis over which it bends."""

LINE_VARIANCE, LINE_REACH = 2.0, 0.39
"""Of each line by itself: nats squared at 0 Hz, and the share of the axis to which that reaches."""


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
    how = {"waveform": waveforms, "spectrum": spectra, "modulation": modulations}[preparation.kind]
    return lambda x: how(x, strength)


def as_elsewhere(held: Examples, augment: Augment | None) -> Examples:
    """Held-out windows as other machines might have given them, several times over.

    Windows of the recordings that were learned from are all too easy: the epoch that is best on
    them need not be the one that travels.

    Args:
        held: the windows.
        augment: what training does to windows; None leaves them alone.

    Returns:
        the same ones every time.

    Example:
        >>> held = Examples(np.zeros((2, 3), np.float32), np.arange(2))
        >>> as_elsewhere(held, lambda x: x + 1).arrays.shape
        (8, 3)
    """
    if augment is None or not len(held.target):
        return held
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        copies = [augment(torch.from_numpy(held.arrays)).numpy() for _ in range(COPIES)]
    return Examples(np.concatenate(copies), np.tile(held.target, COPIES))


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


def spectra(x: Tensor, strength: float) -> Tensor:
    """Spectra behind another path from the bearing to the sensor, at another speed.

    A path adds a smooth curve to the levels; speed and load move each line by itself, the lower
    ones most, where the orders of the shaft lie.

    Args:
        x: (batch, 1, band) nats.
        strength: largest factor on the curve is twice this.

    Source: own; the smooth curve is a Gaussian process with a squared-exponential covariance,
    Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), equation 2.31.

    Example:
        >>> _ = torch.manual_seed(0)
        >>> moved = spectra(torch.zeros(3, 1, 128), 1.0)
        >>> moved.shape, bool(moved.mean(-1).abs().max() < 1e-5)
        (torch.Size([3, 1, 128]), True)
    """
    rows, _, count = x.shape
    smooth, alone = _path(count, x.device)
    how_far = 2 * strength * torch.rand(rows, 1, device=x.device)
    curve = torch.randn(rows, count, device=x.device) @ smooth.T
    lines = torch.randn(rows, count, device=x.device) * alone
    moved = x + (how_far * (curve + lines))[:, None]
    return moved - moved.mean(dim=-1, keepdim=True)


@lru_cache(maxsize=8)
def _path(count: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Root of the covariance of smooth curves, and the spread of each line by itself (nats)."""
    place = torch.linspace(0, 1, count, dtype=torch.float64)
    apart = (place[:, None] - place[None]) / CURVE_LENGTH
    covariance = CURVE_VARIANCE * torch.exp(-0.5 * apart**2) + 1e-4 * torch.eye(count)
    alone = (LINE_VARIANCE * torch.exp(-((place / LINE_REACH) ** 2))).sqrt()
    smooth = torch.linalg.cholesky(covariance)
    return smooth.float().to(device), alone.float().to(device)


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
