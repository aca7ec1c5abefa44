"""Each frame has one result in the store, in order: over restarts, doubles, a store away."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from benches.line.counted import alarms_of
from faultlens.line.configuration.line_config import LineConfig, SourceConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.judged import Judged
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.registry import SOURCES, SourceKind
from faultlens.store.records import AlarmRecord, AppliedRecord, EventRecord, PartRecord, Record
from tests.line.pipeline.stand_ins import (
    ENDLESS,
    FakeStore,
    Running,
    Sound,
    config_of,
    frame,
    until,
)


class Counting(FakeStore):
    """Counts its transactions."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def write(self, line: str, entries: Sequence[tuple[int, Record]]) -> None:
        """Take what is newer than the watermark, all or nothing."""
        super().write(line, entries)
        self.writes += 1


class AtMostTwo(Sound):
    """Remembers of how many frames it was asked at once."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    @property
    def most_frames(self) -> int:
        """See `AbstractDetector.most_frames`."""
        return 2

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        """See `AbstractDetector.judge`."""
        self.asked.append(len(frames))
        return super().judge(frames)


def names(*numbers: int) -> list[str]:
    return [f"{n:07d}" for n in numbers]


def test_every_frame_in_order_with_its_alarms_and_parts(tmp_path: Path) -> None:
    with Running(config_of(tmp_path, 230, more=["part_every = 10"])) as running:
        until(lambda: running.line.ended)
        running.line.settle_ended()
        until(lambda: running.journal.waiting("store") == 0)
    assert running.ids() == names(*range(230))
    steps = [(x.step, x.frame) for x in running.store.of(AlarmRecord)]
    alarms = alarms_of(230, 50)
    assert steps[::2] == [("raised", x) for x in names(*alarms)]
    assert steps[1::2] == [("returned", x) for x in names(*(n + 1 for n in alarms))]
    parts = running.store.of(PartRecord)
    assert [x.part for x in parts] == [f"{n}" for n in range(23)]
    assert {x.frames for x in parts} == {10}


def test_a_line_that_ends_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    store, more = FakeStore(), ["pause_s = 0.001"]
    with Running(config_of(tmp_path, ENDLESS, more=more), store=store) as running:
        until(lambda: len(running.ids()) > 40)
    before = running.ids()
    assert before == names(*range(len(before)))
    end = len(before) + 200
    with Running(config_of(tmp_path, end, more=more), store=store) as running:
        until(lambda: len(running.ids()) == end)
    assert running.ids() == names(*range(end))
    raised = [x.frame for x in store.of(AlarmRecord) if x.step == "raised"]
    assert raised == names(*alarms_of(end, 50))


def test_what_came_while_the_store_was_left_in_peace_is_brought_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faultlens.line.pipeline.shipper.TOGETHER_S", 3600.0)
    store, now = Counting(), datetime.now(UTC)
    with Running(config_of(tmp_path, 0), store=store) as running:
        running.journal.append([AppliedRecord("first", now)])
        until(lambda: store.writes == 1)
        for n in range(5):
            running.journal.append([AppliedRecord(f"{n}", now)])
        assert len(store.rows) == 1
    # The end of the line waits for nobody.
    assert [x.action for x in store.of(AppliedRecord)] == ["first", *"01234"]
    assert store.writes == 2


def test_a_detector_is_asked_about_as_many_frames_as_it_takes(tmp_path: Path) -> None:
    detector = AtMostTwo()
    with Running(config_of(tmp_path, 60), detectors=lambda *_: detector) as running:
        until(lambda: len(running.ids()) == 60)
    assert sum(detector.asked) == 60 and set(detector.asked) <= {1, 2}


def test_the_store_is_away_and_all_comes_later_in_order(tmp_path: Path) -> None:
    store = FakeStore()
    store.away = True
    with Running(config_of(tmp_path, 120), store=store) as running:
        until(lambda: running.line.ended and running.line.board.frames == 120)
        until(lambda: "away" in str(running.line.live().conditions))
        until(lambda: running.line.live().spooled >= 120)
        store.away = False
        until(lambda: len(running.ids()) == 120)
        until(lambda: running.line.live().conditions == ())
    assert running.ids() == names(*range(120))
    told = [x.en[:20] for x in store.of(EventRecord)]
    assert told == ["The database is away", "The database is ther"]


def test_one_entry_that_the_store_refuses_does_not_stop_the_others(tmp_path: Path) -> None:
    store = FakeStore()
    store.refused = {5}
    with Running(config_of(tmp_path, 30), store=store) as running:
        until(lambda: len(running.ids()) == 29)
        until(lambda: store.of(EventRecord))
    assert running.ids() == names(*(n for n in range(30) if n != 4))
    assert any("was put aside" in x.en for x in store.of(EventRecord))


class Sender(AbstractSource):
    """Sends frames 0 to 9, each twice, and all of them again after a restart."""

    acknowledged: list[str]

    def __init__(self, config: SourceConfig) -> None:
        self._name = config.name

    def frames(self, resume: str | None, stop: Event) -> Iterator[Frame | Trouble]:
        for n in (*range(10), *range(10), 9, 3):
            told = partial(self.acknowledged.append, f"{n}")
            yield frame(f"{n}", self._name, n, acknowledge=told)


@pytest.fixture
def sender(tmp_path: Path) -> LineConfig:
    if "sender" not in SOURCES:
        SOURCES.add("sender", SourceKind(type(None), Sender))
    Sender.acknowledged = []
    config = config_of(tmp_path)
    return replace(config, sources=(replace(config.sources[0], kind="sender"),))


def test_a_frame_that_comes_again_is_acknowledged_and_not_judged_again(sender: LineConfig) -> None:
    store, detector = FakeStore(), Sound()
    for _ in range(2):
        with Running(sender, store=store, detectors=lambda *_: detector) as running:
            until(lambda: running.line.ended)
    sent = [*range(10), *range(10), 9, 3]
    assert running.ids() == detector.judged == [f"{n}" for n in range(10)]
    assert sorted(Sender.acknowledged) == sorted(f"{n}" for n in sent * 2)
    # The clock that seems to jump back is said once a run, and only by what was judged.
    assert store.of(EventRecord) == []
