"""A small picture of what was found, heat and outlines, as JPEG."""

import io
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from faultlens.reports.inspection_view import PictureView

LONGEST_PX = 480
"""Longer side of a preview: a card of the live page on a wall screen shows no more."""

_QUALITY = 82
"""Of JPEG: some 25 kB for metal, with outlines still clean."""


def preview_jpeg(view: PictureView, longest_px: int = LONGEST_PX) -> bytes:
    """The picture with what was found on it, small.

    Args:
        view: the inspected picture.
        longest_px: of its longer side.

    Returns:
        the bytes of a JPEG.

    Example:
        >>> view = PictureView("a.png", np.zeros((600, 960), np.uint8), 960, 600, "no defect",
        ...                    "no_defect", False, 0.1, 0.5, ())
        >>> Pillow.open(io.BytesIO(preview_jpeg(view))).size
        (480, 300)
    """
    from faultlens.reports.inspection_overlay import overlay_pixels

    small = shrunk(view.pixels, longest_px)
    # Heat of a sound part is noise that would be taken for a finding. The frame with the verdict is
    # left to the page beside it, which says it with the score that counts.
    heat = view.heat if view.alarm else None
    shown = replace(view, heat=heat, alarm=False, kind="no_defect")
    written = io.BytesIO()
    Pillow.fromarray(overlay_pixels(shown, small)).save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def shrunk(pixels: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    """A picture of at most that size; a smaller one as it is.

    Args:
        pixels: (row, column) or (row, column, 3).
        longest_px: of the longer side.

    Example:
        >>> shrunk(np.zeros((10, 1000), np.uint8), 100).shape
        (1, 100)
    """
    height, width = pixels.shape[:2]
    scale = longest_px / max(height, width)
    if scale >= 1:
        return pixels
    picture = Pillow.fromarray(np.ascontiguousarray(pixels))
    # Whole steps first: large pictures are averaged in a tenth of the time.
    step = max(1, int(1 / scale / 2))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = picture.reduce(step).resize(size, Pillow.Resampling.BILINEAR)
    return np.asarray(small)
