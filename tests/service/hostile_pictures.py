"""Pictures that only serve to fill memory or to block a decoder, one maker per trick."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image as PillowImage

LIMIT_PIXELS = 25_000_000
"""The service's default."""

_MOST = 5000  # 5000 x 5000 pixels are exactly what is allowed


def png_chunk(name: bytes, content: bytes) -> bytes:
    """One part of a PNG."""
    sum_ = zlib.crc32(content, zlib.crc32(name))
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", sum_)


def flat_png(
    width: int, height: int, *extra: bytes, bits: int = 8, colour: int = 2, interlaced: bool = False
) -> bytes:
    """A PNG of zeros, whose rows are packed a thousandfold."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row_bytes = 1 + (width * channels * bits + 7) // 8
    packer = zlib.compressobj(1)
    block = bytes(row_bytes * 64)
    packed = b"".join(packer.compress(block[: row_bytes * min(64, height - y)])
                      for y in range(0, height, 64)) + packer.flush()  # fmt: skip
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, int(interlaced))
    parts = [png_chunk(b"IHDR", head), *extra, png_chunk(b"IDAT", packed), png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def lying_png(width: int, height: int) -> bytes:
    """A PNG that says it is huge and holds one row."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = png_chunk(b"IDAT", zlib.compress(bytes(1 + 3 * 1000)))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + body + png_chunk(b"IEND", b"")


def saved(kind: str, width: int, height: int, mode: str = "RGB", **options: object) -> bytes:
    """A flat picture as Pillow writes it."""
    stream = io.BytesIO()
    PillowImage.new(mode, (width, height), 0).save(stream, kind, **options)
    return stream.getvalue()


def inflated_png_notes(kind: bytes) -> bytes:
    """A small PNG with notes that unfold a thousandfold, many times over."""
    packed = zlib.compress(bytes(60_000_000), 9)
    head = {b"zTXt": b"a\0\0", b"iTXt": b"a\0\1\0\0\0", b"iCCP": b"a\0\0"}[kind]
    many = 1 if kind == b"iCCP" else 100
    return flat_png(64, 64, *[png_chunk(kind, head + packed) for _ in range(many)])


def many_png_parts(count: int) -> bytes:
    """A PNG of very many empty parts."""
    return flat_png(64, 64, png_chunk(b"prVt", b"") * count)


def resized(kind: str, width: int, height: int) -> bytes:
    """A real small file whose header was given another size."""
    content = bytearray(saved(kind, 64, 64))
    if kind == "JPEG":
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = struct.pack(">HH", height, width)
    elif kind == "BMP":
        content[18:26] = struct.pack("<ii", width, height)
    elif kind == "GIF":
        content[6:10] = struct.pack("<HH", width, height)
    else:
        raise ValueError(kind)
    return bytes(content)


def wide_gif_frame() -> bytes:
    """A GIF of a small screen whose first frame is 65,535 pixels wide and high."""
    content = bytearray(saved("GIF", 64, 64))
    at = content.rindex(b",", 0, 900)
    content[at + 5 : at + 9] = struct.pack("<HH", 65535, 65535)
    return bytes(content)


