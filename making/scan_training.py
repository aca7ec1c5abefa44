"""The training of the encoder of scans: patches meet sentences of their kind, and no others."""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from faultlens.core.progress import progress
from faultlens.inputs.deviation_patch import NUMBERS, VIEWS, ScanPatches
from faultlens.models.encoders.deviation import DeviationEncoder
from making.scan_material import KINDS, UNKNOWN, Material
from making.scan_recipe import ScanRecipe

FIRST_SCALE, LARGEST_SCALE, FIRST_KNOWN = 10.0, 40.0, 0.5

WARM_UP = 60
"""Steps in which the learning rate rises, a tenth of all at most."""

JITTER = 0.05
"""Spread by which proportions and views waver while training: simulators are too exact."""


class ScanObjective(nn.Module):
    """An encoder with the scale of its softmax and the cosine below which nothing fits.

    Args:
        encoder: to be trained.

    Source: Radford et al., ICML 2021 (softmax over sentences, learned scale).

    Example:
        >>> round(float(ScanObjective(DeviationEncoder()).log_scale.detach().exp()), 1)
        10.0
    """

    def __init__(self, encoder: DeviationEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.log_scale = nn.Parameter(torch.tensor(FIRST_SCALE).log())
        self.known_from = nn.Parameter(torch.tensor(FIRST_KNOWN))

    def forward(self, views: Tensor, numbers: Tensor, said: Tensor, absent: Tensor) -> Tensor:
        """Logits of the sentences, and of "unknown" last.

        Args:
            views: (batch, view, row, column).
            numbers: (batch, number).
            said: (kind, dim) one sentence of each kind.
            absent: (batch, kind) sentences that are not asked for.
        """
        scale = self.log_scale.exp().clamp_max(LARGEST_SCALE)
        cosines = self.encoder(views, numbers) @ said.T
        cosines = cosines.masked_fill(absent, -1e4)
        none = self.known_from.expand(len(cosines), 1)
        return scale * torch.cat([cosines, none], dim=1)


def train_scan(
    recipe: ScanRecipe,
    material: Material,
    captions: list[NDArray[np.float32]],
    *,
    device: str = "cpu",
    quiet: bool = False,
) -> DeviationEncoder:
    """Train the encoder; the averaged weights are given.

    Args:
        recipe: every number.
        material: to learn from.
        captions: per kind (sentence, dim) points of its sentences.
        device: of torch, such as "cuda".
        quiet: no progress bar.

    Source: Polyak and Juditsky, 1992 (averaged weights); Loshchilov and Hutter, ICLR 2017 (cosine).

    Example:
        >>> from dataclasses import fields
        >>> recipe = ScanRecipe(**{x.name: 0 for x in fields(ScanRecipe)})
        >>> nothing = Material(None, np.zeros(0, np.int64), ())
        >>> train_scan(recipe, nothing, [])
        Traceback (most recent call last):
            ...
        ZeroDivisionError: integer division or modulo by zero
    """
    batches = len(material.kinds) // recipe.batch
    torch.manual_seed(recipe.seed)
    training, averaged = (ScanObjective(DeviationEncoder()).to(device) for _ in range(2))
    averaged.load_state_dict(training.state_dict())
    groups: list[dict[str, Any]] = [
        {"params": [x for x in training.parameters() if x.ndim > 1]},
        {"params": [x for x in training.parameters() if x.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
    draw = torch.Generator().manual_seed(recipe.seed)
    steps = recipe.epochs * batches
    kinds = torch.from_numpy(material.kinds)
    order = torch.zeros(0, dtype=torch.int64)
    for step in progress(range(steps), label="Training scan", total=steps, quiet=quiet):
        if step % batches == 0:
            order = torch.randperm(len(kinds), generator=draw)
        at = order[step % batches * recipe.batch :][: recipe.batch]
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * _share(step, steps)
        _step(recipe, training, optimizer, material, at, _said(captions, draw), draw)
        _average(averaged, training, min(recipe.averaging, (1 + step) / (20 + step)))
    return averaged.encoder.cpu().eval()


def encoded(encoder: DeviationEncoder, patches: ScanPatches) -> NDArray[np.float32]:
    """Patches as rows of the space, by an encoder as it is.

    Args:
        encoder: in evaluation mode.
        patches: to be encoded.

    Returns:
        (defect, dim) unit rows.

    Example:
        >>> empty = ScanPatches(np.zeros((1, 5, 32, 32), np.float32),
        ...                     np.zeros((1, 12), np.float32), ("depression",))
        >>> encoded(DeviationEncoder().eval(), empty).shape
        (1, 256)
    """
    rows = []
    with torch.inference_mode():
        for start in range(0, len(patches), 256):
            some = slice(start, start + 256)
            views = torch.from_numpy(patches.views[some])
            rows.append(encoder(views, torch.from_numpy(patches.numbers[some])).numpy())
    return np.concatenate(rows)


def _step(
    recipe: ScanRecipe,
    training: ScanObjective,
    optimizer: torch.optim.Optimizer,
    material: Material,
    at: Tensor,
    said: Tensor,
    draw: torch.Generator,
) -> None:
    views, numbers = _varied(material, at, draw)
    target = torch.from_numpy(material.kinds)[at]
    absent = torch.zeros(len(at), len(KINDS), dtype=torch.bool)
    gone = (torch.rand(len(at), generator=draw) < recipe.absent_share) & (target != UNKNOWN)
    absent[gone, target[gone]] = True
    target = torch.where(gone, UNKNOWN, target)
    training.train()
    to = training.log_scale.device
    absent = absent.to(to)
    logits = training(views.to(to), numbers.to(to), said.to(to), absent)
    loss = _loss(logits, target.to(to), absent, recipe.smoothing)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(training.parameters(), 2.0)
    optimizer.step()


def _loss(logits: Tensor, target: Tensor, absent: Tensor, smoothing: float) -> Tensor:
    """Cross entropy, the smoothed share over what is asked for."""
    log = functional.log_softmax(logits, dim=1)
    own = log.gather(1, target[:, None])[:, 0]
    asked = torch.cat([~absent, torch.ones_like(absent[:, :1])], dim=1)
    every = log.masked_fill(~asked, 0).sum(1) / asked.sum(1)
    return -((1 - smoothing) * own + smoothing * every).mean()


def _varied(material: Material, at: Tensor, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Some of the material, mirrored along and across at random, and jittered."""
    views = torch.from_numpy(material.patches.views[at.numpy()])
    for axis in (2, 3):
        mirrored = torch.rand(len(at), generator=draw) < 0.5
        views[mirrored] = views[mirrored].flip(axis)
    views = views + JITTER * torch.randn(len(at), VIEWS, 1, 1, generator=draw) * views
    numbers = torch.from_numpy(material.patches.numbers[at.numpy()])
    return views, numbers + JITTER * torch.randn(len(at), len(NUMBERS), generator=draw)


def _said(captions: list[NDArray[np.float32]], draw: torch.Generator) -> Tensor:
    """(kind, dim) one sentence of each kind."""
    rows = [x[int(torch.randint(len(x), (1,), generator=draw))] for x in captions]
    return torch.from_numpy(np.stack(rows))


def _share(step: int, steps: int) -> float:
    """Of the highest learning rate: up in a straight line, down by a cosine."""
    warm_up = min(WARM_UP, steps // 10)
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))


@torch.no_grad()
def _average(averaged: nn.Module, training: nn.Module, stays: float) -> None:
    for mean, now in zip(
        averaged.state_dict().values(), training.state_dict().values(), strict=True
    ):
        if mean.is_floating_point():
            mean.lerp_(now, 1 - stays)
        else:
            mean.copy_(now)
