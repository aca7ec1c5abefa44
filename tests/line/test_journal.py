"""The journal gives every consumer every entry once and in order, keeps state with it, and a full
disk loses nothing that was in it."""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from faultlens.core.errors import UnknownNameError, UnreadableFileError
from faultlens.line.journal import Journal, JournalFull
from faultlens.store.records import AlarmRecord, AppliedRecord, Record, ResultRecord

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def applied(name: str) -> Record:
    return AppliedRecord(name, NOW)


def alarm(name: str) -> Record:
    return AlarmRecord(name, name, NOW, "raised", "unacknowledged", "camera")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


def test_entries_come_in_order_and_once(path: Path) -> None:
    journal = Journal(path)
    journal.register("store")
    assert journal.append([applied("a"), applied("b")]) == 2
    assert journal.append([applied("c")]) == 3
    assert [seq for seq, _ in journal.read("store", limit=2)] == [1, 2]
    assert [seq for seq, _ in journal.read("store", limit=2)] == [1, 2]
    journal.advance("store", 2)
    assert journal.read("store") == [(3, applied("c"))]
    assert journal.waiting("store") == 1
    journal.close()


def test_a_journal_opened_again_goes_on_where_it_was_also_when_empty(path: Path) -> None:
    journal = Journal(path)
    journal.register("store")
    journal.append([applied("a"), applied("b")], {"resume/camera": "b"})
    journal.advance("store", 2)
    identity = journal.identity
    journal.close()

    again = Journal(path)
    assert (again.last, again.waiting("store"), again.identity) == (2, 0, identity)
    assert again.append([applied("c")]) == 3
    assert again.read("store") == [(3, applied("c"))]
    assert again.state("resume/camera") == "b"
    again.close()


def test_two_journals_are_told_apart(tmp_path: Path) -> None:
    one, two = Journal(tmp_path / "a.db"), Journal(tmp_path / "b.db")
    assert one.identity != two.identity
    one.close()
    two.close()


def test_state_is_changed_and_removed_with_its_records(path: Path) -> None:
    journal = Journal(path)
    journal.append([], {"resume/a": "1", "resume/b": "2", "alarms": "{}"})
    journal.append([], {"resume/a": "3", "resume/b": None})
    assert journal.states("resume/") == {"resume/a": "3"}
    assert journal.state("resume/b") is None
    journal.close()


def test_an_entry_is_removed_once_all_who_take_its_kind_have_it(path: Path) -> None:
    journal = Journal(path)
    journal.register("store")
    journal.register("sink/log", ("alarm",))
    journal.append([applied("a"), alarm("b"), applied("c"), alarm("d")])
    journal.advance("store", 4)
    assert entries(path) == [2, 4]
    assert [seq for seq, _ in journal.read("sink/log")] == [2, 4]
    assert journal.waiting("sink/log") == 2
    journal.advance("sink/log", 2)
    assert entries(path) == [4]
    journal.forget("sink/log")
    journal.append([applied("e")])
    journal.advance("store", 5)
    assert entries(path) == []
    journal.close()


def test_a_new_sink_begins_now_and_does_not_tell_old_alarms(path: Path) -> None:
    journal = Journal(path)
    journal.register("store")
    journal.append([alarm("old")])
    journal.register("sink/log", ("alarm",))
    journal.append([alarm("new")])
    assert journal.read("sink/log") == [(2, alarm("new"))]
    journal.close()


def test_frames_with_a_result_are_known_also_after_a_restart(path: Path) -> None:
    journal = Journal(path)
    journal.register("store")
    result = ResultRecord("camera", "7", NOW, NOW, "no defect", False, 0.1, 0.5, "picture")
    journal.append([applied("a"), result])
    journal.advance("store", 2)
    journal.close()
    again = Journal(path)
    assert again.seen("camera", [str(n) for n in range(2000)]) == {"7"}
    assert again.seen("other", ["7"]) == frozenset()
    again.close()


def test_a_consumer_that_nobody_registered_is_said(path: Path) -> None:
    journal = Journal(path)
    journal.register("store")
    with pytest.raises(UnknownNameError, match="Known: store"):
        journal.read("stoer")
    journal.close()


def test_a_full_disk_is_said_and_nothing_half_is_written(path: Path) -> None:
    journal = Journal(path, most_bytes=200_000)
    journal.register("store")
    big = AppliedRecord("a", NOW, "x" * 20_000)
    with pytest.raises(JournalFull, match="Make room"):
        for n in range(100):
            journal.append([big, applied("b")], {"n": str(n)})
    held = journal.waiting("store")
    assert held % 2 == 0
    assert held // 2 == int(journal.state("n") or "") + 1
    # Room again: what was in it is given out, and writing goes on with the next number.
    while got := journal.read("store"):
        journal.advance("store", got[-1][0])
    assert journal.append([big]) == held + 1
    journal.close()


def test_an_entry_that_cannot_be_read_is_put_aside_and_the_rest_goes_on(path: Path) -> None:
    journal = Journal(path)
    journal.register("store")
    journal.append([applied("a"), applied("b")])
    with sqlite3.connect(path) as other:
        other.execute("UPDATE entries SET text = '{\"action\":' WHERE seq = 1")
    other.close()
    assert journal.read("store") == [(2, applied("b"))]
    assert journal.damaged == 1
    journal.close()


def test_a_file_that_is_no_journal_is_refused_with_what_to_do(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"a letter, not a database" * 100)
    with pytest.raises(UnreadableFileError, match="Move it away"):
        Journal(path)


def test_many_threads_append_and_every_entry_is_there_once(path: Path) -> None:
    journal = Journal(path)
    journal.register("store")

    def write(name: int) -> None:
        for n in range(50):
            journal.append([applied(f"{name}/{n}")])

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    got: list[tuple[int, Record]] = []
    while len(got) < 200 and journal.wait(len(got), 60) > len(got):
        new = journal.read("store")
        got += new
        journal.advance("store", new[-1][0])
    for thread in threads:
        thread.join()
    assert [seq for seq, _ in got] == list(range(1, 201))
    assert len({record for _, record in got}) == 200
    journal.close()


def entries(path: Path) -> list[int]:
    with sqlite3.connect(path) as other:
        found = [seq for (seq,) in other.execute("SELECT seq FROM entries ORDER BY seq")]
    other.close()
    return found
