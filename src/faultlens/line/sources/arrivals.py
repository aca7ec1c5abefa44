"""Which files of a folder are new and whole, by what the file system tells of them."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, order=True)
class Arrival:
    """A file as the file system tells it; they are ordered as they came.

    Args:
        changed_ns: when it was last changed by the file system's own clock (ctime), which nobody
            can set, unlike the time that copying keeps.
        name: of the file below the folder.
        written_ns: when its content was written (mtime).
        size: bytes.
    """

    changed_ns: int
    name: str
    written_ns: int = field(default=0, compare=False)
    size: int = field(default=0, compare=False)

    @property
    def id(self) -> str:
        """Its name and when its content was written: the same as long as that is.

        Example:
            >>> Arrival(0, "lot7/a.png", written_ns=1_764_144_000_250_000_000).id
            'lot7/a.png@20251126T080000.250000'
        """
        written = datetime.fromtimestamp(self.written_ns / 1e9, UTC)
        return f"{self.name}@{written:%Y%m%dT%H%M%S.%f}"

    def same_content(self, other: "Arrival | None") -> bool:
        """Whether nobody wrote to it between the two looks."""
        return other is not None and (self.written_ns, self.size) == (
            other.written_ns,
            other.size,
        )


class Arrivals:
    """Remembers what was taken, and since when the others have not changed.

    Args:
        settle_s: a file is whole once it has not changed for so long, s.
    """

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._taken: dict[str, Arrival] = {}
        self._waiting: dict[str, tuple[Arrival, float, float]] = {}

    def whole(self, files: Iterable[Arrival], now: float) -> list[Arrival]:
        """Files that are whole by now and were not taken, in the order in which they came.

        Args:
            files: all that are there.
            now: reading of a clock that never jumps, s.

        Example:
            >>> arrivals, file = Arrivals(0.5), Arrival(7, "a.png", 7, 100)
            >>> arrivals.whole([file], 0.0), [x.name for x in arrivals.whole([file], 0.6)]
            ([], ['a.png'])
        """
        there = {x.name: x for x in files}
        self._taken = {k: x for k, x in self._taken.items() if k in there}
        waiting: dict[str, tuple[Arrival, float, float]] = {}
        for name, file in there.items():
            if file.same_content(self._taken.get(name)):
                continue
            before = self._waiting.get(name)
            if before is None or before[0] != file or not file.same_content(before[0]):
                before = (file, now, now + self._settle_s)
            waiting[name] = before
        self._waiting = waiting
        return sorted(file for file, _, due in waiting.values() if due <= now)

    def take(self, file: Arrival) -> None:
        """This one is done, unless it is written again."""
        self._taken[file.name] = file
        self._waiting.pop(file.name, None)

    def later(self, file: Arrival, after_s: float, now: float) -> bool:
        """Try a file once more that could not be read; False where it had its second chance.

        Args:
            file: as `whole` gave it.
            after_s: how long after it was first seen, s.
            now: as of `whole`.
        """
        _, first, due = self._waiting[file.name]
        if due >= first + after_s:
            return False
        self._waiting[file.name] = (file, first, max(first + after_s, now))
        return True


def files_in(folder: Path, *, below: bool) -> Iterator[Arrival]:
    """Files of a folder that are there now; hidden ones and links are passed over.

    Args:
        folder: where to look.
        below: whether to look into its sub-folders too.

    Raises:
        OSError: the folder itself cannot be listed.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp())
        >>> _ = (path / "a.png").write_bytes(b"1"), (path / ".b.png").write_bytes(b"2")
        >>> [x.name for x in files_in(path, below=True)]
        ['a.png']
    """
    yield from _inside(os.scandir(folder), "", below)


def _inside(entries: "os._ScandirIterator[str]", above: str, below: bool) -> Iterator[Arrival]:
    with entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            name = f"{above}{entry.name}"
            try:
                if entry.is_file(follow_symlinks=False):
                    told = entry.stat(follow_symlinks=False)
                    yield Arrival(told.st_ctime_ns, name, told.st_mtime_ns, told.st_size)
                elif below and entry.is_dir(follow_symlinks=False):
                    yield from _inside(os.scandir(entry.path), f"{name}/", below)
            # Gone since it was listed, or not ours to read.
            except OSError:
                continue
