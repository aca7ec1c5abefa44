"""The process of the pages answers, shows what the line tells it, and ends when the line does."""

import io
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest

from faultlens.core.errors import UnreadableFileError, UsageError
from faultlens.line.dashboard.serving import Latest, listening, serve
from faultlens.line.dashboard.settings import DashboardSettings, settings_line
from faultlens.line.live import LiveSource, LiveState, live_line

WITHIN_S = 60.0
"""On a busy machine."""


def settings(folder: Path, **more: object) -> str:
    given: dict[str, object] = {
        "line": "Press 3", "store": f"sqlite:///{folder / 'line.db'}", "media": folder, "port": 0,
        "secret_file": folder / "key", "public_live": True,
    }  # fmt: skip
    return settings_line(DashboardSettings(**{**given, **more}))  # type: ignore[arg-type]


def started() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "faultlens.line.dashboard"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_it_serves_until_its_input_ends(tmp_path: Path) -> None:
    process = started()
    assert process.stdin is not None and process.stdout is not None
    try:
        print(settings(tmp_path), file=process.stdin, flush=True)
        url = json.loads(process.stdout.readline())["url"]
        until, page = time.monotonic() + WITHIN_S, ""
        while "cam-left" not in page and time.monotonic() < until:
            state = LiveState("Press 3", datetime.now(UTC).isoformat(), (LiveSource("cam-left"),))
            print("no state at all", file=process.stdin)
            print(live_line(state), file=process.stdin, flush=True)
            page = urlopen(f"{url}/", timeout=WITHIN_S).read().decode()
        assert "cam-left" in page
        process.stdin.close()
        assert process.wait(WITHIN_S) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr and process.stderr.close()


def test_wrong_settings_are_said() -> None:
    for wrong in ("nonsense", "{}", ""):
        with pytest.raises(UnreadableFileError, match="no settings of a dashboard"):
            serve(io.StringIO(wrong + "\n"), print)


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with listening("127.0.0.1", 0) as taken:
        given = settings(tmp_path, port=taken.getsockname()[1])
        with pytest.raises(UsageError, match=r"\[dashboard\] in line\.toml"):
            serve(io.StringIO(given + "\n"), print)


def test_the_newest_state_counts_and_a_broken_one_is_none() -> None:
    latest = Latest()
    for name in ("a", "b"):
        latest.tell(live_line(LiveState(name, "")))
    told = latest()
    assert told is not None and told.line == "b" and latest() is told
    latest.tell('{"line": 1')
    assert latest() is None
