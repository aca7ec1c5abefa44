"""The log has each step of an alarm once, as a line of JSON; it rotates, and says a full disk."""

import json
from pathlib import Path

import pytest

from faultlens.core.errors import UsageError
from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.sinks.log import LogOptions, LogSink
from tests.line.alarm_steps import alarm_step


def sink(path: Path | None, largest_mb: float = 10.0, files: int = 5) -> LogSink:
    options = LogOptions(path, largest_mb, files)
    return LogSink(SinkConfig("log", "log", options), "zh", Path("unused"))


def ids(path: Path) -> list[str]:
    return [json.loads(x)["id"] for x in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_of_json_for_each_step(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "alarms.jsonl"
    log = sink(path)
    log.send(alarm_step(1, verdict="裂纹\nzwei"))
    log.send(alarm_step(2))
    assert ids(path) == ["step-1", "step-2"]
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert first["message"] == "报警：裂纹 zwei，camera（得分 0.930，阈值 0.850）"


def test_a_step_that_comes_again_after_a_kill_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "alarms.jsonl"
    sink(path).send(alarm_step(1))
    again = sink(path)
    again.send(alarm_step(1))
    again.send(alarm_step(2))
    assert ids(path) == ["step-1", "step-2"]


def test_a_line_that_was_cut_by_a_power_failure_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "alarms.jsonl"
    sink(path).send(alarm_step(1))
    with path.open("ab") as stream:
        stream.write(b'{"schema": 1, "id": "st')
    sink(path).send(alarm_step(2))
    lines = path.read_bytes().splitlines()
    assert [json.loads(lines[0])["id"], json.loads(lines[2])["id"]] == ["step-1", "step-2"]


def test_it_rotates_and_keeps_so_many_files(tmp_path: Path) -> None:
    path = tmp_path / "alarms.jsonl"
    log = sink(path, largest_mb=0.001, files=3)
    for number in range(20):
        log.send(alarm_step(number))
    kept = sorted(tmp_path.iterdir())
    assert [x.name for x in kept] == ["alarms.jsonl", "alarms.jsonl.1", "alarms.jsonl.2"]
    assert all(x.stat().st_size <= 1000 for x in kept)
    assert [y for x in reversed(kept) for y in ids(x)][-1] == "step-19"


def test_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    sink(None).send(alarm_step(7))
    assert json.loads(capsys.readouterr().out)["id"] == "step-7"


def test_a_full_disk_is_an_error_and_leaves_no_half_line(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OSError):
        sink(full).send(alarm_step())


@pytest.mark.parametrize(
    ("options", "words"), [({"files": 0}, "^files is 0"), ({"largest_mb": -1}, "^largest_mb")]
)
def test_wrong_options(options: dict[str, float], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        LogOptions(**options)  # type: ignore[arg-type]
