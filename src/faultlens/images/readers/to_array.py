"""From Pillow's picture to an array, band by band: its own way holds the pixels three times."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

_BAND_PIXELS = 1 << 20


def array_of(
    image: PillowImage.Image,
    mode: str | None = None,
    change: Callable[[NDArray[np.generic]], NDArray[np.generic]] | None = None,
) -> NDArray[np.generic]:
    """The values of a picture that Pillow opened.

    Args:
        image: opened or loaded.
        mode: the mode that it is converted to, such as "RGB"; as it is if None.
        change: what is made of the values of some rows before they are put together.

    Returns:
        (row, column) or (row, column, channel), of the type that holds the mode.

    Example:
        >>> array_of(PillowImage.new("L", (2, 1), 7), "RGB").shape
        (1, 2, 3)
    """
    image.load()
    width, height = image.size
    band = max(_BAND_PIXELS // max(width, 1), 1)
    out: NDArray[np.generic] | None = None
    for top in range(0, height, band):
        rows = image.crop((0, top, width, min(top + band, height)))
        values = np.asarray(rows if mode in (None, rows.mode) else rows.convert(mode))
        values = values if change is None else change(values)
        if out is None:
            out = np.empty((height, *values.shape[1:]), dtype=values.dtype)
        out[top : top + values.shape[0]] = values
    assert out is not None
    return out
