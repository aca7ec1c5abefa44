"""A store is made by its migrations, opened by URL, and refused with words where it is none."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from faultlens.core.errors import UsageError
from faultlens.store import migrated
from faultlens.store.engine import engine_of
from faultlens.store.errors import StoreError
from faultlens.store.example import example_result
from faultlens.store.questions.results import total
from faultlens.store.store import open_store
from faultlens.store.tables import METADATA

MIGRATIONS = Path(migrated.__file__).parent / "migrations"


def test_migrations_make_the_tables_that_the_program_knows(url: str) -> None:
    open_store(url).close()
    engine = engine_of(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": "faultlens_version", "compare_server_default": True},
        )
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_last_migration_is_the_one_that_opening_asks_for() -> None:
    script = ScriptDirectory(MIGRATIONS, version_locations=[MIGRATIONS])
    assert script.get_heads() == [migrated.HEAD]


def test_several_that_open_at_once_make_the_tables_once(url: str) -> None:
    wrong: list[BaseException] = []

    def opened() -> None:
        try:
            open_store(url).close()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=opened) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert wrong == []


def test_a_store_is_opened_again_with_what_it_holds(url: str) -> None:
    store = open_store(url)
    store.write("line", [(1, example_result("f1"))])
    store.close()
    store = open_store(url, must_exist=True)
    assert (total(store), store.watermark("line")) == (1, 1)
    store.close()


def test_a_store_of_a_newer_version_is_refused(url: str) -> None:
    open_store(url).close()
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE faultlens_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="Update faultlens"):
        open_store(url)


def test_who_only_reads_makes_no_database(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "line.db"
    with pytest.raises(StoreError, match="faultlens watch"):
        open_store(f"sqlite:///{file}", must_exist=True)
    assert not file.parent.exists()
    open_store(f"sqlite:///{file}").close()
    assert file.is_file()


@pytest.mark.parametrize("url", ["", "line.db", "mysql://plant/line", "http://x", "sqlite3:///a"])
def test_a_url_of_another_kind_is_refused_with_those_allowed(url: str) -> None:
    with pytest.raises(UsageError, match=r"sqlite:///FILE.*postgresql://"):
        open_store(url)


def test_a_password_in_a_url_is_not_said() -> None:
    with pytest.raises(UsageError) as told:
        open_store("mysql://line:secret@plant/line")
    assert "secret" not in str(told.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "line.db"
    file.write_text("these are not the tables that you are looking for" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{file}")
    assert file.read_text().startswith("these")
    (tmp_path / "in the way").write_text("a file")
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{tmp_path / 'in the way' / 'line.db'}")


def test_reading_waits_for_no_writer(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'line.db'}")
    store.write("line", [(1, example_result("f1"))])
    with store.writing() as connection:
        connection.execute(text("UPDATE results SET verdict = 'rust'"))
        assert total(store) == 1
        assert store.watermark("line") == 1
    store.close()
