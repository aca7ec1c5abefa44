"""Members of a zip archive, each unfolded to a size that is known and allowed before."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from faultlens.core.errors import TooLargeError, UnreadableFileError

LARGEST_MEMBER_BYTES = 1 << 30
MOST_MEMBERS = 1000
_ENTRY = b"PK\x01\x02"
_KNOWN_PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What npz and X3P are written with; of others zipfile unfolds whatever comes out."""
_LARGEST_HEADER = 10_000
"""Characters; numpy's own limit for headers that it has not written."""


def opened_archive(content: bytes) -> zipfile.ZipFile:
    """A zip archive in memory.

    Args:
        content: the file.

    Raises:
        UnreadableFileError: cut or damaged.
        TooLargeError: more members than any scan has.

    Example:
        >>> opened_archive(b"PK\\x03\\x04" + bytes(40))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: is cut off or damaged: its directory of ...
    """
    # The directory is in memory before one entry can be left out: count first.
    if content.count(_ENTRY) > MOST_MEMBERS:
        raise TooLargeError(
            f"is an archive of more than {MOST_MEMBERS:,} members; no scan has them."
        )
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(
            "is cut off or damaged: its directory of members cannot be read. Copy it again."
        ) from error


def member_bytes(archive: zipfile.ZipFile, name: str, largest: int) -> bytes:
    """The bytes of one member.

    Args:
        archive: opened.
        name: of the member.
        largest: bytes that it may unfold to.

    Raises:
        UnreadableFileError: packed in another way, encrypted, or damaged.
        TooLargeError: it unfolds to more than is allowed.

    Example:
        >>> stream = io.BytesIO()
        >>> with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        ...     made.writestr("bomb", bytes(1000))
        >>> member_bytes(opened_archive(stream.getvalue()), "bomb", 100)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.TooLargeError: holds 'bomb', which unfolds to more than 100 bytes.
    """
    with _opened(archive, name) as stream:
        # One byte more than allowed: what the directory says of sizes may be a lie.
        content = stream.read(largest + 1)
    if len(content) > largest:
        raise TooLargeError(f"holds '{name}', which unfolds to more than {largest:,} bytes.")
    return content


def member_array(archive: zipfile.ZipFile, name: str, largest_values: int) -> NDArray[np.generic]:
    """The array in a member of an npz.

    Args:
        archive: opened.
        name: of the member, with its ".npy".
        largest_values: numbers that it may hold.

    Returns:
        (row, column) or any other shape, as it was saved.

    Raises:
        UnreadableFileError: no array, a pickle, cut, or packed in another way.
        TooLargeError: more numbers than are allowed.

    Example:
        >>> stream = io.BytesIO()
        >>> np.savez(stream, height=np.eye(2))
        >>> member_array(opened_archive(stream.getvalue()), "height.npy", 4).shape
        (2, 2)
    """
    with _opened(archive, name) as stream:
        return stored_array(stream, f"the array '{name}'", largest_values)


def stored_array(stream: IO[bytes], called: str, largest_values: int) -> NDArray[np.generic]:
    """The array of an npy, read after its header was found bearable.

    Args:
        stream: at its start.
        called: what to call it in messages.
        largest_values: numbers that it may hold.

    Returns:
        (row, column) or any other shape, as it was saved.

    Raises:
        UnreadableFileError: no array, a pickle, or cut.
        TooLargeError: more numbers than are allowed.

    Example:
        >>> stream = io.BytesIO()
        >>> np.save(stream, np.eye(2))
        >>> _ = stream.seek(0)
        >>> stored_array(stream, "it", 3)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.TooLargeError: holds 4 values in it; up to 3 are read. Thin the ...
    """
    version = npy.read_magic(stream)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, in_columns, dtype = header(stream, max_header_size=_LARGEST_HEADER)
    if dtype.hasobject or dtype.kind not in "biufUS":
        raise UnreadableFileError(f"holds {dtype} in {called}, which is not read; save numbers.")
    size = prod(shape) * dtype.itemsize
    if prod(shape) > largest_values or size > LARGEST_MEMBER_BYTES:
        raise TooLargeError(
            f"holds {prod(shape):,} values in {called}; up to {largest_values:,} are read. Thin "
            "the scan, or cut it into parts."
        )
    raw = stream.read(size)
    if len(raw) < size:
        raise UnreadableFileError(
            f"is cut off: {called} has {len(raw):,} of {size:,} bytes. Copy it again."
        )
    return np.frombuffer(raw, dtype).reshape(shape, order="F" if in_columns else "C")


@contextmanager
def _opened(archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    info = archive.getinfo(name)
    if info.compress_type not in _KNOWN_PACKING or info.flag_bits & 1:
        raise UnreadableFileError(
            f"holds '{name}' packed or encrypted in a way that is not read; save it again with "
            "plain zip compression."
        )
    try:
        with archive.open(info) as stream:
            yield stream
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise UnreadableFileError(
            f"is damaged: its part '{name}' cannot be unfolded ({str(error)[:80]}). Copy it again."
        ) from error
