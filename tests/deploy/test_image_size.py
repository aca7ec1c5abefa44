"""The image's first stage is read as an engine reads it; pruning leaves what programs run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.stated import DEPLOY
from tools.image_size import BASE_MB, copy, instructions, table


def files_of(folder: Path) -> set[str]:
    """Names of all files in a folder."""
    return {x.relative_to(folder).as_posix() for x in folder.rglob("*") if x.is_file()}


def test_lines_are_joined_and_stages_told_apart() -> None:
    text = "ARG A=1\nFROM a AS one\n# no\nRUN x \\\n    && y\nCOPY p q ./\nFROM b\nRUN z\n"
    assert instructions(text, "one") == [("RUN", "x && y"), ("COPY", "p q ./")]
    with pytest.raises(ValueError, match="no stage two"):
        instructions(text, "two")


def test_copy_takes_a_folders_content_and_a_file_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "src" / "deep").mkdir(parents=True)
    (tmp_path / "src" / "deep" / "a.py").write_text("1")
    (tmp_path / "build").mkdir()
    copy(tmp_path / "src", tmp_path / "build" / "./src")
    copy(tmp_path / "src/deep/a.py", tmp_path / "build" / "./")
    copy(tmp_path / "src/deep/a.py", tmp_path / "build" / "./deploy/b.py")
    assert files_of(tmp_path / "build") == {"src/deep/a.py", "a.py", "deploy/b.py"}


def test_tests_of_named_packages_and_type_hints_go_and_nothing_else(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    kept = ["numpy/core.py", "other/tests/run.py", "faultlens/py.typed", "numpy/testing/a.py"]
    gone = ["numpy/tests/a.py", "scipy/x/tests/data/b.npz", "scipy/tests/tests/c", "other/a.pyi"]
    for name in (*kept, *gone):
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).write_bytes(b"0" * 1000)
    run = [sys.executable, str(DEPLOY / "prune.py"), str(tmp_path)]
    said = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    assert said == "0 MB removed\n"
    assert files_of(packages) == {*kept}


def test_the_table_adds_up(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("scipy/a.py", "scipy.libs/b.so", "rich/c.py"):
        (packages / name).parent.mkdir(parents=True)
        (packages / name).write_bytes(b"0" * 1_000_000)
    rows = [x.split(maxsplit=1) for x in table(tmp_path)]
    assert ["2.0", "scipy"] in rows
    assert rows[-3:] == [
        ["3.0", "MB installed (measured)"],
        [f"{BASE_MB:.1f}", "MB of the base image (assumed)"],
        [f"{3 + BASE_MB:.1f}", "MB in all"],
    ]
