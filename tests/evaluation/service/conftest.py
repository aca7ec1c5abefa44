"""Servers of known speed: as processes, and in a world whose clock leaps, where all is exact."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from faultlens.evaluation.service import generator
from tests.virtual_time import World

STANDIN = Path(__file__).with_name("standin_server.py")

Command = Callable[..., tuple[str, ...]]


@pytest.fixture
def standin() -> Command:
    """Seconds per request, requests that may wait and way of ending -> the command line."""

    def command(service_s: float, queue: int = 10_000, end: str = "graceful") -> tuple[str, ...]:
        return sys.executable, "-S", str(STANDIN), str(service_s), str(queue), end

    return command


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Loads are run by its clock: hand it to the modules that run them with `lead`."""
    made = World()
    monkeypatch.setattr(generator, "time", made)
    return made


@pytest.fixture
def lead(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[ModuleType], None]:
    """A module's loads run in the world from here on."""
    return lambda module: monkeypatch.setattr(module, "run", world.run)
