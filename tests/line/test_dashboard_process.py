"""The pages get their settings and the live line, are started again, and never hold up the line."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from faultlens.line import dashboard_process
from faultlens.line.dashboard_process import DashboardProcess
from faultlens.line.live import LiveState, live_state
from faultlens.line.pipeline.conditions import Conditions
from faultlens.store.records import EventRecord
from tests.line.pipeline.stand_ins import until
from tests.timing import PATIENCE_S

PAGES = """
import sys
out = open({got!r}, "a", buffering=1)
out.write(sys.stdin.readline())
print('{{"url": "http://127.0.0.1:1"}}', flush=True)
for line in sys.stdin:
    out.write(line)
out.write("end\\n")
"""

DIES = "import sys; sys.stdin.readline(); sys.exit('the port 8600 is taken')"

HANGS = "import time; time.sleep(60)"


class Told:
    """What a process of pages brought about."""

    def __init__(self, folder: Path) -> None:
        self.events: list[EventRecord] = []
        self.addresses: list[str] = []
        self.conditions = Conditions(self.events.append)
        self.got = folder / "got.jsonl"

    def lines(self) -> list[str]:
        return self.got.read_text().splitlines() if self.got.exists() else []


@contextmanager
def pages(told: Told, folder: Path, program: str, settings: str = '{"a": 1}') -> Iterator[None]:
    live = LiveState("press", "2026-11-26T08:00:00+00:00")
    process = DashboardProcess(
        settings, lambda: live, told.conditions, told.addresses.append, folder / "log",
        (sys.executable, "-c", program),
    )  # fmt: skip
    process.start()
    try:
        yield
    finally:
        process.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard_process, "WAITS_S", (0.05,))
    monkeypatch.setattr(dashboard_process, "EVERY_S", 0.05)
    monkeypatch.setattr(dashboard_process, "END_S", PATIENCE_S)


def test_settings_come_first_then_the_line_and_the_end_of_input_ends_it(tmp_path: Path) -> None:
    told = Told(tmp_path)
    with pages(told, tmp_path, PAGES.format(got=str(told.got))):
        until(lambda: len(told.lines()) > 3 and told.addresses)
    lines = told.lines()
    assert json.loads(lines[0]) == {"a": 1}
    assert live_state(lines[1]).line == "press"
    assert lines[-1] == "end"
    assert told.addresses == ["http://127.0.0.1:1"]


def test_pages_that_end_are_started_again_and_the_reason_is_shown(tmp_path: Path) -> None:
    told = Told(tmp_path)
    with pages(told, tmp_path, DIES):
        until(lambda: "the port 8600 is taken" in str(told.conditions.listed()))
    # Once while it lasts, however often it is tried.
    assert [x.severity for x in told.events] == ["warning"]


def test_pages_that_hang_are_ended_and_the_line_does_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard_process, "HANGS_S", 0.2)
    monkeypatch.setattr(dashboard_process, "END_S", 0.2)
    told = Told(tmp_path)
    # More than a pipe holds.
    with pages(told, tmp_path, HANGS, settings="x" * 1_000_000):
        until(lambda: told.conditions.listed())
    assert "exit code -9" in told.events[0].en
