"""Packs of labelled bearing recordings: npz files beside a `manifest.csv`.

Data card. Layout: `manifest.csv` has a row per recording (pack, key, fs, rpm_nominal, label,
bearing, bpfo, bpfi, bsf, ftf, load, size); each pack is an npz with one array per key. The packs
that we measure on hold CWRU (public, cite Case Western Reserve University), MFPT (CC BY-NC-SA 4.0)
and IMS (no terms stated); none of them is part of this project. Split rule: a recording, all its
windows together, is on one side only; CWRU healthy exists at 48 kHz alone and is brought to the
12 kHz of the faults, lest the filter edge give the class away.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, is_zipfile

import numpy as np

from faultlens.core.errors import UnreadableFileError
from faultlens.signals.kinematics import FaultOrders
from faultlens.signals.resample import resample
from faultlens.signals.signal import Signal

COLUMNS = ("pack", "key", "fs", "rpm_nominal", "label", "bearing", "bpfo", "bpfi", "bsf", "ftf")


@dataclass(frozen=True, eq=False)
class LabelledRecording:
    """A recording with what is true of it.

    Args:
        rig: where it comes from ("CWRU drive end").
        key: its name in the pack; the group that a split must not cut.
        label: "healthy", "inner", "outer" or "ball".
        signal: one channel, with speed and fault orders.
    """

    rig: str
    key: str
    label: str
    signal: Signal


def read_packs(
    folder: str | Path, rigs: dict[str, str], *, sample_rate_hz: dict[str, float] | None = None
) -> Iterator[LabelledRecording]:
    """Recordings of the packs wanted, in the order of the manifest.

    Args:
        folder: holds `manifest.csv` and the packs.
        rigs: pack (npz without suffix) -> name of the rig; a name may hold "{channel}".
        sample_rate_hz: pack -> rate to resample to, Hz; others keep theirs.

    Raises:
        UnreadableFileError: no manifest, a missing column, pack or array.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> np.savez(folder / "rig.npz", first=np.zeros(100))
        >>> row = "rig.npz,first,1000,1500,healthy,6205,3.58,5.42,2.36,0.4"
        >>> _ = (folder / "manifest.csv").write_text(",".join(COLUMNS) + "\\n" + row + "\\n")
        >>> [(x.rig, x.label, x.signal.shaft_rpm) for x in read_packs(folder, {"rig": "our rig"})]
        [('our rig', 'healthy', 1500.0)]
    """
    manifest = Path(folder) / "manifest.csv"
    try:
        with manifest.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as error:
        raise UnreadableFileError(
            f"{manifest} cannot be read: {error}. Name the folder that holds it."
        ) from error
    if missing := [name for name in COLUMNS if not rows or name not in rows[0]]:
        raise UnreadableFileError(f"{manifest} lacks the columns {', '.join(missing)}.")
    for pack, rig in rigs.items():
        with _opened(Path(folder) / f"{pack}.npz") as arrays:
            for row in rows:
                if row["pack"] != f"{pack}.npz":
                    continue
                if row["key"] not in arrays:
                    raise UnreadableFileError(f"{pack}.npz lacks the array {row['key']}.")
                signal = _signal(arrays, row)
                wanted = (sample_rate_hz or {}).get(pack)
                yield LabelledRecording(
                    rig.format(channel=row.get("channel", "")),
                    row["key"],
                    row["label"],
                    signal if wanted is None else resample(signal, wanted),
                )


def _signal(arrays: np.lib.npyio.NpzFile, row: dict[str, str]) -> Signal:
    key = row["key"]
    try:
        return Signal(
            np.asarray(arrays[key], dtype=np.float64),
            sample_rate_hz=float(row["fs"]),
            shaft_rpm=float(row["rpm_nominal"]),
            bearing=FaultOrders(*(float(row[x]) for x in ("bpfo", "bpfi", "bsf", "ftf"))),
            source=key,
        )
    except (ValueError, OSError, BadZipFile) as error:
        raise UnreadableFileError(
            f"{row['pack']}: the array {key} or its row of manifest.csv cannot be read: {error}"
        ) from error


def _opened(path: Path) -> np.lib.npyio.NpzFile:
    try:
        # Asked first, since numpy leaves a cut file open.
        opened = np.load(path, allow_pickle=False) if is_zipfile(path) else None
    except (OSError, ValueError, BadZipFile) as error:
        raise UnreadableFileError(f"{path} is no pack of recordings: {error}") from error
    if not isinstance(opened, np.lib.npyio.NpzFile):
        raise UnreadableFileError(f"{path} is no pack of recordings: no whole npz file is there.")
    return opened
