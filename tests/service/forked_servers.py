"""Servers without workers for tests, forked from one process that has imported everything.

It takes lines: "serve NAME=VALUE ..." (settings; in capitals, constants of service.connection)
starts one, which tells "PID URL", "plain NAME=VALUE ..." another by uvicorn's own command; "wait"
waits for the end of one and tells "PID CODE".
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from faultlens.hosting.refusals import Stopping
from faultlens.hosting.task import Answer, Task
from faultlens.service import app, connection
from faultlens.service.listener import listening_socket, url_of
from faultlens.service.serve import serve
from faultlens.service.settings import ServiceSettings
from tests.service.standin import StandInHost

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Server:
    pid: int
    port: int


class SlowHost(StandInHost):
    """It takes a moment for a file, and for ever for one that is named so."""

    def __init__(self) -> None:
        super().__init__()
        self.stopping = asyncio.Event()

    async def answer(self, task: Task) -> Answer:
        if task.name == "for-ever":
            await self.stopping.wait()
            raise Stopping()
        await asyncio.sleep(0.01)
        return await super().answer(task)

    async def stop(self, within_s: float) -> None:
        self.stopping.set()


class Forker:
    """What a test sees of them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def serve(self, **values: float) -> Server:
        """A server that is ready."""
        pid, url = self._told("serve", *(f"{name}={value}" for name, value in values.items()))
        return Server(int(pid), int(url.rpartition(":")[2]))

    def plain(self, **values: float) -> Server:
        """A server of uvicorn's own, that accepts."""
        pid, url = self._told("plain", *(f"{name}={value}" for name, value in values.items()))
        return Server(int(pid), int(url.rpartition(":")[2]))

    def code(self, pid: int) -> int:
        """Exit code of the next server that ends, which must be this one."""
        ended, code = self._told("wait")
        assert int(ended) == pid
        return int(code)

    def codes(self, count: int) -> set[int]:
        """Exit codes of the next servers that end."""
        return {int(self._told("wait")[1]) for _ in range(count)}

    def _told(self, *words: str) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().split()


@contextmanager
def forker() -> Iterator[Forker]:
    """The process that forks; it and all its servers are ended at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.service.forked_servers"], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        with process:
            yield Forker(process)
            assert process.stdin is not None
            process.stdin.close()
            os.killpg(process.pid, 9)
    finally:
        process.kill()


def _main() -> None:
    app.Host = lambda plan: SlowHost()  # type: ignore[assignment,misc]
    for line in sys.stdin:
        command, *values = line.split()
        if command == "wait":
            pid, status = os.wait()
            _tell(f"{pid} {os.waitstatus_to_exitcode(status)}")
        elif not os.fork():
            stated = dict(x.split("=") for x in values)
            _serve(stated) if command == "serve" else _run_plainly(stated)


def _serve(values: dict[str, str]) -> None:
    for name, value in values.items():
        if name.isupper():
            setattr(connection, name, float(value))
    settings = {name: float(value) for name, value in values.items() if name.islower()}
    serve(ServiceSettings(port=0, **settings), ready=lambda url: _tell(f"{os.getpid()} {url}"))  # type: ignore[arg-type]
    os._exit(0)


def _run_plainly(values: dict[str, str]) -> None:
    listener = listening_socket("127.0.0.1", 0)
    _tell(f"{os.getpid()} {url_of(listener)}")
    settings = {name: float(value) for name, value in values.items()}
    made = app.create_app(ServiceSettings(**settings))  # type: ignore[arg-type]
    uvicorn.run(made, fd=listener.fileno(), log_config=None)
    os._exit(0)


def _tell(line: str) -> None:
    # In one piece: several processes write to this pipe.
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    _main()
