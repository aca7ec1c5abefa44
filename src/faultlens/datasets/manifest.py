"""`manifest`: a CSV that lists recordings with what is true of them.

Data card. Layout: a table with the columns file and label, and where known key, sample_rate_hz,
shaft_rpm, bearing, machine, condition, specimen and channel; any further column is an attribute to
choose and split by. Files are given as seen from the manifest. Terms and citation are the owner's.
Split rule: rows of one key are one recording (where there is no such column, a file is); machine,
specimen and condition are what harder splits go by.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isfinite
from pathlib import Path

from faultlens.core.errors import UnknownNameError, UnreadableFileError, UsageError
from faultlens.core.notice import Notice
from faultlens.datasets.dataset import SAID, DataCard, Found, Layout, read_each, root_name
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.labels import label_in_words
from faultlens.signals.catalogue.lookup import find_bearing
from faultlens.signals.catalogue.parse import parse_bearing
from faultlens.signals.read import read_signal

COLUMNS = (
    "file", "label", "key", "sample_rate_hz", "shaft_rpm", "bearing", "machine", "condition",
    "specimen", "channel",
)  # fmt: skip
"""Columns with a meaning; file and label must be there."""

CARD = DataCard(
    title="manifest: recordings of your own, listed in a CSV",
    terms="yours",
    citation="yours",
    split_rule="rows of one key are one recording; split by machine, specimen and condition, which "
    "the manifest states",
    traps=("What the manifest does not state cannot be split by.",),
)

_NAME = "manifest.csv"
_LARGEST_BYTES = 1 << 26  # some hundred thousand rows


def recognises_manifest(path: Path) -> bool:
    """Whether it is a CSV with the columns file and label, or a folder with such a manifest.csv.

    Args:
        path: the folder, or the CSV itself.

    Example:
        >>> recognises_manifest(Path("/nowhere"))
        False
    """
    file = _file(path)
    try:
        with file.open(encoding="utf-8-sig") as stream:
            head = stream.readline(1 << 16)
    except (OSError, ValueError):
        return False
    return {"file", "label"} <= {x.strip().casefold() for x in head.split(_delimiter(head))}


def read_manifest(path: Path, sample_rate_hz: float | None = None) -> Found:
    """Every recording of a manifest; a row that cannot be used is named with its reason.

    Args:
        path: the CSV, or the folder of a manifest.csv.
        sample_rate_hz: samples per second, where neither row nor file says.

    Raises:
        UnreadableFileError: no table with the columns file and label.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.csv").write_text("acc (g)\\n0.1\\n0.3\\n-0.2\\n")
        >>> _ = (folder / "manifest.csv").write_text(
        ...     "file,label,sample_rate_hz,load\\na.csv,外圈剥落,1000,2 hp\\n")
        >>> [(x.label, x.attributes["load"]) for x in read_manifest(folder).recordings]
        [('outer race fault', '2 hp')]
    """
    file = _file(path)
    rows = _rows(file)
    home = root_name(path)
    words: list[str] = []

    def read(each: Mapping[str, str]) -> Iterator[LabelledRecording]:
        name, word = each["file"], each["label"]
        if not name or not word:
            raise UsageError("the row lacks its file or its label; fill in both.")
        rate = _number(each, "sample_rate_hz") or sample_rate_hz
        signal = read_signal(
            file.parent / name, sample_rate_hz=rate, channel=each.get("channel") or None
        )
        rpm, bearing = _number(each, "shaft_rpm"), each.get("bearing")
        signal = replace(
            signal,
            shaft_rpm=rpm or signal.shaft_rpm,
            speeds_rpm=None if rpm else signal.speeds_rpm,
            bearing=parse_bearing(bearing) if bearing else signal.bearing,
        )
        words.append(word)
        own = {x: y for x, y in each.items() if x not in COLUMNS and y}
        channel = {"channel": each["channel"]} if each.get("channel") else {}
        yield LabelledRecording(
            machine=each.get("machine") or signal.asset or home,
            key=f"{home}/{each.get('key') or name}",
            label=label_in_words(word),
            signal=signal,
            condition=each.get("condition", ""),
            specimen=each.get("specimen", ""),
            file=name,
            attributes={"called": word, **channel, **own},
        )

    listed = ((f"{file.name}, row {i}: {x['file']}", x) for i, x in enumerate(rows, start=2))
    recordings, failed = read_each(listed, read)
    bearings = {x.signal.bearing for x in recordings if isinstance(x.signal.bearing, str)}
    warnings = tuple(x for name in sorted(bearings) if (x := _unknown_bearing(name)))
    return Found(tuple(recordings), tuple(failed), warnings, tuple(words))


def _file(path: Path) -> Path:
    return path / _NAME if path.is_dir() else path


def _delimiter(head: str) -> str:
    # What spreadsheets write as CSV depends on the country.
    return max(",;\t", key=head.count)


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise ValueError("it is larger than 64 MiB")
        with file.open(newline="", encoding="utf-8-sig") as stream:
            head = stream.readline()
            stream.seek(0)
            read = list(csv.DictReader(stream, delimiter=_delimiter(head), restval=""))
    except (OSError, ValueError, csv.Error) as error:
        raise UnreadableFileError(f"{file} is no manifest: {error}.") from error
    rows = [
        {str(x).strip().casefold(): str(y).strip() for x, y in row.items() if x is not None}
        for row in read
    ]
    if not rows or not {"file", "label"} <= set(rows[0]):
        raise UnreadableFileError(
            f"{file} is no manifest: it needs a header with the columns file and label, and a row "
            f"per recording. Further columns with a meaning: {', '.join(COLUMNS[2:])}."
        )
    return rows


def _number(row: Mapping[str, str], name: str) -> float | None:
    text = row.get(name, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (isfinite(number) and number > 0):
        raise UsageError(f"{name} is '{text}'; it must be a positive number.")
    return number


def _unknown_bearing(name: str) -> Notice | None:
    try:
        find_bearing(name)
    except UnknownNameError:
        return Notice(
            en=f"The catalogue does not know the bearing '{name}': models that read its fault "
            "orders cannot use these recordings. Give its geometry, n=9,d=7.94,D=39.04.",
            zh=f"轴承目录中没有“{name}”：依赖故障阶次的模型无法使用这些记录。"
            "请给出几何参数，如 n=9,d=7.94,D=39.04。",
        )
    return None


LAYOUT = Layout(
    CARD,
    "manifest.csv, or another CSV given itself, with the columns file and label",
    recognises_manifest,
    read_manifest,
    rank=SAID,
)
