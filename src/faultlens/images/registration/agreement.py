"""How far a registration is to be trusted: whether each part, looked for alone, is where it says."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from faultlens.images.registration.pyramid import Layer
from faultlens.images.registration.structure import Structure, structure_of
from faultlens.images.registration.warp import Matrix, warped

BLOCK_PX = 64
"""Side of a part, in px of the layer."""

REACH_PX = 12
"""How far a part is moved about, each way."""

NEAR_PX = 2.5
"""A part whose best place is this near agrees."""

_LEAST_ENERGY = 0.25
"""Edges that a part must hold, in means over all parts."""


@dataclass(frozen=True)
class Agreement:
    """What the parts said.

    Args:
        parts: how many had edges enough to be asked.
        agreeing: how many of them fit best where the registration puts them.
    """

    parts: int
    agreeing: int

    @property
    def share(self) -> float:
        """Of the parts that agree; 0 where none could be asked."""
        return self.agreeing / self.parts if self.parts else 0.0


def agreement(fixed: Layer, moving: Layer, matrix: Matrix) -> Agreement:
    """How many parts of the fixed picture, each looked for alone, are where the matrix says.

    Of two pictures that have nothing in common, one part in 24 agrees by chance.

    Args:
        fixed: layer of the picture whose frame counts.
        moving: layer of the other.
        matrix: (3, 3) pixel of the fixed layer -> pixel of the moving layer.

    Example:
        >>> from scipy.ndimage import gaussian_filter
        >>> from faultlens.images.registration.pyramid import evened
        >>> scene = gaussian_filter(np.random.default_rng(0).normal(size=(200, 220)), 2)
        >>> layer = evened(scene)
        >>> agreement(layer, layer, np.eye(3)).share
        1.0
    """
    known = np.where(moving.valid, moving.grey, np.nan).astype(np.float32)
    grey = warped(known, matrix, fixed.shape)
    valid = np.isfinite(grey)
    drawn = structure_of(Layer(np.where(valid, grey, 0).astype(np.float32), valid, np.eye(3)))
    seen = structure_of(fixed)
    corners = [
        (top, left)
        for top in range(0, max(fixed.shape[0] - BLOCK_PX // 2, 1), BLOCK_PX // 2)
        for left in range(0, max(fixed.shape[1] - BLOCK_PX // 2, 1), BLOCK_PX // 2)
        if drawn.valid[top : top + BLOCK_PX, left : left + BLOCK_PX].mean() > 0.9
    ]
    if not corners:
        return Agreement(0, 0)
    rich = np.array([min(_energy(seen, x), _energy(drawn, x)) for x in corners])
    least = _LEAST_ENERGY * rich.mean()
    asked = [x for x, energy in zip(corners, rich, strict=True) if energy > least]
    away = [_away_px(seen, drawn, x) for x in asked]
    return Agreement(len(asked), sum(x <= NEAR_PX for x in away))


def _energy(seen: Structure, corner: tuple[int, int]) -> float:
    top, left = corner
    return float(seen.energy[top : top + BLOCK_PX, left : left + BLOCK_PX].sum())


def _away_px(seen: Structure, drawn: Structure, corner: tuple[int, int]) -> float:
    """How far from its own place a part of the fixed picture fits best."""
    top, left = corner
    part = seen.channels[:, top : top + BLOCK_PX, left : left + BLOCK_PX]
    margin = ((0, 0), (REACH_PX, REACH_PX), (REACH_PX, REACH_PX))
    around = np.pad(drawn.channels, margin)[
        :, top : top + BLOCK_PX + 2 * REACH_PX, left : left + BLOCK_PX + 2 * REACH_PX
    ]
    size = tuple(fft.next_fast_len(x, real=True) for x in around.shape[1:])
    mask = np.conj(fft.rfft2(np.ones(part.shape[1:], np.float32), size))
    conjugate = np.conj(fft.rfft2(part, size, axes=(1, 2)))
    places = 2 * REACH_PX + 1
    product, energy = fft.irfft2(
        np.stack(
            [
                (conjugate * fft.rfft2(around, size, axes=(1, 2))).sum(axis=0),
                mask * fft.rfft2((around**2).sum(axis=0), size),
            ]
        ),
        size,
        axes=(1, 2),
    )[:, :places, :places]
    # A place almost without edges would fit anything.
    alike = product / np.sqrt(np.maximum(energy, 0.05 * energy.max()))
    row, column = np.unravel_index(int(np.argmax(alike)), alike.shape)
    return float(np.hypot(row - REACH_PX, column - REACH_PX))
