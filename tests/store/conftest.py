"""Fixtures of the store: the same tests over SQLite and PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from faultlens.store.store import Store, open_store
from faultlens.store.tables import METADATA
from tests.filled_store import filled
from tests.postgres_server import PostgresServer, postgres


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for all tests that only need a database."""
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'line.db'}"
    running: PostgresServer = request.getfixturevalue("server")
    return running.new_database()


@pytest.fixture(scope="session")
def kept_store(server: PostgresServer) -> Iterator[Store]:
    """A store in PostgreSQL that many tests have after each other: to make one takes a while."""
    made = open_store(server.new_database())
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, once of each kind."""
    if request.param == "postgresql":
        kept: Store = request.getfixturevalue("kept_store")
        with kept.writing() as connection:
            names = ", ".join(x.name for x in METADATA.sorted_tables)
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
        yield kept
    else:
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "line.db")
        made = open_store(f"sqlite:///{tmp_path / 'line.db'}")
        yield made
        made.close()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store in a file, to be copied: that is faster than to make one."""
    file = tmp_path_factory.mktemp("empty") / "line.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def day(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with 2400 results of a day, once of each kind; tests only read it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('day') / 'line.db'}"
    else:
        running: PostgresServer = request.getfixturevalue("server")
        url = running.new_database()
    made = open_store(url)
    filled(made, results=2400)
    yield made
    made.close()
