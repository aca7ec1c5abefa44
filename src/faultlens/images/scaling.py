"""Pictures and maps made smaller or larger: area-true shrinking, and Pillow's bicubic."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from faultlens.core.errors import UsageError
from faultlens.images.image import Pixels

_LONGEST_SIDE = 1 << 20
"""Beyond this a size is a slip, and Pillow's weights alone would fill the memory."""


def shrunk(pixels: Pixels, factor: int) -> Pixels:
    """A picture made smaller by a whole factor, each new pixel the mean of those it covers.

    Nothing between pixels is skipped, so a thin bright scratch grows faint but never vanishes. What
    is left over at the right and lower edge is the mean of the fewer pixels there.

    Args:
        pixels: (row, column) or (row, column, 3).
        factor: how many pixels become one along each side.

    Returns:
        (row, column) or (row, column, 3) of the same type, ceil(side / factor) long.

    Raises:
        UsageError: a factor below 1.

    Example:
        >>> shrunk(np.array([[0, 4, 9], [0, 4, 9]], np.uint8), 2)
        array([[2, 9]], dtype=uint8)
    """
    if factor < 1:
        raise UsageError(f"factor is {factor}; a picture is shrunk by 1 (as it is) or more.")
    if factor == 1:
        return pixels
    if pixels.dtype == np.uint8 and pixels.ndim == 2:
        return np.array(PillowImage.fromarray(pixels).reduce(factor), dtype=np.uint8)
    # Pillow would copy colour to four bytes first, and knows no 16 bits here.
    down = _sums(pixels, factor, 0, _wide_enough(pixels.dtype, factor))
    if pixels.ndim == 2:
        sums = _sums(down, factor, 1, down.dtype)
    else:
        # Channel by channel: with three values innermost numpy's loops are three steps long.
        sums = np.stack([_sums(down[..., x], factor, 1, down.dtype) for x in range(3)], axis=2)
    counts = np.multiply.outer(*(_counts(x, factor) for x in pixels.shape[:2])).astype(sums.dtype)
    counts = counts[..., None] if pixels.ndim == 3 else counts
    sums += counts // 2
    if counts.min() == counts.max():
        sums //= counts.flat[0]  # one divisor: several times as fast
    else:
        sums //= counts
    return sums.astype(np.uint8) if pixels.dtype == np.uint8 else sums.astype(np.uint16)


def _wide_enough(dtype: np.dtype[Any], factor: int) -> np.dtype[Any]:
    # Half the count is added for rounding.
    largest = (int(np.iinfo(dtype).max) + 1) * factor**2
    return np.dtype(np.uint16 if largest < 1 << 16 else np.uint32 if largest < 1 << 32 else "u8")


def _sums(values: NDArray[Any], factor: int, axis: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    every = [slice(None)] * values.ndim
    out: NDArray[Any] | None = None
    for first in range(min(factor, values.shape[axis])):
        every[axis] = slice(first, None, factor)
        part = values[tuple(every)]
        if out is None:
            out = part.astype(dtype)
            continue
        every[axis] = slice(part.shape[axis])
        out[tuple(every)] += part
    assert out is not None
    return out


def _counts(length: int, factor: int) -> NDArray[np.intp]:
    return np.minimum(length - np.arange(0, length, factor), factor)


def resized(pixels: Pixels, height: int, width: int) -> Pixels:
    """A picture at another size: the mean of what each pixel covers, or bicubic where it grows.

    Args:
        pixels: (row, column) or (row, column, 3).
        height: rows wanted.
        width: columns wanted.

    Returns:
        (row, column) or (row, column, 3) of the same type.

    Raises:
        UsageError: a side without a pixel, or of more than a million.

    Source: Keys, Cubic convolution interpolation for digital image processing (1981), a = -0.5.

    Example:
        >>> resized(np.full((4, 4), 7, np.uint8), 2, 8)
        array([[7, 7, 7, 7, 7, 7, 7, 7],
               [7, 7, 7, 7, 7, 7, 7, 7]], dtype=uint8)
    """
    for side, name in ((height, "height"), (width, "width")):
        if not 1 <= side <= _LONGEST_SIDE:
            raise UsageError(f"{name} is {side}; a picture has 1 to {_LONGEST_SIDE} pixels there.")
    if pixels.shape[:2] == (height, width):
        return pixels
    shrinks = height <= pixels.shape[0] and width <= pixels.shape[1]
    kernel = PillowImage.Resampling.BOX if shrinks else PillowImage.Resampling.BICUBIC
    if pixels.dtype == np.uint8:
        picture = PillowImage.fromarray(pixels)
        return np.array(picture.resize((width, height), kernel), dtype=np.uint8)
    channels = [pixels] if pixels.ndim == 2 else [pixels[..., x] for x in range(3)]
    out = [
        np.rint(np.clip(_resized_float(x.astype(np.float32), height, width, kernel), 0, 65535))
        for x in channels
    ]
    return (out[0] if pixels.ndim == 2 else np.stack(out, axis=2)).astype(np.uint16)


def resized_map(values: NDArray[np.floating], height: int, width: int) -> NDArray[np.float32]:
    """A map of numbers at another size, bilinear where it grows, the mean where it shrinks.

    Bilinear, because a map of probabilities must stay between those that it was made from.

    Args:
        values: (row, column).
        height: rows wanted.
        width: columns wanted.

    Returns:
        (row, column) float32.

    Example:
        >>> resized_map(np.array([[0.0, 1.0]]), 1, 4)
        array([[0.  , 0.25, 0.75, 1.  ]], dtype=float32)
    """
    shrinks = height <= values.shape[0] and width <= values.shape[1]
    kernel = PillowImage.Resampling.BOX if shrinks else PillowImage.Resampling.BILINEAR
    return _resized_float(np.asarray(values, dtype=np.float32), height, width, kernel)


def _resized_float(
    values: NDArray[np.float32], height: int, width: int, kernel: PillowImage.Resampling
) -> NDArray[np.float32]:
    picture = PillowImage.fromarray(np.ascontiguousarray(values))
    return np.array(picture.resize((width, height), kernel), dtype=np.float32)
