"""What a file is by its first bytes, whatever its name says."""

import re
from collections.abc import Mapping

HEAD_BYTES = 512
"""Enough for every magic number below."""

READABLE: Mapping[str, str] = {
    "png": "PNG",
    "jpeg": "JPEG",
    "tiff": "TIFF",
    "bmp": "BMP",
    "webp": "WebP",
    "gif": "GIF",
    "pnm": "PGM/PPM",
}
"""Kind -> its name, of the pictures that are read."""

KNOWN: Mapping[str, str] = {
    "empty": "an empty file",
    "zeros": "zero bytes only, as a copy that did not finish leaves behind",
    "lfs": "a Git LFS pointer, not the picture; run 'git lfs pull'",
    "html": "an HTML page, such as a login or an error page",
    "svg": "an SVG drawing; export it as PNG",
    "xml": "an XML file",
    "json": "a JSON text",
    "text": "a text file",
    "pdf": "a PDF document; export the picture as PNG",
    "postscript": "a PostScript document; export the picture as PNG",
    "zip": "a zip archive; unpack it first",
    "gzip": "a gzip archive; unpack it first",
    "photoshop": "a Photoshop document; export it as PNG or TIFF",
    "heif": "a HEIF or AVIF picture; export it as PNG, TIFF or JPEG",
    "jpeg2000": "a JPEG 2000 picture; export it as PNG or TIFF",
    "jpegxl": "a JPEG XL picture; export it as PNG or TIFF",
    "video": "a video; export its frames as PNG",
    "numpy": "a NumPy array; pass it as Image(pixels)",
    "hdf5": "an HDF5 file",
    "matlab": "a MATLAB file",
    "fits": "a FITS picture; export it as 16-bit TIFF",
    "dicom": "a DICOM picture; export it as 16-bit TIFF",
    "icon": "an icon; export it as PNG",
    "sound": "a WAV sound",
    "scan": "a scan, which faultlens measure takes",
    "binary": "unknown binary data",
}
"""Kind -> what to call it, of the files that are not read."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"), (b"II+\x00", "tiff"), (b"MM\x00+", "tiff"), (b"GIF87a", "gif"),
    (b"GIF89a", "gif"), (b"%PDF-", "pdf"), (b"%!PS", "postscript"),
    (b"\xc5\xd0\xd3\xc6", "postscript"), (b"PK\x03\x04", "zip"), (b"\x1f\x8b", "gzip"),
    (b"8BPS", "photoshop"), (b"\x00\x00\x00\x0cjP  ", "jpeg2000"),
    (b"\xff\x4f\xff\x51", "jpeg2000"), (b"\x00\x00\x00\x0cJXL ", "jpegxl"), (b"\xff\x0a", "jpegxl"),
    (b"\x93NUMPY", "numpy"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"), (b"MATLAB 5.0", "matlab"), (b"SIMPLE  =", "fits"),
    (b"\x00\x00\x01\x00", "icon"), (b"\x1a\x45\xdf\xa3", "video"),
    (b"version https://git-lfs", "lfs"),
    (b"ply\n", "scan"), (b"ply\r", "scan"), (b"# .PCD v", "scan"),
)  # fmt: skip
_RIFF = {b"WEBP": "webp", b"AVI ": "video", b"WAVE": "sound"}
_HEIF = (b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_TOML = re.compile(rb"\[+[a-z_][\w.\- ]*\]+\s*$", re.MULTILINE)
_PNM = (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6")


def kind_of(head: bytes) -> str:
    """The kind of a file by its first bytes: a key of `READABLE` or `KNOWN`.

    Args:
        head: the first `HEAD_BYTES` bytes, or all of a shorter file.

    Example:
        >>> kind_of(b"BM" + bytes(60)), kind_of(b"P5 4 4 255\\n...."), kind_of(b"{\\"a\\": 1}")
        ('bmp', 'pnm', 'json')
    """
    if not head.strip(b"\x00"):
        return "zeros" if head else "empty"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return "heif" if head[8:12] in _HEIF else "video"
    if head[128:132] == b"DICM":
        return "dicom"
    if head[:2] in _PNM and head[2:3] in (b" ", b"\n", b"\r", b"\t", b"#"):
        return "pnm"
    if head[:2] == b"BM" and len(head) > 2 and not _is_text(head):
        return "bmp"
    return _kind_of_text(head) if _is_text(head) else "binary"


def _kind_of_text(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    if b"<svg" in start:
        return "svg"
    if start.startswith(b"<"):
        return "xml"
    return "json" if start.startswith((b"{", b"[")) and not _TOML.match(start) else "text"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 32 and byte not in b"\t\n\r\f\x1a" for byte in head)
