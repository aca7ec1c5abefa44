"""What must be asked of a file before a decoder opens it: some take memory by opening alone."""

import struct
from typing import BinaryIO

from faultlens.core.errors import UnreadableFileError
from faultlens.images.readers.pnm import refuse_size

MOST_STRIPS = 200_000
"""A 200-megapixel picture in strips of one row has 30,000; each costs the decoder 0.3 kB."""

_TIFF_PARTS = (273, 279, 324, 325)  # places and sizes of strips and of tiles
_MOST_TAGS = 4096  # a camera writes 60


def refuse_before_opening(stream: BinaryIO, kind: str, largest_pixels: int) -> None:
    """Refuse a picture whose mere opening would take too much.

    Args:
        stream: the file, at any position; it is left at the start.
        kind: "webp" and "tiff" are looked at; others take nothing by being opened.
        largest_pixels: how many pixels a picture may have.

    Raises:
        TooLargeError: a canvas of too many pixels.
        UnreadableFileError: a picture in more parts than any programme writes.

    Example:
        >>> import io
        >>> canvas = b"RIFF\\x16\\0\\0\\0WEBPVP8X\\x0a\\0\\0\\0\\0\\0\\0\\0" + b"\\xff" * 6
        >>> refuse_before_opening(io.BytesIO(canvas), "webp", 100)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.TooLargeError: says that it is 16777216 x 16777216 = ...
    """
    stream.seek(0)
    if kind == "webp":
        size = _webp_size(stream.read(30))
        if size is not None:
            refuse_size(*size, largest_pixels)
    elif kind == "tiff":
        _refuse_strips(stream)
    stream.seek(0)


def _webp_size(head: bytes) -> tuple[int, int] | None:
    """Width and height of the canvas, which the decoder takes as soon as it opens the file."""
    form = head[12:16]
    if form == b"VP8X" and len(head) >= 30:
        width, height = head[24:27] + b"\0", head[27:30] + b"\0"
        return struct.unpack("<I", width)[0] + 1, struct.unpack("<I", height)[0] + 1
    if form == b"VP8L" and len(head) >= 25:
        (bits,) = struct.unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and len(head) >= 30:
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _refuse_strips(stream: BinaryIO) -> None:
    head = stream.read(16)
    if len(head) < 16:
        return
    order = "<" if head[:2] == b"II" else ">"
    is_big = struct.unpack_from(f"{order}H", head, 2)[0] == 43
    entry = struct.Struct(f"{order}HHQ8s" if is_big else f"{order}HHI4s")
    number = struct.Struct(f"{order}Q" if is_big else f"{order}H")
    (place,) = struct.unpack_from(f"{order}{'8xQ' if is_big else '4xI'}", head)
    stream.seek(place)
    count = stream.read(number.size)
    if len(count) < number.size:
        return
    (tags,) = number.unpack(count)
    rows = stream.read(min(tags, _MOST_TAGS) * entry.size)
    for tag, _, parts, _ in entry.iter_unpack(rows[: len(rows) // entry.size * entry.size]):
        if tag in _TIFF_PARTS and parts > MOST_STRIPS:
            raise UnreadableFileError(
                f"stands in {parts:,} strips or tiles; up to {MOST_STRIPS:,} are read. Save it "
                "again, in strips of several rows."
            )
