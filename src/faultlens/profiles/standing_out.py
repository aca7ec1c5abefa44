"""How strongly the places of a frame stand out, measured as shares of the light around them."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from faultlens.core.errors import UnusableSignalError
from faultlens.images.halved import halved, halved_again
from faultlens.images.image import Image
from faultlens.profiles.screen_profile import blocks_of
from faultlens.runtimes.screen_filters import BLOCK_PX, ScreenFilters

_HALF_BLOCK = BLOCK_PX // 2

_AROUND = 5
"""Blocks along each side over which the light around a place is averaged: 80 px, so that neither
a shadow across the frame nor the defect itself decides."""

_DARK = 4.0
"""Grey levels of 255 added to that light: noise in black corners is no contrast."""


def prepared(image: Image, pattern: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """A frame at half its size, filled up to whole blocks, less what stands on every frame.

    Args:
        image: the frame.
        pattern: of the camera's profile; None for the mean alone.

    Returns:
        (row, column) grey levels of 255.

    Raises:
        UnusableSignalError: the frame is black.

    Example:
        >>> prepared(Image(np.tile(np.uint8([90, 90, 110, 110]), (16, 4))), None)[0, :4]
        array([-10.,  10., -10.,  10.], dtype=float32)
    """
    half = halved(image.pixels)
    mean = np.float32(half.mean())
    if mean == 0:
        raise UnusableSignalError("The frame is black; check the camera, its light and its lens.")
    if pattern is not None:
        half -= pattern * mean
    half -= mean
    wanted = (x * _HALF_BLOCK for x in blocks_of(image.height, image.width))
    lacking = [(0, x - y) for x, y in zip(wanted, half.shape, strict=True)]
    return np.pad(half, lacking, mode="edge") if any(x for _, x in lacking) else half


def strengths(
    filters: ScreenFilters, image: Image, half: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How strongly each filter answers in each block, squared, in squared shares of the light.

    Args:
        filters: of the camera.
        image: the frame.
        half: (row, column) the same, `prepared`.

    Returns:
        (filter, row, column) of all levels and of blocks.

    Example:
        >>> from faultlens.profiles.screen_filters_of import filters_of
        >>> grain = np.random.default_rng(0).normal(0, 0.1, (1, 64, 64)).astype(np.float32)
        >>> image = Image(np.full((64, 96), 100, np.uint8))
        >>> strengths(ScreenFilters(filters_of(grain)), image, prepared(image, None)).shape
        (64, 4, 6)
    """
    squares = filters.squares(half)
    light = light_around(image)
    squares /= light * light
    return squares


def light_around(image: Image) -> NDArray[np.float32]:
    """Brightness around each block, grey levels of 255.

    Args:
        image: the frame.

    Returns:
        (row, column) of blocks.

    Example:
        >>> light_around(Image(np.full((32, 48), 96, np.uint8)))[0]
        array([100., 100., 100.], dtype=float32)
    """
    step = BLOCK_PX // 2
    # Four pixels of a block say how bright it is, in a hundredth of the time.
    pixels = image.pixels[..., 1] if image.is_colour else image.pixels
    few = pixels[::step, ::step].astype(np.float32)
    rows, columns = blocks_of(image.height, image.width)
    lacking = ((0, 2 * rows - few.shape[0]), (0, 2 * columns - few.shape[1]))
    few = np.pad(few, lacking, mode="edge")
    mean = halved_again(few)
    if image.pixels.dtype != np.uint8:
        mean /= 257
    around: NDArray[np.float32] = uniform_filter(mean, _AROUND, mode="nearest") + np.float32(_DARK)
    return around
