"""What speaks against a picture, before anything is found on it: blank, glaring, dark, blurred."""

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.scaling import resized_map

BLANK_BELOW = 1.5 / 255
"""Standard deviation of grey below which a picture shows nothing: the steps of 8 bits alone."""

BLANK = Notice(
    en="The picture is the same grey all over; nothing can be seen on it. Check lamp, lens cap and "
    "exposure.",
    zh="整幅图像灰度一致，无法看到任何内容。请检查光源、镜头盖和曝光。",
)
"""What is said of a picture that shows nothing: neither a defect nor that there is none."""

WHITE_FROM, BLACK_BELOW = 0.996, 0.004
"""Grey at which a pixel of 8 bits has no more room."""

SATURATED_SHARE = 0.2
"""Share of pixels without room from which defects may hide there."""

LOOKED_AT_PX = 4_000_000
"""Pixels that are looked at; of larger pictures, every second, third, ... row and column."""

BLURRED_BELOW = 0.15
"""Sharpness of a picture under a Gaussian of about 4 pixels; 48 real pictures of four kinds, their
labels unseen, have 0.18 to 1.5 as they are, and 0.08 to 0.14 under that Gaussian."""

SMALLEST_FOCUS_PX = 64
"""Side below which a picture does not say how sharp it is."""

_FINE, _COARSE = 2, 8
_ROUNDING = 20 / 12 / 255**2
"""Variance that steps of 8 bits alone give the Laplacian, whose weights' squares sum to 20."""


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
    grey = image.derived(image.pixels[::step, ::step], "thinned", valid=None, judged=None).grey()
    if image.valid is not None:
        grey = grey[image.valid[::step, ::step]]
    if not grey.size or float(grey.std()) < BLANK_BELOW:
        return (BLANK,)
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
    if sharpness(image) < BLURRED_BELOW:
        found.append(
            Notice(
                en="The picture is out of focus or was enlarged; cracks and other fine defects "
                "cannot be seen on it. Focus, or give it at half of its size (--scales 0.5).",
                zh="图像失焦或经过放大，裂纹等细小缺陷无法看到。请重新对焦，或按一半尺寸检查"
                "（--scales 0.5）。",
            )
        )
    return tuple(found)


def sharpness(image: Image) -> float:
    """How much fine detail a picture has beside its coarse detail; infinite where it is too small.

    Args:
        image: of any size; of a large one the middle is looked at.

    Source:
        Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy (ICPR 2000), variance of
        the Laplacian; here of two sizes, so that neither contrast nor texture decides.

    Example:
        >>> from scipy.ndimage import gaussian_filter
        >>> grain = np.random.default_rng(0).normal(128, 30, (128, 128)).clip(0, 255)
        >>> sharp, soft = (Image(x.astype(np.uint8)) for x in (grain, gaussian_filter(grain, 5.0)))
        >>> sharpness(sharp) > 1, sharpness(soft) < BLURRED_BELOW
        (True, True)
    """
    if min(image.height, image.width) < SMALLEST_FOCUS_PX:
        return float("inf")
    side = int(np.sqrt(LOOKED_AT_PX))
    top, left = (max(0, (x - side) // 2) for x in (image.height, image.width))
    middle = image.pixels[top : top + side, left : left + side]
    grey = image.derived(middle, "middle", valid=None, judged=None).grey()
    coarse = _detail(grey, _COARSE)
    return float("inf") if coarse <= 0 else float(np.sqrt(_detail(grey, _FINE) / coarse))


def _detail(grey: NDArray[np.float32], shrink: int) -> float:
    """Variance of the Laplacian at a smaller size, less what rounding alone gives it."""
    from scipy.ndimage import laplace

    small = resized_map(grey, grey.shape[0] // shrink, grey.shape[1] // shrink)
    return max(float(laplace(small).var()) - _ROUNDING / shrink**2, 0.0)
