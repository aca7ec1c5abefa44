"""A line put together: sources to store, sinks and live page; one process per line; reload."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from benches.line.counted import alarms_of, counted
from faultlens.core.errors import UsageError
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.detectors.unjudged import unjudged
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.line.watch import Watch
from faultlens.store.questions.results import results
from faultlens.store.records import Action, EventRecord, Record
from faultlens.store.store import open_store
from tests.line.pipeline.stand_ins import BEGIN, config_of, line_file, until

LOG = '[sink.log]\nkind = "log"\npath = "alarms.jsonl"\n'


def test_frames_end_in_the_store_and_alarms_in_the_sink(tmp_path: Path) -> None:
    config = config_of(tmp_path, 120, rest=LOG)
    told: list[Record] = []
    watch = Watch(config, told=told.extend, detectors=counted)
    watch.start()
    watch.wait(Event(), once=True)
    watch.close(once=True)
    store = open_store(config.store)
    assert len(results(store, limit=200).rows) == 120
    store.close()
    sent = [json.loads(x)["step"] for x in (tmp_path / "alarms.jsonl").read_text().splitlines()]
    assert sent == ["raised", "returned"] * len(alarms_of(120, 50))
    assert len(told) >= 120


class Refusing(AbstractDetector):
    """Judges nothing."""

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        return [unjudged(x, UsageError("Unknown bearing '62O5'."), "m@0") for x in frames]


def test_a_line_that_can_judge_nothing_says_why_and_not_once_per_frame(tmp_path: Path) -> None:
    told: list[Record] = []
    made = lambda source, kind: Refusing()  # noqa: E731
    watch = Watch(config_of(tmp_path, 40), told=told.extend, detectors=made)
    watch.start()
    watch.wait(Event(), once=True)
    watch.close(once=True)
    said = [x.en for x in told if isinstance(x, EventRecord) and "could not judge" in x.en]
    assert len(said) == 1 and said[0].endswith("Unknown bearing '62O5'.")


def test_what_people_ask_is_done_and_shown(tmp_path: Path) -> None:
    config = config_of(tmp_path, 60, rest=LOG)
    watch = Watch(config, detectors=counted)
    watch.start()
    until(lambda: watch.line.ended and watch.journal.waiting("store") == 0)
    (alarm,) = {x["alarm"] for x in watch.live().alarms}
    store = open_store(config.store)
    store.ask(Action("a", BEGIN, "acknowledge", alarm, "mei", "seen"))
    store.ask(Action("b", BEGIN, "reference", "belt", "mei"))
    until(lambda: store.waiting_actions() == [])
    store.close()
    assert watch.live().alarms == ()
    assert watch.live().sources[0].alarm == "normal"
    watch.close()


def test_a_second_process_on_the_same_line_is_refused(tmp_path: Path) -> None:
    config = config_of(tmp_path, 1)
    watch = Watch(config, detectors=counted)
    with pytest.raises(UsageError, match="watched already"):
        Watch(config, detectors=counted)
    watch.close()


def test_a_changed_file_holds_and_the_store_of_the_command_line_stays(tmp_path: Path) -> None:
    config = config_of(tmp_path, 5)
    other = f"sqlite:///{tmp_path / 'other.db'}"
    watch = Watch(config, store=other, detectors=counted)
    watch.start()
    line_file(tmp_path, 5, rest='[sink.two]\nkind = "log"\npath = "two.jsonl"\n')
    until(lambda: "sink/two" in watch.journal.consumers())
    assert watch.live().conditions == ()
    assert watch.line.config.store == other
    line_file(tmp_path, 5, rest="[keep]\nmedia = 7\n")
    until(lambda: "line.toml is not used" in str(watch.live().conditions))
    watch.close()
    assert replace(watch.line.config, sinks=()) == replace(config, store=other)
