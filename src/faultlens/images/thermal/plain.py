"""Infrared as a plain picture: numbers with a stated scale, degrees as floats, or only colours."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import TiffImagePlugin

from faultlens.core.errors import InputError, UnreadableFileError, UsageError
from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.readers.decoded import Decoded, turned
from faultlens.images.readers.pillow import read_with_pillow
from faultlens.images.readers.pnm import read_pnm
from faultlens.images.readers.sniff import HEAD_BYTES, KNOWN, READABLE, kind_of
from faultlens.images.readers.to_array import array_of
from faultlens.images.readers.whole import refuse_if_cut
from faultlens.images.thermal.thermal import Thermal


@dataclass(frozen=True)
class Scale:
    """What turns a picture's numbers into temperatures: number * per_step + at_zero.

    Args:
        celsius_per_step: degC from one number to the next.
        celsius_at_zero: degC of the number 0.

    Raises:
        UsageError: no positive step, or no number.

    Example:
        >>> Scale(0.1, -1000.0).of(np.array([10215])).round(1).tolist()
        [21.5]
    """

    celsius_per_step: float
    celsius_at_zero: float

    def __post_init__(self) -> None:
        usable = np.isfinite([self.celsius_per_step, self.celsius_at_zero]).all()
        if not usable or self.celsius_per_step <= 0:
            raise UsageError(
                f"The scale is {self.celsius_per_step} degC a step from {self.celsius_at_zero} "
                "degC; a step must be a positive number of degC, such as 0.01."
            )

    def of(self, numbers: NDArray[np.generic]) -> NDArray[np.float32]:
        """(row, column) degC of (row, column) numbers."""
        celsius = numbers.astype(np.float64) * self.celsius_per_step + self.celsius_at_zero
        return np.asarray(celsius, dtype=np.float32)


def scale_of(celsius_per_step: float | None, celsius_at_zero: float | None) -> Scale | None:
    """The scale that a user stated, or None.

    Args:
        celsius_per_step: degC from one number to the next.
        celsius_at_zero: degC of the number 0.

    Raises:
        UsageError: one without the other, or no positive step.

    Example:
        >>> scale_of(None, None) is None
        True
    """
    if celsius_per_step is None and celsius_at_zero is None:
        return None
    if celsius_per_step is None or celsius_at_zero is None:
        raise UsageError(
            "celsius_per_step and celsius_at_zero belong together; give both, as the camera's "
            "manual states them (kelvin in hundredths: 0.01 and -273.15)."
        )
    return Scale(celsius_per_step, celsius_at_zero)


def plain_thermal(content: bytes, scale: Scale | None, *, largest_pixels: int) -> Thermal:
    """An infrared picture out of PNG, TIFF, PGM or any other format that is read.

    Args:
        content: the whole file.
        scale: of its numbers; None where nobody stated it.
        largest_pixels: a picture of more is refused by its header, before it is decoded.

    Raises:
        UnreadableFileError: damaged, cut off, or no picture.
        InputError: a scale for colours, which are no numbers.

    Example:
        >>> plain_thermal(b"P5 2 1 255\\n\\x0a\\x14", Scale(1.0, 5.0), largest_pixels=9).celsius
        array([[15., 25.]], dtype=float32)
    """
    kind = kind_of(content[:HEAD_BYTES])
    if kind not in READABLE:
        raise UnreadableFileError(
            f"is {KNOWN[kind]}. Infrared is read from FLIR's R-JPEG and FFF, files of Guide TP8S, "
            f"and pictures: {', '.join(READABLE.values())}."
        )
    stream = io.BytesIO(content)
    refuse_if_cut(stream, kind, len(content))
    if kind == "pnm":
        decoded = read_pnm(stream, len(content), largest_pixels)
    else:
        decoded = read_with_pillow(stream, kind, len(content), largest_pixels)
    if decoded.pixels.ndim == 3:
        return _of_colours(decoded, scale)
    numbers, are_floats = _numbers(content, kind, decoded)
    numbers = turned(numbers, decoded.orientation)
    details = f"read {READABLE[kind]} ({decoded.details})"
    if scale is not None:
        celsius = _masked(scale.of(numbers), decoded)
        done = f"{scale.celsius_per_step:g} degC a step from {scale.celsius_at_zero:g} degC"
        return Thermal(celsius, history=(details, done))
    if are_floats:
        return Thermal(_masked(numbers.astype(np.float32), decoded), notices=(_ABOUT_FLOATS,),
                       history=(details, "floats taken as degC"))  # fmt: skip
    bright = numbers.astype(np.float32) / np.float32(np.iinfo(decoded.pixels.dtype).max)
    return Thermal(_masked(bright, decoded), is_celsius=False, notices=(_ABOUT_NUMBERS,),
                   history=(details, "no scale stated"))  # fmt: skip


def _numbers(content: bytes, kind: str, decoded: Decoded) -> tuple[NDArray[np.generic], bool]:
    """The file's own numbers, where they were spread over 16 bits to be a picture."""
    if kind != "tiff" or decoded.details not in ("floats", "integers of 32 bits"):
        return decoded.pixels, False
    # It was found whole and of bearable size before.
    numbers = array_of(TiffImagePlugin.TiffImageFile(io.BytesIO(content)))
    return numbers, decoded.details == "floats"


def _masked(values: NDArray[np.float32], decoded: Decoded) -> NDArray[np.float32]:
    if decoded.alpha is None or not decoded.alpha.any():
        return values
    there = turned(decoded.alpha, decoded.orientation).astype(np.int64) > 0
    return np.where(there, values, np.float32(np.nan)).astype(np.float32)


def _of_colours(decoded: Decoded, scale: Scale | None) -> Thermal:
    if scale is not None:
        raise InputError(
            "is in colours, which no scale turns into temperatures. Give the camera's own file, or "
            "a 16-bit grey picture exported from it."
        )
    grey = Image(decoded.pixels).grey()
    return Thermal(
        turned(grey, decoded.orientation).astype(np.float32),
        is_celsius=False,
        notices=(_ABOUT_COLOURS,),
        history=("read false colours; their luminance taken as warmth",),
    )


_ABOUT_FLOATS = Notice(
    en="The infrared picture holds plain numbers, which were taken as degC; state the scale "
    "(celsius_per_step, celsius_at_zero) where they are something else.",
    zh="红外图像为一般数值，已按 °C 处理；如为其他单位，请说明尺度"
    "（celsius_per_step、celsius_at_zero）。",
)
_ABOUT_NUMBERS = Notice(
    en="Nobody stated the scale of the infrared picture: hot spots are found by brightness and "
    "have no temperatures. State it (celsius_per_step, celsius_at_zero) to have degC.",
    zh="未说明红外图像的尺度：热点按亮度查找，没有温度值。"
    "请说明尺度（celsius_per_step、celsius_at_zero）以得到 °C。",
)
_ABOUT_COLOURS = Notice(
    en="The infrared picture is in false colours: the brighter was taken as the warmer, which a "
    "rainbow palette does not keep, and there are no temperatures. The camera's own file has them.",
    zh="红外图像为伪彩色：按越亮越热处理（彩虹色板不满足），且没有温度值。相机原始文件中有温度。",
)
