"""One worker as the front sees it: started, asked, and ended whatever state it is in."""

import asyncio
import logging
import os
import socket
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, final

from faultlens.core.errors import (
    BundleError,
    FaultlensError,
    InputError,
    MissingPackageError,
    UsageError,
)
from faultlens.hosting.messages import BrokenMessageError, next_message, packed
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.surroundings import worker_environment
from faultlens.hosting.task import Answer, Task
from faultlens.hosting.wire import read_answer, told_task

_log = logging.getLogger("faultlens.worker")

START_S = 600.0
"""For a worker to be ready: a large model of Hugging Face is exported once."""

LEAVE_S = 2.0
"""For a worker to end by itself, once its pipe was closed."""

BUFFER_BYTES = 1 << 20
"""Of an answer that is read before it is asked for."""

LONGEST_LINE = 64_000
"""Bytes of what a worker says on standard error; longer lines are cut."""

LAST_WORDS = 20
"""Lines of it that are kept for the message of a worker that fails."""

FAILURES: dict[str, type[FaultlensError]] = {
    x.__name__: x for x in (UsageError, BundleError, InputError, MissingPackageError)
}
"""Why a worker cannot start: classes that it may name."""


class WorkerLost(FaultlensError):
    """A worker died, or its pipe broke."""


@final
class WorkerSlow(WorkerLost):
    """A worker took longer than is allowed."""


@final
class WorkerProcess:
    """A process that computes; made by `started`.

    Args:
        process: running.
        streams: to and from it.
        errors: what it says on standard error.
        pipe: through which it says it.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        errors: asyncio.StreamReader,
        pipe: asyncio.ReadTransport,
    ) -> None:
        self._process, self._pipe = process, pipe
        self._reader, self._writer = streams
        self._words: deque[str] = deque(maxlen=LAST_WORDS)
        self._listening = asyncio.ensure_future(self._listen(errors))
        self.models: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self.device = "cpu"
        self.exported = False

    def when_gone(self, told: Callable[["WorkerProcess"], None]) -> None:
        """Have it told that the process is gone, also while it has nothing to do.

        Args:
            told: takes this worker.
        """
        # The pipe of its standard error is open as long as it lives.
        self._listening.add_done_callback(lambda _: told(self))

    @property
    def end_in_words(self) -> str:
        """How the process ended, once `end` is done."""
        code = self._process.returncode or 0
        return f"code {code}" if code >= 0 else f"signal {-code}"

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    @staticmethod
    async def started(plan: HostPlan) -> "WorkerProcess":
        """Start a worker and wait until its models are loaded and warm.

        Args:
            plan: what it is to do.

        Raises:
            FaultlensError: it cannot; the message is its own, or its last words.
        """
        worker = await _spawned(plan)
        try:
            async with asyncio.timeout(START_S):
                await worker._send({"plan": plan.to_dict()})
                message = await next_message(worker._reader)
            if message is None:
                raise WorkerLost(await worker._epitaph())
            _greet(worker, message[0])
        except BrokenMessageError as error:
            await worker.end(0.0)
            raise WorkerLost(await worker._epitaph()) from error
        except TimeoutError as error:
            await worker.end(0.0)
            raise WorkerLost(f"A worker was not ready after {START_S:g} s.") from error
        except BaseException:
            await worker.end(0.0)
            raise
        return worker

    async def run(
        self, tasks: Sequence[Task], answered: Callable[[int, Answer], None], timeout_s: float
    ) -> None:
        """Have a batch done.

        Args:
            tasks: of one verb and model.
            answered: called with the number of a task and its answer, as they come.
            timeout_s: longest time from one answer to the next, s.

        Raises:
            WorkerLost: it died, or said nonsense; what was not answered is lost.
            WorkerSlow: it took too long.
        """
        try:
            await self._send({"tasks": [told_task(x) for x in tasks]})
            for _ in tasks:
                async with asyncio.timeout(timeout_s):
                    message = await next_message(self._reader)
                if message is None:
                    raise WorkerLost("The worker ended.")
                head, body = message
                answered(head["number"], read_answer(head["answer"], body))
        except TimeoutError as error:
            raise WorkerSlow(f"No answer within {timeout_s:g} s.") from error
        except OSError as error:
            raise WorkerLost(f"The pipe to the worker broke: {error}.") from error
        except (BrokenMessageError, KeyError, TypeError, ValueError, IndexError) as error:
            raise WorkerLost(f"The worker said what is no answer: {error!r}.") from error

    async def end(self, within_s: float = LEAVE_S) -> None:
        """End it: its pipe is closed, and what does not go by itself is killed.

        Args:
            within_s: for it to go by itself, s.
        """
        self._writer.close()
        if within_s > 0 and self._process.poll() is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await asyncio.shield(self._listening)
        if self._process.poll() is None:
            self._process.kill()
        # Killed or gone: this takes no time worth telling.
        await asyncio.to_thread(self._process.wait)
        # A process of its own that outlives it may hold the pipe open.
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await asyncio.shield(self._listening)
        self._listening.cancel()
        self._pipe.close()

    async def _send(self, head: dict[str, Any]) -> None:
        try:
            self._writer.write(packed(head))
            await self._writer.drain()
        except (ConnectionError, RuntimeError) as error:
            raise WorkerLost("The worker ended.") from error

    async def _listen(self, errors: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await errors.read(LONGEST_LINE):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._heard(line)
            if len(rest) >= LONGEST_LINE:
                self._heard(rest)
                rest = b""
        self._heard(rest)

    def _heard(self, line: bytes) -> None:
        if text := line.decode("utf-8", "replace").rstrip():
            self._words.append(text)
            _log.warning("%s", text, extra={"worker": self.pid})

    async def _epitaph(self) -> str:
        await self.end(LEAVE_S)
        said = "\n".join(self._words) or "nothing"
        return (
            f"A worker ended with {self.end_in_words} before it was ready. Its last words: {said}"
        )


async def _spawned(plan: HostPlan) -> WorkerProcess:
    # One socket both ways, as the worker's standard input: whatever a library prints goes
    # elsewhere, and no event loop needs to watch for dead children.
    ours, theirs = socket.socketpair()
    heard, said = os.pipe()
    loop = asyncio.get_running_loop()
    errors = asyncio.StreamReader(limit=LONGEST_LINE)
    try:
        streams = await asyncio.open_unix_connection(sock=ours, limit=BUFFER_BYTES)
        pipe, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(errors), os.fdopen(heard, "rb", buffering=0)
        )
        # The last step, and no waiting after it: nobody could end a process not yet known.
        try:
            process = subprocess.Popen(
                plan.command,
                stdin=theirs.fileno(),
                stdout=said,
                stderr=said,
                env=worker_environment(plan.threads_each),
                # Ctrl-C and a supervisor's signal to the group are for the front to decide about.
                start_new_session=True,
            )
        except OSError as error:
            streams[1].close()
            pipe.close()
            raise WorkerLost(f"No worker can be started: {error}.") from error
    finally:
        theirs.close()
        os.close(said)
    return WorkerProcess(process, streams, errors, pipe)


def _greet(worker: WorkerProcess, head: dict[str, Any]) -> None:
    """Read a worker's first words.

    Raises:
        FaultlensError: it cannot start, and says why.
    """
    failed = head.get("failed")
    if failed is not None:
        raise FAILURES.get(failed["kind"], FaultlensError)(failed["message"])
    try:
        worker.models = dict(head["models"])
        worker.seconds = dict(head["seconds"])
        worker.device = str(head["device"])
        worker.exported = bool(head.get("exported"))
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenMessageError("A worker's first words say nothing.") from error
