"""A picture at a smaller size, with the way back to its own pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.images.registration.warp import Matrix


@dataclass(frozen=True, eq=False)
class Layer:
    """A picture at one size.

    Args:
        grey: (row, column) float32, 0 where nothing is known.
        valid: (row, column) True where something is known.
        to_full: (3, 3) pixel of the layer -> pixel of the picture that it was made from.
    """

    grey: NDArray[np.float32]
    valid: NDArray[np.bool_]
    to_full: Matrix

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (int(self.grey.shape[0]), int(self.grey.shape[1]))


_TAILS = (0.5, 99.5)
"""Percentiles between which brightness counts: a lamp, or a cold sky, would squeeze all else."""

_FAR = 5
"""Times as large as wanted, above which a picture is first halved: a wide Gaussian is slow."""

_KNOWN = 0.9
"""Share of a smaller pixel that must be known."""


def evened(grey: NDArray[np.float32]) -> Layer:
    """A picture as a layer of its own size, its brightness from 0 to 1.

    Args:
        grey: (row, column) in any unit; NaN where nothing is known.

    Example:
        >>> layer = evened(np.array([[20.0, 40.0], [np.nan, 30.0]], np.float32))
        >>> layer.valid.tolist(), round(float(layer.grey[1, 1]), 2)
        ([[True, True], [False, True]], 0.5)
    """
    valid = np.isfinite(grey)
    known = np.where(valid, grey, 0).astype(np.float32)
    low, high = np.percentile(known[valid], _TAILS) if valid.any() else (0.0, 1.0)
    span = max(float(high - low), 1e-12)
    scaled = np.clip((known - np.float32(low)) / np.float32(span), 0, 1) * valid
    return Layer(scaled.astype(np.float32), valid, np.eye(3))


def layer_of(full: Layer, longest_px: int) -> Layer:
    """A layer made smaller, so that its longer side has so many pixels; never larger.

    Args:
        full: of the picture's own size.
        longest_px: of the longer side.

    Example:
        >>> small = layer_of(evened(np.eye(100, 200, dtype=np.float32)), 50)
        >>> small.shape, small.to_full[0].tolist()
        ((25, 50), [4.0, 0.0, 1.5])
    """
    while max(full.shape) > _FAR * longest_px:
        full = _halved(full)
    if longest_px >= max(full.shape):
        return full
    scale = longest_px / max(full.shape)
    shape = tuple(max(round(side * scale), 1) for side in full.shape)
    steps = tuple(old / new for old, new in zip(full.shape, shape, strict=True))
    sigmas = tuple(step / 2 for step in steps)
    share = ndimage.gaussian_filter(full.valid.astype(np.float32), sigmas)
    grey = ndimage.gaussian_filter(full.grey, sigmas) / np.maximum(share, 1e-3)
    first = [(step - 1) / 2 for step in steps]
    small, known = (
        ndimage.affine_transform(x, steps, first, shape, order=1, mode="nearest")
        for x in (grey, share)
    )
    to_full = np.array([[steps[1], 0, first[1]], [0, steps[0], first[0]], [0, 0, 1.0]])
    return Layer(small.astype(np.float32), known > _KNOWN, full.to_full @ to_full)


def _halved(full: Layer) -> Layer:
    """Each two by two pixels as their mean; an odd row or column at the end is left out."""
    rows, columns = (max(side // 2, 1) * 2 for side in full.shape)
    quarters = [np.s_[top:rows:2, left:columns:2] for top in (0, 1) for left in (0, 1)]
    known = np.sum([full.valid[x] for x in quarters], axis=0)
    total = np.sum([full.grey[x] * full.valid[x] for x in quarters], axis=0)
    to_full = full.to_full @ np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1.0]])
    return Layer((total / np.maximum(known, 1)).astype(np.float32), known >= 3, to_full)
