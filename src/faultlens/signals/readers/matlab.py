"""MATLAB files, v5 and v7.3: structures with speed and rate (CWRU, MFPT, Paderborn), arrays."""

import re
from collections.abc import Sequence
from dataclasses import replace
from math import prod
from pathlib import Path

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.signals.readers.contents import Contents
from faultlens.signals.readers.hdf5 import datasets_of
from faultlens.signals.readers.matlab5 import variables_of
from faultlens.signals.readers.sniff import HEAD_BYTES, kind_of
from faultlens.signals.readers.stored_arrays import MOST_COLUMNS, StoredArray, contents_of

CWRU_RATES = "The Case Western Reserve files are published at 12000 and 48000 Hz."
"""Their files hold no rate; the folder from which they were taken tells which it is."""

_CWRU = re.compile(r"^X(\d{2,4})_(DE|FE|BA)_time$")
_CWRU_SPEED = re.compile(r"^X(\d{2,4})RPM$")


def read_matlab(path: Path, largest_samples: int | None = None) -> Contents:
    """Open a MATLAB file of either kind.

    Args:
        path: the file.
        largest_samples: of all that has to be unfolded as a whole; None for no limit.

    Raises:
        UnreadableFileError: damaged, without an array of real numbers, or above 2 GiB unfolded.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "105.mat"
        >>> from scipy.io import savemat
        >>> savemat(path, {"X105_DE_time": [[0.1], [0.3]], "X105RPM": 1797})
        >>> contents = read_matlab(path)
        >>> contents.channels[0].name, contents.shaft_rpm
        ('DE', 1797.0)
    """
    with path.open("rb") as stream:
        newer = kind_of(stream.read(HEAD_BYTES)) != "matlab5"
    name = "MATLAB v7.3" if newer else "MATLAB v5"
    read = datasets_of if newer else _variables
    arrays, scalars = read(path, largest_samples)
    if any(_CWRU.match(x.name) for x in arrays):
        return _cwru(name, path, arrays, scalars)
    if any(x.name.endswith(".gs") for x in arrays) and any(x.endswith(".sr") for x in scalars):
        return _mfpt(name, arrays, scalars)
    if not arrays:
        raise UnreadableFileError(
            f"The {name} file holds no array of real numbers; cells, objects and text are left out."
        )
    return contents_of(name, arrays, scalars, largest_samples=largest_samples)


def _cwru(
    name: str, path: Path, arrays: Sequence[StoredArray], scalars: dict[str, float]
) -> Contents:
    numbers = sorted({int(m[1]) for x in arrays if (m := _CWRU.match(x.name))})
    in_name = [int(x) for x in re.findall(r"\d+", path.stem)]
    number = next((x for x in numbers if x in in_name), numbers[0])
    said: tuple[Notice, ...] = ()
    if len(numbers) > 1:
        left = [str(x) for x in numbers if x != number]
        why = (
            Notice("as the file is named", "与文件名一致")
            if number in in_name
            else Notice("the first one", "第一个")
        )
        choice = Notice(
            en=f"The file holds recordings {numbers}; read {number}, {why}, and left "
            f"{', '.join(left)}.",
            zh=f"文件含 {len(numbers)} 个记录；已读取 {number}（{why.zh}），未读取 "
            f"{'、'.join(left)}。",
        )
        said = (choice,)
    mine = [
        replace(x, name=m[2]) for x in arrays if (m := _CWRU.match(x.name)) and int(m[1]) == number
    ]
    speeds = {int(m[1]): v for x, v in scalars.items() if (m := _CWRU_SPEED.match(x))}
    facts = {"rpm": speeds[number]} if number in speeds else {}
    return contents_of(f"{name}, CWRU", mine, facts, rate_advice=CWRU_RATES, warnings=said)


def _mfpt(name: str, arrays: Sequence[StoredArray], scalars: dict[str, float]) -> Contents:
    # sr: samples per second; rate: shaft speed in Hz; gs: acceleration in g (MFPT data set notes).
    record = next(x for x in arrays if x.name.endswith(".gs"))
    parent = record.name.removesuffix("gs")
    facts = {"fs": scalars[f"{parent}sr"]} if f"{parent}sr" in scalars else {}
    if f"{parent}rate" in scalars:
        facts["rpm"] = 60 * scalars[f"{parent}rate"]
    return contents_of(f"{name}, MFPT", [replace(record, name="gs", unit="g")], facts)


def _variables(
    path: Path, largest_samples: int | None
) -> tuple[list[StoredArray], dict[str, float]]:
    arrays: list[StoredArray] = []
    scalars: dict[str, float] = {}
    for variable in variables_of(path, largest_samples):
        if prod(variable.shape) == 1:
            scalars[variable.name] = float(variable.take((0,) * len(variable.shape)))
        elif prod(variable.shape) > 1:
            arrays.append(variable)
        if len(arrays) + len(scalars) > MOST_COLUMNS:
            raise TooLargeError(
                f"The MATLAB file holds more than {MOST_COLUMNS:,} variables; save fewer."
            )
    return arrays, scalars
