"""Numbers of a TIFF in plain strips, of every type and order of bytes, without losing a bit."""

import zlib

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.surfaces.readers.tiff_tags import TiffTags

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _SAMPLES, _ROWS = 256, 257, 258, 259, 277, 278
_OFFSETS, _SIZES, _PREDICTOR, _FORMAT = 273, 279, 317, 339
_TILE_OFFSETS, _TILE_SIZES = 324, 325
_PLAIN, _DEFLATE = 1, (8, 32946)
_KINDS = {1: "u", 2: "i", 3: "f"}
"""SampleFormat. TIFF 6.0, section 19."""


def refuse_cut_tiff(content: bytes, tags: TiffTags) -> None:
    """Refuse a TIFF whose strips or tiles should stand behind its end.

    Args:
        content: the file.
        tags: of its first page.

    Raises:
        UnreadableFileError: cut off; decoders would fill what is missing.

    Example:
        >>> refuse_cut_tiff(bytes(100), TiffTags({273: (90,), 279: (40,)}, False))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: is cut off after 100 of 130 bytes. Copy it again.
    """
    for offsets, sizes in ((_OFFSETS, _SIZES), (_TILE_OFFSETS, _TILE_SIZES)):
        needed: float = max(
            map(sum, zip(tags.numbers(offsets), tags.numbers(sizes), strict=False)), default=0
        )
        if needed > len(content):
            raise UnreadableFileError(
                f"is cut off after {len(content):,} of {needed:,} bytes. Copy it again."
            )


def plain_strips(content: bytes, tags: TiffTags) -> NDArray[np.generic] | None:
    """The numbers of one channel in strips, stored plainly or with deflate.

    Args:
        content: the file.
        tags: of its first page.

    Returns:
        (row, column) in the type of the file; None where it is stored in another way, which Pillow
        may read.

    Raises:
        UnreadableFileError: strips that hold less than their rows.

    Example:
        >>> row = {256: (2,), 257: (1,), 258: (16,), 273: (8,), 279: (4,)}
        >>> plain_strips(b"II*\\0\\0\\0\\0\\0" + bytes([7, 0, 0, 1]), TiffTags(row, False))
        array([[  7, 256]], dtype=uint16)
    """
    width, height, bits = tags.count(_WIDTH), tags.count(_HEIGHT), tags.count(_BITS, 1)
    kind = _KINDS.get(tags.count(_FORMAT, 1))
    compression = tags.count(_COMPRESSION, _PLAIN)
    offsets, sizes = tags.numbers(_OFFSETS), tags.numbers(_SIZES)
    if (
        tags.count(_SAMPLES, 1) != 1
        or tags.count(_PREDICTOR, 1) != 1
        or compression not in (_PLAIN, *_DEFLATE)
        or kind is None
        or bits not in ((32, 64) if kind == "f" else (16, 32, 64))
        or len(offsets) != len(sizes)
        or not offsets
    ):
        return None
    order = "<" if content[:2] == b"II" else ">"
    dtype = np.dtype(f"{order}{kind}{bits // 8}")
    rows = min(tags.count(_ROWS, height), height)
    pieces, missing = [], height
    for at, size in zip(offsets, sizes, strict=True):
        needed = min(rows, missing) * width * dtype.itemsize
        strip = content[int(at) : int(at + size)]
        if compression != _PLAIN:
            strip = zlib.decompressobj().decompress(strip, needed) if needed else b""
        if len(strip) < needed:
            raise UnreadableFileError(
                f"is cut off or damaged: a strip holds {len(strip):,} of {needed:,} bytes. Copy it "
                "again."
            )
        pieces.append(strip[:needed])
        missing -= min(rows, missing)
    if missing:
        raise UnreadableFileError(
            f"is cut off or damaged: {missing:,} of {height:,} rows are not there. Copy it again."
        )
    return np.frombuffer(b"".join(pieces), dtype).reshape(height, width)
