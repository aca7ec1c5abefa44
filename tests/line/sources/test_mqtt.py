"""Blocks over a real broker become windows; none is lost or doubled, whoever goes away."""

import json
import queue
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.line.configuration.line_config import ChannelConfig, SourceConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.secret import Secret
from faultlens.line.sources import mqtt, mqtt_link
from faultlens.line.sources.blocks import Block, packed
from faultlens.line.sources.mqtt import MqttSource, MqttSourceOptions
from faultlens.signals.signal import Signal
from tests.line.sources.block_sender import BlockSender
from tests.line.sources.block_streams import stream_of
from tests.mosquitto_server import Mosquitto, free_port, mosquitto
from tests.timing import PATIENCE_S, eventually, least


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    # A new one for each test: a broker keeps what came for a client that is away.
    with mosquitto("max_queued_messages 100000") as running:
        yield running


@pytest.fixture(autouse=True)
def short_farewells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_link, "FAREWELL_S", 0.5)


class Watching:
    """A source in a thread, as the line runs it; what it yields, in order."""

    def __init__(self, config: SourceConfig, resume: str | None) -> None:
        self.came: queue.Queue[Frame | Trouble] = queue.Queue()
        self.said: list[Trouble] = []
        self.stop = threading.Event()
        self._source, self._resume = MqttSource(config), resume
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def frames(self, number: int) -> list[Frame]:
        """The next frames; trouble on the way goes to `said`."""
        found: list[Frame] = []
        while len(found) < number:
            item = self.came.get(timeout=PATIENCE_S)
            if isinstance(item, Frame):
                found.append(item)
            else:
                self.said.append(item)
        return found

    def trouble(self) -> Trouble:
        """The next trouble; frames on the way are left out."""
        while True:
            item = self.came.get(timeout=PATIENCE_S)
            if isinstance(item, Trouble):
                return item

    def _run(self) -> None:
        for item in self._source.frames(self._resume, self.stop):
            self.came.put(item)


def hall(port: int, window_s: float = 2.0, **options: Any) -> SourceConfig:
    given = {"host": "127.0.0.1", "port": port, "topic": "plant/{channel}/blocks", **options}
    pump = ChannelConfig(asset="pump 7")
    return SourceConfig(
        "hall", "mqtt", MqttSourceOptions(**given), window_s=window_s, channels={"pump": pump}
    )


@contextmanager
def watching(config: SourceConfig, resume: str | None = None) -> Iterator[Watching]:
    made = Watching(config, resume)
    try:
        yield made
    finally:
        made.stop.set()
        made.thread.join(PATIENCE_S)
        assert not made.thread.is_alive()
        # Its connection says goodbye in a thread of its own.
        eventually(lambda: not any(x.name.startswith("mqtt ") for x in threading.enumerate()))


@contextmanager
def sending(port: int, form: Callable[[Block], bytes] = packed) -> Iterator[BlockSender]:
    made = BlockSender(port, form=form)
    try:
        yield made
    finally:
        made.close()


def samples(frame: Frame) -> list[float]:
    assert isinstance(frame.payload, Signal)
    found: list[float] = frame.payload.samples.tolist()
    return found


def as_json(block: Block) -> bytes:
    return json.dumps(
        {
            "seq": block.seq, "time": block.time.isoformat(), "unit": block.unit,
            "sample_rate_hz": block.sample_rate_hz, "samples": block.samples.tolist(),
            "shaft_rpm": block.shaft_rpm,
        }
    ).encode()  # fmt: skip


@pytest.mark.parametrize("form", [packed, as_json])
def test_blocks_become_frames_and_are_safe_only_once_their_window_is(
    broker: Mosquitto, form: Callable[[Block], bytes]
) -> None:
    with watching(hall(broker.port)) as line, sending(broker.port, form) as sensor:
        for block in stream_of(20):
            sensor.send(block)
        first, second = line.frames(2)
        assert (first.id, first.channel, first.asset) == (
            "pump.20261126T080000.000000Z.0", "pump", "pump 7",
        )  # fmt: skip
        assert samples(first) + samples(second) == list(range(4000))
        assert isinstance(first.payload, Signal)
        assert (first.payload.unit, first.payload.shaft_rpm) == ("g", 1480.0)
        assert sensor.kept == 20
        # Results become safe in any order; the sensor is told what is safe as a whole.
        second.acknowledge()
        first.acknowledge()
        eventually(lambda: sensor.kept == 4)


def test_late_doubled_and_senseless_messages_do_no_harm(broker: Mosquitto) -> None:
    blocks = stream_of(24)
    draw = random.Random(7)
    order = [blocks[0], *sorted(blocks[1:], key=lambda x: x.seq + draw.uniform(0, 4))]
    with watching(hall(broker.port)) as line, sending(broker.port) as sensor:
        eventually(lambda: sensor.since != "")
        for place, block in enumerate(order):
            sensor.send(block)
            if place % 3 == 0:
                sensor.publish("pump", packed(block))
                sensor.publish("pump", b"\xff\xd8\xff\xe0 no block")
        found = line.frames(3)
        assert [x.id.rpartition(".")[2] for x in found] == ["0", "8", "16"]
        assert [y for x in found for y in samples(x)] == list(range(6000))
        assert len(line.said) == 8
        assert all("no block" in x.notice.en for x in line.said)


