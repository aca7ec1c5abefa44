"""`faultlens watch` checks a file, watches until it is told to end, and adds users of its pages."""

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faultlens.images.write import write_image
from faultlens.store.questions.results import results
from faultlens.store.store import open_store
from faultlens.store.users import checked_password

Start = Callable[..., "subprocess.Popen[str]"]
Run = Callable[..., Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A line.toml that plays six pictures of grey noise."""
    path = tmp_path / "line.toml"
    draw = np.random.default_rng(0)
    for n in range(6):
        pixels = draw.integers(100, 140, (64, 64), dtype=np.uint8)
        write_image(tmp_path / "pictures" / f"frame-{n}.png", pixels)
    path.write_text(
        """
[line]
name = "press-3"
store = "sqlite:///line.db"
state = "state"
[source.belt]
kind = "replay"
path = "pictures"
speed = 0.0
[dashboard]
on = false
""",
        encoding="utf-8",
    )
    return path


def test_check_says_that_a_file_is_right(run: Run, file: Path) -> None:
    said = run("watch", file, "--check")
    assert (said.code, said.out) == (
        0,
        "line.toml is right: line 'press-3', sources belt; no sink.\n",
    )
    told = json.loads(run("watch", file, "--check", "--json").out)
    assert told == {"line": "press-3", "sources": ["belt"], "sinks": [], "faults": []}


def test_check_lists_every_fault_with_its_line(run: Run, file: Path) -> None:
    file.write_text(file.read_text() + '[keep]\nmedia = "some"\n[source.two]\nkind = "nothing"\n')
    said = run("watch", file, "--check")
    assert said.code == 2
    assert "line 13: media is 'some'" in said.err
    assert "line 15: Unknown kind of source 'nothing'" in said.err
    assert not (file.parent / "state").exists()


def test_once_ends_when_every_source_has_ended_and_all_is_in_the_store(
    run: Run, file: Path
) -> None:
    said = run("watch", file, "--once", "--json")
    assert said.code == 0, said.err
    assert all(json.loads(x)["record"] in ("alarm", "event") for x in said.out.splitlines())
    store = open_store(f"sqlite:///{file.parent / 'line.db'}")
    page = results(store)
    store.close()
    assert len({x.frame for x in page.rows}) == len(page.rows) == 6
    assert not any(x.error for x in page.rows)


def test_a_signal_ends_it_in_order(start: Start, file: Path) -> None:
    file.write_text(file.read_text().replace("speed = 0.0", "speed = 1.0"))
    process = start("watch", file)
    assert process.stdout is not None
    assert process.stdout.readline() == "faultlens watches 'press-3': belt\n"
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")


def test_a_user_is_added_by_name_and_role(run: Run, file: Path, start: Start) -> None:
    process = start("watch", file, "--add-user", "mei:operator", stdin=subprocess.PIPE)
    out, err = process.communicate("a long sentence\n", timeout=120)
    assert (process.returncode, out) == (0, "'mei' may now use the pages as operator.\n"), err
    store = open_store(f"sqlite:///{file.parent / 'line.db'}")
    user = checked_password(store, "mei", "a long sentence")
    store.close()
    assert user is not None and user.role == "operator"


def test_a_user_without_a_role_is_refused(run: Run, file: Path) -> None:
    said = run("watch", file, "--add-user", "mei")
    assert said.code == 2
    assert "NAME:ROLE" in said.err and "viewer, operator, engineer" in said.err
