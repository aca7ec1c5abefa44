"""Portable maps (PBM, PGM, PPM), read by ourselves: Pillow reads 16 bits point by point."""

import re
import warnings
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.images.readers.decoded import Decoded
from faultlens.images.readers.whole import refuse_cut

_HEAD_BYTES = 4096
_TOKEN = re.compile(rb"(?:\s|#[^\n]*\n)*(\d{1,10})")
_BLANK = re.compile(rb"\s")
_BLOCK_BYTES = 1 << 20  # of text turned into numbers at once
_LARGEST_NUMBER = 999_999_999
LARGEST_TEXT_BYTES = 64 << 20
"""Plain (ASCII) maps larger than this are refused: reading numbers as text takes minutes."""


def read_pnm(stream: BinaryIO, size_bytes: int, largest_pixels: int) -> Decoded:
    """Read a PBM, PGM or PPM file, plain or raw, of 8 or 16 bits.

    Args:
        stream: the file, at its start.
        size_bytes: how long the file is.
        largest_pixels: how many pixels a picture may have.

    Returns:
        (row, column) or (row, column, 3) pixels, scaled to all of 8 or 16 bits.

    Raises:
        UnreadableFileError: a header that is none, or a file that is cut.
        TooLargeError: too many pixels.

    Example:
        >>> import io
        >>> read_pnm(io.BytesIO(b"P5 2 1 255\\n" + bytes([7, 9])), 13, 100).pixels
        array([[7, 9]], dtype=uint8)
    """
    head = stream.read(_HEAD_BYTES)
    form = int(head[1:2])
    width, height, maximum, start = _header(head, form)
    refuse_size(width, height, largest_pixels)
    channels = 3 if form in (3, 6) else 1
    shape = (height, width) if channels == 1 else (height, width, 3)
    stream.seek(start)
    if form in (1, 2, 3):
        values = _plain(stream, size_bytes - start, form, height * width * channels)
    elif form == 4:
        values = _bits(stream, size_bytes, start, height, width)
    else:
        dtype = np.dtype(">u2" if maximum > 255 else "u1")
        needed = height * width * channels * dtype.itemsize
        if size_bytes - start < needed:
            refuse_cut(size_bytes, start + needed)
        values = np.empty(needed // dtype.itemsize, dtype=dtype)
        if stream.readinto(values.data.cast("B")) < needed:  # type: ignore[attr-defined]
            refuse_cut(size_bytes, start + needed)
    if form in (1, 4):
        values = 1 - values
        maximum = 1
    if values.size and int(values.max()) > maximum:
        raise UnreadableFileError(
            f"holds the value {int(values.max())} where its header allows {maximum}; export it "
            "again."
        )
    return Decoded(_scaled(values.reshape(shape), maximum), details=f"P{form}, up to {maximum}")


def refuse_size(width: int, height: int, largest_pixels: int) -> None:
    """Refuse a picture without pixels, or with more than memory is kept for.

    Args:
        width: as its header says, before anything is decoded.
        height: likewise.
        largest_pixels: how many pixels a picture may have.

    Raises:
        UnreadableFileError: nothing.
        TooLargeError: too much.

    Example:
        >>> refuse_size(0, 7, 100)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: holds 0 x 7 pixels; a picture has at least one.
    """
    if width < 1 or height < 1:
        raise UnreadableFileError(f"holds {width} x {height} pixels; a picture has at least one.")
    if width * height > largest_pixels:
        raise TooLargeError(
            f"says that it is {width} x {height} = {width * height / 1e6:.0f} million pixels; up "
            f"to {largest_pixels / 1e6:.0f} million are read. Cut it into parts, or check that it "
            "was copied whole."
        )


def _header(head: bytes, form: int) -> tuple[int, int, int, int]:
    numbers: list[int] = []
    at = 2
    for _ in range(2 if form in (1, 4) else 3):
        found = _TOKEN.match(head, at)
        if found is None:
            raise UnreadableFileError(
                "has no width, height and maximum after P"
                f"{form}, as a portable map has; export it again, best as PNG."
            )
        numbers.append(int(found[1]))
        at = found.end()
    maximum = numbers[2] if len(numbers) == 3 else 1
    if not 1 <= maximum <= 65535:
        raise UnreadableFileError(f"has the maximum {maximum}; a portable map has 1 to 65535.")
    return numbers[0], numbers[1], maximum, at + 1


def _plain(stream: BinaryIO, left: int, form: int, count: int) -> NDArray[np.integer]:
    if left > LARGEST_TEXT_BYTES:
        raise UnreadableFileError(
            f"is a plain-text map of {left / 1e6:.0f} MB; up to {LARGEST_TEXT_BYTES / 1e6:.0f} MB "
            "of text are read. Save it as PNG."
        )
    text = re.sub(rb"#[^\n]*", b"", stream.read(left))
    out: NDArray[np.integer[Any]] = np.empty(count, dtype=np.uint8 if form == 1 else np.int32)
    filled = at = 0
    while filled < count and at < len(text):
        end = _between_words(text, at + _BLOCK_BYTES)
        values = _digits(text[at:end]) if form == 1 else _numbers(text[at:end])
        values = values[: count - filled]
        out[filled : filled + len(values)] = values
        filled, at = filled + len(values), end
    if filled < count:
        raise UnreadableFileError(
            f"is cut off: {filled} of {count} values are there; copy it again."
        )
    return out


def _between_words(text: bytes, at: int) -> int:
    """The first place from `at` on that is not within a number."""
    found = _BLANK.search(text, at)
    return len(text) if found is None else found.start()


def _digits(text: bytes) -> NDArray[np.integer]:
    """Zeros and ones, which may stand without blanks between them."""
    characters = np.frombuffer(text, dtype=np.uint8)
    return np.asarray(characters[(characters == 48) | (characters == 49)] - 48)


def _numbers(text: bytes) -> NDArray[np.integer]:
    try:
        with warnings.catch_warnings():
            # What it says of text between the numbers is an error here.
            warnings.simplefilter("error")
            values = np.fromstring(text, dtype=np.int64, sep=" ")
    except (ValueError, DeprecationWarning):
        values = np.array([-1])
    if values.size and not 0 <= int(values.min()) <= int(values.max()) <= _LARGEST_NUMBER:
        raise UnreadableFileError(
            "holds something else than numbers where its pixels should be; export it again."
        )
    return values


def _bits(stream: BinaryIO, size: int, start: int, height: int, width: int) -> NDArray[np.integer]:
    row_bytes = (width + 7) // 8
    if size - start < row_bytes * height:
        refuse_cut(size, start + row_bytes * height)
    packed = np.frombuffer(stream.read(row_bytes * height), dtype=np.uint8)
    bits: NDArray[np.integer] = np.unpackbits(packed.reshape(height, row_bytes), axis=1)
    return bits[:, :width]


def _scaled(values: NDArray[np.integer], maximum: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    full = 255 if maximum <= 255 else 65535
    if maximum == full:
        return values.astype(np.uint8) if full == 255 else values.astype(np.uint16)
    table = np.rint(np.arange(maximum + 1) * (full / maximum))
    if full == 255:
        return np.asarray(table.astype(np.uint8)[values])
    return np.asarray(table.astype(np.uint16)[values])
