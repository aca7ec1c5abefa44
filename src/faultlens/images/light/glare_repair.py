"""Glare repaired: its haze taken off, its blind core filled with the surface from beside it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.images.image import Image
from faultlens.images.light.filling import filled
from faultlens.images.light.glare import glare_of
from faultlens.images.light.glare_left_out import without_judgement
from faultlens.images.light.levels import brightened
from faultlens.images.light.pieces import Piece, pieces_of

RIM_PX = 2
"""Around a core that is filled with it: there a lens mixes it with what surrounds it."""

RINGS = 15
"""Around a core, in which the haze is read."""


def without_glare(image: Image) -> Image:
    """A picture with its glare repaired; nothing is judged where the lamp hid the surface.

    Around each core the haze, which is light added to the surface, is taken off by its profile:
    what differs from it stays. The core itself holds nothing of the surface: it is filled with the
    surface from beside it, so that no edge is left, and `judged` is False there, so that nobody
    takes the filling for the part. For people, and for models that take glare for damage;
    `builtin/surface` knows glare, and does better with `glare_left_out`.

    White paint and labels look the same to it: it is for pictures where what is plain white is
    the lamp.

    Args:
        image: any picture.

    Returns:
        a picture of the same size and type; the same with a line in its history where there is no
        glare.

    Source: Arnold et al. (2010), highlights found and filled; the haze's profile is our own.

    Example:
        >>> pixels = np.full((60, 80), 120, np.uint8); pixels[20:30, 30:45] = 255
        >>> made = without_glare(Image(pixels))
        >>> int(made.pixels.max()), int((~made.judged).sum())
        (120, 254)
    """
    found = glare_of(image)
    if not found.mask.any():
        return without_judgement(image, found, found.mask, "no glare to repair")
    was = image.grey()
    now = was.copy()
    hidden = np.zeros(was.shape, bool)
    beyond = found.overexposed if image.valid is None else found.overexposed | ~image.valid
    for piece in pieces_of(found.mask):
        place = (piece.rows, piece.columns)
        _take_off_haze(now[place], piece, found.mask[place] | beyond[place])
        hidden[place] |= ndimage.binary_dilation(piece.core, iterations=RIM_PX)
    hidden &= ~beyond
    clear = image.derived(brightened(image.pixels, now - was), "haze taken off")
    made = filled(clear, hidden, beyond)
    done = f"glare repaired ({100 * hidden.mean():.1f} % hidden)"
    return replace(without_judgement(image, found, hidden, done), pixels=made)


def _take_off_haze(grey: NDArray[np.float32], piece: Piece, blind: NDArray[np.bool_]) -> None:
    """Subtract, in place, what the median brightness rises towards a core."""
    away = ndimage.distance_transform_edt(~piece.core)
    # Half of the rest belongs to other pieces' haze where they stand close: medians bear that.
    seen = ~blind & (away <= piece.reach_px)
    steps = np.linspace(0, piece.reach_px, RINGS + 1)[1:]
    order = np.argsort(away[seen], kind="stable")
    cuts = np.searchsorted(away[seen][order], np.concatenate(([0], steps[:-1])), side="right")
    rings = np.split(grey[seen][order], cuts[1:])
    level = np.array([np.median(x) if x.size else np.nan for x in rings])
    far = level[2 * RINGS // 3 :]
    if np.isnan(far).all():
        return
    rise = np.nan_to_num(level - np.nanmedian(far))
    # A lamp's haze falls off: a bump further out is texture, or another lamp's.
    rise = np.minimum.accumulate(np.maximum(rise, 0))
    light = np.interp(away, steps - steps[0] / 2, rise, right=0.0)
    # The haze of an oval lamp is not the same all around: never take off more than there is.
    breadth = float(np.clip(piece.half_px / 4, 1.5, 8.0))
    weight = ndimage.gaussian_filter((~blind).astype(np.float32), breadth)
    there = ndimage.gaussian_filter(np.where(blind, 0, grey), breadth) / np.maximum(weight, 1e-3)
    light = np.minimum(light, np.maximum(there - np.nanmedian(far), 0))
    light[blind] = 0
    grey -= light.astype(np.float32)
