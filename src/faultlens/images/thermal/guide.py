"""Files of the Guide TP8S camera: a JPEG for eyes, temperatures and the visible picture behind it.

The maker publishes no description. The places below were found in files of a public substation
data set: the parameters state width and height and the hottest pixel's value and place, which agree
with the numbers read; a table before them runs from -500 to 3094, tenths of a degree of a camera's
range. That a step is 0.1 degC is inferred from both.
"""

import struct

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.images.thermal.thermal import Thermal

CELSIUS_PER_STEP = 0.1
"""Of the numbers, degC; inferred, see above."""

_WIDTH, _HEIGHT = 384, 288
_PARAMETERS = struct.pack("<II", _WIDTH, _HEIGHT)
_VALUES_AT = 36380
"""Bytes from the parameters to the first value."""
_VALUES_BYTES = 2 * _WIDTH * _HEIGHT
_VISIBLE_AT = _VALUES_AT + _VALUES_BYTES
_BMP_HEAD_BYTES = 70
_LARGEST_SIDE_PX = 10_000


def is_guide(content: bytes) -> bool:
    """Whether a file is of a Guide TP8S camera.

    Args:
        content: the whole file.

    Example:
        >>> is_guide(b"\\xff\\xd8\\xff\\xd9")
        False
    """
    if content[:2] != b"\xff\xd8":
        return False
    # Where a file ends before what follows the parameters, its preview must not pass for it.
    is_cut = content.find(_PARAMETERS, max(len(content) - _VISIBLE_AT, 0)) >= 0
    return is_cut or _start(content) is not None


def guide_thermal(content: bytes) -> Thermal:
    """Temperatures out of a file of a Guide TP8S camera, and the visible picture that it carries.

    Args:
        content: the whole file.

    Raises:
        UnreadableFileError: cut off, or of another camera.

    Example:
        >>> guide_thermal(b"\\xff\\xd8\\xff\\xd9")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: is no whole file of a Guide TP8S camera; ...
    """
    start = _start(content)
    if start is None:
        raise UnreadableFileError(
            "is no whole file of a Guide TP8S camera; copy it again, as the camera wrote it."
        )
    steps = np.frombuffer(content, "<i2", _WIDTH * _HEIGHT, start + _VALUES_AT)
    celsius = steps.reshape(_HEIGHT, _WIDTH).astype(np.float32) * np.float32(CELSIUS_PER_STEP)
    visible, notices = _visible(content[start + _VISIBLE_AT :])
    return Thermal(
        celsius,
        visible=visible,
        notices=(_ABOUT_SCALE, *notices),
        history=(f"read Guide TP8S values, {CELSIUS_PER_STEP:g} degC a step",),
    )


def _start(content: bytes) -> int | None:
    """Where the parameters stand; the values and the visible picture must follow."""
    at = content.find(_PARAMETERS)
    while at >= 0:
        visible = at + _VISIBLE_AT
        if content[visible : visible + 2] == b"BM":
            return at
        at = content.find(_PARAMETERS, at + 1)
    return None


def _visible(content: bytes) -> tuple[Image | None, tuple[Notice, ...]]:
    """The bitmap of 16 bits a pixel that the camera writes; Pillow does not know its head."""
    if len(content) < _BMP_HEAD_BYTES:
        return None, (_ABOUT_VISIBLE,)
    (data_at,) = struct.unpack_from("<I", content, 10)
    width, height, _, bits = struct.unpack_from("<iiHH", content, 18)
    usable = 0 < width <= _LARGEST_SIDE_PX and 0 < abs(height) <= _LARGEST_SIDE_PX
    if not usable or bits != 16 or len(content) < data_at + 2 * width * abs(height):
        return None, (_ABOUT_VISIBLE,)
    packed = np.frombuffer(content, "<u2", width * abs(height), data_at)
    return Image(_rgb(packed.reshape(abs(height), width)), name="the visible picture"), ()


def _rgb(packed: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Five, six and five bits of red, green and blue, spread over eight each."""
    bits = np.stack([packed >> 11, (packed >> 5) & 63, packed & 31], axis=2).astype(np.uint16)
    full = np.array([31, 63, 31], dtype=np.uint16)
    return ((bits * 255 + full // 2) // full).astype(np.uint8)


_ABOUT_SCALE = Notice(
    en="That a step of this camera's values is 0.1 degC is inferred from its files, not stated by "
    "the maker; compare one known temperature before you rely on it.",
    zh="该相机数值每级为 0.1 °C 系由其文件推断，厂家并未说明；使用前请以一个已知温度核对。",
)
_ABOUT_VISIBLE = Notice(
    en="The visible picture inside the camera's file cannot be read; the infrared is used alone.",
    zh="相机文件内的可见光图像无法读取；仅使用红外图像。",
)
