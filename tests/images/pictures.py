"""Pictures of known pixels as files of every format, made byte by byte or by Pillow."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image as PillowImage

GREY = (np.add.outer(np.arange(24) * 5, np.arange(36) * 3) % 256).astype(np.uint8)
COLOUR = np.stack([GREY, GREY[::-1], 255 - GREY], axis=2)
WEB = COLOUR // 51 * 51
"""Colours of Pillow's own palette, which holds every fifth of red, green and blue."""
GREY16 = (np.add.outer(np.arange(24) * 1301, np.arange(36) * 977) % 65536).astype(np.uint16)
COLOUR16 = np.stack([GREY16, GREY16[::-1], 65535 - GREY16], axis=2)


def saved(pixels: np.ndarray, kind: str, mode: str | None = None, **options: object) -> bytes:
    """The file of `kind` that Pillow writes."""
    stream = io.BytesIO()
    image = PillowImage.fromarray(pixels)
    (image if mode is None else image.convert(mode)).save(stream, kind, **options)
    return stream.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(
        ">I", zlib.crc32(name + content)
    )  # fmt: skip


def png(pixels: np.ndarray, *extra: bytes, size: tuple[int, int] | None = None) -> bytes:
    """A PNG of 8 or 16 bits with one to four channels, every row by another filter."""
    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    bits = pixels.dtype.itemsize * 8
    rows = pixels.astype(f">u{bits // 8}").reshape(height, -1).view(np.uint8).astype(int)
    step = channels * bits // 8
    left = np.pad(rows, ((0, 0), (step, 0)))[:, : rows.shape[1]]
    up = np.pad(rows, ((1, 0), (0, 0)))[:-1]
    corner = np.pad(left, ((1, 0), (0, 0)))[:-1]
    guess = left + up - corner
    far = [abs(guess - x) for x in (left, up, corner)]
    paeth = np.where(
        (far[0] <= far[1]) & (far[0] <= far[2]), left, np.where(far[1] <= far[2], up, corner)
    )
    filtered = [rows, rows - left, rows - up, rows - (left + up) // 2, rows - paeth]
    raw = b"".join(
        bytes([y % 5]) + (filtered[y % 5][y] % 256).astype(np.uint8).tobytes()
        for y in range(height)
    )
    colour_type = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    head = struct.pack(">IIBBBBB", *(size or (width, height)), bits, colour_type, 0, 0, 0)
    parts = (chunk(b"IHDR", head), *extra, chunk(b"IDAT", zlib.compress(raw)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def tiff(pixels: np.ndarray, *, order: str = "<", photometric: int | None = None) -> bytes:
    """A TIFF without compression, little-endian or big-endian, with one to four channels."""
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    bits = pixels.dtype.itemsize * 8
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    form = 3 if pixels.dtype.kind == "f" else 2 if pixels.dtype.kind == "i" else 1
    at_bits = 8 + len(data)
    kind = photometric if photometric is not None else (2 if channels >= 3 else 1)
    rows = [
        (256, 4, 1, pixels.shape[1]), (257, 4, 1, pixels.shape[0]),
        (258, 3, channels, bits if channels == 1 else at_bits), (259, 3, 1, 1), (262, 3, 1, kind),
        (273, 4, 1, 8), (277, 3, 1, channels), (278, 4, 1, pixels.shape[0]),
        (279, 4, 1, len(data)), (339, 3, 1, form),
    ]  # fmt: skip
    if channels == 4:
        rows.insert(-1, (338, 3, 1, 2))
    directory = struct.pack(f"{order}H", len(rows))
    for tag, type_, count, value in rows:
        short = type_ == 3 and count == 1
        directory += struct.pack(f"{order}HHI", tag, type_, count)
        directory += struct.pack(
            f"{order}HH" if short else f"{order}I", *([value, 0] if short else [value])
        )
    start = at_bits + 2 * channels
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", start)
    table = struct.pack(f"{order}{channels}H", *[bits] * channels)
    return head + data + table + directory + bytes(4)


def pnm(pixels: np.ndarray, maximum: int) -> bytes:
    """A raw PGM or PPM."""
    form = 6 if pixels.ndim == 3 else 5
    head = f"P{form}\n# made\n{pixels.shape[1]} {pixels.shape[0]}\n{maximum}\n".encode()
    return head + pixels.astype(">u2" if maximum > 255 else "u1").tobytes()


EXACT: dict[str, tuple[Callable[[], bytes], np.ndarray]] = {
    "png grey": (lambda: png(GREY), GREY),
    "png colour": (lambda: png(COLOUR), COLOUR),
    "png grey 16": (lambda: png(GREY16), GREY16),
    "png colour 16": (lambda: png(COLOUR16), COLOUR16),
    "png palette": (lambda: saved(WEB, "PNG", "P"), WEB),
    "jpeg grey": (lambda: saved(GREY, "JPEG", quality=100), GREY),
    "tiff grey": (lambda: tiff(GREY), GREY),
    "tiff colour": (lambda: tiff(COLOUR), COLOUR),
    "tiff grey 16": (lambda: tiff(GREY16), GREY16),
    "tiff grey 16 big-endian": (lambda: tiff(GREY16, order=">"), GREY16),
    "tiff colour 16": (lambda: tiff(COLOUR16), COLOUR16),
    "tiff colour 16 big-endian": (lambda: tiff(COLOUR16, order=">"), COLOUR16),
    "tiff white is zero": (lambda: tiff(255 - GREY, photometric=0), GREY),
    "tiff white is zero 16": (lambda: tiff(65535 - GREY16, photometric=0), GREY16),
    "tiff lzw": (lambda: saved(COLOUR, "TIFF", compression="tiff_lzw"), COLOUR),
    "tiff deflate 16": (lambda: saved(GREY16, "TIFF", compression="tiff_deflate"), GREY16),
    "bmp grey": (lambda: saved(GREY, "BMP"), GREY),
    "bmp colour": (lambda: saved(COLOUR, "BMP"), COLOUR),
    "webp": (lambda: saved(COLOUR, "WEBP", lossless=True), COLOUR),
    "gif": (lambda: saved(GREY, "GIF"), GREY),
    "pgm": (lambda: pnm(GREY, 255), GREY),
    "ppm": (lambda: pnm(COLOUR, 255), COLOUR),
    "pgm 16": (lambda: pnm(GREY16, 65535), GREY16),
    "ppm 16": (lambda: pnm(COLOUR16, 65535), COLOUR16),
}
"""Name -> the file, and the pixels that are in it."""
