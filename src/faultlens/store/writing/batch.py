"""A batch of a line's journal into the tables, in one transaction with the line's watermark."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from faultlens.store.records import (
    AlarmRecord,
    AppliedRecord,
    AuditRecord,
    CorrectionRecord,
    DriftRecord,
    EventRecord,
    ModelRecord,
    PartRecord,
    Record,
    ResultRecord,
)
from faultlens.store.tables import REFUSED, WATERMARKS
from faultlens.store.values import clean, key, micros
from faultlens.store.writing.actions import write_applied
from faultlens.store.writing.alarms import write_alarms
from faultlens.store.writing.insert import insert_new
from faultlens.store.writing.others import (
    write_audits,
    write_corrections,
    write_drift,
    write_events,
    write_models,
)
from faultlens.store.writing.parts import write_parts
from faultlens.store.writing.results import write_results

_LOG = logging.getLogger(__name__)

Entries = Sequence[tuple[int, Record]]

WRITERS: dict[type[Any], Callable[[Connection, Sequence[Any]], None]] = {
    ResultRecord: write_results,
    PartRecord: write_parts,
    AlarmRecord: write_alarms,
    EventRecord: write_events,
    DriftRecord: write_drift,
    AuditRecord: write_audits,
    CorrectionRecord: write_corrections,
    ModelRecord: write_models,
    AppliedRecord: write_applied,
}
"""What writes each kind of record; within a kind the order of the journal holds."""

_BLAMED = (StatementError, ArithmeticError, AttributeError, TypeError, ValueError)
"""What a record throws that holds something else than its fields say."""


def written(connection: Connection, line: str, entries: Entries) -> None:
    """Write what lies above the line's watermark, and set the watermark to the last.

    Args:
        connection: in a transaction.
        line: whose journal it is.
        entries: (number in the journal, record), rising.

    Example:
        >>> from faultlens.store.example import example_event, example_store
        >>> with example_store().writing() as connection:
        ...     written(connection, "press-3", [(1, example_event("e1")), (2, example_event("e2"))])
        ...     watermark(connection, "press-3")
        2
    """
    done = _held(connection, line)
    new = [record for number, record in entries if number > done]
    if not new:
        return
    savepoint = connection.begin_nested()
    try:
        _write(connection, new)
        savepoint.commit()
    except _BLAMED as error:
        if not _is_about_a_record(error):
            raise
        savepoint.rollback()
        for record in new:
            _write_or_put_aside(connection, record)
    _set(connection, line, max(number for number, _ in entries))


def watermark(connection: Connection, line: str) -> int:
    """Number of the last entry of a line's journal that is in the tables; 0 for none.

    Args:
        connection: to the store.
        line: whose journal.

    Example:
        >>> from faultlens.store.example import example_store
        >>> with example_store().reading() as connection:
        ...     watermark(connection, "another line")
        0
    """
    question = select(WATERMARKS.c.seq).where(WATERMARKS.c.line == key(line))
    return connection.execute(question).scalar() or 0


def _held(connection: Connection, line: str) -> int:
    """The watermark, which nobody else can change until the transaction is over."""
    row = {"line": key(line), "seq": 0}
    insert_new(connection, WATERMARKS, [row])
    question = select(WATERMARKS.c.seq).where(WATERMARKS.c.line == key(line)).with_for_update()
    return int(connection.execute(question).scalar_one())


def _set(connection: Connection, line: str, number: int) -> None:
    connection.execute(WATERMARKS.update().where(WATERMARKS.c.line == key(line)).values(seq=number))


def _write(connection: Connection, records: Sequence[Record]) -> None:
    kinds: dict[type[Any], list[Record]] = {}
    for record in records:
        kinds.setdefault(type(record), []).append(record)
    for kind, write in WRITERS.items():
        if kind in kinds:
            write(connection, kinds[kind])


def _is_about_a_record(error: Exception) -> bool:
    """Whether a record is to blame, not the database: it would be refused for ever."""
    return not isinstance(error, DBAPIError) or isinstance(error, DataError | IntegrityError)


def _write_or_put_aside(connection: Connection, record: Record) -> None:
    savepoint = connection.begin_nested()
    try:
        _write(connection, [record])
        savepoint.commit()
    except _BLAMED as error:
        if not _is_about_a_record(error):
            raise
        savepoint.rollback()
        _LOG.error("A %s was put aside: no table takes it (%s)", type(record).__name__, error)
        aside = {
            "time": micros(datetime.now(UTC)),
            "kind": type(record).__name__,
            "record": clean(repr(record)),
            "why": clean(str(error), 500),
        }
        connection.execute(REFUSED.insert(), [aside])
