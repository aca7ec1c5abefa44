"""Insertions of many rows that pass over, change or add to what is there, in either database."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    LargeBinary,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

Row: TypeAlias = Mapping[str, Any]

_Insert: TypeAlias = sqlite.Insert | postgresql.Insert

_ARRAYS: dict[type, TypeEngine[Any]] = {
    str: Text(), int: BigInteger(), bool: Boolean(), float: Double(), bytes: LargeBinary(),
}  # fmt: skip


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

    def passed_over(statement: _Insert) -> _Insert:
        return statement.on_conflict_do_nothing()

    return _inserted(connection, table, rows, passed_over, told)


def put_rows(
    connection: Connection,
    table: Table,
    keys: Sequence[str],
    changed: Sequence[str],
    rows: Sequence[Row],
) -> None:
    """Insert rows; of one that is there, change some columns.

    Args:
        connection: in a transaction.
        table: into which.
        keys: columns by which a row is the same; no two of `rows` are.
        changed: columns that take the new value.
        rows: column -> value.

    Example:
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.tables import LATEST
        >>> row = {"source": "press", "channel": "", "id": 1, "threshold": 0.7}
        >>> with example_store().writing() as connection:
        ...     put_rows(connection, LATEST, ("source", "channel"), ("id", "threshold"), [row])
        ...     connection.execute(select(LATEST.c.threshold)).scalar()
        0.7
    """

    def put(statement: _Insert) -> _Insert:
        values = {name: statement.excluded[name] for name in changed}
        return statement.on_conflict_do_update(index_elements=keys, set_=values)

    _inserted(connection, table, rows, put, ())


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
    names = [x.name for x in table.primary_key]
    # In one order always, so that two that write at once never wait for each other in a ring.
    rows = [dict(zip(names, k, strict=True)) | {"n": counts[k]} for k in sorted(counts)]

    def add(statement: _Insert) -> _Insert:
        more = {"n": table.c.n + statement.excluded.n}
        return statement.on_conflict_do_update(index_elements=names, set_=more)

    _inserted(connection, table, rows, add, ())


def _inserted(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    where_there: Callable[[Any], Any],
    told: Sequence[Column[Any]],
) -> list[tuple[Any, ...]]:
    """Insert rows by one statement; what it gives back of those that came in or were changed."""
    if not rows:
        return []
    if connection.dialect.name == "postgresql":
        names = list(rows[0])
        statement = where_there(postgresql.insert(table).from_select(names, _columns(table, names)))
        values: Any = {name: [row[name] for row in rows] for name in names}
    else:
        statement, values = where_there(sqlite.insert(table)), list(rows)
    if not told:
        connection.execute(statement, values)
        return []
    # In SQLite, rows that give something back go in together, by a statement of so many rows.
    return [tuple(row) for row in connection.execute(statement.returning(*told), values)]


def _columns(table: Table, names: Sequence[str]) -> Any:
    """The rows as a list per column: a statement of a few words, however many rows there are."""
    lists = (
        bindparam(name, type_=postgresql.ARRAY(_ARRAYS[table.c[name].type.python_type]))
        for name in names
    )
    return select(func.unnest(*lists).table_valued(*names).render_derived())
