"""How far a registration is to be trusted: whether each part, looked for alone, agrees."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from faultlens.images.registration.pyramid import Layer
from faultlens.images.registration.structure import Structure, structure_of
from faultlens.images.registration.warp import Matrix, warped

LARGEST_PX, SMALLEST_PX = 64, 32
"""Sides of a part, in px of the layer: what holds edges enough to be looked for alone."""

PARTS_ALONG = 6
"""Parts along the longer side of a small layer, that there are enough to be asked."""

REACH_PX = 12
"""How far a part is moved about, each way."""

NEAR_PX = 2.5
"""A part whose best place is this near agrees."""

_KNOWN = 0.9
"""Share of a part that both pictures must hold."""

_LEAST_ENERGY = 0.25
"""Edges that a part must hold, in means over all parts."""

_Part = tuple[slice, slice]


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
    side = min(max(max(fixed.shape) // PARTS_ALONG, SMALLEST_PX), LARGEST_PX)
    parts = [
        part
        for part in _parts(fixed.shape, side)
        if drawn.valid[part].mean() > _KNOWN and seen.valid[part].mean() > _KNOWN
    ]
    if not parts:
        return Agreement(0, 0)
    rich = np.array([min(seen.energy[x].sum(), drawn.energy[x].sum()) for x in parts])
    least = _LEAST_ENERGY * rich.mean()
    asked = [x for x, energy in zip(parts, rich, strict=True) if energy > least]
    away = [_away_px(seen, drawn, x) for x in asked]
    return Agreement(len(asked), sum(x <= NEAR_PX for x in away))


def _parts(shape: tuple[int, int], side: int) -> list[_Part]:
    """Squares, a quarter of each on the next."""
    tops, lefts = (range(0, max(x - side // 2, 1), side * 3 // 4) for x in shape)
    return [np.s_[top : top + side, left : left + side] for top in tops for left in lefts]


def _away_px(seen: Structure, drawn: Structure, part: _Part) -> float:
    """How far from its own place a part of the fixed picture fits best."""
    rows, columns = part
    wanted = seen.channels[:, rows, columns]
    margin = ((0, 0), (REACH_PX, REACH_PX), (REACH_PX, REACH_PX))
    around = np.pad(drawn.channels, margin)[
        :, rows.start : rows.stop + 2 * REACH_PX, columns.start : columns.stop + 2 * REACH_PX
    ]
    size = tuple(fft.next_fast_len(x, real=True) for x in around.shape[1:])
    mask = np.conj(fft.rfft2(np.ones(wanted.shape[1:], np.float32), size))
    conjugate = np.conj(fft.rfft2(wanted, size, axes=(1, 2)))
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
