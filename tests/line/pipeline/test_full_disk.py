"""On a full disk alarms go out and the state is shown; with room again no result is lost."""

from pathlib import Path

import pytest

from benches.line.counted import alarms_of
from faultlens.line.journal import Journal
from faultlens.line.pipeline import recorder
from faultlens.store.records import AlarmRecord, EventRecord, ResultRecord
from tests.line.pipeline.stand_ins import FakeStore, Running, config_of, until

FRAMES = 400


def test_a_disk_that_is_full_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _shorten(monkeypatch)
    # Pages of 4 kB: room for the tables and some dozens of results.
    config, store = config_of(tmp_path, FRAMES, more=["queue = 4"]), FakeStore()
    store.away = True
    with Running(config, store=store, journal={"most_bytes": 120_000}) as running:
        until(lambda: "Make room" in str(running.line.live().conditions))
        until(lambda: running.line.recorder.lost.is_set())
        until(lambda: running.line.board.frames == FRAMES)
        # Every alarm went out though no result could be written.
        written = [x for _, x in running.journal.read("store") if isinstance(x, AlarmRecord)]
        raised = {x.frame for x in (*running.urgent, *written) if x.step == "raised"}
        assert raised == {f"{n:07d}" for n in alarms_of(FRAMES, 50)}
        assert len(written) < len(running.urgent)
        _more_room(running.journal)
        until(lambda: not running.line.recorder.lost.is_set())
        store.away = False
        until(lambda: len(running.ids()) == FRAMES)
    assert running.ids() == [f"{n:07d}" for n in range(FRAMES)]
    steps = store.of(AlarmRecord)
    assert len({x.id for x in steps}) == len(steps) == 2 * len(alarms_of(FRAMES, 50))
    # What went out past the journal has the ids of what came by it later: a receiver knows them.
    assert {x.id for x in running.urgent} <= {x.id for x in steps}
    assert any("There is room on the disk again" in x.en for x in store.of(EventRecord))


def test_a_disk_that_is_full_for_a_moment_loses_nothing_and_judges_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _shorten(monkeypatch, held=5000)
    config, store = config_of(tmp_path, FRAMES), FakeStore()
    store.away = True
    with Running(config, store=store, journal={"most_bytes": 120_000}) as running:
        until(lambda: "Make room" in str(running.line.live().conditions))
        until(lambda: running.line.board.frames == FRAMES)
        assert not running.line.recorder.lost.is_set()
        _more_room(running.journal)
        until(lambda: "Make room" not in str(running.line.live().conditions))
        store.away = False
        until(lambda: len(running.ids()) == FRAMES)
    assert running.line.board.frames == FRAMES
    assert [x.frame for x in store.of(ResultRecord)] == [f"{n:07d}" for n in range(FRAMES)]


def _shorten(monkeypatch: pytest.MonkeyPatch, held: int = 50) -> None:
    monkeypatch.setattr(recorder, "HELD_RECORDS", held)
    monkeypatch.setattr(recorder, "AGAIN_S", 0.1)


def _more_room(journal: Journal) -> None:
    with journal._write_lock:
        journal._writer.execute("PRAGMA max_page_count = 100000").fetchall()
