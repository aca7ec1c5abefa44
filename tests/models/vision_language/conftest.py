"""Small models of pictures and words, each written once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tiny_vision import tiny_vision


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folders of small models by their kind, each made once."""
    made: dict[str, Path] = {}

    def make(kind: str) -> Path:
        if kind not in made:
            made[kind] = tiny_vision(kind, tmp_path_factory.mktemp(kind))
        return made[kind]

    return make
