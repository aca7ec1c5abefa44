"""What requests get from a server that is told to stop, or loses a worker, while they come."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from faultlens.evaluation.service.generator import arrivals_s, open_loop, run
from faultlens.evaluation.service.memory import family_of
from faultlens.evaluation.service.outcomes import COMPLETE, REFUSED, Outcome, counted
from faultlens.evaluation.service.processes import OURS, Server, serving

WHEN_S = (0.2, 1.5)
"""Earliest and latest kill after the first request."""

AFTER_S = 0.2
"""The load goes on for so long after the server has gone."""

LONGEST_S = 60.0
"""Of a server's end."""

FRESH_EVERY = 3
"""Each so manyth request comes on a connection of its own; the others keep theirs."""


@dataclass(frozen=True)
class Kill:
    """One server's end under load.

    Args:
        after_s: of the signal after the first request, s.
        took_s: from the signal until the process was gone, s.
        exit_code: of the process; None where it had to be killed.
        outcomes: of all requests, those before the signal too.
        unasked_bytes: that came where nothing had been asked.
        log: the last that the server said.
    """

    after_s: float
    took_s: float
    exit_code: int | None
    outcomes: tuple[Outcome, ...]
    unasked_bytes: int
    log: str

    @property
    def lost(self) -> dict[str, int]:
        """Requests that had neither one whole answer nor a refused connection, by their end."""
        return counted(x for x in self.outcomes if x.kind not in (COMPLETE, REFUSED))


def each_kill(
    count: int,
    requests: Sequence[bytes],
    *,
    rate: float,
    seed: int = 0,
    when_s: tuple[float, float] = WHEN_S,
    number: int = signal.SIGTERM,
    command: Sequence[str] = OURS,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Kill]:
    """Start a server, send it a load, end it at a random moment, count; again and again.

    Args:
        count: servers.
        requests: sent in turn.
        rate: requests per second, by a Poisson process.
        seed: of moments and arrivals.
        when_s: earliest and latest moment, s after the first request.
        number: of the signal.
        command: of the server.
        environment: beside that of this process.

    Raises:
        FaultlensError: a server that does not start.

    Example:
        >>> list(each_kill(0, [b""], rate=10.0))
        []
    """
    draw = np.random.default_rng(seed)
    for turn in range(count):
        after_s = float(draw.uniform(*when_s))
        with serving(command, environment) as server:
            yield run(_killed(server, requests, rate, after_s, seed + turn, number))


async def _killed(
    server: Server, requests: Sequence[bytes], rate: float, after_s: float, seed: int, number: int
) -> Kill:
    stop = asyncio.Event()
    due_s = arrivals_s(rate, after_s + LONGEST_S, seed=seed)
    load = asyncio.create_task(
        open_loop(server.target, requests, due_s, fresh_every=FRESH_EVERY, stop=stop)
    )
    await asyncio.sleep(after_s)
    # Only the front is told: a service manager tells all of a group, but nobody else does.
    os.kill(server.process.pid, number)
    began = time.perf_counter()
    while server.process.poll() is None and time.perf_counter() < began + LONGEST_S:
        await asyncio.sleep(0.005)
    took_s = time.perf_counter() - began
    await asyncio.sleep(AFTER_S)
    stop.set()
    done = await load
    return Kill(
        after_s, took_s, server.process.poll(), done.outcomes, done.unasked_bytes,
        server.said()[-3000:],
    )  # fmt: skip


@dataclass(frozen=True)
class WorkerKill:
    """One worker's sudden end under load.

    Args:
        outcomes: of all requests.
        workers_before: processes beside the front.
        workers_after: the same when the load was over.
    """

    outcomes: tuple[Outcome, ...]
    workers_before: int
    workers_after: int


def worker_killed(
    server: Server,
    requests: Sequence[bytes],
    *,
    rate: float,
    seconds: float,
    times: int = 1,
    seed: int = 0,
) -> WorkerKill:
    """Kill workers of a running server, without warning, while requests come.

    Args:
        server: running.
        requests: sent in turn.
        rate: requests per second.
        seconds: length of the load, s; the kills are spread over it.
        times: kills.
        seed: of arrivals and of who is killed.

    Example:
        >>> worker_killed.__name__  # it takes a server; the tests show it at work
        'worker_killed'
    """
    return run(_worker_killed(server, requests, rate, seconds, times, seed))


async def _worker_killed(
    server: Server, requests: Sequence[bytes], rate: float, seconds: float, times: int, seed: int
) -> WorkerKill:
    draw = np.random.default_rng(seed)
    before = family_of(server.process.pid)[1:]
    load = asyncio.create_task(
        open_loop(server.target, requests, arrivals_s(rate, seconds, seed=seed))
    )
    for _ in range(times):
        await asyncio.sleep(seconds / (times + 1))
        if living := family_of(server.process.pid)[1:]:
            os.kill(int(draw.choice(living)), signal.SIGKILL)
    done = await load
    return WorkerKill(done.outcomes, len(before), len(family_of(server.process.pid)) - 1)
