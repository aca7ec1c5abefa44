"""Insertions that pass over what is there, in the words of either database."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]


def insertion(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT.

    Args:
        connection: to either database.
        table: into which.

    Example:
        >>> from faultlens.store.engine import engine_of
        >>> from faultlens.store.tables import EVENTS
        >>> with engine_of("sqlite://").connect() as connection:
        ...     type(insertion(connection, EVENTS)).__module__
        'sqlalchemy.dialects.sqlite.dml'
    """
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_new(
    connection: Connection, table: Table, rows: Sequence[Row], *told: Column[Any]
) -> list[tuple[Any, ...]]:
    """Insert the rows whose key is not there yet.

    Args:
        connection: in a transaction.
        table: into which.
        rows: column -> value.
        *told: columns to give back of each row that came in.

    Example:
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.tables import USERS
        >>> row = {"folded": "mei", "name": "mei", "role": "viewer", "password": "", "made": 0}
        >>> with example_store().writing() as connection:
        ...     first = insert_new(connection, USERS, [row], USERS.c.name)
        ...     again = insert_new(connection, USERS, [row], USERS.c.name)
        >>> first, again
        ([('mei',)], [])
    """
    if not rows:
        return []
    statement = insertion(connection, table).on_conflict_do_nothing()
    # Also where nobody asks: rows that come back go in together, others one by one.
    found = connection.execute(statement.returning(*(told or table.primary_key)), list(rows))
    return [tuple(row) for row in found]


def add_counts(connection: Connection, table: Table, counts: Mapping[tuple[Any, ...], int]) -> None:
    """Add to the column `n` of a table of counts, whose key is all its other columns.

    Args:
        connection: in a transaction.
        table: of counts.
        counts: key, in the order of the columns -> how many more.

    Example:
        >>> from sqlalchemy import select
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.tables import HOURLY_PARTS
        >>> sound = (0, "pump", "early", "healthy", False)
        >>> with example_store().writing() as connection:
        ...     add_counts(connection, HOURLY_PARTS, {sound: 2})
        ...     add_counts(connection, HOURLY_PARTS, {sound: 3})
        ...     connection.execute(select(HOURLY_PARTS.c.n)).scalar()
        5
    """
    if not counts:
        return
    names = [x.name for x in table.primary_key]
    # In one order always, so that two that write at once never wait for each other in a ring.
    rows = [dict(zip(names, k, strict=True)) | {"n": counts[k]} for k in sorted(counts)]
    statement = insertion(connection, table)
    together = statement.on_conflict_do_update(
        index_elements=names, set_={"n": table.c.n + statement.excluded.n}
    )
    connection.execute(together.returning(table.c.n), rows).close()
