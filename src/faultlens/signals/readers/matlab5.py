"""The numeric variables of a MATLAB v5 file, without loading them.

Our own parser, because scipy.io.matlab ends the whole process on damaged files (out-of-bounds
type codes), cannot read a window of a variable, and takes 0.2 s to import.
Source: MathWorks, MAT-File Format (R2024a), chapter 1, "Level 5 MAT-File Format".
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.signals.readers.allowed import refuse_samples
from faultlens.signals.readers.stored_arrays import LARGEST_BYTES, StoredArray

_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8",
            13: "u8"}  # fmt: skip
_MATRIX, _COMPRESSED = 14, 15  # data types
_STRUCTURE, _CHARACTERS = 2, 4  # array classes; 6 to 15 are the numeric ones
_WIDE_CHARACTERS = (4, 17)  # data types of two bytes per character: u2, UTF-16
_SAMPLES = ("data", "values", "samples")  # fields that hold what the field "Name" names
_COMPLEX, _LOGICAL = 0x0800, 0x0200  # array flags
_HEAD_BYTES = 1 << 16  # holds flags, dimensions and name of any sane variable
_DEEPEST = 4  # levels of nested structures that are searched
_MOST_FIELDS = 1000


@dataclass(frozen=True)
class Element:
    """One tagged piece of a file.

    Args:
        kind: data type code.
        at: where its data start, bytes.
        size: length of its data, bytes.
        end: where the next element starts, bytes.
    """

    kind: int
    at: int
    size: int
    end: int


@dataclass(frozen=True)
class Matrix:
    """The head of one variable.

    Args:
        name: its name.
        array_class: class code.
        shape: its dimensions.
        flags: complex, logical.
        body_at: where its values or fields start, bytes.
    """

    name: str
    array_class: int
    shape: tuple[int, ...]
    flags: int
    body_at: int

    @property
    def is_real(self) -> bool:
        """Whether it is an array of real numbers."""
        return 6 <= self.array_class <= 15 and not self.flags & (_COMPLEX | _LOGICAL)


def variables_of(path: Path, largest_samples: int | None = None) -> Iterator[StoredArray]:
    """Yield every array of real numbers, those in structures too, scalars included.

    Args:
        path: MATLAB v5 file. Cells, objects, text and complex arrays are passed over. Data beside
            a text Name in one structure take that name, and the Unit and Raster beside them.
        largest_samples: of all that is packed, which is unfolded as a whole; None for no limit.

    Raises:
        UnreadableFileError: cut, or damaged.
        TooLargeError: a variable unfolds to more than 2 GiB, or all to more than is allowed.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "a.mat"
        >>> from scipy.io import savemat
        >>> savemat(path, {"bearing": {"gs": [1.5, 2.5], "sr": 48828}, "note": "text"})
        >>> [(x.name, x.shape) for x in variables_of(path)]
        [('bearing.gs', (1, 2)), ('bearing.sr', (1, 1))]
    """
    size = path.stat().st_size
    unfolded = 0
    with path.open("rb") as stream:
        order = ">" if stream.read(128)[126:128] == b"MI" else "<"
        at = 128
        while at + 8 <= size:
            stream.seek(at)
            kind, length = struct.unpack(f"{order}II", stream.read(8))
            if length > size - at - 8:
                raise UnreadableFileError("The MATLAB file is cut: a variable is incomplete.")
            stream.seek(at if kind == _MATRIX else at + 8)
            head = stream.read(min(length + 8, _HEAD_BYTES))
            if kind == _MATRIX:
                yield from _plain(path, at, length + 8, head, order)
            elif kind == _COMPRESSED:
                unfolded += _unfolded_bytes(head, order)
                # Of eight bytes per sample: whole numbers are stored in fewer.
                refuse_samples(unfolded // 8, largest_samples, "The file, unfolded,")
                yield from _packed(path, at + 8, length, head, order)
            at += 8 + length


def _plain(path: Path, at: int, size: int, head: bytes, order: str) -> Iterator[StoredArray]:
    matrix = _matrix(head, 0, order)
    if matrix is None:
        return
    if matrix.is_real:
        values = _element(head, matrix.body_at, order, size)
        dtype = _dtype(values, matrix, order)

        def take(index: tuple[Any, ...]) -> NDArray[Any]:
            # Mapped for one window at a time, so that pages read before do not stay in memory.
            mapped = np.memmap(
                path, dtype, mode="r", offset=at + values.at, shape=matrix.shape, order="F"
            )
            return np.array(mapped[index])

        yield StoredArray(matrix.name, matrix.shape, take)
    elif matrix.array_class == _STRUCTURE:
        yield from _leaves(_piece(path, at, size), 0, matrix.name, _DEEPEST, order)


def _unfolded_bytes(packed: bytes, order: str) -> int:
    return _stated_bytes(zlib.decompressobj().decompress(packed, 8), order)


def _stated_bytes(head: bytes, order: str) -> int:
    return 8 + int(struct.unpack_from(f"{order}I", head, 4)[0])


def _packed(path: Path, at: int, size: int, packed: bytes, order: str) -> Iterator[StoredArray]:
    head = zlib.decompressobj().decompress(packed, _HEAD_BYTES)
    matrix = _matrix(head, 0, order)
    if matrix is None:
        return
    stated = _stated_bytes(head, order)

    @cache
    def whole() -> bytes:
        if stated > LARGEST_BYTES:
            raise TooLargeError(
                f"Variable '{matrix.name}' unfolds to {stated / 1024**3:.1f} GiB; at most 2 GiB "
                "are read. Save it as v7.3, which is read window by window."
            )
        return zlib.decompressobj().decompress(_piece(path, at, size), stated)

    if matrix.is_real:
        values = _element(head, matrix.body_at, order, stated)
        dtype = _dtype(values, matrix, order)

        def take(index: tuple[Any, ...]) -> NDArray[Any]:
            flat = np.frombuffer(whole(), dtype, count=prod(matrix.shape), offset=values.at)
            return np.asarray(flat.reshape(matrix.shape, order="F")[index])

        yield StoredArray(matrix.name, matrix.shape, take)
    elif matrix.array_class == _STRUCTURE:
        yield from _leaves(whole(), 0, matrix.name, _DEEPEST, order)


def _leaves(
    raw: bytes, at: int, name: str, depth: int, order: str, about: dict[str, str] | None = None
) -> Iterator[StoredArray]:
    matrix = _matrix(raw, at, order)
    if matrix is None:
        return
    if matrix.is_real and prod(matrix.shape) > 0:
        values = _element(raw, matrix.body_at, order, len(raw))
        dtype = _dtype(values, matrix, order)
        flat = np.frombuffer(raw, dtype, count=prod(matrix.shape), offset=values.at)
        take = flat.reshape(matrix.shape, order="F").__getitem__
        about = about or {}
        yield StoredArray(
            about.get("name", name), matrix.shape, take, unit=about.get("unit"),
            place=name.rpartition(".")[0], clock=about.get("raster"),
        )  # fmt: skip
    elif matrix.array_class == _STRUCTURE and depth > 0:
        yield from _fields(raw, at, matrix, name, depth, order)


def _fields(
    raw: bytes, at: int, matrix: Matrix, name: str, depth: int, order: str
) -> Iterator[StoredArray]:
    """The arrays in a structure, or in each element of an array of structures."""
    end = _element(raw, at, order, len(raw)).end
    width = _element(raw, matrix.body_at, order, end)
    names = _element(raw, width.end, order, end)
    longest = struct.unpack_from(f"{order}I", raw, width.at)[0]
    if not 0 < longest <= 1000:
        raise UnreadableFileError(f"Structure '{name}' has damaged field names.")
    fields = [
        raw[names.at + i : names.at + i + longest].split(b"\0")[0].decode("latin-1")
        for i in range(0, names.size, longest)
    ][:_MOST_FIELDS]
    elements = prod(matrix.shape)
    at = names.end
    for number in range(min(elements, _MOST_FIELDS // max(len(fields), 1))):
        starts = {}
        for field in fields:
            starts[field] = at
            at = _element(raw, at, order, end).end
        label = name if elements == 1 else f"{name}({number + 1})"
        texts = {field.casefold(): _text(raw, start, order) for field, start in starts.items()}
        about = {field: text for field, text in texts.items() if text}
        for field, start in starts.items():
            # Measuring systems write a channel as one structure: its Name beside its Data.
            named = about if field.casefold() in _SAMPLES and "name" in about else None
            yield from _leaves(raw, start, f"{label}.{field}", depth - 1, order, named)


def _text(raw: bytes, at: int, order: str) -> str:
    """The characters at `at`; empty where there is anything else."""
    matrix = _matrix(raw, at, order)
    if matrix is None or matrix.array_class != _CHARACTERS:
        return ""
    values = _element(raw, matrix.body_at, order, len(raw))
    wide = values.kind in _WIDE_CHARACTERS
    encoding = f"utf-16-{'le' if order == '<' else 'be'}" if wide else "utf-8"
    return raw[values.at : values.at + min(values.size, 400)].decode(encoding, "replace").strip()


def _matrix(raw: bytes, at: int, order: str) -> Matrix | None:
    """The head of the variable at `at`, or None for anything else and for empty ones."""
    outer = _element(raw, at, order, None)
    if outer.kind != _MATRIX or outer.size == 0:
        return None
    flags = _element(raw, outer.at, order, len(raw))
    word = struct.unpack_from(f"{order}I", raw, flags.at)[0]
    if word & 0xFF in (16, 17):  # function handles and objects are laid out in their own way
        return None
    dimensions = _element(raw, flags.end, order, len(raw))
    name = _element(raw, dimensions.end, order, len(raw))
    shape: tuple[int, ...] = struct.unpack_from(
        f"{order}{dimensions.size // 4}i", raw, dimensions.at
    )
    if len(shape) > 32 or any(x < 0 for x in shape):
        raise UnreadableFileError(f"A variable has the impossible shape {shape}.")
    text = raw[name.at : name.at + name.size].decode("latin-1")
    return Matrix(text, word & 0xFF, shape, word & 0xFF00, name.end)


def _element(raw: bytes, at: int, order: str, limit: int | None) -> Element:
    """The element at `at`; its data must end before `limit` where one is given."""
    first, second = struct.unpack_from(f"{order}II", raw, at)
    if first >> 16:  # up to four bytes of data stand in the tag itself
        return Element(first & 0xFFFF, at + 4, min(first >> 16, 4), at + 8)
    end = at + 8 + second
    if limit is not None and end > limit:
        raise UnreadableFileError("A variable of the MATLAB file is longer than the file.")
    return Element(first, at + 8, second, end + -end % 8)


def _dtype(values: Element, matrix: Matrix, order: str) -> np.dtype[Any]:
    # MATLAB stores doubles that are whole numbers in the smallest integer type that holds them.
    if values.kind not in _NUMBERS:
        raise UnreadableFileError(f"Variable '{matrix.name}' has the unknown type {values.kind}.")
    dtype = np.dtype(f"{order}{_NUMBERS[values.kind]}")
    if prod(matrix.shape) * dtype.itemsize > values.size:
        raise UnreadableFileError(f"Variable '{matrix.name}' is shorter than its shape says.")
    return dtype


def _piece(path: Path, at: int, size: int) -> bytes:
    if size > LARGEST_BYTES:
        raise TooLargeError("A structure is larger than 2 GiB; save it as v7.3.")
    with path.open("rb") as stream:
        stream.seek(at)
        return stream.read(size)
