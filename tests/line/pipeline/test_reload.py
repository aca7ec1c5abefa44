"""A changed line.toml holds from the next frame on; a wrong one changes nothing and says why."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benches.line.counted import CountedDetector
from faultlens.core.errors import UsageError
from faultlens.line.configuration.line_config import DecisionConfig, SourceConfig
from faultlens.line.configuration.reader import read_line_config
from faultlens.line.detectors.abstract import AbstractDetector
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.line.pipeline.file_watch import FileWatch
from faultlens.line.pipeline.reloading import change
from faultlens.store.records import EventRecord, ModelRecord, ResultRecord
from tests.line.pipeline.stand_ins import (
    BEGIN,
    ENDLESS,
    FakeStore,
    Running,
    config_of,
    line_file,
    until,
)

SLOW = ["pause_s = 0.005", "queue = 1"]


def numbered(count: int) -> list[str]:
    return [f"{n:07d}" for n in range(count)]


class Named(AbstractDetector):
    """Says by which model and for which sentences it judged; "wrong" cannot be had."""

    def __init__(self, config: SourceConfig) -> None:
        if config.model == "wrong" or "wrong" in config.sentences:
            raise UsageError("There is no 'wrong'.")
        self._name = "+".join((config.model or "builtin", *config.sentences))
        self._inner = CountedDetector(config)

    def judge(self, frames: Sequence[Frame]) -> list[Judged]:
        return [replace(x, model=self._name) for x in self._inner.judge(frames)]


def named(config: SourceConfig, kind: str | None) -> AbstractDetector:
    return Named(config)


def models(store: FakeStore) -> list[str]:
    return list(dict.fromkeys(x.model for x in store.of(ResultRecord)))


def test_a_sentence_that_is_added_judges_the_next_frames_and_none_is_lost(tmp_path: Path) -> None:
    config, store = config_of(tmp_path, ENDLESS, more=SLOW), FakeStore()
    with Running(config, store=store, detectors=named) as running:
        watch = FileWatch(config.path, running.line.apply, running.line.conditions)
        watch.start()
        until(lambda: len(running.ids()) > 5)
        line_file(tmp_path, ENDLESS, more=[*SLOW, 'sentences = ["scratch"]'])
        until(lambda: models(store) == ["builtin", "builtin+scratch"])
        line_file(tmp_path, ENDLESS, more=[*SLOW, 'sentences = ["wrong"]', "mm = 3"])
        until(lambda: "Unknown key 'mm'" in str(running.line.live().conditions))
        line_file(tmp_path, ENDLESS, more=[*SLOW, 'sentences = ["wrong"]'])
        until(lambda: "[source.belt]: There is no 'wrong'." in str(running.line.live().conditions))
        line_file(tmp_path, ENDLESS, more=[*SLOW, 'sentences = ["scratch", "dent"]'])
        until(lambda: models(store)[-1] == "builtin+scratch+dent")
        until(lambda: running.line.live().conditions == ())
        watch.close(5)
    assert running.ids() == numbered(len(running.ids()))
    assert models(store) == ["builtin", "builtin+scratch", "builtin+scratch+dent"]
    assert [x.en for x in store.of(EventRecord)].count(
        "The changed line.toml holds from now on."
    ) == 2


def test_sources_come_go_and_are_opened_again_where_they_were(tmp_path: Path) -> None:
    config, store = config_of(tmp_path, ENDLESS, more=["pause_s = 0.005"]), FakeStore()
    (belt,) = config.sources
    side = replace(belt, name="side")
    with Running(config, store=store) as running:
        until(lambda: len(running.ids()) > 20)
        running.line.apply(replace(config, sources=(belt, side)))
        until(lambda: len(running.ids("side")) > 20)
        # Another queue: it is opened again, and goes on where it was.
        running.line.apply(replace(config, sources=(replace(belt, queue=3), side)))
        seen = len(running.ids())
        until(lambda: len(running.ids()) > seen)
        running.line.apply(replace(config, sources=(side,)))
        seen = len(running.ids("side"))
        until(lambda: len(running.ids("side")) > seen)
        assert [x.name for x in running.line.live().sources] == ["side"]
    assert running.ids("side") == numbered(len(running.ids("side")))
    assert running.ids() == numbered(len(running.ids()))


def test_what_needs_a_restart_is_said_and_the_rest_holds(tmp_path: Path) -> None:
    config = config_of(tmp_path, 1)
    other = replace(config, store="sqlite:///other.db", language="zh", time_zone="Asia/Shanghai")
    made = change(config, other)
    assert made.fixed == ("store", "language")
    assert (made.config.store, made.config.time_zone) == (config.store, "Asia/Shanghai")
    with Running(config) as running:
        running.line.apply(other)
        assert "another store, language" in str(running.line.live().conditions)
        running.line.apply(config)
        assert running.line.live().conditions == ()


def test_a_decision_is_changed_without_opening_the_source(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    (belt,) = config.sources
    other = replace(belt, decision=DecisionConfig(m=2, n=3))
    made = change(config, replace(config, sources=(other,)))
    assert (made.judged_otherwise, made.opened_again) == ((other,), ())


def test_a_swap_loses_no_frame_is_written_down_and_outlives_a_restart(tmp_path: Path) -> None:
    more = ["pause_s = 0.005"]
    config, store = config_of(tmp_path, ENDLESS, more=more), FakeStore()
    (belt,) = config.sources
    record = ModelRecord("m1", "belt", BEGIN, "promoted", "new@1", "new", user="mei")
    with Running(config, store=store, detectors=named) as running:
        until(lambda: len(running.ids()) > 20)
        with pytest.raises(UsageError, match="There is no 'wrong'"):
            running.line.swap("belt", replace(belt, model="wrong"))
        running.line.swap("belt", replace(belt, model="new"), [record])
        until(lambda: models(store) == ["builtin", "new"])
        assert running.line.judged_by("belt").model == "new"
    end = len(running.ids()) + 50
    with Running(config_of(tmp_path, end, more=more), store=store, detectors=named) as running:
        until(lambda: len(running.ids()) == end)
    assert running.ids() == numbered(end)
    assert models(store) == ["builtin", "new"]
    assert store.of(ModelRecord) == [record]
    # A model that line.toml names later beats it.
    line_file(tmp_path, end + 10, more=['model = "hf:third"'])
    with Running(read_line_config(config.path), store=store, detectors=named) as running:
        until(lambda: len(running.ids()) == end + 10)
    assert models(store)[-1] == "hf:third"
