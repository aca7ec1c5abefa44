"""A folder that files fall into: each becomes a frame once it is whole.

A file counts as whole once it has not changed for `settle_s`; one that cannot be read then gets a
second chance when `patience_s` are over, for copies that stall. Whoever writes under a name that
begins with a dot, and renames, is never read too early. A file that is written anew under its old
name is a new frame. Links are not followed.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from threading import Event

from faultlens.core.errors import FaultlensError, UnreadableFileError, UsageError
from faultlens.core.notice import Notice
from faultlens.line.configuration.line_config import SourceConfig, positive
from faultlens.line.frame import Frame, Trouble
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.arrivals import Arrival, Arrivals, files_in
from faultlens.line.sources.part_names import checked_pattern, part_of
from faultlens.line.sources.recorded import Piece, Reading, is_recorded, pieces_of
from faultlens.line.sources.scan_reading import scan_reading

LOOK_S = 0.2
"""How often it looks whether files came, and whether it is to stop, s (contract of sources)."""

REST = 4
"""After looking through a large folder it rests so many times as long as that took."""

SIDECARS = (".toml", ".json")
"""Suffixes of what is said of a recording; no files to judge."""


@dataclass(frozen=True)
class FolderOptions:
    """What stands in line.toml for a folder.

    Args:
        path: the folder.
        sub_folders: whether theirs are taken too.
        settle_s: a file is whole once it has not changed for so long, s.
        patience_s: one that cannot be read is tried once more after so long, s.
        sample_rate_hz: of recordings that do not say it, samples per second.
        part_pattern: regular expression with a group `(?P<part>...)` over a file's name.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    path: Path
    sub_folders: bool = True
    settle_s: float = 0.5
    patience_s: float = 10.0
    sample_rate_hz: float | None = None
    part_pattern: str = ""

    def __post_init__(self) -> None:
        for name in ("settle_s", "patience_s", "sample_rate_hz"):
            positive(name, getattr(self, name))
        checked_pattern(self.part_pattern)


class FolderSource(AbstractSource):
    """Watches a folder.

    Args:
        config: of the source; its options are `FolderOptions`.

    Raises:
        UsageError: it has other options.
    """

    def __init__(self, config: SourceConfig) -> None:
        if not isinstance(config.options, FolderOptions):
            raise UsageError(f"Source '{config.name}' needs the options of a folder.")
        self._config = config
        self._options = config.options
        self._pattern = checked_pattern(config.options.part_pattern)
        # A file of vibration is judged as a whole: it has its one verdict.
        self._reading = Reading(
            window_s=0,
            sample_rate_hz=config.options.sample_rate_hz,
            channels=tuple(config.channels),
            scans=scan_reading(config),
        )
        self._odd: set[str] = set()
        self._away = False

    def frames(self, resume: str | None, stop: Event) -> Iterator[Frame | Trouble]:
        """Frames in their order; see `AbstractSource.frames`.

        Raises:
            UnreadableFileError: there is no such folder.
        """
        if not self._options.path.is_dir():
            raise UnreadableFileError(
                f"{self._options.path} is no folder; make it, or give the one that files are "
                "written to."
            )
        arrivals = Arrivals(self._options.settle_s)
        last, done = (None, 0) if resume is None else _place_of(resume)
        for file in _before(self._options.path, self._options.sub_folders, last):
            arrivals.take(file)
        while not stop.is_set():
            started = time.monotonic()
            files, troubles = self._look()
            yield from troubles
            for file in arrivals.whole(files, started):
                yield from self._of_file(file, done if file == last else 0, arrivals, stop)
                if stop.is_set():
                    return
            _rest(stop, max(LOOK_S, REST * (time.monotonic() - started)))

    def _look(self) -> tuple[list[Arrival], list[Trouble]]:
        try:
            there = list(files_in(self._options.path, below=self._options.sub_folders))
        except OSError as error:
            told = [] if self._away else [self._trouble(_away(self._options.path, error), "error")]
            self._away = True
            return [], told
        self._away = False
        files = [x for x in there if is_recorded(x.name, self._reading.scans)]
        odd = {PurePath(x.name).suffix for x in {*there} - {*files}}
        told = [self._trouble(_not_read(x), "info") for x in sorted(odd - self._odd - {*SIDECARS})]
        self._odd |= odd
        return files, told

    def _of_file(
        self, file: Arrival, done: int, arrivals: Arrivals, stop: Event
    ) -> Iterator[Frame | Trouble]:
        try:
            for piece in pieces_of(self._options.path / file.name, self._reading, done):
                done += 1
                yield self._frame(file, piece, done)
                if stop.is_set():
                    return
        except FaultlensError as error:
            if arrivals.later(file, self._options.patience_s, time.monotonic()):
                return
            yield self._trouble(_unreadable(file.name, error), "warning", _resume(file, done))
        arrivals.take(file)

    def _frame(self, file: Arrival, piece: Piece, done: int) -> Frame:
        return Frame(
            id="#".join(x for x in (file.id, piece.name) if x),
            source=self._config.name,
            time=datetime.fromtimestamp(file.written_ns / 1e9, UTC),
            payload=piece.payload,
            channel=piece.channel,
            part=part_of(file.name, self._pattern),
            asset=self._config.channel(piece.channel).asset,
            resume=_resume(file, done),
            arrived_s=time.perf_counter(),
        )

    def _trouble(self, notice: Notice, severity: str, resume: str | None = None) -> Trouble:
        return Trouble(self._config.name, datetime.now(UTC), notice, severity, resume)


def _before(folder: Path, below: bool, last: Arrival | None) -> list[Arrival]:
    """Files that were done before a restart: all that came before the last one that was."""
    if last is None:
        return []
    try:
        return [x for x in files_in(folder, below=below) if x < last]
    except OSError:
        return []


def _resume(file: Arrival, done: int) -> str:
    return f"{file.changed_ns} {done} {file.name}"


def _place_of(resume: str) -> tuple[Arrival, int]:
    changed, done, name = resume.split(" ", 2)
    return Arrival(int(changed), name), int(done)


def _rest(stop: Event, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        stop.wait(min(left, LOOK_S))


def _away(folder: Path, error: OSError) -> Notice:
    return Notice(
        en=f"The folder {folder} cannot be looked into ({error.strerror}); it is tried again.",
        zh=f"无法查看文件夹 {folder}（{error.strerror}）；将继续重试。",
    )


def _not_read(suffix: str) -> Notice:
    return Notice(
        en=f"Files with the suffix '{suffix}' are neither pictures, scans nor recordings of this "
        "source and are left.",
        zh=f"后缀为“{suffix}”的文件不是本数据源的图像、扫描或记录，不予处理。",
    )


def _unreadable(name: str, error: FaultlensError) -> Notice:
    return Notice(
        en=f"{name} cannot be read and is passed over until it is written again. {error}",
        zh=f"{name} 无法读取，在重新写入之前将被跳过。{error}",
    )
