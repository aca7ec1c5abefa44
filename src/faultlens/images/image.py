"""The record that every reader of pictures returns and every operation on pictures takes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import InputError, UsageError
from faultlens.core.notice import Notice, refuse_plain_text

Pixels = NDArray[np.uint8] | NDArray[np.uint16]

_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Weights of red, green and blue in grey (ITU-R BT.601), those of Pillow and of most cameras."""

_BAND_PIXELS = 1 << 20
"""Pixels that are wider numbers at once, so that a large picture never is as a whole."""


@dataclass(frozen=True, eq=False)
class Image:
    """One picture, upright, without alpha, with what is known of it.

    Args:
        pixels: (row, column) grey or (row, column, 3) red, green, blue; uint8 or uint16.
        name: file or URL, as the user gave it.
        mm_per_pixel: width of a pixel on the part, in mm; None where nobody said.
        valid: (row, column) True where alpha said that there is something; None for everywhere.
        warnings: what a careful engineer would want to know about it.
        history: what was done to it, oldest first.
        judged: (row, column) where findings count; elsewhere, as under glare, a model sees the
            pixels but nothing is said of them. None for everywhere.
        time: when it was taken, ISO 8601; None where nobody said.

    Raises:
        InputError: pixels of another shape or type, or none at all.
        UsageError: a scale that is no positive number, or a warning in one language only.

    Example:
        >>> image = Image(np.full((480, 640), 128, np.uint8), mm_per_pixel=0.1)
        >>> image.height, image.width, image.is_colour
        (480, 640, False)
    """

    pixels: Pixels
    name: str | None = None
    mm_per_pixel: float | None = None
    valid: NDArray[np.bool_] | None = None
    warnings: tuple[Notice, ...] = ()
    history: tuple[str, ...] = ()
    judged: NDArray[np.bool_] | None = None
    time: str | None = None

    def __post_init__(self) -> None:
        refuse_plain_text(self.warnings)
        pixels = np.asarray(self.pixels)
        colours = pixels.shape[2:]
        if pixels.ndim not in (2, 3) or colours not in ((), (3,)):
            raise InputError(
                f"Pixels have shape {pixels.shape}; an Image holds (row, column) grey or "
                "(row, column, 3) red, green, blue. Use read_image for a file, which takes off "
                "alpha and the like."
            )
        if pixels.dtype not in (np.uint8, np.uint16):
            raise InputError(
                f"Pixels are of type {pixels.dtype}; an Image holds uint8 (0 to 255) or uint16 "
                "(0 to 65535). Scale them first."
            )
        if pixels.size == 0:
            raise InputError(
                f"The picture is {pixels.shape[1]} x {pixels.shape[0]} pixels; it must have one "
                "pixel at least."
            )
        for name, mask in (("valid", self.valid), ("judged", self.judged)):
            if mask is not None and mask.shape != pixels.shape[:2]:
                raise InputError(
                    f"{name} has shape {mask.shape} and the picture {pixels.shape[:2]}; both are "
                    "(row, column) of the same picture."
                )
        if self.mm_per_pixel is not None and not (
            np.isfinite(self.mm_per_pixel) and self.mm_per_pixel > 0
        ):
            raise UsageError(
                f"mm_per_pixel is {self.mm_per_pixel}; it must be a positive number of mm."
            )
        object.__setattr__(self, "pixels", pixels)

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @property
    def is_colour(self) -> bool:
        """Whether there are red, green and blue."""
        return self.pixels.ndim == 3

    @property
    def counted(self) -> NDArray[np.bool_] | None:
        """(row, column) where the picture shows something and it counts; None for everywhere."""
        if self.valid is None or self.judged is None:
            return self.judged if self.valid is None else self.valid
        return np.asarray(self.valid & self.judged)

    def grey(self) -> NDArray[np.float32]:
        """The picture as (row, column) grey, 0 black to 1 white.

        Source: ITU-R BT.601, the weights of red, green and blue.

        Example:
            >>> Image(np.array([[0, 255]], np.uint8)).grey()
            array([[0., 1.]], dtype=float32)
        """
        full = np.float32(np.iinfo(self.pixels.dtype).max)
        if not self.is_colour:
            return self.pixels.astype(np.float32) / full
        grey = np.zeros(self.pixels.shape[:2], dtype=np.float32)
        # Channel by channel and some rows at a time: all as float at once would be four times it.
        for channel, weight in enumerate(_LUMA):
            for rows in _bands(grey.shape):
                grey[rows] += self.pixels[rows, :, channel] * (weight / full)
        return np.minimum(grey, np.float32(1), out=grey)

    def rgb(self) -> NDArray[np.uint8]:
        """The picture as (row, column, 3) red, green and blue of 8 bits, as for a screen.

        Example:
            >>> Image(np.array([[65535]], np.uint16)).rgb()
            array([[[255, 255, 255]]], dtype=uint8)
        """
        pixels = self.pixels
        if pixels.dtype == np.uint16:
            pixels = _of_eight_bits(pixels)
        if self.is_colour:
            return np.asarray(pixels, dtype=np.uint8)
        return np.repeat(np.asarray(pixels, dtype=np.uint8)[..., None], 3, axis=2)

    def derived(self, pixels: Pixels, done: str, **changes: object) -> "Image":
        """A new record with other pixels and `done` written into its history.

        Args:
            pixels: (row, column) or (row, column, 3) the new pixels.
            done: what was done, in a few words.
            changes: other fields that changed.

        Example:
            >>> image = Image(np.zeros((4, 4), np.uint8))
            >>> image.derived(image.pixels[:2], "upper half").history
            ('upper half',)
        """
        return replace(self, pixels=pixels, history=(*self.history, done), **changes)  # type: ignore[arg-type]


def _bands(shape: tuple[int, ...]) -> Iterator[slice]:
    """Rows of a picture, some at a time."""
    step = max(_BAND_PIXELS // shape[1], 1)
    return (slice(top, top + step) for top in range(0, shape[0], step))


def _of_eight_bits(pixels: Pixels) -> NDArray[np.uint8]:
    """The nearest of 256 levels; white stays white, for 65535 / 255 = 257."""
    out = np.empty(pixels.shape, dtype=np.uint8)
    for rows in _bands(pixels.shape):
        out[rows] = (pixels[rows].astype(np.uint32) + 128) // 257
    return out