def test_after_a_kill_what_was_not_safe_comes_again_and_nothing_twice(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = stream_of(40)
    with sending(broker.port) as sensor:
        with watching(hall(broker.port)) as line:
            for block in blocks[:21]:
                sensor.send(block)
            first, second = line.frames(2)
            first.acknowledge()
            eventually(lambda: sensor.kept == 13)
        # The second window was never judged: it is in nobody's memory any more.
        for block in blocks[21:30]:
            sensor.send(block)
        # What the broker kept comes first; the line waits for what the sensor has from before.
        monkeypatch.setattr(mqtt, "SETTLE_S", 4.0)
        with watching(hall(broker.port), resume=first.resume) as line:
            for block in blocks[30:]:
                sensor.send(block)
            again = line.frames(4)
            assert again[0].id == second.id
            assert [y for x in again for y in samples(x)] == list(range(2000, 10_000))
            for frame in again:
                frame.acknowledge()
            eventually(lambda: sensor.kept == 0)
            assert line.came.empty()


def test_a_broker_that_goes_away_is_said_and_costs_no_block(tmp_path: Path) -> None:
    with (
        mosquitto() as running,
        watching(hall(running.port)) as line,
        sending(running.port) as sensor,
    ):
        blocks = stream_of(32)
        for block in blocks[:12]:
            sensor.send(block)
        found = line.frames(1)
        running.stop()
        assert line.trouble().severity == "error"
        for block in blocks[12:20]:
            sensor.send(block)
        running.start()
        assert "again" in line.trouble().notice.en
        for block in blocks[20:]:
            sensor.send(block)
        found += line.frames(3)
        for frame in found:
            frame.acknowledge()
        eventually(lambda: sensor.kept == 0)
    assert [y for x in found for y in samples(x)] == list(range(8000))


def test_sixty_four_channels_at_25600_hz_without_loss(broker: Mosquitto) -> None:
    """Two windows of each, sent as fast as they go: what 64 sensors send in four seconds."""
    channels = [f"c{number}" for number in range(64)]
    streams = [
        stream_of(8, samples=12_800, rate_hz=25_600.0, channel=channel) for channel in channels
    ]
    messages = [[(x, packed(x, scale=4.0)) for x in stream] for stream in streams]
    with watching(hall(broker.port)) as line, sending(broker.port) as sensor:
        eventually(lambda: sensor.since != "")
        begun = time.process_time()
        for turn in zip(*messages, strict=True):
            for block, content in turn:
                sensor.publish(block.channel, content)
        found = line.frames(128)
    # Of this process, in which both sides are: what the broker or others take is not ours.
    taken_s = time.process_time() - begun
    assert {x.channel for x in found} == set(channels)
    expected = 4.0 * np.rint(np.arange(51_200) / 4.0)
    assert [samples(x)[-1] for x in found if x.channel == "c63"] == [expected[-1], 102_400.0]
    assert all(len(samples(x)) == 51_200 for x in found)
    assert taken_s < 4.0 * 4


def test_a_line_that_is_slow_makes_the_broker_wait_and_loses_nothing(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_link, "MOST_WAITING_BYTES", 4_000)
    config = hall(broker.port, window_s=0.25)
    source, stop = MqttSource(config), threading.Event()
    items = source.frames(None, stop)
    with sending(broker.port) as sensor:

        def send() -> None:
            eventually(lambda: sensor.since != "")
            for block in stream_of(100):
                sensor.send(block)

        # The first turn connects; nothing is taken before it.
        sender = threading.Thread(target=send)
        sender.start()
        first = next(items)
        sender.join()
        eventually(lambda: sensor.kept == 100)
        rest = [next(items) for _ in range(99)]
        stop.set()
        items.close()  # type: ignore[attr-defined]
    assert all(isinstance(x, Frame) for x in (first, *rest))
    eventually(lambda: not any(x.name.startswith("mqtt ") for x in threading.enumerate()))


def test_what_is_judged_after_the_source_has_ended_is_still_acknowledged(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It says goodbye once all is acknowledged; the source itself does not wait for that.
    monkeypatch.setattr(mqtt_link, "FAREWELL_S", 600.0)
    with sending(broker.port) as sensor:
        line = Watching(hall(broker.port), None)
        for block in stream_of(16):
            sensor.send(block)
        found = line.frames(2)
        line.stop.set()
        line.thread.join(PATIENCE_S)
        assert not line.thread.is_alive()
        for frame in found:
            frame.acknowledge()
        eventually(lambda: sensor.kept == 0)
    eventually(lambda: not any(x.name.startswith("mqtt ") for x in threading.enumerate()))


def test_a_wrong_password_is_said_and_the_line_can_stop_at_once(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", passwords, "line", "right"], check=True)
    with mosquitto("allow_anonymous false", f"password_file {passwords}") as running:
        wrong = hall(running.port, user="line", password=Secret("wrong-one"))

        def stopping_s() -> float:
            with watching(wrong) as line:
                trouble = line.trouble()
                assert trouble.severity == "error"
                assert "refuses the line" in trouble.notice.en
                assert "wrong-one" not in trouble.notice.en + trouble.notice.zh
                begun = time.monotonic()
                line.stop.set()
                line.thread.join(PATIENCE_S)
                return time.monotonic() - begun

        assert least(stopping_s, 1.0) < 1.0


def test_a_broker_that_was_never_there_is_said_once() -> None:
    with watching(hall(free_port())) as line:
        assert "does not answer" in line.trouble().notice.en
        with pytest.raises(queue.Empty):
            line.came.get(timeout=0.8)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"topic": "plant/#"}, "^topic is"),
        ({"topic": "plant/x{channel}/y"}, "^topic is .*level of its own"),
        ({"topic": "a/{channel}/{channel}"}, "^topic is .*once"),
        ({"ack_topic": "ack"}, "^ack_topic is .*channel"),
        ({"status_topic": "a/{channel}"}, "^status_topic is"),
        ({"gap_s": 0.0}, "^gap_s is 0"),
    ],
)
def test_wrong_options_are_refused_with_the_key_s_name(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        MqttSourceOptions(**{"host": "broker", "topic": "plant/{channel}", **options})
