"""Recorded files played again, as fast as they were taken, faster, or as fast as they are judged.

It goes on after a restart with exactly the frame after the last whose result is safe. A stack of
pictures (`.npy`, uint8 or uint16, (frame, row, column) or with red, green, blue at the end) is read
frame by frame; recordings of vibration are cut into windows.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from pathlib import Path
from threading import Event

from faultlens.core.errors import FaultlensError, UnreadableFileError, UsageError
from faultlens.core.notice import Notice
from faultlens.line.configuration.line_config import SourceConfig, one_of, positive
from faultlens.line.frame import Frame, Trouble
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.part_names import checked_pattern, part_of
from faultlens.line.sources.recorded import Piece, Reading, in_order, is_recorded, pieces_of
from faultlens.line.sources.scan_reading import ScanReading, scan_reading

LOOK_S = 0.2
"""How often a source looks whether it is to stop, s (contract of sources)."""

TIMES = ("now", "recorded")


@dataclass(frozen=True)
class ReplayOptions:
    """What stands in line.toml for a replay.

    Args:
        path: a file, or a folder whose files are played in their order, also of its sub-folders.
        speed: 1 as recorded, 10 ten times as fast, 0 as fast as they are judged.
        rate_hz: pictures or scans per second, of those that do not say it.
        rounds: how often all is played; 0 without end.
        times: "now", frames are taken as of this moment; or "recorded", from when a file was
            written, so that a second run tells the same times.
        sample_rate_hz: of recordings that do not say it, samples per second.
        part_pattern: regular expression with a group `(?P<part>...)` over a file's name.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    path: Path
    speed: float = 1.0
    rate_hz: float = 1.0
    rounds: int = 1
    times: str = "now"
    sample_rate_hz: float | None = None
    part_pattern: str = ""

    def __post_init__(self) -> None:
        one_of("times", self.times, TIMES)
        positive("rate_hz", self.rate_hz)
        positive("sample_rate_hz", self.sample_rate_hz)
        checked_pattern(self.part_pattern)
        if not (isfinite(self.speed) and self.speed >= 0):
            raise UsageError(f"speed is {self.speed:g}; 0 as fast as it goes, or more.")
        if self.rounds < 0:
            raise UsageError(f"rounds is {self.rounds}; 0 without end, or more.")


@dataclass(frozen=True)
class _Place:
    """Where a replay stands: round, pieces of the file that are done, file; "" for none yet."""

    round: int = 0
    done: int = 0
    file: str = ""


class _Clock:
    """When pieces are due: as far apart as they were taken, file after file."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._started = time.perf_counter()
        self._before_s = 0.0
        self._ends_s = 0.0
        self._first_s: float | None = None

    def next_file(self) -> None:
        self._before_s, self._first_s = self._before_s + self._ends_s, None
        self._ends_s = 0.0

    def due(self, piece: Piece) -> float | None:
        self._first_s = piece.at_s if self._first_s is None else self._first_s
        inside_s = piece.at_s - self._first_s
        self._ends_s = inside_s + piece.lasts_s
        if self._speed == 0:
            return None
        return self._started + (self._before_s + inside_s) / self._speed


class ReplaySource(AbstractSource):
    """Plays files again.

    Args:
        config: of the source; its options are `ReplayOptions`.

    Raises:
        UsageError: it has other options.
    """

    def __init__(self, config: SourceConfig) -> None:
        if not isinstance(config.options, ReplayOptions):
            raise UsageError(f"Source '{config.name}' needs the options of a replay.")
        self._config = config
        self._options = config.options
        self._pattern = checked_pattern(config.options.part_pattern)
        self._reading = Reading(
            rate_hz=self._options.rate_hz,
            window_s=config.window_s,
            sample_rate_hz=self._options.sample_rate_hz,
            channels=tuple(config.channels),
            scans=scan_reading(config),
        )

    def frames(self, resume: str | None, stop: Event) -> Iterator[Frame | Trouble]:
        """Frames in their order; see `AbstractSource.frames`."""
        files = _files(self._options.path, self._reading.scans)
        place = _Place() if resume is None else _place_of(resume)
        clock = _Clock(self._options.speed)
        turn = place.round
        while not stop.is_set() and (self._options.rounds == 0 or turn < self._options.rounds):
            for file in files:
                # A file that is gone by now is passed over; those after it are not.
                done = turn == place.round and place.file != ""
                if done and in_order(file) < in_order(place.file):
                    continue
                here = place if (turn, file) == (place.round, place.file) else _Place(turn, 0, file)
                clock.next_file()
                try:
                    for piece in self._pieces(here):
                        due = clock.due(piece)
                        if not _waited(stop, due):
                            return
                        here = _Place(turn, here.done + 1, file)
                        yield self._frame(piece, here, due)
                except FaultlensError as error:
                    yield self._trouble(file, error, here)
                if stop.is_set():
                    return
            turn += 1

    def _pieces(self, here: _Place) -> Iterator[Piece]:
        return pieces_of(self._path(here.file), self._reading, here.done)

    def _path(self, file: str) -> Path:
        top = self._options.path
        return top / file if top.is_dir() else top

    def _frame(self, piece: Piece, here: _Place, due: float | None) -> Frame:
        name = "#".join(x for x in (here.file, piece.name) if x)
        taken = datetime.now(UTC)
        if self._options.times == "recorded":
            written = self._path(here.file).stat().st_mtime
            taken = datetime.fromtimestamp(written, UTC) + timedelta(seconds=piece.at_s)
        now = time.perf_counter()
        return Frame(
            id=f"{name} (round {here.round + 1})" if here.round else name,
            source=self._config.name,
            time=taken,
            payload=piece.payload,
            channel=piece.channel,
            part=part_of(here.file, self._pattern),
            asset=self._config.channel(piece.channel).asset,
            resume=f"{here.round} {here.done} {here.file}",
            # One that came late, since nobody took those before, was there all the same.
            arrived_s=now if due is None else min(now, due),
        )

    def _trouble(self, file: str, error: FaultlensError, here: _Place) -> Trouble:
        return Trouble(
            self._config.name,
            datetime.now(UTC),
            Notice(
                en=f"{file} cannot be played further; the next file follows. {error}",
                zh=f"{file} 无法继续播放；接着播放下一个文件。{error}",
            ),
            resume=f"{here.round} {here.done} {here.file}",
        )


def _files(path: Path, scans: ScanReading) -> list[str]:
    if path.is_file():
        return [path.name]
    if not path.is_dir():
        raise UnreadableFileError(
            f"{path} does not exist; a replay needs a file or a folder of pictures, scans or "
            "recordings."
        )
    inside = (x.relative_to(path) for x in path.rglob("*") if x.is_file())
    shown = (x for x in inside if not any(part.startswith(".") for part in x.parts))
    files = sorted((str(x) for x in shown if is_recorded(x.name, scans)), key=in_order)
    if not files:
        raise UnreadableFileError(
            f"The folder {path} holds no picture, video, scan or recording that could be played."
        )
    return files


def _place_of(resume: str) -> _Place:
    turn, done, file = resume.split(" ", 2)
    return _Place(int(turn), int(done), file)


def _waited(stop: Event, due: float | None) -> bool:
    """Wait until then; False where the line shuts down."""
    while not stop.is_set():
        left = 0.0 if due is None else due - time.perf_counter()
        if left <= 0:
            return True
        stop.wait(min(left, LOOK_S))
    return False
