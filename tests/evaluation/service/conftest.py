"""A server of known speed, as a process."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

STANDIN = Path(__file__).with_name("standin_server.py")

Command = Callable[..., tuple[str, ...]]


@pytest.fixture
def standin() -> Command:
    """Seconds per request, requests that may wait and way of ending -> the command line."""

    def command(service_s: float, queue: int = 10_000, end: str = "graceful") -> tuple[str, ...]:
        return sys.executable, "-S", str(STANDIN), str(service_s), str(queue), end

    return command
