"""A store with a user of each role."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from faultlens.store.store import Store, open_store
from faultlens.store.users import add_user

PASSWORD = "open sesame 1"
"""Of everybody in these tests."""

PEOPLE = {"tv": "viewer", "mei": "operator", "anna": "engineer"}
"""Name -> role."""


@pytest.fixture(scope="session")
def people_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one user of each role: their passwords are hashed once, which takes long."""
    file = tmp_path_factory.mktemp("people") / "line.db"
    store = open_store(f"sqlite:///{file}")
    for name, role in PEOPLE.items():
        add_user(store, name, role, PASSWORD)
    store.close()
    return file


@pytest.fixture
def people_store(people_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A store with one user of each role and nothing else."""
    shutil.copy(people_file, tmp_path / "line.db")
    store = open_store(f"sqlite:///{tmp_path / 'line.db'}")
    yield store
    store.close()
