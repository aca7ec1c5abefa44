"""What is old goes: files first, then results; their counts stay, and what people decided."""

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, exists, or_, select, update

from faultlens.signals.sidecar import sidecar_path
from faultlens.store.store import Store
from faultlens.store.tables import AUDITS, CORRECTIONS, DRIFT, EVENTS, PARTS, RESULTS
from faultlens.store.values import micros

_BATCH = 2000
"""Rows of one transaction: the line's own writing waits no longer than for these."""

_FULL_TO = 0.9
"""Of the room for files so much is left taken once the oldest had to go."""


@dataclass(frozen=True)
class Tidied:
    """What was removed.

    Args:
        results: rows of results.
        files: pictures and recordings.
        freed_bytes: that they took.
    """

    results: int = 0
    files: int = 0
    freed_bytes: int = 0


def tidy(
    store: Store,
    media: Path,
    *,
    media_days: float = 30.0,
    results_days: float = 365.0,
    most_gb: float = 20.0,
    now: datetime | None = None,
) -> Tidied:
    """Remove what is older than wanted, and the oldest files where they take too much room.

    The media of frames that a person corrected, or that wait for a person's word, stay for as long
    as their result does. Alarms, corrections, audits, steps of models and counts stay for good.

    Args:
        store: of the line.
        media: folder below which its files lie.
        media_days: age from which a kept picture or recording goes; its small preview stays.
        results_days: age from which a result goes, with its preview, and events, parts and drift.
        most_gb: of all files below the folder, 1e9 bytes.
        now: the present; None for that of this machine.

    Raises:
        StoreError: the database is away; what went until then is gone.

    Example:
        >>> import tempfile
        >>> from faultlens.store.example import BEGIN, example_store
        >>> store, media = example_store(), Path(tempfile.mkdtemp())
        >>> tidy(store, media, results_days=1.0, now=BEGIN + timedelta(days=2)).results
        3
    """
    at = datetime.now(UTC) if now is None else now
    files = _Files(media)
    _forget_media(store, files, micros(_before(at, media_days)))
    results = _remove_results(store, files, micros(_before(at, results_days)))
    for table, time in ((PARTS, "last"), (EVENTS, "time"), (DRIFT, "time")):
        _remove_rows(store, table, time, micros(_before(at, results_days)))
    _make_room(store, files, int(most_gb * 1e9))
    store.learn()
    return Tidied(results, files.removed, files.freed)


class _Files:
    """The files below the media folder; counts what it removes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.removed = 0
        self.freed = 0

    def remove(self, names: Iterable[str | None]) -> None:
        """Remove files by their path below the folder; what is not there is gone already."""
        for name in names:
            file = self.inside(name)
            if file is None:
                continue
            # What is known of a recording stands in a small file beside it.
            beside = sidecar_path(file) if file.suffix == ".npz" else None
            for each in (file, beside):
                if each is not None:
                    self._remove(each)

    def _remove(self, file: Path) -> None:
        try:
            size = file.lstat().st_size
            file.unlink()
        except OSError:
            return
        self.removed += 1
        self.freed += size

    def inside(self, name: str | None) -> Path | None:
        """The file of a name; None where it would lie elsewhere, whatever the database says."""
        if not name or "\x00" in name:
            return None
        file = self.folder / name
        # The folder of a link is where it points to; the file itself may be a link, which goes.
        inside = (file.parent.resolve() / file.name).is_relative_to(self.folder)
        return file if inside and ".." not in Path(name).parts else None

    def all(self) -> Iterator[tuple[float, int, str]]:
        """Age as seconds since 1970, size in bytes, and path below the folder of each file."""
        waiting = [self.folder]
        while waiting:
            try:
                entries = list(os.scandir(waiting.pop()))
            except OSError:
                continue
            for entry in entries:
                try:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif entry.is_file(follow_symlinks=False):
                        known = entry.stat(follow_symlinks=False)
                        name = os.path.relpath(entry.path, self.folder)
                        yield known.st_mtime, known.st_size, Path(name).as_posix()
                except OSError:
                    continue


def _before(at: datetime, days: float) -> datetime:
    try:
        return at - timedelta(days=days)
    except OverflowError:
        return datetime(1, 1, 2, tzinfo=UTC)


def _is_wanted() -> Any:
    """Whether a person said, or is to say, something of the frame: its picture is kept for them."""
    of_corrections = (CORRECTIONS.c.source == RESULTS.c.source) & (
        CORRECTIONS.c.frame == RESULTS.c.frame
    )
    of_audits = (AUDITS.c.source == RESULTS.c.source) & (AUDITS.c.frame == RESULTS.c.frame)
    return or_(
        exists().where(of_corrections),
        exists().where(of_audits, AUDITS.c.answered.is_(None)),
    )


def _forget_media(store: Store, files: _Files, before: int) -> None:
    question = (
        select(RESULTS.c.id, RESULTS.c.media)
        .where(RESULTS.c.time < before, RESULTS.c.media.is_not(None), ~_is_wanted())
        .limit(_BATCH)
    )
    while True:
        with store.reading() as connection:
            rows = connection.execute(question).all()
        if not rows:
            return
        # Files first: a row without its file is shown as such, a file without its row stays for
        # ever.
        files.remove(media for _, media in rows)
        with store.writing() as connection:
            connection.execute(
                update(RESULTS)
                .where(RESULTS.c.id.in_([number for number, _ in rows]))
                .values(media=None, media_sha256=None)
            )


def _remove_results(store: Store, files: _Files, before: int) -> int:
    columns = (RESULTS.c.id, RESULTS.c.media, RESULTS.c.preview)
    question = select(*columns).where(RESULTS.c.time < before).limit(_BATCH)
    removed = 0
    while True:
        with store.reading() as connection:
            rows = connection.execute(question).all()
        if not rows:
            return removed
        files.remove(name for _, *names in rows for name in names)
        with store.writing() as connection:
            connection.execute(delete(RESULTS).where(RESULTS.c.id.in_([row[0] for row in rows])))
        removed += len(rows)


def _remove_rows(store: Store, table: Table, time: str, before: int) -> None:
    (number,) = table.primary_key
    some = select(number).where(table.c[time] < before).limit(_BATCH)
    while True:
        with store.writing() as connection:
            if not connection.execute(delete(table).where(number.in_(some))).rowcount:
                return


def _make_room(store: Store, files: _Files, most: int) -> None:
    held = sorted(files.all())
    taken = sum(size for _, size, _ in held)
    if taken <= most:
        return
    kept = _wanted_media(store)
    gone: list[str] = []
    for _, size, name in held:
        if taken <= most * _FULL_TO:
            break
        if name not in kept:
            files.remove([name])
            gone.append(name)
            taken -= size
    _forget(store, gone)


def _wanted_media(store: Store) -> Collection[str]:
    question = select(RESULTS.c.media).where(RESULTS.c.media.is_not(None), _is_wanted())
    with store.reading() as connection:
        return {name for (name,) in connection.execute(question)}


def _forget(store: Store, names: list[str]) -> None:
    """Files that are gone stand in no result any more."""
    for start in range(0, len(names), _BATCH):
        some = names[start : start + _BATCH]
        with store.writing() as connection:
            for column in ("media", "preview"):
                connection.execute(
                    update(RESULTS).where(RESULTS.c[column].in_(some)).values({column: None})
                )
