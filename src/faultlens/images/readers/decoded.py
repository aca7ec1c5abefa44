"""A picture as its decoder gave it, and what makes it upright and opaque."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.images.image import Pixels

_BAND_PIXELS = 1 << 20
"""Pixels that are blended at once, so that a large picture is never held as floats."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """A picture out of its file, before alpha and orientation are applied.

    Args:
        pixels: (row, column) or (row, column, 3) uint8 or uint16.
        alpha: (row, column) uint8 or uint16, full where there is something; None for everywhere.
        orientation: how the camera was held, EXIF 1 (upright) to 8.
        warnings: what was lost or assumed.
        details: what it was, in a few words.
        time: when it was taken, ISO 8601; None where it does not say.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    orientation: int = 1
    warnings: tuple[Notice, ...] = ()
    details: str = ""
    time: str | None = None


def turned(array: NDArray[np.generic], orientation: int) -> NDArray[np.generic]:
    """An array turned upright.

    Args:
        array: (row, column) or (row, column, channel) as stored.
        orientation: EXIF 1 to 8; any other number is taken as 1, as viewers do.

    Returns:
        (row, column) or (row, column, channel) as it was seen, contiguous.

    Source: CIPA DC-008 (Exif 2.32), tag 0x0112.

    Example:
        >>> turned(np.array([[1, 2], [3, 4]]), 6)
        array([[3, 1],
               [4, 2]])
    """
    if 5 <= orientation <= 8:
        array = np.swapaxes(array, 0, 1)
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    return np.ascontiguousarray(array)


def opaque(pixels: Pixels, alpha: Pixels) -> tuple[Pixels, NDArray[np.bool_] | None, bool]:
    """A picture with its see-through parts laid on the mean of what is there.

    The mean is the ground that makes the weakest edge: a cut-out part gets no rim that a model
    takes for a defect.

    Args:
        pixels: (row, column) or (row, column, 3).
        alpha: (row, column) of the same type or another.

    Returns:
        (row, column) or (row, column, channel) pixels; (row, column) where there is something, None
        for everywhere; and whether alpha was empty everywhere and therefore not believed.

    Example:
        >>> grey, valid, _ = opaque(np.array([[9, 200]], np.uint8), np.array([[255, 0]], np.uint8))
        >>> grey, valid
        (array([[9, 9]], dtype=uint8), array([[ True, False]]))
    """
    full = int(np.iinfo(alpha.dtype).max)
    if alpha.min() == full:
        return pixels, None, False
    valid = alpha > full // 2
    if not valid.any():
        return pixels, None, True
    ground = np.atleast_1d(_mean_where(pixels, valid))
    out = pixels.copy()
    band = max(_BAND_PIXELS // pixels.shape[1], 1)
    for top in range(0, pixels.shape[0], band):
        rows = slice(top, top + band)
        share = alpha[rows].astype(np.float32) / np.float32(full)
        if pixels.ndim == 3:
            share = share[..., None]
        mixed = pixels[rows] * share + ground.astype(np.float32) * (1 - share)
        out[rows] = np.rint(mixed).astype(pixels.dtype)
    return out, (None if valid.all() else valid), False


def _mean_where(pixels: Pixels, valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    total = np.zeros(pixels.shape[2:], dtype=np.float64)
    for row, there in zip(pixels, valid, strict=True):
        total += row[there].sum(axis=0, dtype=np.float64)
    return np.asarray(total / valid.sum())
