"""The journal: what happened on this machine, kept until the store and every sink have it.

One SQLite file. A transaction holds the records of some frames together with where their source
goes on and how the decision stands, so that a line that is killed at any instant goes on as if it
had not been. Consumers (the store, each sink) read in order, each by a cursor of its own; what all
of them have is removed. Every transaction is on the disk when `append` returns, also for a machine
whose power fails: a database ahead of its journal would take new entries for old ones.
"""

import sqlite3
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from threading import Condition, Lock

from faultlens.core.errors import UnknownNameError, UnreadableFileError
from faultlens.line.journal_file import (
    TABLES,
    connected,
    is_damaged,
    said,
    transaction,
    unhurried,
)
from faultlens.line.journal_file import JournalFull as JournalFull
from faultlens.store.records import Record, ResultRecord, decoded, encoded

MOST_BYTES = 16 << 30
"""Largest file of a journal, bytes: a month of results of one camera with the database away."""

SEEN = 200_000
"""Entries back to which frames are known again that come a second time: two hours of a camera, of
30 frames per second, and longer than any sender here keeps what it sends again."""

_VACUUM_S = 60.0
"""At most so often is room given back to the disk, s: it costs as much as it frees."""


class Journal:
    """What happened, in order, for consumers that come later; safe to use from many threads.

    Args:
        path: of its file; made where there is none.
        most_bytes: largest size of the file.

    Raises:
        UnreadableFileError: the file is no journal, or damaged.
        JournalFull: there is no room to make it.

    Example:
        >>> import tempfile
        >>> from datetime import UTC, datetime
        >>> from faultlens.store.records import AppliedRecord
        >>> journal = Journal(Path(tempfile.mkdtemp()) / "journal.db")
        >>> journal.register("store")
        >>> journal.append([AppliedRecord("a1", datetime.now(UTC))], {"resume/camera": "7"})
        1
        >>> [(seq, record.action) for seq, record in journal.read("store")]
        [(1, 'a1')]
        >>> journal.advance("store", 1)
        >>> journal.waiting("store"), journal.state("resume/camera")
        (0, '7')
        >>> journal.close()
    """

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write_lock, self._read_lock = Lock(), Lock()
        self._grown = Condition()
        self._vacuumed_s = time.monotonic()
        try:
            self._writer = connected(path)
            with said(path):
                self._writer.execute("PRAGMA auto_vacuum = INCREMENTAL")
                self._writer.execute("PRAGMA journal_mode = WAL")
                self._writer.execute("PRAGMA synchronous = FULL")
                page = int(self._writer.execute("PRAGMA page_size").fetchone()[0])
                self._writer.execute(f"PRAGMA max_page_count = {max(most_bytes // page, 16)}")
                self._writer.executescript(TABLES)
                self._writer.execute(
                    "INSERT OR IGNORE INTO state VALUES ('journal', ?)", (str(uuid.uuid4()),)
                )
            self._reader = connected(path)
        except JournalFull as error:
            if not is_damaged(error):
                raise
            raise UnreadableFileError(
                f"{path} is no journal that can be read ({error.__cause__}). Move it away to begin "
                "a new one; what had not reached the database by then is in the file alone."
            ) from error
        # A journal that was emptied goes on counting where it was.
        row = self._reader.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'entries'"
        ).fetchone()
        self._last = int(row[0]) if row else 0
        rows = self._reader.execute("SELECT consumer, seq, kinds FROM cursors")
        self._cursors = {name: (int(seq), _kinds(kinds)) for name, seq, kinds in rows}

    @property
    def identity(self) -> str:
        """Of this file: a new journal counts from 1 again, and the store must not mix them up."""
        return self.state("journal") or ""

    @property
    def last(self) -> int:
        """Number of the last entry; 0 before the first."""
        return self._last

    def append(
        self, records: Sequence[Record], state: Mapping[str, str | None] | None = None
    ) -> int:
        """Write records and state in one transaction; returns the number of the last entry.

        Args:
            records: in their order.
            state: key -> value, kept with them; None removes a key.

        Raises:
            JournalFull: the disk is full, or fails; nothing of it was written.
        """
        rows = [encoded(record) for record in records]
        with self._write_lock, said(self.path):
            last = self._last + len(rows)
            with transaction(self._writer) as writer:
                self._insert(writer, rows, records)
                self._change(writer, state or {})
            with self._grown:
                self._last = last
                self._grown.notify_all()
        return last

    def register(self, consumer: str, kinds: Collection[str] | None = None) -> None:
        """Keep entries for a consumer from now on; one that is known goes on where it was.

        Args:
            consumer: its name: "store", "sink/NAME".
            kinds: of the records that it takes; None for all.

        Raises:
            JournalFull: the disk is full, or fails.
        """
        text = None if kinds is None else ",".join(sorted(kinds))
        with self._write_lock, said(self.path):
            seq = self._cursors[consumer][0] if consumer in self._cursors else self._last
            with transaction(self._writer) as writer:
                writer.execute(
                    "INSERT INTO cursors VALUES (?, ?, ?) "
                    "ON CONFLICT (consumer) DO UPDATE SET kinds = excluded.kinds",
                    (consumer, seq, text),
                )
            self._cursors[consumer] = (seq, _kinds(text))

    def forget(self, consumer: str) -> None:
        """Keep nothing for a consumer any more, such as a sink that line.toml names no longer.

        Args:
            consumer: its name; one that is not known is no error.

        Raises:
            JournalFull: the disk is full, or fails.
        """
        with self._write_lock, said(self.path):
            with transaction(self._writer) as writer:
                writer.execute("DELETE FROM cursors WHERE consumer = ?", (consumer,))
            self._cursors.pop(consumer, None)

    def consumers(self) -> tuple[str, ...]:
        """Names of those that entries are kept for."""
        return tuple(sorted(self._cursors))

    def read(
        self, consumer: str, kinds: Collection[str] | None = None, limit: int = 500
    ) -> list[tuple[int, Record]]:
        """The next entries after the consumer's cursor, oldest first.

        An entry that cannot be read is put aside (`damaged`) and passed over.

        Args:
            consumer: registered before.
            kinds: only these; None for those it was registered with.
            limit: at most so many.

        Raises:
            UnknownNameError: nobody registered it.
        """
        cursor, own = self._cursor(consumer)
        wanted = own if kinds is None else frozenset(kinds)
        only = "" if wanted is None else f"AND kind IN ({','.join('?' * len(wanted))})"
        with self._read_lock, said(self.path):
            rows = self._reader.execute(
                f"SELECT seq, kind, text FROM entries WHERE seq > ? {only} ORDER BY seq LIMIT ?",
                (cursor, *(wanted or ()), limit),
            ).fetchall()
        entries = []
        for seq, kind, text in rows:
            try:
                entries.append((int(seq), decoded(kind, text)))
            except (UnreadableFileError, UnknownNameError):
                self.put_aside(int(seq))
        return entries

    def advance(self, consumer: str, seq: int) -> None:
        """Move a consumer's cursor on: it has everything up to `seq`.

        Args:
            consumer: registered before.
            seq: number of the last entry that it has; one before its cursor changes nothing.

        Raises:
            UnknownNameError: nobody registered it.
            JournalFull: the disk is full, or fails; the cursor stays, and so may what is removed.
        """
        with self._write_lock, said(self.path):
            before, kinds = self._cursor(consumer)
            if seq <= before:
                return
            cursors = {**self._cursors, consumer: (seq, kinds)}
            with unhurried(self._writer), transaction(self._writer) as writer:
                writer.execute("UPDATE cursors SET seq = ? WHERE consumer = ?", (seq, consumer))
                for condition, values in _removable(cursors, self._last):
                    writer.execute(f"DELETE FROM entries WHERE {condition}", values)
                writer.execute("DELETE FROM seen WHERE seq <= ?", (self._last - SEEN,))
            self._cursors = cursors
            if time.monotonic() - self._vacuumed_s > _VACUUM_S:
                self._vacuumed_s = time.monotonic()
                self._writer.execute("PRAGMA incremental_vacuum(4096)").fetchall()

    def waiting(self, consumer: str) -> int:
        """How many entries a consumer has not had.

        Args:
            consumer: registered before.

        Raises:
            UnknownNameError: nobody registered it.
        """
        cursor, kinds = self._cursor(consumer)
        if kinds is None:
            return max(self._last - cursor, 0)
        with self._read_lock, said(self.path):
            row = self._reader.execute(
                "SELECT count(*) FROM entries WHERE seq > ? AND kind IN "
                f"({','.join('?' * len(kinds))})",
                (cursor, *kinds),
            ).fetchone()
        return int(row[0])

    def wait(self, after: int, timeout_s: float) -> int:
        """Wait for an entry that is newer than `after`; returns the number of the last one.

        Args:
            after: number of an entry, as `last`.
            timeout_s: at most so long, s.
        """
        with self._grown:
            self._grown.wait_for(lambda: self._last > after, timeout_s)
            return self._last

    def state(self, key: str) -> str | None:
        """The value kept under a key; None where there is none.

        Args:
            key: as "resume/camera".
        """
        with self._read_lock, said(self.path):
            row = self._reader.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def states(self, prefix: str) -> dict[str, str]:
        """All that is kept under keys that begin so.

        Args:
            prefix: as "resume/".
        """
        with self._read_lock, said(self.path):
            rows = self._reader.execute(
                "SELECT key, value FROM state WHERE substr(key, 1, ?) = ? ORDER BY key",
                (len(prefix), prefix),
            ).fetchall()
        return {str(key): str(value) for key, value in rows}

    def seen(self, source: str, frames: Collection[str]) -> frozenset[str]:
        """Those of the frames that have a result already, of the last `SEEN` entries.

        Args:
            source: name of their source.
            frames: their ids.
        """
        found: set[str] = set()
        ids = list(frames)
        with self._read_lock, said(self.path):
            for start in range(0, len(ids), 500):
                some = ids[start : start + 500]
                marks = ",".join("?" * len(some))
                rows = self._reader.execute(
                    f"SELECT frame FROM seen WHERE source = ? AND frame IN ({marks})",
                    (source, *some),
                )
                found.update(str(frame) for (frame,) in rows)
        return frozenset(found)

    def put_aside(self, seq: int) -> None:
        """Take an entry out of the order, and keep it: one that no store can take.

        Args:
            seq: its number.

        Raises:
            JournalFull: the disk is full, or fails.
        """
        with self._write_lock, said(self.path), transaction(self._writer) as writer:
            writer.execute(
                "INSERT OR IGNORE INTO damaged SELECT seq, kind, text FROM entries WHERE seq = ?",
                (seq,),
            )
            writer.execute("DELETE FROM entries WHERE seq = ?", (seq,))

    @property
    def damaged(self) -> int:
        """How many entries could not be read and were put aside."""
        with self._read_lock, said(self.path):
            return int(self._reader.execute("SELECT count(*) FROM damaged").fetchone()[0])

    def close(self) -> None:
        """Close the file; every transaction is on the disk already."""
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()

    def _insert(
        self, writer: sqlite3.Connection, rows: list[tuple[str, str]], records: Sequence[Record]
    ) -> None:
        writer.executemany("INSERT INTO entries (kind, text) VALUES (?, ?)", rows)
        results = [
            (self._last + n, record.source, record.frame)
            for n, record in enumerate(records, 1)
            if isinstance(record, ResultRecord)
        ]
        writer.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", results)

    def _change(self, writer: sqlite3.Connection, state: Mapping[str, str | None]) -> None:
        kept = [(key, value) for key, value in state.items() if value is not None]
        writer.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", kept)
        gone = [(key,) for key, value in state.items() if value is None]
        writer.executemany("DELETE FROM state WHERE key = ?", gone)

    def _cursor(self, consumer: str) -> tuple[int, frozenset[str] | None]:
        if consumer not in self._cursors:
            raise UnknownNameError("consumer of the journal", consumer, self._cursors)
        return self._cursors[consumer]


def _kinds(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(text.split(","))


def _removable(
    cursors: Mapping[str, tuple[int, frozenset[str] | None]], last: int
) -> list[tuple[str, tuple[int | str, ...]]]:
    """Conditions for entries that every consumer has: of the kinds that few take, and the rest."""
    least = min((seq for seq, kinds in cursors.values() if kinds is None), default=last)
    special = sorted({kind for _, kinds in cursors.values() for kind in kinds or ()})
    marks = ",".join("?" * len(special))
    rest = f"AND kind NOT IN ({marks})" if special else ""
    conditions: list[tuple[str, tuple[int | str, ...]]] = [(f"seq <= ? {rest}", (least, *special))]
    for kind in special:
        takers = [seq for seq, kinds in cursors.values() if kinds is not None and kind in kinds]
        conditions.append(("kind = ? AND seq <= ?", (kind, min(least, *takers))))
    return conditions
