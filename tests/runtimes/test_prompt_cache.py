"""Sentences are asked once; a damaged, full or locked cache costs time and nothing else."""

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from faultlens.runtimes import prompt_cache
from faultlens.runtimes.prompt_cache import FILE, remembered_rows

SHA = "ab" * 32


class Tower:
    """A model that counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, sentences: Sequence[str]) -> np.ndarray:
        self.asked += sentences
        rows = [[len(x), ord(x[0]), 1.0] for x in sentences]
        return np.array(rows, dtype=np.float32)


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FAULTLENS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / FILE


def test_a_sentence_is_asked_once_per_model(file: Path) -> None:
    tower = Tower()
    first = remembered_rows(SHA, ["crack", "scratch", "crack", "裂纹"], tower)
    again = remembered_rows(SHA, ["裂纹", "crack", "dent"], tower)
    assert tower.asked == ["crack", "scratch", "裂纹", "dent"]
    np.testing.assert_array_equal(again[:2], first[[3, 0]])
    assert first.dtype == again.dtype == np.float32
    remembered_rows("cd" * 32, ["crack"], tower)
    assert tower.asked[-1] == "crack"


def test_ten_thousand_prompts_are_slow_only_once() -> None:
    tower, prompts = Tower(), [f"crack {x}" for x in range(10_000)]
    first = remembered_rows(SHA, prompts, tower)
    again = remembered_rows(SHA, prompts, tower)
    assert len(tower.asked) == 10_000
    np.testing.assert_array_equal(again, first)


def test_what_was_asked_before_an_interrupt_is_kept() -> None:
    tower, prompts = Tower(), [f"crack {x}" for x in range(600)]

    def stopped(sentences: Sequence[str]) -> np.ndarray:
        if len(tower.asked) >= 256:
            raise KeyboardInterrupt
        return tower(sentences)

    with pytest.raises(KeyboardInterrupt):
        remembered_rows(SHA, prompts, stopped)
    remembered_rows(SHA, prompts, tower)
    assert len(tower.asked) == 600


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100, b"SQLite format 3\0" * 300])
def test_a_damaged_file_is_a_miss(file: Path, content: bytes) -> None:
    remembered_rows(SHA, ["crack"], Tower())
    file.write_bytes(content)
    tower = Tower()
    for _ in range(2):
        np.testing.assert_array_equal(remembered_rows(SHA, ["crack"], tower), [[5, 99, 1]])
    assert tower.asked[:1] == ["crack"]
    # Made anew, it is of use again.
    remembered_rows(SHA, ["crack"], tower)
    assert len(tower.asked) <= 2


def test_a_row_that_was_changed_is_asked_again(file: Path) -> None:
    remembered_rows(SHA, ["crack"], Tower())
    with sqlite3.connect(file) as database:
        database.execute("UPDATE prompts SET row = ?", (np.ones(3, np.float32).tobytes(),))
    database.close()
    tower = Tower()
    np.testing.assert_array_equal(remembered_rows(SHA, ["crack"], tower), [[5, 99, 1]])
    assert tower.asked == ["crack"]


def test_a_locked_file_is_done_without(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_cache, "WAIT_S", 0.05)
    remembered_rows(SHA, ["crack"], Tower())
    other = sqlite3.connect(file)
    other.execute("BEGIN EXCLUSIVE")
    tower = Tower()
    assert remembered_rows(SHA, ["crack", "dent"], tower).shape == (2, 3)
    other.rollback()
    other.close()
    assert tower.asked == ["crack", "dent"]


def test_a_cache_that_cannot_be_written_is_done_without(file: Path) -> None:
    file.parent.parent.mkdir(exist_ok=True)
    file.parent.write_text("a file where the folder should be")
    assert remembered_rows(SHA, ["crack"], Tower()).shape == (1, 3)


def test_the_file_stays_bounded_and_forgets_the_oldest(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt_cache, "LARGEST_BYTES", 100_000)
    for start in range(0, 3000, 300):
        remembered_rows(SHA, [f"crack {x}" for x in range(start, start + 300)], Tower())
    assert file.stat().st_size < 200_000
    tower = Tower()
    remembered_rows(SHA, ["crack 2999"], tower)
    assert tower.asked == []


def test_processes_that_write_at_once_lose_nothing(file: Path) -> None:
    code = (
        "import numpy as np, sys\n"
        "from faultlens.runtimes.prompt_cache import remembered_rows\n"
        "start = int(sys.argv[1])\n"
        "for x in range(start, start + 20):\n"
        f"    remembered_rows('{SHA}', [f'crack {{x}}'], lambda s: np.ones((len(s), 3), 'f4'))\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(x)]) for x in (0, 100, 200)]
    assert [x.wait(timeout=100) for x in runs] == [0, 0, 0]
    tower = Tower()
    remembered_rows(SHA, [f"crack {y + x}" for y in (0, 100, 200) for x in range(20)], tower)
    assert tower.asked == []
