"""Visible and infrared mixed to one picture: fusion before any model looks."""

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, UsageError
from faultlens.images.image import Image


def blended(visible: Image, infrared: NDArray[np.float32], weight: float) -> Image:
    """A visible picture with a share of the infrared in it; colours keep their differences.

    Args:
        visible: the picture.
        infrared: (row, column) of the same size, 0 cold to 1 hot; NaN where there is none: there
            the picture stays as it is.
        weight: of the infrared, 0 to 1.

    Raises:
        InputError: sizes differ.
        UsageError: a weight out of its range.

    Example:
        >>> grey = Image(np.full((1, 2), 100, np.uint8))
        >>> blended(grey, np.array([[1.0, np.nan]], np.float32), 0.5).pixels
        array([[178, 100]], dtype=uint8)
    """
    if not 0 <= weight <= 1:
        raise UsageError(f"weight is {weight}; the infrared's weight lies from 0 to 1.")
    if infrared.shape != visible.pixels.shape[:2]:
        raise InputError(
            f"The infrared has {infrared.shape[1]} x {infrared.shape[0]} pixels and the picture "
            f"{visible.width} x {visible.height}; register and warp it onto the picture first."
        )
    full = float(np.iinfo(visible.pixels.dtype).max)
    share = np.where(np.isfinite(infrared), np.float32(weight), np.float32(0))
    warm = np.nan_to_num(infrared, nan=0.0) * np.float32(full)
    if visible.is_colour:
        share, warm = share[..., None], warm[..., None]
    mixed = visible.pixels * (1 - share) + warm * share
    pixels = np.rint(np.clip(mixed, 0, full)).astype(visible.pixels.dtype)
    return visible.derived(pixels, f"infrared mixed in, weight {weight:g}")
