"""What speaks against a picture, before anything is found on it: blank, glaring, dark, blurred."""

import numpy as np

from faultlens.core.notice import Notice
from faultlens.images.image import Image

BLANK_BELOW = 1.5 / 255
"""Standard deviation of grey below which a picture shows nothing: the steps of 8 bits alone."""

WHITE_FROM, BLACK_BELOW = 0.996, 0.004
"""Grey at which a pixel of 8 bits has no more room."""

SATURATED_SHARE = 0.2
"""Share of pixels without room from which defects may hide there."""

LOOKED_AT_PX = 4_000_000
"""Pixels that are looked at; of larger pictures, every second, third, ... row and column."""


def picture_notices(image: Image) -> tuple[Notice, ...]:
    """What a careful engineer would say of a picture before looking for defects.

    Args:
        image: of any size.

    Example:
        >>> print(picture_notices(Image(np.full((64, 64), 90, np.uint8)))[0])
        The picture is the same grey all over; nothing can be seen on it. ...
    """
    step = max(1, int(np.ceil(np.sqrt(image.height * image.width / LOOKED_AT_PX))))
    # As cut, before it becomes grey: of 200 megapixels, floats are most of a gigabyte.
    grey = image.derived(image.pixels[::step, ::step], "thinned", valid=None).grey()
    if image.valid is not None:
        grey = grey[image.valid[::step, ::step]]
    if not grey.size or float(grey.std()) < BLANK_BELOW:
        return (
            Notice(
                en="The picture is the same grey all over; nothing can be seen on it. Check lamp, "
                "lens cap and exposure.",
                zh="整幅图像灰度一致，无法看到任何内容。请检查光源、镜头盖和曝光。",
            ),
        )
    found = []
    white, black = float(np.mean(grey >= WHITE_FROM)), float(np.mean(grey <= BLACK_BELOW))
    if white >= SATURATED_SHARE:
        found.append(
            Notice(
                en=f"{100 * white:.0f} % of the picture is overexposed; no defect can be seen "
                "there. Expose shorter, or light it from the side.",
                zh=f"图像有 {100 * white:.0f} % 过曝，该处缺陷无法看到。请缩短曝光或改用侧光。",
            )
        )
    if black >= SATURATED_SHARE:
        found.append(
            Notice(
                en=f"{100 * black:.0f} % of the picture is black; no defect can be seen there. "
                "Expose longer, or mask the background out (alpha).",
                zh=f"图像有 {100 * black:.0f} % 全黑，该处缺陷无法看到。"
                "请延长曝光，或用透明通道去除背景。",
            )
        )
    return tuple(found)
