"""The file of a journal: its tables, its transactions, and how a full disk shows itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS entries_by_kind ON entries (kind, seq);
CREATE TABLE IF NOT EXISTS damaged (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cursors (
    consumer TEXT PRIMARY KEY, seq INTEGER NOT NULL, kinds TEXT);
CREATE TABLE IF NOT EXISTS seen (
    seq INTEGER PRIMARY KEY, source TEXT NOT NULL, frame TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS seen_by_frame ON seen (source, frame);
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
"""Entries in their order; those put aside; how far each consumer is; frames that have a result; and
what goes with the entries."""


class JournalFull(OSError):
    """The journal cannot be written: the disk is full, or fails. Nothing of the call is in it."""


def connected(path: Path) -> sqlite3.Connection:
    """A connection that begins and ends its transactions where it is told to.

    Args:
        path: of the file.

    Example:
        >>> connected(Path(":memory:")).execute("SELECT 1").fetchone()
        (1,)
    """
    return sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)


@contextmanager
def transaction(writer: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All of what is done within, or nothing of it.

    Args:
        writer: connection of `connected`.

    Example:
        >>> writer = connected(Path(":memory:"))
        >>> with transaction(writer):
        ...     _ = writer.execute("CREATE TABLE t (a)")
        >>> writer.in_transaction
        False
    """
    writer.execute("BEGIN IMMEDIATE")
    try:
        yield writer
        writer.execute("COMMIT")
    except BaseException:
        # SQLite rolls back by itself where the disk is full; a second time is an error.
        if writer.in_transaction:
            writer.execute("ROLLBACK")
        raise


@contextmanager
def unhurried(writer: sqlite3.Connection) -> Iterator[None]:
    """Transactions that may wait for the disk until the next one that may not, in their order.

    For what comes to the same if a power failure undoes it: how far a consumer is, since what it is
    brought again it knows. Those who judge would wait for the disk with it.

    Args:
        writer: connection of `connected`, in no transaction.

    Example:
        >>> writer = connected(Path(":memory:"))
        >>> with unhurried(writer), transaction(writer):
        ...     _ = writer.execute("CREATE TABLE t (a)")
        >>> writer.execute("PRAGMA synchronous").fetchone()
        (2,)
    """
    writer.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        writer.execute("PRAGMA synchronous = FULL")


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Turn what SQLite throws on a full disk into `JournalFull`.

    Args:
        path: of the file, for the message.

    Raises:
        JournalFull: the disk is full, or fails.

    Example:
        >>> with said(Path("journal.db")):
        ...     raise sqlite3.OperationalError("database or disk is full")
        Traceback (most recent call last):
            ...
        faultlens.line.journal_file.JournalFull: The journal journal.db cannot be written: ...
    """
    # A full disk shows itself as "full", as an I/O error, or as a file that nobody may write.
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
            raise
        raise JournalFull(
            f"The journal {path} cannot be written: {error}. Make room on that disk."
        ) from error


def is_damaged(error: JournalFull) -> bool:
    """Whether it could not be written since the file is none of ours, or damaged.

    Args:
        error: of `said`.

    Example:
        >>> is_damaged(JournalFull("The disk is full."))
        False
    """
    code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
