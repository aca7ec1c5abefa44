"""`packs`: labelled bearing recordings in npz files beside a `manifest.csv`.

Data card. Layout: `manifest.csv` has a row per recording (pack, key, fs, rpm_nominal, label,
bearing, bpfo, bpfi, bsf, ftf, and where known src, load, size, pos, channel); each pack is an npz
with one array per key. The packs that we measure on hold CWRU (public, cite Case Western Reserve
University), MFPT (CC BY-NC-SA 4.0) and IMS (no terms stated); none of them is part of this project.
Split rule: a recording, all its windows and channels together, is on one side only; CWRU healthy
exists at 48 kHz alone and is brought to the 12 kHz of the faults, lest the filter edge give the
class away.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, is_zipfile

import numpy as np

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.dataset import SAID, DataCard, FailedFile, Found, Layout
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.labels import label_in_words
from faultlens.signals.kinematics import FaultOrders
from faultlens.signals.resample import resample
from faultlens.signals.signal import Signal

COLUMNS = ("pack", "key", "fs", "rpm_nominal", "label", "bearing", "bpfo", "bpfi", "bsf", "ftf")

MACHINES = {
    "cwru_12k_de": "CWRU drive end",
    "cwru_12k_fe": "CWRU fan end",
    "cwru_48k_de_0hp": "CWRU drive end",
    "mfpt": "MFPT",
    "ims_subset": "IMS",
}
"""Pack -> machine; the healthy CWRU pack holds both ends, by channel."""

CARD = DataCard(
    title="packs: bearing recordings of several rigs in npz files with one manifest",
    terms="of each part: CWRU public, cite; MFPT CC BY-NC-SA 4.0; IMS none stated",
    citation="Case Western Reserve University Bearing Data Center; MFPT, Bechhoefer 2013; "
    "Lee et al., IMS, University of Cincinnati, NASA Prognostics Data Repository 2007",
    split_rule="by recording, load, size or machine, never by window; channels of one file are "
    "one recording",
    traps=(
        "CWRU healthy exists at 48 kHz alone, most faults at 12 kHz: bring both to one rate alike.",
        "Amplitudes differ between rigs and classes: scale every window.",
        "IMS is healthy only, MFPT faulty only: between rigs the rig gives the class away.",
    ),
)

_ATTRIBUTES = ("load", "size", "channel", "note")
_CHANNEL_ENDS = {"DE": "CWRU drive end", "FE": "CWRU fan end"}


def read_packs(
    folder: str | Path, machines: dict[str, str], *, sample_rate_hz: dict[str, float] | None = None
) -> Iterator[LabelledRecording]:
    """Recordings of the packs wanted, in the order of the manifest.

    Args:
        folder: holds `manifest.csv` and the packs.
        machines: pack (npz without suffix) -> name of the machine; it may hold "{channel}".
        sample_rate_hz: pack -> rate to resample to, Hz; others keep theirs.

    Raises:
        UnreadableFileError: no manifest, a missing column, pack or array.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> np.savez(folder / "rig.npz", first=np.zeros(100))
        >>> row = "rig.npz,first,1000,1500,healthy,6205,3.58,5.42,2.36,0.4"
        >>> _ = (folder / "manifest.csv").write_text(",".join(COLUMNS) + "\\n" + row + "\\n")
        >>> read = read_packs(folder, {"rig": "our rig"})
        >>> [(x.machine, x.label, x.signal.shaft_rpm) for x in read]
        [('our rig', 'healthy', 1500.0)]
    """
    rows = _rows(Path(folder))
    for pack, machine in machines.items():
        wanted = (sample_rate_hz or {}).get(pack)
        for recording in _of_pack(Path(folder), pack, rows):
            yield replace(
                recording,
                machine=machine.format(channel=recording.attributes.get("channel", "")),
                signal=recording.signal if wanted is None else resample(recording.signal, wanted),
            )


def recognises_packs(path: Path) -> bool:
    """Whether a folder holds a manifest of packs.

    Args:
        path: the folder.

    Example:
        >>> recognises_packs(Path("/nowhere"))
        False
    """
    try:
        with (path / "manifest.csv").open(encoding="utf-8") as stream:
            return {"pack", "key"} <= set(stream.readline().strip().split(","))
    except (OSError, ValueError):
        return False


def read_all_packs(path: Path, sample_rate_hz: float | None = None) -> Found:
    """Every pack that the manifest lists, each recording once.

    Args:
        path: holds `manifest.csv` and the packs.
        sample_rate_hz: not needed, the manifest says the rates.

    Raises:
        UnreadableFileError: no manifest or a missing column.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> row = "gone.npz,first,1000,1500,healthy,6205,3.58,5.42,2.36,0.4"
        >>> _ = (folder / "manifest.csv").write_text(",".join(COLUMNS) + "\\n" + row + "\\n")
        >>> [x.file for x in read_all_packs(folder).failed]
        ['gone.npz']
    """
    rows = _rows(path)
    packs = dict.fromkeys(x["pack"].removesuffix(".npz") for x in rows)
    recordings, failed = [], []
    for pack in packs:
        try:
            for recording in _of_pack(path, pack, rows):
                recordings.append(_regrouped(recording, pack))
        except UnreadableFileError as error:
            failed.append(FailedFile(f"{pack}.npz", str(error)))
    words = tuple(dict.fromkeys(x.attributes["called"] for x in recordings))
    return Found(tuple(recordings), tuple(failed), words=words)


def _regrouped(recording: LabelledRecording, pack: str) -> LabelledRecording:
    """The same under the machine it was made on, channels of one file as one recording."""
    facts = recording.attributes
    channel = facts.get("channel", "")
    machine = MACHINES.get(pack, pack)
    if pack.startswith("cwru"):
        machine = _CHANNEL_ENDS.get(channel, machine)
    source = PurePosixPath(facts.get("source", recording.key))
    specimen = facts.get("size", "")
    if not specimen and recording.label == "healthy":
        # "ch3 (bearing 2)": the rig says which bearing a channel hears.
        inside = channel.partition("(")[2].rstrip(")")
        specimen = inside or ("healthy" if pack.startswith("cwru") else "")
    return replace(
        recording,
        machine=machine,
        # The stem of a date, 2003.10.22.12.06.24, would be cut short.
        key=f"{pack}/{source.stem if source.suffix in ('.mat', '.npz') else source.name}",
        specimen=specimen,
    )


def _rows(folder: Path) -> list[dict[str, str]]:
    manifest = folder / "manifest.csv"
    try:
        with manifest.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as error:
        raise UnreadableFileError(
            f"{manifest} cannot be read: {error}. Name the folder that holds it."
        ) from error
    if missing := [name for name in COLUMNS if not rows or name not in rows[0]]:
        raise UnreadableFileError(f"{manifest} lacks the columns {', '.join(missing)}.")
    return rows


def _of_pack(
    folder: Path, pack: str, rows: Sequence[dict[str, str]]
) -> Iterator[LabelledRecording]:
    with _opened(folder / f"{pack}.npz") as arrays:
        for row in rows:
            if row["pack"] != f"{pack}.npz":
                continue
            if row["key"] not in arrays:
                raise UnreadableFileError(f"{pack}.npz lacks the array {row['key']}.")
            yield LabelledRecording(
                machine=pack,
                key=row["key"],
                label=label_in_words(row["label"]),
                signal=_signal(arrays, row),
                condition=row.get("load") or "",
                specimen=row.get("size") or "",
                file=f"{pack}.npz",
                attributes=_attributes(row),
            )


def _attributes(row: Mapping[str, str]) -> dict[str, str]:
    found = {name: row[name] for name in _ATTRIBUTES if row.get(name)}
    if position := (row.get("pos") or "").lstrip("@"):
        found["position"] = f"{position} o'clock"
    if row.get("src"):
        found["source"] = row["src"]
    return {"called": row["label"], "pack": row["pack"].removesuffix(".npz"), **found}


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


LAYOUT = Layout(
    CARD,
    "manifest.csv with the columns pack, key, fs, label, ... beside npz files",
    recognises_packs,
    read_all_packs,
    rank=SAID,
)
