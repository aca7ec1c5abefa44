"""Pages of `docs/` that repeat the program say what the program says now."""

import re
from pathlib import Path

import pytest

from tools.make_docs import PAGES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", PAGES)
def test_a_generated_page_is_not_stale(path: str) -> None:
    file = ROOT / path
    written = file.read_text(encoding="utf-8") if file.is_file() else ""
    assert written == PAGES[path](), f"{path} is stale; run: make docs"


def test_the_same_program_gives_the_same_page() -> None:
    make = PAGES["docs/architecture.md"]
    assert make() == make()


def test_every_page_of_the_folder_is_known() -> None:
    """A page that nobody generates is written by hand, and is then linked from the README."""
    by_hand = {x.relative_to(ROOT).as_posix() for x in (ROOT / "docs").glob("*.md")} - set(PAGES)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [x for x in by_hand if x not in readme] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_a_page_names_only_files_that_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"\b((?:src|tests|tools|docs)/[\w./-]+\.\w+)", text)
    assert [x for x in named if not (ROOT / x).is_file()] == []
