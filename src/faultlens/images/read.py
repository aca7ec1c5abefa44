"""A picture from a file or a URL of any known format: the one door for all of them."""

import io
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.core.fetch import fetch
from faultlens.core.notice import Notice
from faultlens.core.stages import DECODE, stage
from faultlens.core.urls import is_url, without_password
from faultlens.images.image import Image, Pixels
from faultlens.images.readers.decoded import Decoded, opaque, turned
from faultlens.images.readers.pillow import read_with_pillow
from faultlens.images.readers.pnm import read_pnm
from faultlens.images.readers.reading import reading, refuse_no_file
from faultlens.images.readers.sniff import HEAD_BYTES, KNOWN, READABLE, kind_of
from faultlens.images.readers.whole import refuse_if_cut

LARGEST_PIXELS = 250_000_000
"""A 200-megapixel camera's picture is read; at most about 14 bytes of memory per pixel."""
LARGEST_FILE_BYTES = 2 << 30
"""A file on disk: 200 megapixels of 16-bit colour, not compressed, are 1.2 GB."""
LARGEST_FETCH_BYTES = 256 << 20
"""A picture out of a URL, which is held in memory as it comes."""
FETCH_TIMEOUT_S = 30.0
"""From the call to the last byte of a URL."""

_TWELVE_BITS = 4095


def read_image(
    path_or_url: str | Path,
    *,
    mm_per_pixel: float | None = None,
    allow_private: bool = False,
    largest_pixels: int = LARGEST_PIXELS,
) -> Image:
    """Read one picture, upright, without alpha, in 8 or 16 bits.

    Args:
        path_or_url: PNG, JPEG, TIFF, BMP, WebP, GIF, PGM or PPM; a file or an http(s) URL.
        mm_per_pixel: width of a pixel on the part, in mm, where it is known.
        allow_private: fetch from addresses of the own network too.
        largest_pixels: a picture of more is refused by its header, before it is decoded.

    Raises:
        UnreadableFileError: missing, damaged, cut off, or no picture.
        TooLargeError: more pixels than are allowed, or a file of more than 2 GiB.
        UnreachableUrlError: a URL that cannot, or may not, be fetched.
        UsageError: a scale that is no positive number.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "plate.pgm"
        >>> _ = path.write_bytes(b"P5 3 2 255\\n" + bytes(range(6)))
        >>> read_image(path, mm_per_pixel=0.05).pixels
        array([[0, 1, 2],
               [3, 4, 5]], dtype=uint8)
    """
    given = str(path_or_url)
    if isinstance(path_or_url, str) and is_url(given):
        fetched = fetch(
            given,
            largest_bytes=LARGEST_FETCH_BYTES,
            timeout_s=FETCH_TIMEOUT_S,
            allow_private=allow_private,
        )
        return image_of_bytes(
            fetched.content,
            name=without_password(given),
            mm_per_pixel=mm_per_pixel,
            largest_pixels=largest_pixels,
        )
    path = Path(path_or_url)
    with stage(DECODE), reading(given):
        refuse_no_file(path)
        with path.open("rb") as stream:
            return _image_of(stream, path.stat().st_size, given, mm_per_pixel, largest_pixels)


def image_of_bytes(
    content: bytes,
    *,
    name: str | None = None,
    mm_per_pixel: float | None = None,
    largest_pixels: int = LARGEST_PIXELS,
) -> Image:
    """Read one picture out of memory, as `read_image` reads a file.

    Args:
        content: the bytes of a whole file.
        name: what to call it in results and messages.
        mm_per_pixel: width of a pixel on the part, in mm, where it is known.
        largest_pixels: a picture of more is refused by its header, before it is decoded.

    Raises:
        UnreadableFileError: damaged, cut off, or no picture.
        TooLargeError: more pixels than are allowed.
        UsageError: a scale that is no positive number.

    Example:
        >>> image_of_bytes(b"P5 1 1 255\\n\\x07", name="upload").pixels
        array([[7]], dtype=uint8)
    """
    with stage(DECODE), reading(name or "The picture"):
        return _image_of(io.BytesIO(content), len(content), name, mm_per_pixel, largest_pixels)


def _image_of(
    stream: BinaryIO,
    size: int,
    name: str | None,
    mm_per_pixel: float | None,
    largest_pixels: int,
) -> Image:
    if size > LARGEST_FILE_BYTES:
        raise TooLargeError(
            f"is {size / 1e9:.1f} GB large; up to {LARGEST_FILE_BYTES / 1e9:.1f} GB are read. Save "
            "it with compression, or cut it into parts."
        )
    kind = kind_of(stream.read(HEAD_BYTES))
    if kind not in READABLE:
        raise UnreadableFileError(
            f"is {KNOWN[kind]}. Pictures are read from {', '.join(READABLE.values())}."
        )
    refuse_if_cut(stream, kind, size)
    if kind == "pnm":
        decoded = read_pnm(stream, size, largest_pixels)
    else:
        decoded = read_with_pillow(stream, kind, size, largest_pixels)
    decoded = _full_scale(decoded)
    pixels, valid, notices = decoded.pixels, None, decoded.warnings
    if decoded.alpha is not None:
        pixels, valid, disbelieved = opaque(pixels, decoded.alpha)
        notices = (*notices, _ABOUT_ALPHA) if disbelieved else notices
    done = [f"read {READABLE[kind]} ({decoded.details})"]
    if valid is not None:
        done.append("see-through parts laid on the mean of the rest")
    if 2 <= decoded.orientation <= 8:
        pixels = _upright(pixels, decoded.orientation)
        valid = None if valid is None else turned(valid, decoded.orientation).astype(np.bool_)
        done.append(f"turned upright (EXIF orientation {decoded.orientation})")
    return Image(pixels, name, mm_per_pixel, valid, notices, tuple(done), time=decoded.time)


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    out = turned(pixels, orientation)
    if pixels.dtype == np.uint16:
        return out.astype(np.uint16, copy=False)
    return out.astype(np.uint8, copy=False)


def _full_scale(decoded: Decoded) -> Decoded:
    """Twelve bits of a camera that were stored as the lower ones of sixteen fill all of them."""
    pixels = decoded.pixels
    if pixels.dtype != np.uint16 or not 255 < int(pixels.max()) <= _TWELVE_BITS:
        return decoded
    wide = pixels << np.uint16(4)
    wide |= pixels >> np.uint16(8)
    return replace(
        decoded,
        pixels=wide,
        warnings=(*decoded.warnings, _ABOUT_TWELVE_BITS),
        details=f"{decoded.details}, 12 of them filled",
    )


_ABOUT_ALPHA = Notice(
    en="The picture is marked as see-through everywhere; the mark was not believed.",
    zh="图像被标记为全部透明；该标记未被采信。",
)
_ABOUT_TWELVE_BITS = Notice(
    en="The picture has 16 bits but uses the lowest 12 only, as many cameras write it; it was "
    "brightened 16-fold.",
    zh="图像为 16 位，但仅使用最低的 12 位（许多相机如此存储）；已增亮 16 倍。",
)
