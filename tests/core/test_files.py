"""A file is written whole or not at all, whatever interrupts the writing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from faultlens.core.files import write_text, written_whole

WRITES_HALF_AND_WAITS = """
import sys, time
from faultlens.core.files import written_whole
with written_whole(sys.argv[1]) as temporary:
    temporary.write_text("half of it")
    print("half", flush=True)
    time.sleep(60)
"""


def test_what_was_written_stands_under_its_name_alone(tmp_path: Path) -> None:
    write_text(tmp_path / "deep" / "er" / "note.txt", "外圈故障 µm")
    assert [x.name for x in (tmp_path / "deep" / "er").iterdir()] == ["note.txt"]
    assert (tmp_path / "deep/er/note.txt").read_bytes() == "外圈故障 µm".encode()


def test_the_temporary_file_has_the_suffix_by_which_writers_choose(tmp_path: Path) -> None:
    with written_whole(tmp_path / "picture.png") as temporary:
        assert temporary.suffix == ".png"
        assert temporary.parent == tmp_path


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, OSError, ValueError])
@pytest.mark.parametrize("before", [None, "the old text"])
def test_an_interruption_leaves_what_was_there_before(
    tmp_path: Path, interruption: type[BaseException], before: str | None
) -> None:
    target = tmp_path / "note.txt"
    if before:
        target.write_text(before)
    with pytest.raises(interruption), written_whole(target) as temporary:
        temporary.write_text("half of")
        raise interruption("in the middle")
    assert [x.read_text() for x in tmp_path.iterdir()] == [before] * bool(before)


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGKILL")
def test_a_killed_process_leaves_no_half_file_under_the_name(tmp_path: Path) -> None:
    target = tmp_path / "note.txt"
    target.write_text("the old text")
    command = [sys.executable, "-c", WRITES_HALF_AND_WAITS, str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
    assert target.read_text() == "the old text"
    assert all(x.name.startswith(".") for x in tmp_path.iterdir() if x != target)


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no umask")
def test_the_file_gets_the_rights_of_any_other_file(tmp_path: Path) -> None:
    (tmp_path / "other.txt").touch()
    write_text(tmp_path / "note.txt", "whole")
    assert (tmp_path / "note.txt").stat().st_mode == (tmp_path / "other.txt").stat().st_mode


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such rights")
def test_a_private_file_is_private_before_it_has_its_name(tmp_path: Path) -> None:
    with written_whole(tmp_path / "keys.toml", mode=0o600) as temporary:
        assert temporary.stat().st_mode & 0o077 == 0
    assert (tmp_path / "keys.toml").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_made_is_said_by_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_text(tmp_path / "file" / "note.txt", "whole")
