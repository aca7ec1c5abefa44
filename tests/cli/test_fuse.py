"""`faultlens fuse` on files that diagnose and inspect wrote: a verdict, a page, bad files told."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.inference.verdict.conftest import result


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write a result of a sensor as JSON."""

    def write(name: str, key: str, scores: dict[str, float], **facts: Any) -> Path:
        sound = {"fault": "healthy", "defect": "no_defect"}[key]
        target = tmp_path / name
        target.write_text(json.dumps(result(key, sound, scores, model="m", **facts)) + "\n")
        return target

    return write


@pytest.fixture
def parts(written: Callable[..., Path]) -> list[Path]:
    """Vibration that alarms and a picture that does not."""
    return [
        written("a.json", "fault", {"cage fault": 0.97}),
        written("b.json", "defect", {"crack": 0.05}),
    ]


def test_a_verdict_with_reasons_is_told_and_written(
    run: Callable, parts: list[Path], tmp_path: Path
) -> None:
    said = run("fuse", *parts, "--out", tmp_path / "out")
    assert said.code == 0
    assert said.out.startswith("Cage fault, probable: vibration alarms: cage fault (0.97)")
    assert "It alarms by the own threshold of vibration." in said.out
    assert {x.name for x in (tmp_path / "out").iterdir()} == {
        "verdict.png", "verdict.json", "report.html",
    }  # fmt: skip
    assert json.loads((tmp_path / "out" / "verdict.json").read_text())["verdict"] == "cage fault"


def test_json_is_one_object_and_a_fault_may_fail_the_run(run: Callable, parts: list[Path]) -> None:
    said = run("fuse", *parts, "--json", "--fail-on-fault")
    assert said.code == 10
    told = json.loads(said.out)
    assert told["alarm"] is True
    assert [x["sensor"] for x in told["parts"]] == ["vibration", "picture"]
    assert run("fuse", parts[1], "--fail-on-fault").code == 0


def test_quiet_says_nothing_and_chinese_is_chinese(run: Callable, parts: list[Path]) -> None:
    assert run("fuse", *parts, "--quiet").out == ""
    said = run("fuse", *parts, "--lang", "zh")
    assert "振动报警" in said.out
    assert "请标定" not in said.out  # both have a profile


def test_a_folder_lines_and_standard_input_are_read(
    run: Callable, parts: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = tmp_path / "both.jsonl"
    lines.write_text("".join(json.dumps(json.loads(x.read_text())) + "\n" for x in parts))
    from_lines = json.loads(run("fuse", lines, "--json").out)
    assert len(from_lines["parts"]) == 2
    standard = io.TextIOWrapper(io.BytesIO(parts[0].read_bytes()))
    monkeypatch.setattr("sys.stdin", standard)
    piped = json.loads(run("fuse", "-", parts[1], "--json").out)
    assert piped["alarm_score"] == from_lines["alarm_score"]
    lines.unlink()
    folder = json.loads(run("fuse", tmp_path, "--json").out)
    assert folder["alarm_score"] == from_lines["alarm_score"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"[1, 2]", "not all results"),
        (b'{"verdict": NaN}', "NaN is no number"),
        (b"\xff\xfe\x00", "is no text"),
        (b"[" * 100_000, "holds no results"),
        (b'{"accuracy": 0.9}', "it is no result of a sensor"),
    ],
)
def test_a_bad_file_is_told_and_the_rest_joined(
    run: Callable, parts: list[Path], tmp_path: Path, content: bytes, words: str
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(content)
    said = run("fuse", *parts, bad)
    assert said.code == 3
    assert words in said.err
    assert "bad.json" in said.err
    assert "Cage fault" in said.out
    assert run("fuse", bad).code == 3


def test_wrong_use_and_other_assets_leave_with_their_codes(
    run: Callable, parts: list[Path], written: Callable[..., Path]
) -> None:
    assert "does not exist" in run("fuse", "/nowhere/a.json").err
    other = run("fuse", *parts, written("c.json", "defect", {"crack": 0.1}, asset="pump 8"))
    assert other.code == 3
    assert "different assets" in other.err
    assert run("fuse", parts[0], "--shared", "7").code == 2
    assert run("fuse", parts[0], "--base-rate", "0").code == 2


def test_healthy_visits_set_the_threshold(
    run: Callable, parts: list[Path], written: Callable[..., Path], tmp_path: Path
) -> None:
    visits = tmp_path / "visits"
    visits.mkdir()
    for number in range(12):
        earlier = [
            written(f"v{number}.json", "fault", {"cage fault": 0.02 + number / 100}),
            written(f"p{number}.json", "defect", {"crack": 0.02}),
        ]
        (visits / f"{number}.json").write_text(run("fuse", *earlier, "--json").out)
    said = run("fuse", *parts, "--healthy", visits, "--false-alarms", "0.1", "--json")
    told = json.loads(said.out)
    assert (told["visits"], told["false_alarm_rate"], told["alarm"]) == (12, 0.1, True)
    assert told["threshold"] < 0.2
    assert "same sensors" in run("fuse", parts[0], "--healthy", visits).err
