"""Whether a file is whole and tame: cut, damaged and hostile ones are refused first.

Decoders fill what a cut file lacks with grey, and no inspection must pass on grey that nobody saw.
"""

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import BinaryIO, NoReturn

from faultlens.core.errors import UnreadableFileError

_BLOCK_BYTES = 1 << 20
MOST_CHUNKS = 1_000_000
"""Parts of a PNG; a 2 GB file in usual chunks of 8 kB has a quarter of that."""
MOST_SCANS = 200
"""Passes of a progressive JPEG; cameras and programmes write 10. Each costs a whole decoding."""

MOST_NOTES_BYTES = 8_000_000
"""Notes (EXIF, XMP) of a JPEG; one segment holds 64 kB, cameras write one. The decoder joins them
one by one, in a time that grows with the square of their number."""


def refuse_if_cut(stream: BinaryIO, kind: str, size_bytes: int) -> None:
    """Refuse a picture whose file ends early, is damaged, or would take hours to decode.

    Args:
        stream: the file, at any position; it is left at the start.
        kind: a key of `READABLE`; those whose decoder tells by itself are passed.
        size_bytes: how long the file is.

    Raises:
        UnreadableFileError: cut off, damaged, or more passes than any camera writes.

    Example:
        >>> import io
        >>> refuse_if_cut(io.BytesIO(b"RIFF\\x64\\0\\0\\0WEBP"), "webp", 12)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: is cut off after 12 of 108 bytes; copy it again.
    """
    check = _CHECKS.get(kind)
    if check is not None:
        stream.seek(0)
        check(stream, size_bytes)
    stream.seek(0)


def refuse_cut(size_bytes: int, needed_bytes: int | None = None) -> NoReturn:
    """Say that a file is cut off, and where.

    Args:
        size_bytes: how long the file is.
        needed_bytes: how long it would have to be, where that can be known.

    Raises:
        UnreadableFileError: always.

    Example:
        >>> refuse_cut(100)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: is cut off after 100 bytes; copy it again.
    """
    of = f" of {needed_bytes}" if needed_bytes is not None and needed_bytes > size_bytes else ""
    raise UnreadableFileError(f"is cut off after {size_bytes}{of} bytes; copy it again.")


def _check_png(stream: BinaryIO, size: int) -> None:
    stream.seek(8)
    for _ in range(MOST_CHUNKS):
        head = stream.read(8)
        if len(head) < 8:
            refuse_cut(size)
        length, name = struct.unpack(">I4s", head)
        end = stream.tell() + length + 4
        if length > 0x7FFFFFFF or not name.isalpha():
            raise UnreadableFileError(
                f"is damaged: at byte {stream.tell() - 8} a PNG chunk should begin. Copy it again."
            )
        if end > size:
            refuse_cut(size, end)
        # A capital first letter marks what no decoder may do without.
        if name[:1].isupper():
            if _crc(stream, length, zlib.crc32(name)) != int.from_bytes(stream.read(4), "big"):
                raise UnreadableFileError(
                    f"is damaged: the check sum of its part {name.decode()} is wrong. Copy it "
                    "again."
                )
        else:
            stream.seek(end)
        if name == b"IEND":
            return
    raise UnreadableFileError(f"consists of more than {MOST_CHUNKS} parts; save it again as PNG.")


def _crc(stream: BinaryIO, length: int, crc: int) -> int:
    while length:
        block = stream.read(min(length, _BLOCK_BYTES))
        if not block:
            return -1
        crc = zlib.crc32(block, crc)
        length -= len(block)
    return crc


def _check_jpeg(stream: BinaryIO, size: int) -> None:
    stream.seek(2)
    notes = 0
    while True:
        mark = stream.read(2)
        if len(mark) < 2:
            refuse_cut(size)
        if mark[0] != 0xFF:
            # Some writers pad between segments; the decoder looks for the next mark as well.
            stream.seek(-1, 1)
            continue
        if mark[1] == 0xDA:
            break
        if mark[1] in (0xFF, 0x00, 0x01) or 0xD0 <= mark[1] <= 0xD9:
            stream.seek(-1, 1) if mark[1] == 0xFF else None
            continue
        length = int.from_bytes(stream.read(2), "big")
        if stream.tell() + length - 2 > size:
            refuse_cut(size)
        notes += length if mark[1] == 0xE1 else 0
        if notes > MOST_NOTES_BYTES:
            raise UnreadableFileError(
                f"carries more than {MOST_NOTES_BYTES / 1e6:.0f} MB of notes beside its picture; "
                "save it again without them."
            )
        stream.seek(max(length - 2, 0), 1)
    _count_scans(stream, size)


def _count_scans(stream: BinaryIO, size: int) -> None:
    # Within coded data FF is followed by 0 or a restart mark: FF D9 is the end, FF DA a new pass.
    scans, last = 1, b""
    while block := stream.read(_BLOCK_BYTES):
        block = last + block
        end = block.find(b"\xff\xd9")
        scans += block.count(b"\xff\xda", 0, end if end >= 0 else len(block))
        if scans > MOST_SCANS:
            raise UnreadableFileError(
                f"is a JPEG of more than {MOST_SCANS} passes, which only serves to block a "
                "decoder; save it again as JPEG or PNG."
            )
        if end >= 0:
            return
        last = block[-1:] if block.endswith(b"\xff") else b""
    refuse_cut(size)


def _check_webp(stream: BinaryIO, size: int) -> None:
    head = stream.read(8)
    needed = int.from_bytes(head[4:8], "little") + 8
    if needed > size:
        refuse_cut(size, needed)


def _check_bmp(stream: BinaryIO, size: int) -> None:
    head = stream.read(54)
    if len(head) < 26:
        refuse_cut(size)
    start, form = struct.unpack_from("<II", head, 10)
    if form == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", head, 18)
        coding = 0
    elif len(head) < 54:
        refuse_cut(size)
    else:
        width, height, _, bits, coding = struct.unpack_from("<iiHHI", head, 18)
    if coding in (1, 2):
        raise UnreadableFileError(
            "is a BMP with run-length coding, which is not read; save it as PNG."
        )
    needed = start + abs(height) * ((abs(width) * bits + 31) // 32 * 4)
    if needed > size:
        refuse_cut(size, needed)


def _check_gif(stream: BinaryIO, size: int) -> None:
    head = stream.read(13)
    if len(head) < 13:
        refuse_cut(size)
    _skip_palette(stream, head[10])
    while mark := stream.read(1):
        if mark == b"!":
            stream.read(1)
            _skip_blocks(stream, size)
        elif mark == b",":
            frame = stream.read(9)
            if len(frame) == 9:
                _skip_palette(stream, frame[8])
                stream.read(1)
                _skip_blocks(stream, size)
            if stream.tell() > size:
                refuse_cut(size)
            return
        elif mark == b";":
            raise UnreadableFileError("is a GIF that holds no picture; check that it is the one.")
    refuse_cut(size)


def _skip_palette(stream: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        stream.seek(3 << ((flags & 7) + 1), 1)


def _skip_blocks(stream: BinaryIO, size: int) -> None:
    while True:
        length = stream.read(1)
        if not length:
            refuse_cut(size)
        if length == b"\x00":
            return
        stream.seek(length[0], 1)


_CHECKS: Mapping[str, Callable[[BinaryIO, int], None]] = {
    "png": _check_png,
    "jpeg": _check_jpeg,
    "webp": _check_webp,
    "bmp": _check_bmp,
    "gif": _check_gif,
}
