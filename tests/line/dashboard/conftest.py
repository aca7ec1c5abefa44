"""One analysed day for all tests that only look at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from faultlens.store.store import Store, open_store
from tests.line.dashboard.analysed_day import analysed


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A day of 3,000 results; tests that write take a store of their own."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('day') / 'day.db'}")
    analysed(store)
    yield store
    store.close()


@pytest.fixture
def own_day(tmp_path: Path) -> Iterator[Store]:
    """A small day that a test may write to."""
    store = open_store(f"sqlite:///{tmp_path / 'own.db'}")
    analysed(store, 400)
    yield store
    store.close()
