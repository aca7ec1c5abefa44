"""One analysed day for all tests that only look at it; people; Chromium."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from faultlens.store.store import Store, open_store
from tests.chromium import chromium
from tests.line.dashboard.analysed_day import analysed
from tests.line.dashboard.people import people_file, people_store

__all__ = ["chromium", "day", "own_day", "people_file", "people_store", "small_day"]


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A day of 3,000 results; tests that write take a store of their own."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('day') / 'day.db'}")
    analysed(store)
    yield store
    store.close()


@pytest.fixture(scope="session")
def small_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a small day, which is copied and not written to."""
    file = tmp_path_factory.mktemp("small") / "small.db"
    store = open_store(f"sqlite:///{file}")
    analysed(store, 300)
    store.close()
    return file


@pytest.fixture
def own_day(small_day: Path, tmp_path: Path) -> Iterator[Store]:
    """A small day that a test may write to."""
    copy = shutil.copy(small_day, tmp_path / "own.db")
    store = open_store(f"sqlite:///{copy}")
    yield store
    store.close()
