"""Every step of an alarm reaches every sink, in order, whatever fails; nothing stops the line."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.journal import Journal, JournalFull
from faultlens.line.sinks import outbox
from faultlens.line.sinks.abstract import AbstractSink
from faultlens.line.sinks.dispatcher import Dispatcher
from faultlens.line.sinks.log import LogOptions
from faultlens.line.sinks.outbox import Outbox
from faultlens.line.sinks.pace import Pace
from faultlens.line.sinks.webhook import WebhookOptions
from faultlens.store.records import AlarmRecord, EventRecord
from tests.line.alarm_steps import alarm_step
from tests.line.sinks.receiver import Receiver, receiving
from tests.mosquitto_server import free_port
from tests.timing import PATIENCE_S, eventually, quickest
from tests.virtual_time import Clock

FAST = Pace(first_s=0.02, most_s=0.05, refused_s=0.1, alone_s=0.15, told_s=0.05)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal.db")
    yield opened
    opened.close()


@contextmanager
def dispatching(
    journal: Journal, *sinks: SinkConfig, pace: Pace = FAST
) -> Iterator[tuple[Dispatcher, list[EventRecord]]]:
    told: list[EventRecord] = []
    folder = journal.path.parent / "sinks"
    made = Dispatcher(journal, sinks, language="en", folder=folder, tell=told.append, pace=pace)
    try:
        yield made, told
    finally:
        eventually(made.close)


def webhook(url: str, name: str = "mes", **changes: tuple[str, ...]) -> SinkConfig:
    return SinkConfig(name, "webhook", WebhookOptions(url, timeout_s=PATIENCE_S), **changes)


def logged(path: Path, name: str = "log") -> SinkConfig:
    return SinkConfig(name, "log", LogOptions(path))


def ids(receiver: Receiver) -> list[str]:
    return [json.loads(body)["id"] for _, body in receiver.asked]


def test_steps_come_in_order_and_only_those_that_line_toml_asks_for(journal: Journal) -> None:
    with receiving() as receiver:
        config = webhook(receiver.url, steps=("raised", "closed"), sources=("camera",))
        with dispatching(journal, config) as (dispatcher, _):
            journal.append(
                [
                    alarm_step(1),
                    alarm_step(2, step="acknowledged", state="acknowledged"),
                    alarm_step(3, source="hall"),
                    alarm_step(4, step="closed", state="normal"),
                ]
            )
            dispatcher.wake()
            eventually(lambda: len(receiver.asked) == 2 and journal.waiting("sink/mes") == 0)
            (state,) = dispatcher.states()
    assert ids(receiver) == ["step-1", "step-4"]
    assert (state.delivered, state.condition) == (2, None)


def test_while_a_receiver_is_away_alarms_wait_and_then_come_once(
    journal: Journal,
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    with dispatching(journal, webhook(url)) as (dispatcher, told):
        journal.append([alarm_step(n) for n in range(5)])
        eventually(lambda: len(told) == 1)
        (state,) = dispatcher.states()
        assert state.condition is not None
        severity, en, zh = state.condition
        assert (severity, state.waiting) == ("warning", 5)
        assert "5 steps" in en and "5 条" in zh
        assert not dispatcher.settle(0.0)
        with receiving(port=port) as receiver:
            assert dispatcher.settle(PATIENCE_S)
            assert len(receiver.asked) == 5
            eventually(lambda: len(told) == 2)
    assert sorted(ids(receiver)) == [f"step-{n}" for n in range(5)]
    assert [x.severity for x in told] == ["warning", "info"]


def test_what_was_not_delivered_is_sent_after_a_restart(tmp_path: Path) -> None:
    port = free_port()
    config = webhook(f"http://127.0.0.1:{port}/")
    journal = Journal(tmp_path / "journal.db")
    with dispatching(journal, config) as (dispatcher, _):
        journal.append([alarm_step(1), alarm_step(2)])
        eventually(lambda: dispatcher.states()[0].failing_since is not None)
    journal.close()
    journal = Journal(tmp_path / "journal.db")
    with receiving(port=port) as receiver, dispatching(journal, config):
        eventually(lambda: len(receiver.asked) == 2)
    journal.close()
    assert ids(receiver) == ["step-1", "step-2"]


def test_an_alarm_that_the_receiver_refuses_is_given_up_and_said(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(outbox, "time", clock)
    with receiving() as receiver:

        def answer(_: int) -> int:
            clock.sleep(0.06)
            return 422 if ids(receiver)[-1] == "step-2" else 204

        receiver.answer = answer
        with dispatching(journal, webhook(receiver.url)) as (dispatcher, told):
            journal.append([alarm_step(n) for n in (1, 2, 3)])
            eventually(lambda: "step-3" in ids(receiver))
            eventually(lambda: journal.waiting("sink/mes") == 0)
            assert dispatcher.states()[0].given_up == 1
    assert ids(receiver).count("step-2") == 2
    lost = [x for x in told if x.severity == "error"]
    assert [x.facts["alarm"] for x in lost] == ["alarm-2"]
    assert "422" in lost[0].en and "422" in lost[0].zh


def test_one_alarm_at_which_the_receiver_breaks_holds_up_no_other(journal: Journal) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: 500 if ids(receiver)[-1] == "step-1" else 204
        with dispatching(journal, webhook(receiver.url)) as (_, told):
            journal.append([alarm_step(n) for n in (1, 2, 3)])
            eventually(lambda: journal.waiting("sink/mes") == 0)
    assert [x.facts["step"] for x in told if x.severity == "error"] == ["step-1"]
    assert [x for x in ids(receiver) if x != "step-1"] == ["step-2", "step-3"]


def test_a_receiver_that_breaks_at_all_of_them_loses_none(journal: Journal) -> None:
    with (
        receiving(lambda _: 500) as receiver,
        dispatching(journal, webhook(receiver.url)) as (dispatcher, told),
    ):
        journal.append([alarm_step(n) for n in (1, 2)])
        # The second is only asked for once the first has failed long enough to be given up.
        eventually(lambda: ids(receiver).count("step-2") >= 2)
        assert dispatcher.states()[0].given_up == 0
        receiver.answer = lambda _: 204
        eventually(lambda: journal.waiting("sink/mes") == 0)
    assert {"step-1", "step-2"} <= set(ids(receiver)[-2:])
    assert "error" not in [x.severity for x in told]


def test_with_a_full_disk_an_alarm_goes_out_and_comes_once(journal: Journal) -> None:
    with receiving() as receiver, dispatching(journal, webhook(receiver.url)) as (dispatcher, _):
        dispatcher.urgent(alarm_step(1))
        dispatcher.urgent(alarm_step(2, step="reset"))
        eventually(lambda: len(receiver.asked) == 1)
        journal.append([alarm_step(1), alarm_step(3)])
        eventually(lambda: journal.waiting("sink/mes") == 0)
        assert ids(receiver) == ["step-1", "step-3"]


def test_a_journal_that_cannot_remember_a_delivery_makes_none_twice(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([JournalFull("no room")])
    advance = journal.advance

    def full_once(consumer: str, seq: int) -> None:
        for error in failures:
            raise error
        advance(consumer, seq)

    monkeypatch.setattr(journal, "advance", full_once)
    with receiving() as receiver, dispatching(journal, webhook(receiver.url)):
        journal.append([alarm_step(1)])
        eventually(lambda: journal.waiting("sink/mes") == 0)
        assert ids(receiver) == ["step-1"]


def test_a_receiver_that_hangs_holds_up_neither_the_others_nor_the_end(
    journal: Journal, tmp_path: Path
) -> None:
    hanging = threading.Event()

    def answer(_: int) -> int:
        hanging.wait(600.0)
        return 204

    path = tmp_path / "alarms.jsonl"
    with receiving(answer) as receiver:
        slow = WebhookOptions(receiver.url, timeout_s=600.0)
        sinks = (SinkConfig("slow", "webhook", slow), logged(path))
        with dispatching(journal, *sinks) as (dispatcher, _):
            journal.append([alarm_step(1)])
            eventually(lambda: path.exists() and len(receiver.asked) == 1)
            closed: list[bool] = []
            assert quickest(lambda: closed.append(dispatcher.close()), 4.0) < 4.0
            assert not any(closed)
            hanging.set()


def test_a_new_line_toml_changes_sinks_while_the_line_runs(
    journal: Journal, tmp_path: Path
) -> None:
    first, second, third = (tmp_path / f"{x}.jsonl" for x in "abc")
    with dispatching(journal, logged(first, "a"), logged(second, "b")) as (dispatcher, _):
        journal.append([alarm_step(1)])
        eventually(lambda: first.exists() and second.exists())
        dispatcher.reconfigure([logged(first, "a"), logged(third, "c")])
        assert journal.consumers() == ("sink/a", "sink/c")
        journal.append([alarm_step(2)])
        eventually(third.exists)
        eventually(lambda: len(first.read_text("utf-8").splitlines()) == 2)
        assert [x.name for x in dispatcher.states()] == ["a", "c"]
    assert len(second.read_text("utf-8").splitlines()) == 1
    # A sink that is added tells nothing of before.
    assert json.loads(third.read_text("utf-8"))["id"] == "step-2"


class _Broken(AbstractSink):
    """An outsider's sink with a mistake in it."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, alarm: AlarmRecord) -> None:
        if alarm.id == "step-1":
            raise KeyError("mistake")
        self.sent.append(alarm.id)


def test_a_mistake_in_a_sink_costs_one_alarm_and_not_the_sink(journal: Journal) -> None:
    broken, told = _Broken(), list[EventRecord]()

    def tell(event: EventRecord) -> None:
        told.append(event)
        raise RuntimeError("nobody can write this down")

    box = Outbox(journal, SinkConfig("own", "own", None), lambda: broken, tell, FAST)
    journal.append([alarm_step(1), alarm_step(2)])
    eventually(lambda: broken.sent == ["step-2"])
    box.stop()
    assert box.join(PATIENCE_S)
    assert "KeyError: 'mistake'" in told[-1].en or "KeyError: 'mistake'" in told[-2].en


def test_a_burst_of_alarms_is_through_in_seconds(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / "alarms.jsonl"
    with dispatching(journal, logged(path)):
        begun = time.process_time()
        journal.append([alarm_step(n) for n in range(300)])
        eventually(lambda: journal.waiting("sink/log") == 0)
    lines = path.read_text("utf-8").splitlines()
    assert [json.loads(x)["id"] for x in lines] == [f"step-{n}" for n in range(300)]
    assert time.process_time() - begun < 30
