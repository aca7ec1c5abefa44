"""A data set: its recordings, its card, what could not be read; and the layouts that give one."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import numpy as np

from faultlens.core.errors import FaultlensError, UnreadableFileError
from faultlens.core.notice import Notice, refuse_plain_text
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.labels import label_notices
from faultlens.signals.read import FORMATS

UNEQUAL = 2.0
"""Longest over shortest recording from which on it is said that classes may weigh unequally."""

SAID, NAMED, ANYBODYS = 0, 1, 2
"""A manifest says the layout; its published file names do; anybody's files may lie so."""

_ABOUT = re.compile(r"(readme|licen[cs]e|citation|changelog|notes?)\b", re.IGNORECASE)

T = TypeVar("T")


@dataclass(frozen=True)
class DataCard:
    """What whoever uses a data set must know.

    Args:
        title: what it is, in a line.
        terms: under which terms it may be used, as its makers state them.
        citation: what to cite.
        split_rule: how to split it without a leak.
        traps: what makes a score on it mean less than it seems.
    """

    title: str
    terms: str
    citation: str
    split_rule: str
    traps: tuple[str, ...] = ()


@dataclass(frozen=True)
class FailedFile:
    """A file that gave no recording.

    Args:
        file: its name, as seen from the folder of the data set.
        reason: why, and what to do.
    """

    file: str
    reason: str


@dataclass(frozen=True, eq=False)
class Found:
    """What a layout read from a folder.

    Args:
        recordings: in the order of their files.
        failed: files that gave none.
        warnings: what a careful engineer would want to know.
        words: labels as they were given, where they are not ours; empty where the layout knows.

    Raises:
        UsageError: a warning is plain text, in one language only.
    """

    recordings: tuple[LabelledRecording, ...]
    failed: tuple[FailedFile, ...] = ()
    warnings: tuple[Notice, ...] = ()
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_plain_text(self.warnings)


@dataclass(frozen=True)
class Layout:
    """How a data set lies on disk, and how it is read.

    Args:
        card: terms, citation, split rule and traps.
        looks_for: what its folder holds, in words, for messages.
        recognises: folder or file -> whether it is laid out so.
        read: (folder or file, samples per second where the data do not say) -> what was found.
        rank: how sure it is where it fits, `SAID`, `NAMED` or `ANYBODYS`; the surest is taken.
    """

    card: DataCard
    looks_for: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path, float | None], Found]
    rank: int = NAMED


@dataclass(frozen=True, eq=False)
class Dataset:
    """Recordings with what is true of them, and what to know before using them.

    Args:
        name: its layout, as registered.
        recordings: in the order of their files.
        card: terms, citation, split rule and traps.
        failed: files that gave no recording, with the reason.
        warnings: what a careful engineer would want to know.
    """

    name: str
    recordings: tuple[LabelledRecording, ...]
    card: DataCard
    failed: tuple[FailedFile, ...] = ()
    warnings: tuple[Notice, ...] = ()

    @property
    def labels(self) -> Mapping[str, int]:
        """Label -> recordings."""
        return Counter(x.label for x in self.recordings)

    @cached_property
    def sha256(self) -> str:
        """Hash of labels and samples, in order."""
        total = sha256()
        for each in self.recordings:
            total.update(f"{each.label}\n{each.sha256}\n".encode())
        return total.hexdigest()


def completed(name: str, card: DataCard, path: Path, found: Found) -> Dataset:
    """A data set of what a layout found, checked as a whole.

    Args:
        name: of the layout.
        card: of the layout.
        path: what was opened, for messages.
        found: what the layout read.

    Raises:
        UnreadableFileError: no recording could be used; names the first reason.

    Example:
        >>> completed("folders", DataCard("", "", "", ""), Path("empty"), Found(()))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: empty: no recording of a 'folders' data set ...
    """
    whole, holed = [], list(found.failed)
    for recording in found.recordings:
        missing = int(np.sum(~np.isfinite(recording.signal.samples)))
        if missing:
            reason = f"{missing} of {len(recording.signal.samples)} samples are missing or infinite"
            holed.append(FailedFile(recording.file, f"{reason}; repair or remove it."))
        else:
            whole.append(recording)
    if not whole:
        first = f" The first: {holed[0].file}: {holed[0].reason}" if holed else " It is empty."
        raise UnreadableFileError(
            f"{path}: no recording of a '{name}' data set could be used, {len(holed)} files "
            f"failed.{first}"
        )
    recordings, doubled = _one_key_per_content(whole)
    warnings = (*found.warnings, *label_notices(found.words), *doubled, *_of_all(recordings))
    return Dataset(name, recordings, card, tuple(holed), warnings)


