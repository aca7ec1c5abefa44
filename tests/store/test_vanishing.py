"""A database that is killed in the middle of a write loses nothing and doubles nothing."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from faultlens.store.errors import StoreError
from faultlens.store.example import example_alarm, example_result
from faultlens.store.questions.alarms import open_alarms
from faultlens.store.questions.counts import counts
from faultlens.store.questions.results import total
from faultlens.store.records import Record
from faultlens.store.store import Store, open_store
from tests.postgres_server import PostgresServer, postgres

BATCH = 200
WANTED_S = 120.0
"""For so long a store is waited for that comes back, s."""


@pytest.fixture
def mortal() -> Iterator[PostgresServer]:
    with postgres() as running:
        yield running


def journal(size: int) -> list[tuple[int, Record]]:
    made: list[Record] = []
    for i in range(size):
        made.append(example_result(f"f{i}", minute=i // 60, score=(i % 100) / 100))
        if i % 50 == 0:
            made.append(example_alarm(f"a{i}"))
    return list(enumerate(made, start=1))


def shipped(store: Store, entries: list[tuple[int, Record]], wrong: list[StoreError]) -> None:
    """What the line's shipper does: from the watermark on, again and again until all is there."""
    until = time.monotonic() + WANTED_S
    done = 0
    while done < len(entries):
        try:
            store.write("line", entries[done : done + BATCH])
            done = store.watermark("line")
        except StoreError as error:
            wrong.append(error)
            assert time.monotonic() < until, f"still wrong: {error}"


def test_a_killed_postgresql_loses_and_doubles_nothing(mortal: PostgresServer) -> None:
    store = open_store(mortal.new_database())
    entries = journal(4000)
    wrong: list[StoreError] = []
    writer = threading.Thread(target=shipped, args=(store, entries, wrong))
    writer.start()
    rng = random.Random(0)
    killed = 0
    while writer.is_alive() and killed < 3:
        writer.join(rng.uniform(0.1, 0.4))
        if writer.is_alive():
            mortal.kill()
            killed += 1
            mortal.start()
    writer.join(WANTED_S)
    assert not writer.is_alive()
    assert killed >= 1 and wrong
    assert "Nothing of it is lost" in str(wrong[0])
    assert total(store) == counts(store).results == 4000
    assert counts(store).alarms == 2000
    assert len(open_alarms(store)) == 80
    store.close()


WRITER = """
import sys
from tests.store.test_vanishing import journal, shipped
from faultlens.store.store import open_store
held = int(sys.argv[2])
shipped(open_store(sys.argv[1]), journal(2500)[:held], [])
if held < 2550:
    __import__("time").sleep(600)  # whoever is to kill it was away
"""


def test_a_killed_writer_loses_and_doubles_nothing_in_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'line.db'}"
    store = open_store(url)
    root = Path(__file__).parents[2]
    for wanted in (800, 2550):
        command = [sys.executable, "-c", WRITER, url, str(wanted + 1000 * (wanted < 2550))]
        writer = subprocess.Popen(command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)})
        until = time.monotonic() + WANTED_S
        while writer.poll() is None and store.watermark("line") < wanted:
            assert time.monotonic() < until
        if wanted < 2550:
            writer.send_signal(signal.SIGKILL)
        assert writer.wait(WANTED_S) == (0 if wanted == 2550 else -signal.SIGKILL)
    assert total(store) == counts(store).results == 2500
    assert counts(store).alarms == 1250
    assert len(open_alarms(store)) == 50
    store.close()


def test_a_full_disk_is_said_and_written_on_once_there_is_room(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'line.db'}")
    entries = journal(1500)

    def limited(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    pages = 120
    event.listen(store._engine, "checkout", limited)
    wrong: list[StoreError] = []
    done = 0
    while not wrong:
        try:
            store.write("line", entries[done : done + BATCH])
            done += BATCH
        except StoreError as error:
            wrong.append(error)
    assert "full" in str(wrong[0])
    assert store.watermark("line") == done
    assert total(store) == counts(store).results
    pages = 1_000_000
    store.write("line", entries[done:])
    assert total(store) == counts(store).results == 1500
    store.close()


def test_a_server_that_is_away_is_said_with_its_place_and_without_its_password(
    mortal: PostgresServer,
) -> None:
    url = mortal.new_database().replace("line@", "line:secret@")
    store = open_store(url)
    mortal.kill()
    with pytest.raises(StoreError, match=r"line:\*\*\*@127\.0\.0\.1") as told:
        store.write("line", journal(1))
    assert "secret" not in str(told.value)
    with pytest.raises(StoreError, match="did not do it"):
        store.waiting_actions()
    with pytest.raises(StoreError):
        open_store(url)
    mortal.start()
    store.write("line", journal(1))
    assert total(store) == 1
    store.close()
