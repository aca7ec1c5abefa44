"""Servers as processes of their own: started as users start them, and ended for certain."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from faultlens.core.errors import FaultlensError
from faultlens.evaluation.service.generator import Target

OURS = (sys.executable, "-m", "faultlens", "serve", "--port", "0")

READY = "/readyz"

START_S = 600.0
"""Longest wait for a server; to load a model of half a gigabyte takes a while on a busy machine."""

_ADDRESS = re.compile(r"http://[\w.]+:(\d+)")


@dataclass(frozen=True)
class Server:
    """A running server.

    Args:
        process: of its front; its workers are children of it.
        target: where it listens.
        log: file with all that it said.
        start_s: from its start until it was ready, s.
    """

    process: subprocess.Popen[bytes]
    target: Target
    log: Path
    start_s: float

    def said(self) -> str:
        """What it said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def complaints(self) -> tuple[str, ...]:
        """The errors among it, each once."""
        found: dict[str, None] = {}
        for line in self.said().splitlines():
            with suppress(ValueError):
                row = json.loads(line)
                if isinstance(row, dict) and row.get("level") == "error":
                    found.setdefault(str(row.get("message")))
        return tuple(found)


@contextmanager
def serving(
    command: Sequence[str] = OURS,
    environment: Mapping[str, str] | None = None,
    *,
    ready: str = READY,
) -> Iterator[Server]:
    """Start a server, wait until it is ready, and end it and its children when the block is left.

    Args:
        command: prints the address that it listens at, on whichever stream.
        environment: variables beside those of this process; those of faultlens are not passed on.
        ready: path that answers 200, or 404, when it is.

    Raises:
        FaultlensError: it ended, or was not ready in time; the message holds its last words.

    Example:
        >>> with serving([sys.executable, "-c", "raise SystemExit('no model')"]):
        ...     pass
        Traceback (most recent call last):
            ...
        faultlens.core.errors.FaultlensError: The server ended before it was ready: no model
    """
    inherited = {k: v for k, v in os.environ.items() if not _is_ours(k)}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                list(command), stdout=stream, stderr=subprocess.STDOUT,
                env={**inherited, **(environment or {})}, start_new_session=True,
            )  # fmt: skip
        try:
            target = _ready(process, log, began + START_S, ready)
            yield Server(process, target, log, time.perf_counter() - began)
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a server and all that it started, if any of it lives.

    Args:
        process: as `serving` started it, at the head of a session of its own.

    Example:
        >>> sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
        >>> process = subprocess.Popen(sleeping, start_new_session=True)
        >>> end(process); process.returncode < 0
        True
    """
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _is_ours(name: str) -> bool:
    return name.startswith("FAULTLENS_") and name != "FAULTLENS_CACHE"


def _ready(process: subprocess.Popen[bytes], log: Path, deadline: float, ready: str) -> Target:
    while time.perf_counter() < deadline:
        said = log.read_text(encoding="utf-8", errors="replace")
        if process.poll() is not None:
            raise FaultlensError(f"The server ended before it was ready: {said.strip()[-2000:]}")
        found = _ADDRESS.search(said)
        if found is not None:
            target = Target(int(found[1]))
            if _answers(f"http://{target.host}:{target.port}{ready}"):
                return target
        time.sleep(0.02)
    raise FaultlensError(f"The server was not ready in {START_S:g} s: {said.strip()[-2000:]}")


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5.0) as answer:
            return bool(answer.status == 200)
    except HTTPError as error:
        return error.code == 404  # a handler that knows no such path, and so is there
    except (URLError, OSError):
        return False