def read_each(
    files: Iterable[tuple[str, T]], read: Callable[[T], Iterable[LabelledRecording]]
) -> tuple[list[LabelledRecording], list[FailedFile]]:
    """Read one file after the other; a bad one is named with its reason and the rest goes on.

    Args:
        files: (name for messages, what `read` takes).
        read: what it takes -> its recordings.

    Example:
        >>> def refuse(file):
        ...     raise UnreadableFileError(f"{file} is empty.")
        >>> read_each([("a.csv", "a.csv")], refuse)
        ([], [FailedFile(file='a.csv', reason='a.csv is empty.')])
    """
    recordings: list[LabelledRecording] = []
    failed = []
    for name, file in files:
        try:
            recordings += read(file)
        except FaultlensError as error:
            failed.append(FailedFile(name, str(error)))
    return recordings, failed


def files_below(folder: Path) -> Iterator[Path]:
    """Files that may be recordings, in order of name; hidden ones, sidecars and notes are not.

    Args:
        folder: looked into to any depth.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("b.csv", "a.wav", "README.txt", ".hidden.csv", "b.toml"):
        ...     (folder / name).touch()
        >>> [x.name for x in files_below(folder)]
        ['a.wav', 'b.csv']
    """
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if any(x.startswith(".") or x == "__MACOSX" for x in inside) or not path.is_file():
            continue
        if path.suffix.lower() in FORMATS and not _ABOUT.match(path.name):
            yield path


def root_name(path: Path) -> str:
    """The folder's own name, also where it was given as "." or "..".

    Args:
        path: the folder, or a file in it.

    Example:
        >>> root_name(Path("/data/pumps/../fans"))
        'fans'
    """
    resolved = path.resolve()
    return resolved.parent.name if resolved.is_file() else resolved.name


def _one_key_per_content(
    recordings: list[LabelledRecording],
) -> tuple[tuple[LabelledRecording, ...], tuple[Notice, ...]]:
    """The same samples under two names are one recording: one key, so that no split parts them."""
    first: dict[str, LabelledRecording] = {}
    merged: dict[str, str] = {}
    doubled = []
    for recording in recordings:
        other = first.setdefault(recording.sha256, recording)
        if other is not recording and other.key != recording.key:
            merged[recording.key] = merged.get(other.key, other.key)
            doubled.append((other.file or other.key, recording.file or recording.key))
    if not doubled:
        return tuple(recordings), ()
    one, two = doubled[0]
    said = Notice(
        en=f"{len(doubled):d} recordings hold the samples of another, first {two}, those of {one}: "
        "counted as one recording, so that no split parts them. Remove the copies.",
        zh=f"{len(doubled):d} 个记录的采样与其他记录相同，例如 {two} 与 {one}："
        "视为同一记录，划分时不分开。请删除重复文件。",
    )
    return tuple(replace(x, key=merged.get(x.key, x.key)) for x in recordings), (said,)


def _of_all(recordings: tuple[LabelledRecording, ...]) -> Iterator[Notice]:
    labels = sorted({x.label for x in recordings})
    if len(labels) == 1:
        yield Notice(
            en=f"One class only, '{labels[0]}': a profile can be calibrated on it, but a model "
            "learns from two classes or more.",
            zh=f"只有一个类别“{labels[0]}”：可用于标定，但训练模型至少需要两个类别。",
        )
    rates = Counter(x.signal.sample_rate_hz for x in recordings)
    if len(rates) > 1:
        told = ", ".join(f"{rate:g} Hz ({n})" for rate, n in sorted(rates.items()))
        yield Notice(
            en=f"Mixed sampling rates: {told}. Windows are cut at one rate: choose recordings of "
            "one rate, or bring all to the lowest.",
            zh=f"采样率不一致：{told}。截取窗口需要同一采样率：请选择同一采样率的记录，"
            "或统一到最低采样率。",
        )
    seconds = [x.signal.duration_s for x in recordings]
    if max(seconds) > UNEQUAL * min(seconds):
        yield Notice(
            en=f"Recordings are {min(seconds):.3g} to {max(seconds):.3g} s long: long ones give "
            "more windows and weigh more, unless their number is limited.",
            zh=f"记录长度为 {min(seconds):.3g} 至 {max(seconds):.3g} 秒：长记录产生的窗口更多，"
            "权重更大，可限制每个记录的窗口数。",
        )
