"""A PostgreSQL server on loopback, in a temporary folder, that a test may kill and start again."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

START_S = 120.0
"""For so long a start is waited for, s."""

_NUMBERS = count(1)


class PostgresServer:
    """A server that runs; every database is new, so that tests know nothing of each other.

    Args:
        programs: folder of initdb and postgres.
        folder: its own, which it alone may read.
        account: user that it runs as; None for the one that runs the tests.
    """

    def __init__(self, programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
        self._programs = programs
        self._data = folder / "data"
        self._account = account
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        self._run(
            "initdb", "-D", str(self._data), "-U", "line", "--auth=trust", "--no-sync",
            "--encoding=UTF8", "--no-locale",
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it on its data; returns once it answers."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "40",
            "shared_buffers": "32MB",
            # What a killed process wrote is still in the machine's memory: the disk need not have
            # it, as it must where the machine itself loses power.
            "fsync": "off",
        }
        options = [x for k, v in settings.items() for x in ("-c", f"{k}={v}")]
        command = [str(self._programs / "postgres"), "-D", str(self._data), *options]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as_account()
        )
        until = time.monotonic() + START_S
        while True:
            with (
                suppress(psycopg.OperationalError),
                psycopg.connect(self.url("postgres"), connect_timeout=30),
            ):
                return
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"The PostgreSQL server in {self._data} does not start.")
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it and every process of its connections at once, as a power cut would."""
        assert self._process is not None
        pid = self._process.pid
        # Each connection has a process in a session of its own.
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        for each in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Stop it and wait until it is gone."""
        if self._process is not None and self._process.poll() is None:
            # At once, without writing what nobody will read.
            self._process.send_signal(signal.SIGQUIT)
            try:
                self._process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.kill()

    def new_database(self) -> str:
        """Make an empty database; its URL."""
        name = f"line_{next(_NUMBERS)}"
        with psycopg.connect(
            self.url("postgres"), autocommit=True, connect_timeout=30
        ) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def url(self, database: str) -> str:
        """URL of a database of it."""
        return f"postgresql://line@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._programs / program), *arguments], check=True, capture_output=True,
            timeout=120, **self._as_account(),
        )  # fmt: skip

    def _as_account(self) -> dict[str, Any]:
        own: dict[str, Any] = {"start_new_session": True, "cwd": self._data.parent}
        if self._account is not None:
            own |= {
                "user": self._account.pw_uid,
                "group": self._account.pw_gid,
                "extra_groups": [],
                "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"},
            }
        return own


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """A server for the length of a block; a test without the program is skipped."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine: apt-get install postgresql")
    account = None
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root; Debian's package brings the user.
        try:
            account = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("no user 'postgres' that a PostgreSQL server could run as for root")
    # Not below pytest's folder, which other users may not enter.
    folder = Path(tempfile.mkdtemp(prefix="faultlens-postgres-"))
    server = PostgresServer(programs, folder, account)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda x: int(x.parts[-3])
    )
    return versions[-1].parent if versions else None
