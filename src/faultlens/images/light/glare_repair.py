"""Glare repaired: its haze taken off, its blind core filled with the surface from beside it."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.light.filling import filled
from faultlens.images.light.glare import glare_of
from faultlens.images.light.levels import brightened
from faultlens.images.light.pieces import Piece, pieces_of

RIM_PX = 2
"""Around a core that is filled with it: there a lens mixes it with what surrounds it."""

RINGS = 15
"""Around a core, in which the haze is read."""

TOLD_FROM = 0.05
"""Share of a picture under glare from which on better light is advised."""


def without_glare(image: Image) -> Image:
    """A picture with its glare repaired; what the lamp hid is marked as not seen.

    Around each core the haze, which is light added to the surface, is taken off by its profile:
    what differs from it stays, so a scratch under haze is seen better, not worse. The core itself
    holds nothing of the surface: it is filled with the surface from beside it, so that no false
    edge is left, and `valid` is False there, so that nobody takes the filling for the part.

    Args:
        image: any picture.

    Returns:
        a picture of the same size and type; the same with a line in its history where there is no
        glare.

    White paint and labels look the same to it: it is for pictures where what is plain white is
    the lamp.

    Source: Arnold et al. (2010), highlights found and filled; the haze's profile is our own.

    Example:
        >>> pixels = np.full((60, 80), 120, np.uint8); pixels[20:30, 30:45] = 255
        >>> made = without_glare(Image(pixels))
        >>> int(made.pixels.max()), int((~made.valid).sum())
        (120, 254)
    """
    found = glare_of(image)
    notices = image.warnings
    if found.overexposed.any():
        notices = (*notices, _overexposed(float(found.overexposed.mean())))
    if not found.mask.any():
        return image.derived(image.pixels, "no glare to repair", warnings=notices)
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
    share = float(hidden.mean())
    notices = (*notices, _hidden(share))
    return image.derived(
        made,
        f"glare repaired ({100 * share:.1f} % hidden)",
        valid=~hidden if image.valid is None else image.valid & ~hidden,
        warnings=notices,
    )


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


def _hidden(share: float) -> Notice:
    advice = ("", "")
    if share > TOLD_FROM:
        advice = (
            " Soften or move the lamp, or give several views under other light (views).",
            "请柔化或移动光源，或提供不同光照下的多张视图（views）。",
        )
    return Notice(
        en=f"Glare hides {100 * share:.1f} % of the picture; it was filled in, and nothing is "
        f"judged there.{advice[0]}",
        zh=f"反光遮住图像的 {100 * share:.1f} %；该处已填补，不作判断。{advice[1]}",
    )


def _overexposed(share: float) -> Notice:
    return Notice(
        en=f"{100 * share:.0f} % of the picture is plain white in one piece: a bright background, "
        "or overexposed. It was left as it is; if it is the part, take the picture darker.",
        zh=f"图像有 {100 * share:.0f} % 为连成一片的纯白：可能是明亮背景或过曝，未作处理；"
        "若为零件表面，请降低曝光重拍。",
    )