def gif_of_comments(size: int) -> bytes:
    """A GIF whose picture stands behind a comment of `size` bytes."""
    content = saved("GIF", 64, 64)
    palette_end = 13 + (3 << ((content[10] & 7) + 1) if content[10] & 0x80 else 0)
    block = b"\xff" + b"c" * 255
    note = b"!\xfe" + block * (size // 256) + b"\0"
    return content[:palette_end] + note + content[palette_end:]


def gif_of_frames(count: int) -> bytes:
    """A GIF of very many frames."""
    content = saved("GIF", 16, 16)
    palette_end = 13 + (3 << ((content[10] & 7) + 1) if content[10] & 0x80 else 0)
    frames = content[palette_end:-1]
    return content[:palette_end] + frames * count + b";"


def jpeg_of_notes(marker: int, head: bytes, count: int) -> bytes:
    """A JPEG with `count` application segments of 64 kB before its picture."""
    content = saved("JPEG", 64, 64)
    body = head + bytes(65_000 - len(head))
    segment = b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body
    return content[:2] + segment * count + content[2:]


def jpeg_of_scans(count: int) -> bytes:
    """A progressive JPEG whose last pass is repeated; each costs a whole decoding."""
    content = saved("JPEG", 4096, 4096, "L", progressive=True)
    at = content.rindex(b"\xff\xda")
    return content[:at] + content[at:-2] * count + b"\xff\xd9"


def tiff_of(rows: list[tuple[int, int, int, int]], tail: bytes = b"") -> bytes:
    """A TIFF of one directory: (tag, type, count, value or offset), then `tail`."""
    rows = sorted(rows)
    directory = struct.pack("<H", len(rows))
    for tag, kind, count, value in rows:
        short = kind == 3 and count == 1
        directory += struct.pack("<HHI", tag, kind, count)
        directory += struct.pack("<HH", value, 0) if short else struct.pack("<I", value)
    return b"II*\0\x08\0\0\0" + directory + bytes(4) + tail


def tiff_of_strips(count: int) -> bytes:
    """A TIFF that says its picture stands in very many strips."""
    tail_at = 8 + 2 + 12 * 10 + 4
    rows = [
        (256, 4, 1, 1), (257, 4, 1, count), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, count, tail_at), (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, count, tail_at),
        (339, 3, 1, 1),
    ]  # fmt: skip
    return tiff_of(rows, struct.pack("<I", 8) * count)


def tiff_of_one_strip(width: int, height: int, packing: int, samples: int = 3) -> bytes:
    """A TIFF of zeros in one strip, packed by deflate (8)."""
    packer = zlib.compressobj(1)
    row = bytes(width * samples)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    tail_at = 8 + 2 + 12 * 10 + 4
    rows = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, samples, tail_at), (259, 3, 1, packing),
        (262, 3, 1, 2 if samples >= 3 else 1), (273, 4, 1, tail_at + 2 * samples),
        (277, 3, 1, samples), (278, 4, 1, height), (279, 4, 1, len(packed)), (339, 3, 1, 1),
    ]  # fmt: skip
    return tiff_of(rows, struct.pack(f"<{samples}H", *[8] * samples) + packed)


def looping_tiff() -> bytes:
    """A TIFF whose directory names itself as the next one."""
    content = bytearray(saved("TIFF", 64, 64))
    (at,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, at)
    struct.pack_into("<I", content, at + 2 + 12 * count, at)
    return bytes(content)


def tiff_of_pages(count: int) -> bytes:
    """A TIFF of very many pages."""
    rows = [(256, 4, 1, 16), (257, 4, 1, 16), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
            (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 16), (279, 4, 1, 256)]  # fmt: skip
    page = tiff_of(rows)[8:]
    content = bytearray(b"II*\0\x08\0\0\0")
    for number in range(count):
        content += page[:-4] + struct.pack("<I", 8 + (number + 1) * len(page))
    content[-4:] = bytes(4)
    return bytes(content)


def webp_of(width: int, height: int) -> bytes:
    """A WebP whose canvas is `width` x `height` and whose only frame is 16 x 16."""
    frame = saved("WEBP", 16, 16, lossless=True)[12:]
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    head = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + canvas
    anim = b"ANIM" + struct.pack("<I", 6) + bytes(6)
    place = bytes(6) + struct.pack("<I", 15)[:3] * 2 + bytes(4)
    body = head + anim + b"ANMF" + struct.pack("<I", len(place) + len(frame)) + place + frame
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def text_map(form: int, count: int) -> bytes:
    """A portable map in plain text, as long as is read."""
    side = int(count**0.5)
    word = b"0" if form == 1 else b"0 "
    header = b"P%d %d %d%s\n" % (form, side, side, b"" if form == 1 else b" 255")
    return header + word * (side * side * (3 if form == 3 else 1))


