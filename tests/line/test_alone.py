"""Two processes never watch one line, and one that was killed does not lock it for ever."""

import multiprocessing
from pathlib import Path

import pytest

from faultlens.core.errors import UsageError
from faultlens.line.alone import alone


def test_the_second_one_is_told_who_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with (
        alone(folder),
        pytest.raises(UsageError, match=r"watched already, by process \d+"),
        alone(folder),
    ):
        pass
    with alone(folder):
        pass


def _hold(folder: Path, held: "multiprocessing.connection.Connection") -> None:
    with alone(folder):
        held.send(True)
        held.recv()


def test_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_hold, args=(tmp_path, theirs))
    process.start()
    assert ours.recv()
    process.kill()
    process.join()
    with alone(tmp_path):
        pass
