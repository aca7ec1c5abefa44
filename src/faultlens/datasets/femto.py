"""FEMTO (PRONOSTIA): seventeen bearings run to failure, as published and as one npz per bearing.

Data card. Made by the FEMTO-ST institute for the IEEE PHM 2012 challenge: Nectoux et al.,
PRONOSTIA: An Experimental Platform for Bearings Accelerated Life Test, IEEE PHM 2012, Denver; cite
it. No redistribution licence is stated; none of it is part of this project. Published layout: a
folder per bearing (`Bearing1_1`), in it `acc_00001.csv` and so on, one every 10 s, each 2560 rows
of hour, minute, second, microsecond, horizontal and vertical acceleration (g) at 25.6 kHz, comma
between them, in some folders a semicolon; `temp_00001.csv` holds temperatures. Speeds: condition 1
1800 rpm (4000 N), 2 1650 rpm (4200 N), 3 1500 rpm (5000 N). Split rule: the challenge's own; six
bearings to learn from (1_1, 1_2, 2_1, 2_2, 3_1, 3_2), eleven to test; a bearing is never cut in
two. Traps: no fault location is known; the first minutes are run-in; the end of a run is a limit of
20 g, not a break; two snapshots of 0.1 s in a row are nearly the same machine.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, is_zipfile

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError

LEARNING = ("Bearing1_1", "Bearing1_2", "Bearing2_1", "Bearing2_2", "Bearing3_1", "Bearing3_2")
"""The learning set of the challenge; the other eleven test."""

SHAFT_RPM = {"1": 1800.0, "2": 1650.0, "3": 1500.0}
"""Condition -> shaft speed, revolutions per minute."""

SAMPLE_RATE_HZ = 25600.0
STEP_S = 10.0
"""From one published file to the next, s."""

AXES = ("horizontal", "vertical")

_ACCELERATION = re.compile(r"acc_(\d{1,9})\.csv", re.IGNORECASE)
_TEMPERATURE = re.compile(r"temp_\d{1,9}\.csv", re.IGNORECASE)
_NAME = re.compile(r"Bearing([123])_\d")
_ROWS, _COLUMNS = 2560, 6


@dataclass(frozen=True, eq=False)
class RunToFailure:
    """One bearing from its first minute to its end.

    Args:
        name: as published ("Bearing1_1").
        shaft_rpm: shaft speed, revolutions per minute.
        samples: (recording, time, axis) acceleration, g; axes as in `AXES`.
        numbers: (recording,) number of the published file, from 1.
        life: number of the last published file.
    """

    name: str
    shaft_rpm: float
    samples: NDArray[np.float32]
    numbers: NDArray[np.int64]
    life: int

    @property
    def learning(self) -> bool:
        """Whether it belongs to the learning set."""
        return self.name in LEARNING


def snapshot_number(name: str) -> int | None:
    """Number of a file `acc_00001.csv`, one every 10 s; None for any other name.

    Example:
        >>> snapshot_number("acc_00012.csv"), snapshot_number("temp_00012.csv")
        (12, None)
    """
    found = _ACCELERATION.fullmatch(name)
    return int(found[1]) if found else None


def is_temperature(name: str) -> bool:
    """Whether a file of the published layout holds temperatures.

    Example:
        >>> is_temperature("temp_00001.csv")
        True
    """
    return _TEMPERATURE.fullmatch(name) is not None


def read_runs(folder: str | Path) -> Iterator[RunToFailure]:
    """Every bearing in a folder, by name: folders as published, or npz files.

    Args:
        folder: holds `Bearing1_1/`, ... or `Bearing1_1.npz`, ...

    Raises:
        UnreadableFileError: no bearing is there, or one cannot be read.

    Example:
        >>> next(read_runs("/nowhere"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere holds no bearing of FEMTO: ...
    """
    places = [x for x in sorted(Path(folder).glob("Bearing*")) if _NAME.fullmatch(x.stem)]
    places = [x for x in places if x.is_dir() or x.suffix == ".npz"]
    if not places:
        raise UnreadableFileError(
            f"{folder} holds no bearing of FEMTO: neither folders Bearing1_1, ... nor "
            "Bearing1_1.npz, ..."
        )
    for place in places:
        yield read_run(place)


def read_run(place: str | Path) -> RunToFailure:
    """One bearing: its folder as published, or its npz (`acc`, `snapshot`, `n_total`).

    Raises:
        UnreadableFileError: it is no bearing of FEMTO, or damaged.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "Bearing3_1.npz"
        >>> np.savez(path, acc=np.zeros((2, 2560, 2)), snapshot=np.array([1, 9]), n_total=9)
        >>> run = read_run(path)
        >>> run.shaft_rpm, run.life, run.learning
        (1500.0, 9, True)
    """
    path = Path(place)
    found = _NAME.fullmatch(path.stem)
    if found is None:
        raise UnreadableFileError(f"{path} is no bearing of FEMTO; they are called Bearing1_1, ...")
    samples, numbers, life = _published(path) if path.is_dir() else _packed(path)
    return RunToFailure(path.stem, SHAFT_RPM[found[1]], samples, numbers, life)


def _packed(path: Path) -> tuple[NDArray[np.float32], NDArray[np.int64], int]:
    try:
        # Asked first, since numpy leaves a cut file open.
        if not is_zipfile(path):
            raise ValueError("no whole npz file is there")
        with np.load(path, allow_pickle=False) as arrays:
            samples = np.asarray(arrays["acc"], dtype=np.float32)
            numbers = np.asarray(arrays["snapshot"], dtype=np.int64)
            life = int(arrays["n_total"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise UnreadableFileError(
            f"{path} cannot be read as a bearing of FEMTO: {error}"
        ) from error
    if samples.ndim != 3 or samples.shape[2] != len(AXES) or numbers.shape != samples.shape[:1]:
        raise UnreadableFileError(
            f"{path}: acc has shape {samples.shape}; it must be (recording, time, 2) with a number "
            "in snapshot for each recording."
        )
    return samples, numbers, life


def _published(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.int64], int]:
    files = {n: x for x in folder.iterdir() if (n := snapshot_number(x.name)) is not None}
    if not files:
        raise UnreadableFileError(f"{folder} holds no acc_00001.csv; is it a folder of FEMTO?")
    numbers = sorted(files)
    samples = np.stack([_axes(files[n]) for n in numbers])
    return samples, np.array(numbers, dtype=np.int64), numbers[-1]


def _axes(path: Path) -> NDArray[np.float32]:
    try:
        text = path.read_text(encoding="ascii").replace(";", ",")
        rows: Sequence[str] = text.splitlines()
        table = np.loadtxt(rows, delimiter=",", ndmin=2, dtype=np.float64)
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"{path} cannot be read: {error}") from error
    if table.shape != (_ROWS, _COLUMNS):
        raise UnreadableFileError(
            f"{path} has {table.shape[0]} rows of {table.shape[1]} columns; FEMTO has {_ROWS} of "
            f"{_COLUMNS}. It was cut or is another data set's."
        )
    return table[:, 4:].astype(np.float32)
