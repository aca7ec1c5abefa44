"""The table of formats: what reads a file of which suffix, and what must stand in it."""

from collections.abc import Callable

from faultlens.core.errors import UnreadableFileError
from faultlens.core.registry import Registry
from faultlens.surfaces.readers.contents import ScanContents, ScanFile
from faultlens.surfaces.readers.height_image import read_height_image
from faultlens.surfaces.readers.members import opened_archive
from faultlens.surfaces.readers.npz import read_npy, read_npz
from faultlens.surfaces.readers.obj import read_obj
from faultlens.surfaces.readers.pcd import read_pcd
from faultlens.surfaces.readers.ply import read_ply
from faultlens.surfaces.readers.sniff import HEAD_BYTES, KNOWN, READABLE, kind_of
from faultlens.surfaces.readers.stl import read_stl
from faultlens.surfaces.readers.x3p import read_x3p
from faultlens.surfaces.readers.xyz import read_xyz

Reader = Callable[[ScanFile], ScanContents]
"""Reads one scan out of the bytes of its file, in the unit of the file."""

FORMATS: Registry[Reader] = Registry("scan format", group="faultlens.scans")
"""Suffix -> reader. An installed package adds one by an entry point named as the suffix."""


def read_archive(file: ScanFile) -> ScanContents:
    """A scan out of a zip archive: an X3P by its main.xml, otherwise an npz.

    Args:
        file: the bytes.

    Raises:
        UnreadableFileError: neither of them, or damaged.
        TooLargeError: more points than are allowed.

    Example:
        >>> import io
        >>> import numpy as np
        >>> stream = io.BytesIO()
        >>> np.savez(stream, points_mm=np.eye(3))
        >>> read_archive(ScanFile(stream.getvalue())).unit
        'mm'
    """
    with opened_archive(file.content) as archive:
        x3p = any(x.lower().endswith("main.xml") for x in archive.namelist())
    return read_x3p(file) if x3p else read_npz(file)


_KINDS: dict[str, Reader] = {}
_OURS: set[str] = set()


def _add(suffixes: str, kind: str, reader: Reader) -> None:
    _KINDS[kind] = reader
    for suffix in suffixes.split():
        FORMATS.add(suffix, reader)
        _OURS.add(suffix)


_add(".ply", "ply", read_ply)
_add(".pcd", "pcd", read_pcd)
_add(".npz .x3p", "zip", read_archive)
_add(".npy", "npy", read_npy)
_add(".stl", "stl", read_stl)
_add(".obj", "obj", read_obj)
_add(".tif .tiff", "tiff", read_height_image)
_add(".png", "png", read_height_image)
_add(".xyz .txt .csv .asc .pts", "xyz", read_xyz)

SURFACE_SUFFIXES: tuple[str, ...] = tuple(sorted(_OURS))
"""Of files that may be scans; some are of pictures and tables as well."""
SCAN_SUFFIXES: tuple[str, ...] = (".obj", ".pcd", ".ply", ".stl", ".x3p", ".xyz")
"""Of files that can be nothing else."""


def reader_for(content: bytes, suffix: str) -> tuple[Reader, str]:
    """What reads a file: by its first bytes, and by its suffix where an outsider's row says so.

    Args:
        content: the file.
        suffix: of its name, such as ".ply"; empty for none.

    Returns:
        The reader, and the kind that was recognised.

    Raises:
        UnreadableFileError: nothing that is read; the message says what it looks like.

    Example:
        >>> reader_for(b"ply\\nformat ascii 1.0\\n", ".txt")[1]
        'ply'
        >>> reader_for(b"%PDF-1.7" + bytes(90), ".ply")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: is unknown binary data. Scans are read from ...
    """
    kind = kind_of(content[:HEAD_BYTES], len(content))
    suffix = suffix.lower()
    if suffix in FORMATS and suffix not in _OURS:
        return FORMATS[suffix], kind
    if kind in _KINDS:
        return _KINDS[kind], kind
    called = KNOWN[kind] if kind in KNOWN else READABLE[kind]
    raise UnreadableFileError(f"is {called}. Scans are read from {', '.join(READABLE.values())}.")
