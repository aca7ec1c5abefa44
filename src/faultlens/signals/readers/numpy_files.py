"""NumPy files: npy read by seeking, npz member by member; pickles are refused."""

import zipfile
from functools import cache
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.signals.readers.allowed import refuse_samples
from faultlens.signals.readers.contents import Contents
from faultlens.signals.readers.stored_arrays import LARGEST_BYTES, StoredArray, contents_of

_LARGEST_HEADER = 10_000  # characters, numpy's own limit for headers that it has not written
_MOST_MEMBERS = 1000
_ENTRY, _BLOCK_BYTES = b"PK\x01\x02", 1 << 20
_KNOWN_PACKING = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What np.savez writes; of all others zipfile unfolds 4 kB at once, whatever comes out."""


def read_npy(path: Path, largest_samples: int | None = None) -> Contents:
    """Open a npy file: one array with one axis (time) or two (the longer one is time).

    Args:
        path: the file.
        largest_samples: of a channel; None for no limit.

    Raises:
        UnreadableFileError: a pickle, no real numbers, three axes or more, or cut.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.npy"
        >>> np.save(path, np.arange(5.0))
        >>> read_npy(path).channels[0].read(2, 4)
        array([2., 3.])
    """
    with path.open("rb") as stream:
        shape, in_columns, dtype = _header(stream)
        data_at = stream.tell()
    if not _is_real(dtype):
        raise UnreadableFileError(
            f"The array holds {dtype}, not real numbers; save it with np.save as float."
        )
    if path.stat().st_size - data_at < prod(shape) * dtype.itemsize:
        raise UnreadableFileError("The array is cut: its header promises more than is there.")

    def take(index: tuple[Any, ...]) -> NDArray[Any]:
        # Mapped for one window at a time, so that pages read before do not stay in memory.
        order = "F" if in_columns else "C"
        mapped = np.memmap(path, dtype, mode="r", offset=data_at, shape=shape, order=order)  # type: ignore[call-overload]
        return np.array(mapped[index])

    array = StoredArray(path.stem, shape, take)
    return contents_of("npy", [array], {}, largest_samples=largest_samples)


def read_npz(path: Path, largest_samples: int | None = None) -> Contents:
    """Open a npz file: its arrays are the channels; scalars fs, sample_rate_hz, rpm are understood.

    Args:
        path: the file.
        largest_samples: of all arrays together, which are unfolded as wholes; None for no limit.

    Raises:
        UnreadableFileError: not a zip archive of arrays, or an array above 2 GiB.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.npz"
        >>> np.savez(path, DE=np.arange(5.0), fs=1000, rpm=1480)
        >>> contents = read_npz(path)
        >>> contents.channels[0].sample_rate_hz, contents.shaft_rpm
        (1000.0, 1480.0)
    """
    arrays: list[StoredArray] = []
    scalars, skipped = {}, []
    unfolded = 0
    _refuse_crowds(path)
    with zipfile.ZipFile(path) as archive:
        members = [x for x in archive.infolist() if x.filename.endswith(".npy")]
        if not members:
            inside = ", ".join(archive.namelist()[:3]) or "nothing"
            raise UnreadableFileError(
                f"The archive holds no NumPy arrays but {inside}; save it with np.savez."
            )
        for member in members:
            name = member.filename.removesuffix(".npy")
            if member.compress_type not in _KNOWN_PACKING:
                raise UnreadableFileError(
                    f"Array '{name}' is packed in another way than NumPy packs; save it with "
                    "np.savez or np.savez_compressed."
                )
            with archive.open(member) as stream:
                shape, _, dtype = _header(stream)
                if not _is_real(dtype):
                    skipped.append(name)
                elif prod(shape) == 1:
                    scalars[name] = float(np.frombuffer(stream.read(dtype.itemsize), dtype)[0])
                else:
                    arrays.append(_member(path, member.filename, name, shape, dtype))
                    unfolded += prod(shape)
                    refuse_samples(unfolded, largest_samples, "The archive, unfolded,")
    if not arrays:
        raise UnreadableFileError(
            "The archive holds no array of real numbers"
            + (f"; left out as text or objects: {', '.join(skipped)}." if skipped else ".")
        )
    return contents_of("npz", arrays, scalars)


def _refuse_crowds(path: Path) -> None:
    # Each entry of its directory starts so; the directory is in memory before one can be left out.
    entries, last = 0, b""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            entries += (last + block).count(_ENTRY)
            last = block[1 - len(_ENTRY) :]
    if entries > _MOST_MEMBERS:
        raise TooLargeError(
            f"The archive holds more than {_MOST_MEMBERS:,} members; save fewer arrays with "
            "np.savez."
        )


def _member(
    path: Path, file: str, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> StoredArray:
    size = prod(shape) * dtype.itemsize

    @cache
    def whole() -> NDArray[Any]:
        if size > LARGEST_BYTES:
            raise TooLargeError(
                f"Array '{name}' unfolds to {size / 1024**3:.1f} GiB; at most 2 GiB are read from "
                "an archive. Save it as npy, which is read window by window."
            )
        with zipfile.ZipFile(path) as archive, archive.open(file) as stream:
            shape, in_columns, dtype = _header(stream)
            raw = stream.read(size)
        return np.frombuffer(raw, dtype).reshape(shape, order="F" if in_columns else "C")

    return StoredArray(name, shape, lambda index: whole()[index])


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(stream)
    reader = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, in_columns, dtype = reader(stream, max_header_size=_LARGEST_HEADER)
    return tuple(int(x) for x in shape), bool(in_columns), dtype


def _is_real(dtype: np.dtype[Any]) -> bool:
    return dtype.kind in "iuf"
