"""HDF5 files: every plain dataset is an array; attributes and scalars say rate, speed and unit."""

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.signals.readers.allowed import refuse_samples
from faultlens.signals.readers.column_names import hz_per_step
from faultlens.signals.readers.contents import Contents
from faultlens.signals.readers.stored_arrays import LARGEST_BYTES, StoredArray, contents_of

if TYPE_CHECKING:
    import h5py

_MOST_OBJECTS = 10_000
_DEEPEST = 32  # groups in groups; each is opened anew by its whole path
_PACKED_LONGER = 1.1  # gzip and lzf add a percent to noise
_NOT_NUMBERS = (b"char", b"logical", b"cell", b"function_handle")  # MATLAB classes
_UNIT_NAMES = ("unit", "units", "Unit", "Units")


def read_hdf5(path: Path, largest_samples: int | None = None) -> Contents:
    """Open an HDF5 file; datasets are read window by window.

    Args:
        path: the file.
        largest_samples: of a piece of a dataset, which is unfolded as a whole; None for no limit.

    Raises:
        UnreadableFileError: damaged, or without a dataset of real numbers.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.h5"
        >>> import h5py
        >>> with h5py.File(path, "w") as file:
        ...     file["DE"] = np.arange(5.0)
        ...     file.attrs["fs"] = 1000
        >>> channel = read_hdf5(path).channels[0]
        >>> channel.name, channel.sample_rate_hz, channel.read(2, 4)
        ('DE', 1000.0, array([2., 3.]))
    """
    arrays, scalars = datasets_of(path, largest_samples)
    return contents_of("HDF5", arrays, scalars, largest_samples=largest_samples)


def datasets_of(
    path: Path, largest_samples: int | None = None
) -> tuple[list[StoredArray], dict[str, float]]:
    """All plain datasets of an HDF5 file, and all scalars among datasets and attributes.

    Args:
        path: HDF5 or MATLAB v7.3 file. Links to other files are not followed.
        largest_samples: of a piece in which a dataset is stored; None for no limit.

    Raises:
        TooLargeError: an array is stored in pieces of more than 2 GiB, or than is allowed.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.h5"
        >>> import h5py
        >>> with h5py.File(path, "w") as file:
        ...     file["pump/DE"] = np.arange(5.0)
        ...     file["pump/fs"] = 1000.0
        >>> arrays, scalars = datasets_of(path)
        >>> [(x.name, x.shape) for x in arrays], scalars
        ([('pump.DE', (5,))], {'pump.fs': 1000.0})
    """
    import h5py

    arrays: list[StoredArray] = []
    scalars: dict[str, float] = {}

    def visit(name: str, thing: Any) -> None:
        if name.count("/") > _DEEPEST:
            raise UnreadableFileError(
                f"The file holds groups in groups, more than {_DEEPEST} deep; store it flatter."
            )
        dotted = name.replace("/", ".")
        scalars.update(_numbers(dotted, thing.attrs))
        if (
            not isinstance(thing, h5py.Dataset)
            or name.startswith("#")
            or len(arrays) >= _MOST_OBJECTS
        ):
            return
        # Data outside the file could be any file of this machine; references point to cells.
        if thing.external or thing.is_virtual or thing.dtype.kind not in "iuf":
            return
        if "MATLAB_empty" in thing.attrs or thing.attrs.get("MATLAB_class") in _NOT_NUMBERS:
            return
        _refuse_pieces(dotted, thing, largest_samples)
        if thing.size == 1:
            scalars[dotted] = float(np.asarray(thing[()]).ravel()[0])
        elif thing.size and thing.size > 1:
            arrays.append(_stored(path, name, dotted, thing))

    with h5py.File(path, "r") as file:
        scalars.update(_numbers("", file.attrs))
        file.visititems(visit)
    return arrays, scalars


def _refuse_pieces(dotted: str, dataset: "h5py.Dataset", largest_samples: int | None) -> None:
    """Each piece is unfolded as a whole, however little of it is wanted."""
    piece = prod(dataset.chunks or ())
    if piece * dataset.dtype.itemsize > LARGEST_BYTES:
        raise TooLargeError(
            f"Dataset '{dotted}' is stored in pieces of more than 2 GiB; store it in smaller ones."
        )
    refuse_samples(piece, largest_samples, f"A piece of dataset '{dotted}'")
    if dataset.chunks is None:
        return
    # Packing never makes a piece much longer; one that is longer was made to unfold without end.
    most = piece * dataset.dtype.itemsize * _PACKED_LONGER + 4096

    def look(stored: Any) -> None:
        if stored.size > most:
            raise UnreadableFileError(
                f"A piece of dataset '{dotted}' is {stored.size:,} bytes long, packed, for "
                f"{piece:,} samples; the file is damaged."
            )

    dataset.id.chunk_iter(look)


def _stored(path: Path, name: str, dotted: str, dataset: "h5py.Dataset") -> StoredArray:
    def take(index: tuple[Any, ...]) -> Any:
        import h5py

        with h5py.File(path, "r") as file:
            return file[name][index]

    unit = next((_text(dataset.attrs[x]) for x in _UNIT_NAMES if x in dataset.attrs), None)
    rate = next(
        (value * (hz_per_step(key) or 1.0)
         for key, value in _numbers("", dataset.attrs).items() if hz_per_step(key) is not None),
        None,
    )  # fmt: skip
    return StoredArray(dotted, dataset.shape, take, unit=unit, sample_rate_hz=rate)


def _numbers(prefix: str, attributes: "h5py.AttributeManager") -> dict[str, float]:
    found = {}
    for key in list(attributes)[:200]:
        # An attribute may be as large as the file; what is wanted of it is one number.
        if prod(attributes.get_id(key).shape) != 1:
            continue
        value = attributes[key]
        number = np.asarray(value) if isinstance(value, np.generic | np.ndarray) else None
        if number is not None and number.size == 1 and number.dtype.kind in "iuf":
            found[f"{prefix}.{key}".lstrip(".")] = float(number.ravel()[0])
    return found


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else None