def float_tiff() -> bytes:
    """A TIFF of 25 million floats, all of one value, packed by deflate."""
    stream = io.BytesIO()
    PillowImage.fromarray(np.ones((_MOST, _MOST), np.float32)).save(
        stream, "TIFF", compression="tiff_deflate"
    )
    return stream.getvalue()


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "png of 400 megapixels": lambda: flat_png(20_000, 20_000),
    "png that says 2 gigapixels": lambda: lying_png(2**31 - 1, 1),
    "png that says 16 exapixels": lambda: lying_png(2**32 - 1, 2**32 - 1),
    "png just above the limit": lambda: flat_png(_MOST + 1, _MOST),
    "png at the limit": lambda: flat_png(_MOST, _MOST),
    "png at the limit, 16 bits with alpha": lambda: flat_png(_MOST, _MOST, bits=16, colour=6),
    "png at the limit, 16 bits": lambda: flat_png(_MOST, _MOST, bits=16, colour=2),
    "png at the limit, grey with alpha": lambda: flat_png(_MOST, _MOST, colour=4),
    "png at the limit, with alpha": lambda: flat_png(_MOST, _MOST, colour=6),
    "png at the limit, grey of 16 bits": lambda: flat_png(_MOST, _MOST, bits=16, colour=0),
    "png of one row": lambda: flat_png(LIMIT_PIXELS, 1),
    "png of one column": lambda: flat_png(1, LIMIT_PIXELS, colour=0),
    "png with packed notes": lambda: inflated_png_notes(b"zTXt"),
    "png with packed notes of letters": lambda: inflated_png_notes(b"iTXt"),
    "png with a packed profile": lambda: inflated_png_notes(b"iCCP"),
    "png of 400,000 parts": lambda: many_png_parts(400_000),
    "jpeg that says 4 gigapixels": lambda: resized("JPEG", 65500, 65500),
    "jpeg at the limit": lambda: saved("JPEG", _MOST, _MOST),
    "jpeg at the limit, CMYK": lambda: saved("JPEG", _MOST, _MOST, "CMYK"),
    "progressive jpeg at the limit": lambda: saved("JPEG", _MOST, _MOST, progressive=True),
    "jpeg of 190 passes": lambda: jpeg_of_scans(180),
    "jpeg of 5000 passes": lambda: jpeg_of_scans(5000),
    "jpeg with 60 MB of notes": lambda: jpeg_of_notes(0xE1, b"Exif\0\0II*\0\x08\0\0\0", 920),
    "jpeg with 60 MB of profile": lambda: jpeg_of_notes(0xE2, b"ICC_PROFILE\0\x01\x01", 920),
    "jpeg with 60 MB of comments": lambda: jpeg_of_notes(0xFE, b"", 920),
    "bmp that says 4 gigapixels": lambda: resized("BMP", 65500, 65500),
    "bmp of negative size": lambda: resized("BMP", -(2**31), -(2**31)),
    "gif that says 4 gigapixels": lambda: resized("GIF", 65535, 65535),
    "gif at the limit": lambda: saved("GIF", _MOST, _MOST, "P"),
    "gif whose frame is larger than its screen": wide_gif_frame,
    "gif with 60 MB of comment": lambda: gif_of_comments(60_000_000),
    "gif of 200,000 frames": lambda: gif_of_frames(200_000),
    "tiff of 400 megapixels": lambda: tiff_of_one_strip(20_000, 20_000, 8),
    "tiff at the limit": lambda: tiff_of_one_strip(_MOST, _MOST, 8),
    "tiff at the limit, with alpha": lambda: tiff_of_one_strip(_MOST, _MOST, 8, 4),
    "tiff of floats at the limit": float_tiff,
    "tiff of 7 million strips": lambda: tiff_of_strips(7_000_000),
    "tiff that names itself as its next page": looping_tiff,
    "tiff of 20,000 pages": lambda: tiff_of_pages(20_000),
    "webp of a canvas of 268 megapixels": lambda: webp_of(16_384, 16_384),
    "webp that says 280 terapixels": lambda: webp_of(2**24, 2**24),
    "webp at the limit": lambda: saved("WEBP", _MOST, _MOST, lossless=True),
    "plain map of 25 million bits": lambda: text_map(1, LIMIT_PIXELS),
    "plain map of 25 million greys": lambda: text_map(2, LIMIT_PIXELS),
    "plain map of 10 million colours": lambda: text_map(3, 10_000_000),
    "map that says 10 exapixels": lambda: b"P5 9999999999 9999999999 255\n" + bytes(1000),
}
"""Name -> maker. Each ends in a picture or in words, in bounded memory and time."""
