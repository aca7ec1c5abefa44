"""A file is one thing of under 400 lines, and each folder says what belongs in it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "faultlens"
TOPS = ("benches", "making", "src", "tests", "tools")
FILES = sorted(x for top in TOPS for x in (ROOT / top).rglob("*.py"))
FOLDERS = sorted(
    x.parent
    for top in (PACKAGE, ROOT / "benches", ROOT / "making")
    for x in top.rglob("*.py")
    if x.parent != PACKAGE
)


def test_a_file_stays_under_400_lines() -> None:
    lines = {
        x.relative_to(ROOT).as_posix(): len(x.read_text(encoding="utf-8").splitlines())
        for x in FILES
    }
    assert len(lines) > 1000
    long = {file: count for file, count in lines.items() if count >= 400}
    assert long == {}, "which second thing does this file hold?"


@pytest.mark.parametrize("folder", sorted(set(FOLDERS)), ids=lambda x: x.name)
def test_a_folder_says_what_belongs_in_it_and_what_does_not(folder: Path) -> None:
    words = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert words.splitlines()[0].endswith(".")
    assert "Belongs here:" in words
    assert "Does not" in words
