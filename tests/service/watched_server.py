"""A server as a user starts it, in folders of its own, with its memory and its files watched."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from faultlens.evaluation.service.memory import resident_mb
from tests.timing import PATIENCE_S, eventually

_SAMPLED_EVERY_S = 0.05


class WatchedServer:
    """What a test sees of a running service.

    Args:
        process: the front.
        folder: that holds everything that it may write to.
        address: its URL.
    """

    def __init__(self, process: subprocess.Popen[str], folder: Path, address: str) -> None:
        self.address = address
        self.port = int(address.rpartition(":")[2])
        self.folder = folder
        self.largest_mb = 0.0
        self._process = process
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def processes(self) -> list[int]:
        """The front and its workers."""
        return [self._process.pid, *_children(self._process.pid)]

    def uploads(self) -> list[str]:
        """Files of uploads that lie somewhere still."""
        return [str(x) for folder in self._spools() for x in folder.iterdir()]

    def log(self) -> str:
        """What it has written on stderr."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def is_ready(self) -> bool:
        """Whether it says so."""
        return bool(httpx2.get(f"{self.address}/readyz", timeout=PATIENCE_S).status_code == 200)

    def end(self) -> int:
        """SIGTERM; the exit code."""
        spools = self._spools()
        self._ended.set()
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(2 * PATIENCE_S)
        assert not any(x.exists() for x in spools), "uploads were left behind"
        return code

    def _spools(self) -> list[Path]:
        # It holds a lock on each folder of its uploads, so that they are told from others'.
        found = []
        for each in Path(f"/proc/{self._process.pid}/fd").iterdir():
            try:
                target = os.readlink(each)
            except OSError:
                continue
            match = re.match(r"(/.*/faultlens-uploads-[^/]+)", target)
            found += [Path(match[1])] if match else []
        return [x for x in dict.fromkeys(found) if x.is_dir()]

    def _look(self) -> None:
        while not self._ended.wait(_SAMPLED_EVERY_S):
            self.largest_mb = max(self.largest_mb, resident_mb(self.processes()) or 0.0)


@contextmanager
def watched_server(
    folder: Path, settings: Mapping[str, str], *, before: str = ""
) -> Iterator[WatchedServer]:
    """A server in a folder: its home, its temporary files and its log lie there.

    Args:
        folder: empty.
        settings: environment variables.
        before: Python that its process runs first.
    """
    for name in ("home", "tmp", "work"):
        (folder / name).mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FAULTLENS_")}
    environment = {
        **kept, "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"),
        "XDG_CACHE_HOME": str(folder / "home"), "PYTHONDONTWRITEBYTECODE": "1", **settings,
    }  # fmt: skip
    started = f"{before}\nimport runpy\nrunpy.run_module('faultlens', run_name='__main__')"
    command = [sys.executable, "-c", started, "serve", "--port", "0"]
    with (folder / "log").open("w") as log, subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
        cwd=folder / "work",
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "http" in line, (folder / "log").read_text()
            server = WatchedServer(process, folder, line.split()[-1])
            eventually(server.is_ready, server.log)
            yield server
            assert server.end() == 0
        finally:
            if process.poll() is None:
                process.kill()


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(x) for x in text.split()]
