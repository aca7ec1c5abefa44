"""Rows of a scanner over a real broker become scans; each is safe only once its result is."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.line.configuration.line_config import ChannelConfig, SourceConfig
from faultlens.line.frame import Frame, Trouble
from faultlens.line.sources import mqtt_link
from faultlens.line.sources.registry import SOURCES
from faultlens.line.sources.scan_blocks import ScanBlock, packed_scan
from faultlens.line.sources.scanner import ScannerOptions, ScannerSource
from faultlens.surfaces.readers.intrinsics import Intrinsics
from faultlens.surfaces.surface import Surface
from tests.line.sources.block_sender import BlockSender
from tests.line.sources.scan_streams import AT, rows_of
from tests.mosquitto_server import Mosquitto, mosquitto
from tests.timing import PATIENCE_S, eventually


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with mosquitto() as running:
        yield running


@pytest.fixture(autouse=True)
def short_farewells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt_link, "FAREWELL_S", 0.5)


def press(port: int, **options: Any) -> SourceConfig:
    given = {"host": "127.0.0.1", "port": port, "topic": "plant/{channel}/blocks", **options}
    top = {"top": ChannelConfig(asset="press 3")}
    return SourceConfig("press", "scanner", ScannerOptions(**given), channels=top)


@contextmanager
def watching(config: SourceConfig) -> Iterator["queue.Queue[Frame | Trouble]"]:
    came: queue.Queue[Frame | Trouble] = queue.Queue()
    stop = threading.Event()
    source = SOURCES["scanner"].opened(config)

    def run() -> None:
        for item in source.frames(None, stop):
            came.put(item)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield came
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        eventually(lambda: not any(x.name.startswith("mqtt ") for x in threading.enumerate()))


@contextmanager
def sending(port: int, form: Callable[[ScanBlock], bytes] = packed_scan) -> Iterator[BlockSender]:
    made = BlockSender(port, source="press", form=form)
    try:
        yield made
    finally:
        made.close()


def as_json(block: ScanBlock) -> bytes:
    heights = [[None if np.isnan(y) else float(y) for y in x] for x in block.heights_mm]
    facts = {"seq": block.seq, "time": block.time.isoformat(), "heights": heights,
             "spacing_mm": block.spacing_mm, "pitch_mm": block.pitch_mm, "part": "B17"}  # fmt: skip
    return json.dumps(facts).encode()


@pytest.mark.parametrize("form", [packed_scan, as_json])
def test_rows_become_scans_and_are_safe_only_once_their_scan_is(
    broker: Mosquitto, form: Callable[[ScanBlock], bytes]
) -> None:
    with watching(press(broker.port, frame_rows=8)) as came, sending(broker.port, form) as sender:
        eventually(lambda: sender.since != "")
        for block in rows_of(5):
            sender.send(block)
        frames = [came.get(timeout=PATIENCE_S) for _ in range(2)]
        assert all(isinstance(x, Frame) for x in frames) and sender.kept == 5
        first, second = (x for x in frames if isinstance(x, Frame))
        assert (first.kind, first.channel, first.asset) == ("scan", "top", "press 3")
        assert first.part == ("B17" if form is as_json else None)
        assert isinstance(second.payload, Surface) and second.payload.grid == (8, 5)
        assert second.payload.points_mm[:, 2].tolist() == np.repeat(range(8, 16), 5).tolist()
        second.acknowledge()
        first.acknowledge()
        # Four blocks are safe with two scans; the fifth waits for the rest of its scan.
        eventually(lambda: sender.kept == 1)


def test_a_depth_camera_s_images_come_whole_and_garbage_is_said(broker: Mosquitto) -> None:
    camera = Intrinsics(600.0, 600.0, 2.0, 1.0)
    image = ScanBlock("eye", 0, AT, np.full((3, 5), 500, np.float32), camera=camera, part="P1")
    with watching(press(broker.port, frame_rows=100)) as came, sending(broker.port) as sender:
        eventually(lambda: sender.since != "")
        sender.publish("eye", b"nonsense")
        sender.publish("eye", packed_scan(image, scale=0.1))
        trouble, frame = came.get(timeout=PATIENCE_S), came.get(timeout=PATIENCE_S)
        assert isinstance(trouble, Trouble) and "neither a binary block" in trouble.notice.en
        assert isinstance(frame, Frame) and isinstance(frame.payload, Surface)
        assert (frame.part, frame.payload.viewpoint_mm) == ("P1", (0.0, 0.0, 0.0))


def test_a_scan_that_would_not_fit_memory_is_refused_with_what_to_change(
    broker: Mosquitto,
) -> None:
    source = ScannerSource(press(broker.port, frame_rows=100_000))
    wide = ScanBlock("top", 0, AT, np.zeros((2, 4096), np.float32))
    with pytest.raises(Exception, match="make frame_rows of the source smaller"):
        source._unpacked(packed_scan(wide))


@pytest.mark.parametrize("rows", [-1, 100_001])
def test_rows_that_cannot_be_are_refused(rows: int) -> None:
    with pytest.raises(UsageError, match=f"frame_rows is {rows}"):
        ScannerOptions(host="127.0.0.1", topic="a/{channel}", frame_rows=rows)
