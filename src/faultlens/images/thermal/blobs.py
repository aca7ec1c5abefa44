"""Blobs of a picture: places that are brighter than what surrounds them, at the size they have."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SIZES_PX = (2.0, 3.0, 4.5, 6.75, 10.0, 15.0)
"""Standard deviations of the blobs that are looked for on a picture of 384 x 288 pixels."""

USUAL_PIXELS = 384 * 288
"""Pixels of a picture on which the sizes above hold; others are scaled by their side."""

LARGEST_PIXELS = 400_000
"""Pixels on which blobs are looked for; larger pictures are shrunk by whole numbers first."""

MATCHED = 0.3
"""Height of a Gaussian blob in the difference of Gaussians of its own size and of twice it:
1 / (1 + 1) - 1 / (1 + 4). What is measured is divided by it."""

_AREA = (3, 7, 7)
"""Sizes, rows and columns within which a blob must be the highest."""


@dataclass(frozen=True)
class Blob:
    """One blob.

    Args:
        row: of its highest pixel.
        column: of its highest pixel.
        size_px: its standard deviation, pixels.
        peak: its highest value.
        contrast: how far it rises above what surrounds it, in the units of the values.
    """

    row: int
    column: int
    size_px: float
    peak: float
    contrast: float


def blobs_of(values: NDArray[np.floating]) -> tuple[Blob, ...]:
    """The blobs of a picture that are brighter than their surroundings, in no order.

    Args:
        values: (row, column), finite.

    Source: Lindeberg, Feature Detection with Automatic Scale Selection, International Journal of
    Computer Vision 30 (1998); differences of Gaussians for the Laplacian as in Lowe (2004).

    Example:
        >>> values = np.zeros((96, 128))
        >>> values[40:45, 60:65] = 1.0
        >>> best = max(blobs_of(values), key=lambda x: x.contrast)
        >>> 40 <= best.row < 45, 60 <= best.column < 65, best.peak
        (True, True, 1.0)
    """
    step = int(np.ceil(np.sqrt(values.size / LARGEST_PIXELS)))
    small = _shrunk(np.asarray(values, dtype=np.float32), step)
    unit = np.sqrt(small.size / USUAL_PIXELS)
    sizes = [x * unit for x in SIZES_PX if x * unit >= 1] or [1.0]
    rises = np.stack([_rise(small, x) for x in sizes])
    highest = (rises == ndimage.maximum_filter(rises, size=_AREA)) & (rises > 0)
    return tuple(
        _blob(values, (int(row), int(column)), step, sizes[at], float(rises[at, row, column]))
        for at, row, column in np.argwhere(highest)
    )


def _shrunk(values: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    if step == 1:
        return values
    height, width = (max(x // step, 1) * step for x in values.shape)
    blocks = values[:height, :width].reshape(height // step, step, width // step, step)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)


def _rise(values: NDArray[np.float32], size_px: float) -> NDArray[np.float32]:
    narrow, wide = (
        ndimage.gaussian_filter(values, x, mode="nearest") for x in (size_px, 2 * size_px)
    )
    return np.asarray((narrow - wide) / MATCHED, dtype=np.float32)


def _blob(
    values: NDArray[np.floating], at: tuple[int, int], step: int, size_px: float, contrast: float
) -> Blob:
    """A blob with its highest pixel on the picture in its own size."""
    reach = (round(size_px) + 1) * step
    row, column = (x * step + step // 2 for x in at)
    top, left = max(row - reach, 0), max(column - reach, 0)
    window = values[top : row + reach + 1, left : column + reach + 1]
    down, along = np.unravel_index(int(window.argmax()), window.shape)
    return Blob(
        row=top + int(down),
        column=left + int(along),
        size_px=size_px * step,
        peak=float(window[down, along]),
        contrast=contrast,
    )
