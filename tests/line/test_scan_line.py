"""Scans through the whole line: files and a scanner in, sizes, alarms, pictures and pages out."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from faultlens.line.configuration.reader import read_line_config
from faultlens.line.sources import mqtt_link
from faultlens.line.sources.scan_blocks import ScanBlock, packed_scan
from faultlens.line.watch import Watch
from faultlens.store.questions.results import ResultRow, result, results
from faultlens.store.records import Action, CorrectionRecord, EventRecord, Record
from faultlens.store.store import open_store
from faultlens.surfaces.read import read_surface
from faultlens.surfaces.write import write_surface
from tests.line.dashboard.analysed_day import visitor
from tests.line.detectors.scan_frames import DEPTH_MM, plate
from tests.line.pipeline.stand_ins import BEGIN, until
from tests.line.sources.block_sender import BlockSender
from tests.line.sources.scan_streams import AT
from tests.mosquitto_server import Mosquitto, mosquitto

RULES = """format = 1
[[rule]]
name = "deep dent"
depth_mm = { at_least = 0.2 }
severity = "scrap"
"""
LINE = """
[line]
name = "press"
store = "sqlite:///line.db"
state = "state"
{source}
[sink.log]
kind = "log"
path = "alarms.jsonl"
[keep]
media = "all"
[dashboard]
on = false
"""
FILES = """
[source.plates]
kind = "replay"
path = "scans"
speed = 0
detector = "scan"
part = "lid"
sentences = ["dent", "scratch"]
part_pattern = "(?P<part>B[0-9]+)"
[source.plates.scan]
unit = "mm"
reference = "plane"
rules = "severity.toml"
"""
SCANNER = """
[source.belt]
kind = "scanner"
host = "127.0.0.1"
port = {port}
topic = "plant/{{channel}}/blocks"
frame_rows = {rows}
"""


def watch_of(folder: Path, source: str, told: list[Record]) -> Watch:
    path = folder / "line.toml"
    path.write_text(LINE.format(source=source), encoding="utf-8")
    (folder / "severity.toml").write_text(RULES, encoding="utf-8")
    return Watch(read_line_config(path), told=told.extend)


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Three plates, of which the second has a dent, and a file that was cut in the middle."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for number, dented in ((1, False), (2, True), (3, False)):
        write_surface(folder / f"B{number}.ply", plate(number, dented=dented))
    (folder / "B4.ply").write_bytes((folder / "B3.ply").read_bytes()[:-1000])
    return tmp_path


def test_files_of_scans_end_measured_in_store_sink_media_and_page(scans: Path) -> None:
    told: list[Record] = []
    watch = watch_of(scans, FILES, told)
    watch.start()
    until(lambda: watch.line.ended)
    config = watch.line.config
    watch.close(once=True)
    troubles = [x.en for x in told if isinstance(x, EventRecord) and x.kind == "source"]
    assert any("B4.ply cannot be played further" in x for x in troubles)
    store = open_store(config.store)
    rows: dict[str, ResultRow] = {x.frame: x for x in results(store, limit=9).rows}
    assert {x: y.alarm for x, y in rows.items()} == {
        "B1.ply": False, "B2.ply": True, "B3.ply": False,
    }  # fmt: skip
    record = result(store, "plates", "B2.ply")
    assert record is not None
    assert (record.kind, record.part, record.verdict, record.error) == ("scan", "B2", "dent", "")
    worst = record.result["defects"][0]
    assert worst["depth_mm"] == pytest.approx(DEPTH_MM, abs=2 * worst["depth_mm_u95"] + 1e-3)
    assert (record.result["severity"], worst["rule"]) == ("scrap", "deep dent")
    assert {"relief_mm", "missing", "points"} <= set(record.quality)
    # The sink was told once, and of nothing else.
    steps = [json.loads(x) for x in (scans / "alarms.jsonl").read_text().splitlines()]
    assert [x["step"] for x in steps] == ["raised", "returned"]
    # The scan itself is kept, and a small picture of its deviations.
    media = scans / "state" / "media"
    assert record.media is not None and record.media.endswith(".scan.npz")
    kept = read_surface(media / record.media)
    np.testing.assert_allclose(kept.points_mm, plate(2, dented=True).points_mm, atol=1e-4)
    assert record.preview is not None
    with Pillow.open(media / record.preview) as small:
        assert small.format == "JPEG" and max(small.size) >= 240
    page = visitor(store, scans / "state").page("/result?source=plates&frame=B2.ply")
    store.close()
    for words in ("Measured defects", "into the material", "scrap", "deep dent", "plane",
                  f"{worst['depth_mm']:.3f} ±", "Original file", record.preview):  # fmt: skip
        assert words in page


def test_a_correction_of_a_scan_is_written_down_and_no_model_is_tuned(scans: Path) -> None:
    told: list[Record] = []
    watch = watch_of(scans, FILES, told)
    watch.start()
    until(lambda: watch.line.ended and watch.journal.waiting("store") == 0)
    store = open_store(watch.line.config.store)
    store.ask(Action("a", BEGIN, "correct", "plates/B2.ply", "mei", "", {"label": "scratch"}))
    store.ask(Action("b", BEGIN, "tune", "plates", "mei"))
    until(lambda: store.waiting_actions() == [])
    store.close()
    watch.close()
    assert [x.label for x in told if isinstance(x, CorrectionRecord)] == ["scratch"]
    assert [x.en for x in told if isinstance(x, EventRecord) and x.kind == "model"] == []
    said = [getattr(x, "outcome", "") for x in told]
    assert any("are measured, so that no model is tuned for them" in str(x) for x in said)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mosquitto]:
    monkeypatch.setattr(mqtt_link, "FAREWELL_S", 0.5)
    with mosquitto() as running:
        yield running


def test_rows_of_a_scanner_are_measured_as_they_come_and_acknowledged(
    tmp_path: Path, broker: Mosquitto
) -> None:
    surface = plate(2, dented=True)
    assert surface.grid is not None
    rows, columns = surface.grid
    heights = surface.points_mm[:, 2].reshape(rows, columns).astype(np.float32)
    each = 13
    whole = ScanBlock("top", 0, AT, heights[:each], 0.2, 0.2, travel_mm=0.0, part="B2", stream=7)
    blocks = [
        replace(whole, seq=n, time=AT + timedelta(seconds=n), travel_mm=n * each * 0.2,
                heights_mm=heights[n * each : (n + 1) * each])
        for n in range(rows // each)
    ]  # fmt: skip
    told: list[Record] = []
    watch = watch_of(tmp_path, SCANNER.format(port=broker.port, rows=each * len(blocks)), told)
    watch.start()
    sender = BlockSender(broker.port, source="belt", form=packed_scan)
    try:
        until(lambda: sender.since != "")
        begun = time.monotonic()
        for block in blocks:
            sender.send(block)
        # What the line has on its disk, the scanner may forget.
        until(lambda: sender.kept == 0)
        until(lambda: watch.journal.waiting("store") == 0)
        lasted_s = time.monotonic() - begun
        (live,) = watch.live().sources
        assert (live.kind, live.channel, live.verdict) == ("scan", "top", "dent")
    finally:
        sender.close()
        watch.close()
    store = open_store(watch.line.config.store)
    (row,) = results(store, limit=9).rows
    record = result(store, "belt", row.frame)
    store.close()
    assert record is not None
    assert (record.kind, record.channel, record.part, record.alarm) == ("scan", "top", "B2", True)
    worst = record.result["defects"][0]
    assert worst["depth_mm"] == pytest.approx(DEPTH_MM, abs=2 * worst["depth_mm_u95"] + 1e-3)
    assert 0 < record.latency_s < lasted_s
    until(lambda: not any(x.name.startswith("mqtt ") for x in threading.enumerate()))
