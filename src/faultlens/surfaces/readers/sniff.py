"""What a file is by its first bytes, whatever its name says."""

import re
from collections.abc import Mapping

HEAD_BYTES = 4096
"""Enough for every mark below; a PCD may begin with a page of comments."""

READABLE: Mapping[str, str] = {
    "ply": "PLY",
    "pcd": "PCD",
    "xyz": "XYZ text",
    "stl": "STL",
    "obj": "OBJ",
    "tiff": "TIFF height map",
    "png": "16-bit PNG",
    "zip": "npz or X3P",
    "npy": "npy",
}
"""Kind -> its name, of the scans that are read."""

KNOWN: Mapping[str, str] = {
    "empty": "an empty file",
    "zeros": "zero bytes only, as a copy that did not finish leaves behind",
    "lfs": "a Git LFS pointer, not the scan; run 'git lfs pull'",
    "html": "an HTML page, such as a login or an error page",
    "xml": "an XML file; of X3P give the whole .x3p, not its main.xml",
    "json": "a JSON text",
    "text": "a text without columns of numbers",
    "gzip": "a gzip archive; unpack it first",
    "7z": "a 7z archive; unpack it first",
    "jpeg": "a JPEG picture, which holds no heights; export them as TIFF",
    "bmp": "a BMP picture; export heights as 16-bit PNG or TIFF",
    "las": "a LAS or LAZ cloud; export it as PLY, for example with CloudCompare",
    "e57": "an E57 cloud; export it as PLY, for example with CloudCompare",
    "gltf": "a glTF model; export it as STL or PLY",
    "fbx": "an FBX model; export it as STL or PLY",
    "step": "a STEP model; export its surface as STL",
    "hdf5": "an HDF5 file; export the scan as PLY or the heights as TIFF",
    "rdb": "a MATLAB file; save the heights as npz",
    "sur": "a Digital Surf file; export it as X3P or TIFF, for example with Gwyddion",
    "binary": "unknown binary data",
}
"""Kind -> what to call it, of the files that are not read."""

_MAGIC = (
    (b"ply\n", "ply"), (b"ply\r", "ply"), (b"ply ", "ply"), (b"# .PCD", "pcd"), (b"#.PCD", "pcd"),
    (b"II*\x00", "tiff"), (b"MM\x00*", "tiff"), (b"II+\x00", "tiff"), (b"MM\x00+", "tiff"),
    (b"\x89PNG\r\n\x1a\n", "png"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"),
    (b"\x93NUMPY", "npy"), (b"\x1f\x8b", "gzip"), (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\xff\xd8\xff", "jpeg"), (b"LASF", "las"), (b"ASTM-E57", "e57"), (b"glTF", "gltf"),
    (b"Kaydara FBX", "fbx"), (b"ISO-10303-21", "step"), (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"MATLAB 5.0", "rdb"), (b"DIGITAL SURF", "sur"), (b"DSCOMPRESSED", "sur"),
    (b"version https://git-lfs", "lfs"),
)  # fmt: skip
_PCD_LINE = re.compile(rb"^(FIELDS|COLUMNS)\s", re.MULTILINE)
_PCD_DATA = re.compile(rb"^DATA\s", re.MULTILINE)
_OBJ_LINE = re.compile(rb"^[ \t]*(v\s+[-+.0-9]|mtllib\s|o\s+\S)", re.MULTILINE)
_NUMBERS = re.compile(rb'^[ \t"]*[-+.0-9][-+.,;0-9eEnaN \t\r"]*$', re.MULTILINE)


def kind_of(head: bytes, size: int) -> str:
    """The kind of a file by its first bytes: a key of `READABLE` or `KNOWN`.

    Args:
        head: the first `HEAD_BYTES` bytes, or all of a shorter file.
        size: how long the file is; a binary STL is known by it.

    Example:
        >>> kind_of(b"ply\\nformat ascii 1.0\\n", 900), kind_of(b"v 0 0 1\\nv 1 0 1\\n", 16)
        ('ply', 'obj')
        >>> kind_of(b"X;Y;Z\\n1,5;2,5;0,1\\n", 18)
        'xyz'
        >>> kind_of(b"solid plate".ljust(80) + bytes([1, 0, 0, 0]) + bytes(50), 134)
        'stl'
    """
    if not head.strip(b"\x00"):
        return "zeros" if head else "empty"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    # Not every writer begins with the comment that names the format.
    if _PCD_LINE.search(head) and _PCD_DATA.search(head):
        return "pcd"
    # A binary STL may begin with "solid" too; its length tells it.
    if len(head) >= 84 and size == 84 + 50 * int.from_bytes(head[80:84], "little"):
        return "stl"
    if not _is_text(head):
        # One that was cut still counts triangles, and has room for one at least.
        return "stl" if _may_be_cut_stl(head, size) else "bmp" if head[:2] == b"BM" else "binary"
    return _kind_of_text(_plain(head))


def _may_be_cut_stl(head: bytes, size: int) -> bool:
    if len(head) < 134 or not 0 < int.from_bytes(head[80:84], "little") < 1 << 27:
        return False
    title = head[:80].rstrip(b"\x00 ")
    return _is_text(title) and size > 84


def _kind_of_text(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    if start.startswith(b"<"):
        return "xml"
    if (start.startswith(b"solid") and b"facet" in start) or start.startswith(b"facet"):
        return "stl"
    if start.startswith(b"solid") and not _NUMBERS.search(head):
        return "stl"
    if _PCD_LINE.search(head):
        return "pcd"
    if _OBJ_LINE.search(head):
        return "obj"
    if start.startswith((b"{", b"[")):
        return "json"
    return "xyz" if _NUMBERS.search(head.replace(b"\r", b"\n")) else "text"


def _plain(head: bytes) -> bytes:
    """A text in UTF-16, as spreadsheets and inspection software of Windows save it, in bytes."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace").encode()
    return head


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 32 and byte not in b"\t\n\r\f\x1a" for byte in head)
