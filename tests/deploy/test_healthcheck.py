"""The image's health check says 0 for a service that is ready, and 1 for anything else."""

import os
import socket
import subprocess
import sys

import pytest

from tests.deploy.stated import DEPLOY
from tests.loopback import saying, serving


def checked(port: int) -> int:
    """Exit code of the very command of the Dockerfile."""
    return subprocess.run(
        [sys.executable, "-IS", str(DEPLOY / "healthcheck.py")],
        env={**os.environ, "FAULTLENS_PORT": str(port), "http_proxy": "http://127.0.0.1:9"},
        timeout=120,
    ).returncode


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("HTTP/1.1 200 OK\r\nContent-Length: 0", 0),
        ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0", 1),
        ("nonsense", 1),
        ("", 1),
    ],
)
def test_an_answer_is_judged_by_its_status(head: str, code: int) -> None:
    with serving(saying(head)) as (port, asked):
        assert checked(port) == code
        assert asked[0].startswith("GET /readyz ")


def test_nobody_there_is_unhealthy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        assert checked(taken.getsockname()[1]) == 1
