"""The connection to a database: SQLite in a file, or PostgreSQL."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Engine

WRITES = {"writes": True}
"""Execution options of a connection that will write; SQLite then locks at once, not in the middle,
where the lock could no longer be waited for."""

BUSY_S = 10.0
"""For so long a connection of SQLite waits for another that writes, s."""

KEPT_STATEMENTS = 16
"""Prepared statements that a connection of SQLite keeps: each number of rows is one of its own, of
up to 300 kB, and the 128 of the driver grow to 40 MB."""

CONNECT_S = 5
"""For so long a connection to PostgreSQL is tried, s."""

SILENT_MS = 10_000
"""A server that does not answer for so long is taken as gone, ms."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # The journal forgets what is here, so a commit must outlive a power cut.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32768",
    "PRAGMA mmap_size=268435456",
)


def engine_of(url: str) -> "Engine":
    """An engine for the database at a URL; nothing is connected yet.

    Args:
        url: sqlite:///FILE, sqlite:// (in memory, for examples), or postgresql://....

    Raises:
        UsageError: another kind of database, or no URL; the message says what is allowed.
        MissingPackageError: SQLAlchemy or psycopg is not installed.

    Example:
        >>> engine_of("mysql://plant/line")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: The store 'mysql://plant/line' is neither SQLite ...
    """
    alchemy = optional_import("sqlalchemy", extra="line")
    try:
        made: URL = alchemy.make_url(url)
    except (alchemy.exc.ArgumentError, ValueError) as error:
        raise UsageError(_allowed(url)) from error
    if made.drivername in ("sqlite", "sqlite+pysqlite"):
        return _sqlite(made)
    if made.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        optional_import("psycopg", extra="line")
        return _postgresql(made)
    raise UsageError(_allowed(made.render_as_string(hide_password=True)))


def _allowed(given: str) -> str:
    return (
        f"The store '{given}' is neither SQLite nor PostgreSQL; give sqlite:///FILE or "
        "postgresql://USER:PASSWORD@HOST/DATABASE."
    )


def _sqlite(url: "URL") -> "Engine":
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import StaticPool

    settings: dict[str, Any] = {}
    if url.database in (None, "", ":memory:"):
        settings["poolclass"] = StaticPool
    else:
        url = url.set(database=str(Path(str(url.database)).expanduser()))
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        connect_args={
            "timeout": BUSY_S,
            "check_same_thread": False,
            "isolation_level": None,
            "cached_statements": KEPT_STATEMENTS,
        },
        **settings,
    )

    @event.listens_for(engine, "do_connect")
    def _make_folder(*_: Any) -> None:
        Path(str(url.database or ".")).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        for pragma in _PRAGMAS:
            connection.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # The driver's own transactions begin too late: two readers that both want to write fail.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: "URL") -> "Engine":
    from sqlalchemy import create_engine

    given = {
        "connect_timeout": CONNECT_S,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": SILENT_MS,
        "application_name": "faultlens",
    }
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={k: v for k, v in given.items() if k not in url.query},
        pool_pre_ping=True,
        pool_size=4,
        max_overflow=8,
        pool_timeout=CONNECT_S,
    )
