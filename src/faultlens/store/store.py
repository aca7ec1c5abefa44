"""A store that is open: where a line's records are written, and people's actions are waiting."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.core.optional import optional_import
from faultlens.store.engine import WRITES, engine_of
from faultlens.store.errors import StoreError, told
from faultlens.store.migrated import migrated, version
from faultlens.store.records import ACTIONS, Action, Record

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

_LOOKED_AT = 1000
"""Rows of an index that SQLite looks at to estimate: some milliseconds, however large it is."""

_MOST_FACTS = 20_000
"""Characters of an action's facts, as JSON."""


class Store:
    """A database of a line; any thread may use it, and several processes at once.

    Args:
        engine: of the database, whose tables are there.

    Example:
        >>> from datetime import UTC, datetime
        >>> store = open_store("sqlite://")
        >>> store.ask(Action("1", datetime.now(UTC), "acknowledge", "alarm-7", "mei", "seen"))
        >>> [x.comment for x in store.waiting_actions()]
        ['seen']
    """

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self.where = engine.url.render_as_string(hide_password=True)

    def write(self, line: str, entries: Sequence[tuple[int, Record]]) -> None:
        """Write each record exactly once, however often it is given, in one transaction.

        Args:
            line: under whose name it is remembered how far its journal is here.
            entries: (number in the journal, record), rising; those up to the watermark are passed
                over, and so is a result, step or event that is there already.

        Raises:
            StoreError: the database did not take them; all or none are in, so give them again.
        """
        from faultlens.store.writing.batch import written

        if entries:
            with self.writing() as connection:
                written(connection, line, entries)

    def watermark(self, line: str) -> int:
        """Number of the last entry of a line's journal that is here; 0 for none.

        Raises:
            StoreError: the database is away.
        """
        from faultlens.store.writing.batch import watermark

        with self.reading() as connection:
            return watermark(connection, line)

    def ask(self, action: Action) -> None:
        """Put down what a person asks for; the line does it in its turn. Asked twice, done once.

        Raises:
            UnknownNameError: nothing of that kind can be asked.
            UsageError: nobody is named, or it is about nothing.
            StoreError: the database is away.
        """
        from faultlens.store.values import json_of
        from faultlens.store.writing.actions import asked

        if action.kind not in ACTIONS:
            raise UnknownNameError("action", action.kind, ACTIONS)
        if not action.user or not action.target:
            raise UsageError(
                f"The action '{action.kind}' names the user '{action.user}' and the target "
                f"'{action.target}'; both are needed."
            )
        if len(json_of(action.facts)) > _MOST_FACTS:
            raise UsageError(
                f"The facts of the action '{action.kind}' have more than {_MOST_FACTS} characters "
                "as JSON; give less."
            )
        with self.writing() as connection:
            asked(connection, action)

    def waiting_actions(self) -> list[Action]:
        """What was asked and not yet applied, in the order of asking; at most 500 at a time.

        Raises:
            StoreError: the database is away.
        """
        from faultlens.store.writing.actions import waiting

        with self.reading() as connection:
            return waiting(connection)

    def learn(self) -> None:
        """Let SQLite count what its tables hold, to choose better ways; PostgreSQL does it itself.

        Raises:
            StoreError: the database is away.
        """
        if self._engine.dialect.name == "sqlite":
            with self.writing() as connection:
                connection.exec_driver_sql(f"PRAGMA analysis_limit={_LOOKED_AT}")
                connection.exec_driver_sql("ANALYZE")

    def close(self) -> None:
        """Close every connection; the store must not be used any more."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator["Connection"]:
        """A connection for questions.

        Raises:
            StoreError: the database is away.
        """
        with told(self.where), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator["Connection"]:
        """A connection whose changes are all kept when the block ends, or none.

        Raises:
            StoreError: the database did not take them.
        """
        with (
            told(self.where),
            self._engine.connect().execution_options(**WRITES) as connection,
            connection.begin(),
        ):
            yield connection


def open_store(url: str, *, must_exist: bool = False) -> Store:
    """Open a store; its tables are made, or brought to this version.

    Args:
        url: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE; sqlite:// for one in
            memory.
        must_exist: refuse a database in which no line ever wrote, as who only reads wants.

    Raises:
        UsageError: another kind of database.
        StoreError: it is away, is none of ours, or was made by a newer version.
        MissingPackageError: SQLAlchemy, Alembic or psycopg is not installed.

    Example:
        >>> store = open_store("sqlite://")
        >>> store.watermark("press-3")
        0
    """
    optional_import("sqlalchemy", extra="line")
    engine = engine_of(url)
    store = Store(engine)
    try:
        with told(store.where):
            if must_exist and not _is_there(engine):
                raise StoreError(
                    f"There is no store at {store.where}; 'faultlens watch' makes one."
                )
            migrated(engine)
    except BaseException:
        store.close()
        raise
    return store


def _is_there(engine: "Engine") -> bool:
    file = engine.url.database
    # To ask SQLite of a file would make it.
    if engine.dialect.name == "sqlite" and file and not Path(file).is_file():
        return False
    return version(engine) is not None
