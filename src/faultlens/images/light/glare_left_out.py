"""Glare left on the picture and out of the judgement: what is under the lamp, nobody can see."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.light.glare import Glare, glare_of
from faultlens.images.light.pieces import pieces_of

LEAST_RIM_PX, RIM = 8, 0.5
"""What is left out around a core: so many pixels, or that share of its half width if that is more.
There its haze lies. Rendered parts under glare, builtin/surface: area under the curve .937 with it,
.926 with a rim of 2 px, .942 with 12, .923 if glare is judged; with 13 % of a picture left out."""

TOLD_FROM = 0.05
"""Share of a picture under glare from which on better light is advised."""


def glare_left_out(image: Image) -> Image:
    """A picture whose glare is not judged: neither as a defect, nor as a sound surface.

    The pixels stay as they are: a model that knows glare sees that it is glare.

    Args:
        image: any picture.

    Returns:
        the same pixels; `judged` is False under glare and its haze.

    Example:
        >>> pixels = np.full((60, 80), 120, np.uint8); pixels[20:30, 30:45] = 255
        >>> made = glare_left_out(Image(pixels))
        >>> bool(made.judged[25, 40]), bool(made.judged[25, 24]), bool(made.judged[25, 10])
        (False, False, True)
    """
    found = glare_of(image)
    if not found.mask.any():
        return without_judgement(image, found, found.mask, "no glare to leave out")
    hidden = np.zeros(found.mask.shape, bool)
    for piece in pieces_of(found.mask):
        rim_px = max(LEAST_RIM_PX, RIM * piece.half_px)
        near = ndimage.distance_transform_edt(~piece.core) <= rim_px
        hidden[piece.rows, piece.columns] |= near
    done = f"glare left out ({100 * hidden.mean():.1f} % not judged)"
    return without_judgement(image, found, hidden, done)


def without_judgement(image: Image, found: Glare, hidden: NDArray[np.bool_], done: str) -> Image:
    """A picture of which some places are not judged, and which says so.

    Args:
        image: any picture.
        found: its glare.
        hidden: (row, column) what is not judged.
        done: what was done, for its history.

    Example:
        >>> image = Image(np.zeros((4, 4), np.uint8))
        >>> nothing = np.zeros((4, 4), bool)
        >>> without_judgement(image, Glare(nothing, nothing), nothing, "looked at").judged is None
        True
    """
    notices = image.warnings
    if found.overexposed.any():
        notices = (*notices, _overexposed(float(found.overexposed.mean())))
    if not hidden.any():
        return image.derived(image.pixels, done, warnings=notices)
    judged = ~hidden if image.judged is None else image.judged & ~hidden
    notices = (*notices, _hidden(float(hidden.mean())))
    return image.derived(image.pixels, done, judged=judged, warnings=notices)


def _hidden(share: float) -> Notice:
    advice = ("", "")
    if share > TOLD_FROM:
        advice = (
            " Soften or move the lamp, or give several views under other light (views).",
            "请柔化或移动光源，或提供不同光照下的多张视图（views）。",
        )
    return Notice(
        en=f"Glare hides {100 * share:.1f} % of the picture; nothing is judged there.{advice[0]}",
        zh=f"反光遮住图像的 {100 * share:.1f} %，该处不作判断。{advice[1]}",
    )


def _overexposed(share: float) -> Notice:
    return Notice(
        en=f"{100 * share:.0f} % of the picture is plain white in one piece: a bright background, "
        "or overexposed. It was left as it is; if it is the part, take the picture darker.",
        zh=f"图像有 {100 * share:.0f} % 为连成一片的纯白：可能是明亮背景或过曝，未作处理；"
        "若为零件表面，请降低曝光重拍。",
    )
