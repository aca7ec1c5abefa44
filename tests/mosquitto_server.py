"""Mosquitto, the MQTT broker, on a free port of loopback in a temporary folder."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.timing import PATIENCE_S

PROGRAM = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Mosquitto:
    """A broker that can be stopped and started again at the same port, as a cable is pulled.

    Args:
        folder: for its configuration, its log and, with `persistence`, what it keeps.
        settings: further lines of mosquitto.conf, for the listener and for all.
    """

    def __init__(self, folder: Path, settings: Sequence[str] = ()) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        anonymous = (
            [] if any("allow_anonymous" in x for x in settings) else ["allow_anonymous true"]
        )
        lines = [f"listener {self.port} 127.0.0.1", *anonymous, *settings]
        # Run as root it would become "mosquitto", who may not read the folder.
        if os.geteuid() == 0:
            lines.append("user root")
        self._file = folder / "mosquitto.conf"
        self._file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def start(self) -> None:
        """Start it, and wait until it listens."""
        assert PROGRAM is not None
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "-c", str(self._file)], stdout=log, stderr=log
            )
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"Mosquitto did not start: {self.said()}")

    def stop(self) -> None:
        """Stop it; at once, as when its machine loses power."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE_S)
            self._process = None

    def said(self) -> str:
        """Its log."""
        file = self.folder / "mosquitto.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


@contextmanager
def mosquitto(*settings: str, folder: Path | None = None) -> Iterator[Mosquitto]:
    """A broker that runs; skips the test where the program is missing.

    Args:
        settings: further lines of mosquitto.conf.
        folder: where files that the settings name already are; None for a new one.
    """
    if PROGRAM is None:
        pytest.skip("the server Mosquitto is not installed (apt-get install mosquitto)")
    with tempfile.TemporaryDirectory(prefix="faultlens-mosquitto-") as temporary:
        broker = Mosquitto(folder or Path(temporary), settings)
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()


def free_port() -> int:
    """A port of loopback at which nobody listens now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
