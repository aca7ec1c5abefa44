"""A kill at any step leaves a whole folder, at its name or after the next look; nothing stays."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from faultlens.core import whole_folder
from faultlens.core.errors import BundleError
from faultlens.core.whole_folder import folder_written_whole, recover_folder
from faultlens.models.checkpoint import read_checkpoint
from faultlens.runtimes.bundle import read_bundle

WRITER = """
import os, shutil, signal, sys
from pathlib import Path
from faultlens.core import whole_folder

target, step, exchange = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "exchange"
if not exchange:
    whole_folder._exchanged = lambda one, other: False

def killed(*given, **more):
    os.kill(os.getpid(), signal.SIGKILL)

def before(owner, name, number=1):
    there, calls = getattr(owner, name), []
    def counted(*given, **more):
        calls.append(1)
        return (killed if len(calls) == number else there)(*given, **more)
    setattr(owner, name, counted)

if step == "exchange":
    before(whole_folder, "_exchanged")
elif step == "first rename":
    before(Path, "rename", 1)
elif step == "second rename":
    before(Path, "rename", 2)
elif step == "removal":
    before(shutil, "rmtree")
with whole_folder.folder_written_whole(target) as temporary:
    (temporary / "half").write_text("new")
    if step == "writing":
        killed()
    os.rename(temporary / "half", temporary / "whole")
"""

STEPS = [
    ("exchange", "writing", "old"),
    ("exchange", "exchange", "old"),
    ("exchange", "removal", "new"),
    ("renames", "first rename", "old"),
    ("renames", "second rename", None),
    ("renames", "removal", "new"),
]


def written(target: Path, words: str) -> None:
    with folder_written_whole(target) as temporary:
        (temporary / "whole").write_text(words)


@pytest.mark.parametrize(("way", "step", "there"), STEPS)
def test_a_kill_at_each_step(tmp_path: Path, way: str, step: str, there: str | None) -> None:
    target = tmp_path / "model"
    written(target, "old")
    line = [sys.executable, "-c", WRITER, str(target), step, way]
    assert subprocess.run(line, check=False).returncode == -signal.SIGKILL
    if there is None:
        # The one moment without a folder: the next look puts the new one there, which is whole.
        assert not target.exists()
        recover_folder(target)
        there = "new"
    assert (target / "whole").read_text() == there
    assert [x.name for x in target.iterdir()] == ["whole"]
    written(target, "newer")
    assert [x.name for x in tmp_path.iterdir()] == ["model"]
    assert (target / "whole").read_text() == "newer"


def test_what_is_put_back_and_removed_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    target = tmp_path / "model"
    (tmp_path / ".model.0123abcd.old").mkdir()
    (tmp_path / ".model.89abcdef.new").mkdir()
    (tmp_path / ".model.txt.new").mkdir()  # of somebody else
    recover_folder(target)
    assert "the old one was put back" in caplog.text
    written(target, "new")
    assert "model.89abcdef.new was removed" in caplog.text
    assert sorted(x.name for x in tmp_path.iterdir()) == [".model.txt.new", "model"]


@pytest.mark.parametrize("exchange", [True, False])
def test_what_a_living_process_writes_is_left_alone(
    tmp_path: Path, exchange: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchange:
        monkeypatch.setattr(whole_folder, "_exchanged", lambda one, other: False)
    target = tmp_path / "model"
    with folder_written_whole(target) as slow:
        (slow / "whole").write_text("slow")
        written(target, "quick")
        assert (target / "whole").read_text() == "quick" and slow.is_dir()
    assert (target / "whole").read_text() == "slow"
    assert [x.name for x in tmp_path.iterdir()] == ["model"]


def test_a_failed_exchange_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "model"
    written(target, "old")

    def full(one: Path, other: Path) -> bool:
        raise OSError("no room")

    monkeypatch.setattr(whole_folder, "_exchanged", full)
    with pytest.raises(OSError, match="no room"):
        written(target, "new")
    assert [x.read_text() for x in tmp_path.rglob("whole")] == ["old"]


def test_a_bundle_and_a_checkpoint_that_a_kill_left_nowhere_are_found(tmp_path: Path) -> None:
    for name, read, file in (
        ("model", read_bundle, "manifest.json"), ("run", read_checkpoint, "checkpoint.json"),
    ):  # fmt: skip
        (tmp_path / f".{name}.0123abcd.old").mkdir()
        (tmp_path / f".{name}.0123abcd.old" / file).write_text("[]")
        # It is there again, and read: what is wrong with it is said of its own name.
        with pytest.raises(BundleError, match=rf"{name} .*damaged"):
            read(tmp_path / name)
        assert (tmp_path / name / file).is_file()
