"""Pictures whose pixels are numbers without a full scale: floats, signed and long integers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice

_BAND_PIXELS = 1 << 20
"""Pixels that are doubles at once, so that a large picture never is as a whole."""


def spread(
    values: NDArray[np.generic],
) -> tuple[NDArray[np.uint16], NDArray[np.uint8] | None, tuple[Notice, ...]]:
    """Numbers spread over 16 bits, from the least to the greatest of them.

    Args:
        values: (row, column) floats or integers; NaN and infinity mean that nothing was measured.

    Returns:
        (row, column) uint16; (row, column) 255 where there is a number, None for everywhere; and
        the notice of what 0 and 65535 stand for.

    Raises:
        UnreadableFileError: no finite number at all.

    Example:
        >>> spread(np.array([[1.0, 3.0, np.nan]]))[0]
        array([[    0, 65535,     0]], dtype=uint16)
    """
    finite = np.isfinite(values)
    if not finite.any():
        raise UnreadableFileError(
            "holds no finite number; check how the picture was computed and exported."
        )
    low = float(np.min(values, where=finite, initial=_highest(values.dtype)))
    high = float(np.max(values, where=finite, initial=_lowest(values.dtype)))
    # Half of each first: the difference of two huge floats would be infinite.
    span = (high / 2 - low / 2) or 1.0
    scaled = np.empty(values.shape, dtype=np.uint16)
    band = max(_BAND_PIXELS // values.shape[1], 1)
    for top in range(0, values.shape[0], band):
        rows = slice(top, top + band)
        numbers = np.where(finite[rows], values[rows], low).astype(np.float64)
        share = (numbers / 2 - low / 2) / span
        scaled[rows] = np.rint(np.clip(share, 0, 1) * 65535)
    notice = Notice(
        en=f"Pixels are plain numbers; {low:g} was taken as black and {high:g} as white. Pictures "
        "to be compared should be exported with 8 or 16 bits on one common scale.",
        zh=f"像素为一般数值；{low:g} 视为黑，{high:g} 视为白。"
        "需要相互比较的图像应按同一尺度导出为 8 或 16 位。",
    )
    return scaled, None if finite.all() else np.where(finite, 255, 0).astype(np.uint8), (notice,)


def _highest(dtype: np.dtype[Any]) -> float | int:
    return int(np.iinfo(dtype).max) if dtype.kind in "iu" else float("inf")


def _lowest(dtype: np.dtype[Any]) -> float | int:
    return int(np.iinfo(dtype).min) if dtype.kind in "iu" else float("-inf")
