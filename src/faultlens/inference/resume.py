"""A batch that was cut goes on: what was judged is written down, and known again by its files."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, final

from faultlens.core.errors import FaultlensError, UsageError
from faultlens.core.files import write_text
from faultlens.inference.packed import packed, unpacked

WAY = ".unfinished"
"""Hidden folder of a batch on its way: half-written pictures, and what was judged so far."""

JUDGED = "judged.jsonl"
"""File there, a line per result; its first line holds the settings."""

LEFT = "unfinished.jsonl"
"""The same file beside the results of a batch that was interrupted in order."""

Stamp = tuple[tuple[str, int, int], ...]
"""Path, size in bytes and time of the last change in ns of every file that a result is of."""

Settings = Mapping[str, object]
"""Option -> its value as JSON holds it: all that a result depends on beside its files."""


class Row(Protocol):
    """What a batch keeps of one file."""

    @property
    def name(self) -> str:
        """Of what was written about it, without a suffix."""


R = TypeVar("R", bound=Row)


def stamp_of(files: Iterable[str | Path]) -> Stamp | None:
    """By what files are known again; None where one of them is no file here, such as a URL.

    Args:
        files: of one part: the picture, its views, what lies beside it.

    Example:
        >>> stamp_of(["/nowhere/a.png"]) is None
        True
    """
    stamps = []
    for file in files:
        try:
            facts = os.stat(file)
        except (OSError, ValueError):
            return None
        stamps.append((os.path.abspath(file), facts.st_size, facts.st_mtime_ns))
    return tuple(stamps)


def written_by_way(folder: Path, name: str, write: Callable[[Path], object]) -> None:
    """Write a file of a batch under its name when it is whole; a kill leaves nothing beside it.

    Args:
        folder: of the batch.
        name: of the file.
        write: writes it where it is told to.

    Raises:
        OSError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> written_by_way(folder, "a.txt", lambda target: write_text(target, "whole"))
        >>> (folder / "a.txt").read_text()
        'whole'
    """
    way = folder / WAY / name
    write(way)
    os.replace(way, folder / name)


@final
class Unfinished(Generic[R]):
    """What was judged of a batch that is not at its end.

    Args:
        folder: of the results; None writes nothing.
        settings: of this batch.
        resume: whether results that lie there are kept, where settings and files are the same.

    Raises:
        UsageError: to go on without a folder, or with other settings.

    Example:
        >>> Unfinished(None, {}, resume=True)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: --resume goes on in a folder of results; name it with ...
    """

    def __init__(self, folder: Path | None, settings: Settings, *, resume: bool = False) -> None:
        if folder is None and resume:
            raise UsageError("--resume goes on in a folder of results; name it with --out.")
        self.resumed = resume
        self._folder = folder
        self._head = json.dumps({"settings": dict(settings)})
        self._kept: dict[Stamp, R] = {}
        self._lines: list[str] = []
        self._begun = False
        if folder is not None and resume:
            for line in self._lines_of(folder, settings):
                self._keep(line, folder)

    @property
    def found(self) -> bool:
        """Whether a batch was cut in the folder, resumed or not."""
        return self._folder is not None and _file_of(self._folder) is not None

    def kept(self, stamp: Stamp | None) -> R | None:
        """The result of files that were judged as they are now; None where there is none.

        Args:
            stamp: of the files.
        """
        return None if stamp is None else self._kept.get(stamp)

    def add(self, stamp: Stamp | None, row: R) -> None:
        """Write down what was judged; a kill right after loses nothing.

        Args:
            stamp: of its files, taken before they were read; None for what is judged again.
            row: what the batch keeps of it.

        Raises:
            OSError: the folder cannot be written.
        """
        if self._folder is None or stamp is None:
            return
        file = self._folder / WAY / JUDGED
        if not self._begun:
            write_text(file, "\n".join([self._head, *self._lines, ""]))
            (self._folder / LEFT).unlink(missing_ok=True)
            self._begun = True
        line = json.dumps({"files": stamp, "row": packed(row, self._folder)})
        with file.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    def leave(self) -> None:
        """Leave it beside the results, for --resume: the batch was interrupted in order.

        Raises:
            OSError: the folder cannot be written.
        """
        if self._folder is not None and (self._folder / WAY / JUDGED).exists():
            os.replace(self._folder / WAY / JUDGED, self._folder / LEFT)
        self._sweep()

    def finish(self) -> None:
        """Remove it: the batch is at its end."""
        self._sweep()
        if self._folder is not None:
            (self._folder / LEFT).unlink(missing_ok=True)

    def _sweep(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder / WAY, ignore_errors=True)

    def _lines_of(self, folder: Path, settings: Settings) -> list[str]:
        file = _file_of(folder)
        if file is None:
            return []
        head, *lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
        _refuse_others(folder, _settings_in(head), json.loads(json.dumps(dict(settings))))
        return lines

    def _keep(self, line: str, folder: Path) -> None:
        """Take a line; one that was cut, or whose picture is gone, is judged again."""
        try:
            told = json.loads(line)
            row: R = unpacked(told["row"], folder)
            stamp = tuple((str(x), int(size), int(ns)) for x, size, ns in told["files"])
            there = (folder / f"{row.name}.png").is_file()
        except (ValueError, TypeError, KeyError, AttributeError, ImportError, FaultlensError):
            return
        if there:
            self._kept[stamp] = row
            self._lines.append(line)


def _file_of(folder: Path) -> Path | None:
    """What was judged of a batch that was cut there: killed, or interrupted in order."""
    return next((x for x in (folder / WAY / JUDGED, folder / LEFT) if x.is_file()), None)


def _settings_in(head: str) -> dict[str, Any]:
    try:
        settings = json.loads(head)["settings"]
    except (ValueError, TypeError, KeyError):
        settings = None
    return settings if isinstance(settings, dict) else {}


def _refuse_others(folder: Path, then: dict[str, Any], now: dict[str, Any]) -> None:
    other = [x for x in dict.fromkeys((*now, *then)) if then.get(x) != now.get(x)]
    if other:
        told = "; ".join(f"{x} was {_said(then.get(x))} and is {_said(now.get(x))}" for x in other)
        raise UsageError(
            f"The batch that was cut in '{folder}' was judged otherwise, so its results cannot "
            f"stand beside new ones: {told}. Give what was given then, or leave --resume out to "
            "judge every file anew."
        )


def _said(value: Any) -> str:
    return "not given" if value is None else json.dumps(value, ensure_ascii=False)
