"""The tables of a database, made or brought to this version by Alembic."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from faultlens.core.optional import optional_import
from faultlens.store.engine import WRITES
from faultlens.store.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

HEAD = "0001"
"""The last revision in `migrations`; a database that is at it is opened without Alembic."""

_VERSION_TABLE = "faultlens_version"
_LOCK = 0x6661756C
"""Number of PostgreSQL's advisory lock: of several that open at once, one makes the tables."""


def migrated(engine: "Engine") -> None:
    """Make the tables, or bring them to this version, in one transaction.

    Args:
        engine: of the database.

    Raises:
        StoreError: the database was made by a newer version.
        MissingPackageError: Alembic is not installed.

    Example:
        >>> from faultlens.store.engine import engine_of
        >>> engine = engine_of("sqlite://")
        >>> migrated(engine)
        >>> version(engine)
        '0001'
    """
    if version(engine) == HEAD:
        return
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        _upgraded(connection)


def version(engine: "Engine") -> str | None:
    """The revision at which a database stands; None before its first.

    Args:
        engine: of the database.

    Example:
        >>> from faultlens.store.engine import engine_of
        >>> version(engine_of("sqlite://")) is None
        True
    """
    from sqlalchemy import inspect, text

    with engine.connect() as connection:
        if not inspect(connection).has_table(_VERSION_TABLE):
            return None
        found = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()
        return None if found is None else str(found)


def _upgraded(connection: "Connection") -> None:
    optional_import("alembic", extra="line")
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    folder = Path(__file__).parent / "migrations"
    script = ScriptDirectory(folder, version_locations=[folder])

    def steps(revision: Any, _: Any) -> Any:
        return script._upgrade_revs("head", revision)

    context = MigrationContext.configure(
        connection, opts={"fn": steps, "version_table": _VERSION_TABLE}
    )
    try:
        with Operations.context(context):
            context.run_migrations()
    except CommandError as error:
        raise StoreError(
            f"The store at {connection.engine.url.render_as_string(hide_password=True)} is at "
            f"'{context.get_current_revision()}', which this version of faultlens does not know "
            f"(it knows up to '{HEAD}'). Update faultlens on this machine."
        ) from error
