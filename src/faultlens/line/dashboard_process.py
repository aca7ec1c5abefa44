"""The process of the pages: started, told how the line stands, started again if it ends."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from faultlens.core.notice import Notice
from faultlens.line.live import LiveState, live_line
from faultlens.line.pipeline.conditions import Conditions

EVERY_S = 0.5
"""Between two states of the line, s."""

START_S = 60.0
"""A process that serves no page after so long is ended, s: a busy machine starts it in ten."""

HANGS_S = 15.0
"""A process that takes nothing for so long hangs and is ended, s."""

END_S = 3.0
"""It has so long to end by itself once its input ends, s."""

WAITS_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Between two starts, s; the last one for ever."""

COMMAND = (sys.executable, "-m", "faultlens.line.dashboard")
"""What serves the pages; its settings come on its input, so that no password stands in `ps`."""

_KEY = "dashboard"


class DashboardProcess:
    """A thread that keeps the pages served; whatever they do, the line does not wait for them.

    Args:
        settings: first line of its input.
        live: how the line stands.
        conditions: where it shows that there are no pages.
        ready: is given the address, each time they are there.
        log: file for what the process says on standard error.
        command: what is started.
    """

    def __init__(
        self,
        settings: str,
        live: Callable[[], LiveState],
        conditions: Conditions,
        ready: Callable[[str], None],
        log: Path,
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        self._settings, self._live, self._conditions = settings, live, conditions
        self._ready, self._log, self._command = ready, log, command
        self._stop = Event()
        self._thread = Thread(target=self._run, name="dashboard", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End the process, and wait until it has ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(END_S + 2.0)

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            begun_s = monotonic()
            try:
                said = self._serve()
            except OSError as error:
                said = str(error)
            if self._stop.is_set():
                return
            # One that has served for long did not fail at its start.
            failures = 0 if monotonic() - begun_s > START_S else failures
            wait_s = WAITS_S[min(failures, len(WAITS_S) - 1)]
            failures += 1
            self._conditions.set(_KEY, "warning", _no_pages(said, wait_s))
            self._stop.wait(wait_s)

    def _serve(self) -> str:
        """Serve until it ends or is told to; what it said at its end."""
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **_ENVIRONMENT},
                # An interrupt at the terminal is the line's, which ends it in its turn.
                start_new_session=True,
            )
        try:
            self._feed(process)
        finally:
            _ended(process)
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:500] if lines else f"exit code {process.returncode}"

    def _feed(self, process: "subprocess.Popen[bytes]") -> None:
        if process.stdin is None or process.stdout is None:
            return
        os.set_blocking(process.stdin.fileno(), False)
        if not _sent(process.stdin.fileno(), self._settings + "\n", self._stop):
            return
        begun_s, address = monotonic(), ""
        while process.poll() is None and not self._stop.wait(EVERY_S):
            if not address:
                address = _address(process.stdout.fileno())
                if address:
                    self._conditions.clear(_KEY, _pages(address))
                    self._ready(address)
                elif monotonic() - begun_s > START_S:
                    return
            if not _sent(process.stdin.fileno(), live_line(self._live()) + "\n", self._stop):
                return


_ENVIRONMENT: Mapping[str, str] = {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
"""The pages compute nothing; the cores are the line's."""


def _sent(pipe: int, line: str, stop: Event) -> bool:
    """Whether a line went through the pipe; not where the other end is gone or hangs."""
    left = memoryview(line.encode())
    end_s = monotonic() + HANGS_S
    while left and monotonic() < end_s and not stop.is_set():
        if not select.select([], [pipe], [], 0.2)[1]:
            continue
        try:
            left = left[os.write(pipe, left) :]
        except BlockingIOError:
            continue
        except OSError:
            return False
    return not left


def _address(pipe: int) -> str:
    """The address that it has written; "" where it has not yet."""
    if not select.select([pipe], [], [], 0)[0]:
        return ""
    try:
        return str(json.loads(os.read(pipe, 4096).decode().splitlines()[0])["url"])
    except (ValueError, KeyError, TypeError, IndexError):
        return ""


def _ended(process: "subprocess.Popen[bytes]") -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _no_pages(said: str, wait_s: float) -> Notice:
    return Notice(
        f"There are no pages: {said} They are started again in {wait_s:.0f} s.",
        f"页面不可用：{said} 将在 {wait_s:.0f} 秒后重新启动。",
    )


def _pages(address: str) -> Notice:
    return Notice(f"The pages are at {address}.", f"页面地址：{address}。")
