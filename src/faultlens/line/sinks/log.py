"""`kind = "log"`: steps of alarms as lines of JSON, to a file that rotates or the terminal."""

import json
import os
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import cast, final

from faultlens.core.errors import UsageError
from faultlens.line.configuration.line_config import SinkConfig, positive
from faultlens.line.sinks.abstract import AbstractSink
from faultlens.line.sinks.message import alarm_table
from faultlens.store.records import AlarmRecord

_TAIL_BYTES = 65_536
"""Of the file's end, in which the last step is looked for after a restart."""


@dataclass(frozen=True)
class LogOptions:
    """Keys of a log in line.toml.

    Args:
        path: of the file; None for standard output.
        largest_mb: from this size on a new file is begun, MB.
        files: that are kept: the one that is written, and those before it.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    path: Path | None = None
    largest_mb: float = 10.0
    files: int = 5

    def __post_init__(self) -> None:
        positive("largest_mb", self.largest_mb)
        if not 1 <= self.files <= 1000:
            raise UsageError(f"files is {self.files}; 1 to 1000 are kept.")


@final
class LogSink(AbstractSink):
    """Lines of JSON; each step stands once, also after a kill between writing and remembering.

    Args:
        config: whose options are `LogOptions`.
        language: of the message in each line.
        folder: not needed here.
    """

    def __init__(self, config: SinkConfig, language: str, folder: Path) -> None:
        self._options = cast(LogOptions, config.options)
        self._language = language
        self._last: str | None = None

    def send(self, alarm: AlarmRecord) -> None:
        """Write one line; it is on the disk when this returns.

        Args:
            alarm: the step.

        Raises:
            OSError: the file cannot be written.
        """
        line = json.dumps(alarm_table(alarm, self._language), ensure_ascii=False)
        path = self._options.path
        if path is None:
            print(line, file=sys.stdout, flush=True)
            return
        if self._last is None:
            self._last = _last_id(path)
        # The dispatcher sends again the one step of which it cannot know: the last.
        if alarm.id == self._last:
            return
        self._written(path, line)
        self._last = alarm.id

    def _written(self, path: Path, line: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = line.encode("utf-8", errors="backslashreplace") + b"\n"
        size = path.stat().st_size if path.exists() else 0
        if size and size + len(content) > self._options.largest_mb * 1e6:
            self._rotated(path)
        # Unbuffered: a line is one write, and what failed is not written again at the next.
        with path.open("ab+", buffering=0) as stream:
            begun = stream.seek(0, os.SEEK_END)
            if begun and _is_cut(stream.fileno(), begun):
                content = b"\n" + content
            try:
                if stream.write(content) != len(content):
                    raise OSError(f"{path} takes no more: the disk is full.")
                os.fsync(stream.fileno())
            except OSError:
                os.ftruncate(stream.fileno(), begun)
                raise

    def _rotated(self, path: Path) -> None:
        kept = [path, *(path.with_name(f"{path.name}.{n}") for n in range(1, self._options.files))]
        kept[-1].unlink(missing_ok=True)
        for newer, older in reversed(list(pairwise(kept))):
            if newer.exists():
                newer.rename(older)


def _is_cut(handle: int, size: int) -> bool:
    return os.pread(handle, 1, size - 1) != b"\n"


def _last_id(path: Path) -> str:
    """Id of the last whole line; "" without one."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - _TAIL_BYTES, 0))
        lines = stream.read().splitlines()
    for line in reversed(lines):
        try:
            return str(json.loads(line)["id"])
        except (ValueError, TypeError, KeyError):
            continue
    return ""
