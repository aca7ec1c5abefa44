"""As a process of its own: streams, interrupts in the middle of a batch, whole files only."""

import json
import os
import shutil
import signal as signals
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.timing import eventually, tried

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and closed streams of POSIX")

SOURCE = Path(__file__).parents[2] / "src"

FILES = 60
"""Enough that a batch with pictures lasts for seconds."""


def _interrupted(start: Any, record: Any, out: Path, by: signals.Signals) -> tuple[int, str]:
    """Start a batch, stop it after its second picture; exit code and standard error."""
    for number in range(FILES):
        record(f"in/pump-{number:02}.npz", "outer", seconds=1.5, seed=number)

    def begun() -> Any:
        shutil.rmtree(out, ignore_errors=True)
        process = start("diagnose", out.parent / "in", "--out", out)
        eventually(lambda: len(list(out.glob("[!.]*.png"))) >= 2 or process.poll() is not None)
        return process

    # Where this side pauses for long, all may be done before it looks.
    process = tried(begun, lambda x: x.poll() is None)
    process.send_signal(by)
    _, err = process.communicate(timeout=120)
    return process.returncode, err


def _whole(out: Path) -> list[str]:
    """Names of the files in `out` that are not hidden, after opening each."""
    from PIL import Image

    names = sorted(x.name for x in out.iterdir() if not x.name.startswith("."))
    for name in names:
        if name.endswith(".png"):
            with Image.open(out / name) as picture:
                picture.load()
        elif name.endswith(".jsonl"):
            for line in (out / name).read_text(encoding="utf-8").splitlines():
                json.loads(line)
        else:
            assert (out / name).read_text(encoding="utf-8").rstrip().endswith("</html>")
    return names


def test_an_interrupt_leaves_whole_files_and_a_report_of_what_was_done(
    start: Any, record: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, err = _interrupted(start, record, out, signals.SIGINT)
    names = _whole(out)
    pictures = [x for x in names if x.endswith(".png")]
    assert code == 130
    assert "Traceback" not in err
    assert "interrupted" in err
    assert 2 <= len(pictures) < FILES
    assert {"report.html", "results.jsonl"} <= set(names)
    rows = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(pictures) - 1 <= len(rows) <= len(pictures)
    assert not [x for x in out.iterdir() if x.name.startswith(".")]


def test_a_kill_leaves_whole_files_and_at_most_hidden_remains(
    start: Any, record: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, _ = _interrupted(start, record, out, signals.SIGKILL)
    names = _whole(out)
    assert code == -signals.SIGKILL
    assert len(names) >= 2
    assert all(name.endswith(".png") for name in names)
    assert len(list(out.iterdir())) - len(names) <= 1


def test_no_progress_bar_and_no_colour_where_there_is_no_terminal(start: Any, record: Any) -> None:
    out, err = start("diagnose", record("a.npz", "outer"), record("b.npz")).communicate(timeout=120)
    assert err == ""
    assert "\x1b" not in out
    assert "Diagnosing" not in out


def test_closed_standard_input_and_a_reader_that_leaves_early_are_no_errors(
    start: Any, record: Any
) -> None:
    files = [record(f"{x}.npz", "outer") for x in "abc"]
    process = start("diagnose", *files, "--json", stdin=subprocess.DEVNULL)
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait(timeout=120)


def test_a_terminal_of_few_letters_is_no_reason_to_fail(start: Any, record: Any) -> None:
    few = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONIOENCODING": "ascii"}
    process = start("diagnose", record("泵.npz", "outer"), "--json", env=few)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["file"].endswith("泵.npz")
