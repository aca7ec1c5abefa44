"""Requests sent when they are due, whether or not the server keeps up, and each one's outcome."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from faultlens.evaluation.service.connection import Connection
from faultlens.evaluation.service.outcomes import BUSY, REFUSED, RESET, TIMEOUT, Outcome

T = TypeVar("T")

CONNECTIONS = 1024
"""Of an open loop at most: far more than requests are under way in a server that refuses."""

TIMEOUT_S = 60.0

PAUSE_S = 0.05
"""Of a client that was refused."""


@dataclass(frozen=True)
class Target:
    """Where a server listens.

    Args:
        port: of TCP.
        host: address.
    """

    port: int
    host: str = "127.0.0.1"


@dataclass(frozen=True)
class Load:
    """What became of the requests of one load.

    Args:
        outcomes: one of each request, in the order in which they were meant to be sent.
        unasked_bytes: that servers sent where nobody had asked anything.
    """

    outcomes: tuple[Outcome, ...]
    unasked_bytes: int = 0


def arrivals_s(rate: float, seconds: float, *, seed: int | None = 0) -> NDArray[np.float64]:
    """(request,) s: when requests are due, at random as independent clients send them.

    Args:
        rate: requests per second on average.
        seconds: length of the load, s.
        seed: of a Poisson process; None for even steps.

    Example:
        >>> arrivals_s(2.0, 2.0, seed=None)
        array([0. , 0.5, 1. , 1.5])
        >>> bool(abs(len(arrivals_s(100.0, 100.0)) - 10_000) < 300)
        True
    """
    if seed is None:
        return np.arange(round(rate * seconds)) / rate
    draw = np.random.default_rng(seed)
    steps = draw.exponential(1 / rate, size=round(rate * seconds * 2) + 100)
    times = np.cumsum(steps)
    return np.asarray(times[times < seconds])


async def open_loop(
    target: Target,
    requests: Sequence[bytes],
    due_s: NDArray[np.float64],
    *,
    connections: int = CONNECTIONS,
    timeout_s: float = TIMEOUT_S,
    fresh_every: int = 0,
    keep_bodies: bool = False,
    stop: asyncio.Event | None = None,
) -> Load:
    """Send requests when they are due, and count each one's latency from then.

    A client that waits for an answer before it sends the next request sends fewest when the server
    is slowest, and so leaves out the very waits that it should count (coordinated omission). Here
    nobody waits for anybody; where every connection is taken, waiting for one counts too.

    Args:
        target: the server.
        requests: sent in turn, over and over.
        due_s: (request,) s from the start.
        connections: at most at once.
        timeout_s: longest wait for an answer, s.
        fresh_every: each so manyth request comes on a connection of its own; 0 for as it happens.
        keep_bodies: keep the answers.
        stop: ends the load early: requests not yet due are not sent.

    Source: Tene, "How not to measure latency" (2013); his wrk2 does the same.

    Example:
        >>> nobody = Target(port=9)
        >>> load = run(open_loop(nobody, [b""], arrivals_s(100.0, 0.02, seed=None)))
        >>> [x.kind for x in load.outcomes]
        ['refused', 'refused']
    """
    pool = _Pool(target, connections, timeout_s, keep_bodies)
    tasks: list[asyncio.Task[Outcome]] = []
    for number, due in enumerate(due_s):
        await _until(pool.start + float(due), stop)
        if stop is not None and stop.is_set():
            break
        fresh = fresh_every > 0 and number % fresh_every == 0
        work = pool.send(requests[number % len(requests)], float(due), fresh=fresh)
        tasks.append(asyncio.create_task(work))
    return await pool.finished(tasks)


async def closed_loop(
    target: Target,
    requests: Sequence[bytes],
    *,
    clients: int,
    seconds: float,
    timeout_s: float = TIMEOUT_S,
    keep_bodies: bool = False,
) -> Load:
    """Let clients send one request after the other, each waiting for its answer: capacity.

    Args:
        target: the server.
        requests: sent in turn, over and over.
        clients: at once, each on a connection that it keeps.
        seconds: after which no request is sent, s.
        timeout_s: longest wait for an answer, s.
        keep_bodies: keep the answers.

    Example:
        >>> load = run(closed_loop(Target(port=9), [b""], clients=2, seconds=0.05))
        >>> {x.kind for x in load.outcomes}
        {'refused'}
    """
    pool = _Pool(target, clients, timeout_s, keep_bodies)
    numbers = iter(range(10**9))

    async def client() -> list[Outcome]:
        own = []
        while pool.now() < seconds:
            request = requests[next(numbers) % len(requests)]
            own.append(await pool.send(request, pool.now()))
            if own[-1].status in (0, BUSY):
                await asyncio.sleep(PAUSE_S)  # whoever is refused does not ask in a busy loop
        return own

    each = await asyncio.gather(*(client() for _ in range(clients)))
    pool.close()
    outcomes = sorted((x for own in each for x in own), key=lambda x: x.intended_s)
    return Load(tuple(outcomes), pool.unasked_bytes)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a load to its end, on the quick event loop where it is installed.

    Args:
        work: what `open_loop` or `closed_loop` gave.

    Example:
        >>> run(asyncio.sleep(0, "done"))
        'done'
    """
    factory: Callable[[], asyncio.AbstractEventLoop] | None
    try:
        from uvloop import new_event_loop as factory
    except ImportError:
        factory = None
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


async def _until(moment: float, stop: asyncio.Event | None) -> None:
    wait = moment - time.perf_counter()
    if wait <= 0:
        return
    if stop is None:
        await asyncio.sleep(wait)
        return
    try:
        await asyncio.wait_for(stop.wait(), wait)
    except TimeoutError:
        return


@dataclass(eq=False)
class _Pool:
    """Connections that are open and idle, and how many there may be."""

    target: Target
    limit: int
    timeout_s: float
    keep_bodies: bool
    unasked_bytes: int = 0

    def __post_init__(self) -> None:
        self.start = time.perf_counter()
        self._idle: list[Connection] = []
        self._free = asyncio.Semaphore(self.limit)

    def now(self) -> float:
        return time.perf_counter() - self.start

    async def send(self, request: bytes, intended_s: float, *, fresh: bool = False) -> Outcome:
        async with self._free:
            sent_s = self.now()
            connection = None if fresh else self._taken()
            if connection is None:
                try:
                    connection = await self._opened()
                except ConnectionRefusedError:
                    return Outcome(intended_s, sent_s, self.now(), REFUSED)
                except TimeoutError:
                    return Outcome(intended_s, sent_s, self.now(), TIMEOUT)
                except OSError:
                    return Outcome(intended_s, sent_s, self.now(), RESET)
            reused = connection.served > 0
            reply = await connection.exchange(request, self.timeout_s)
            ended_s = self.now()
            if fresh:
                self._leave(connection)
            else:
                self._idle.append(connection)
        body = reply.body if self.keep_bodies else b""
        return Outcome(
            intended_s, sent_s, ended_s, reply.kind, reply.status, reused, reply.retry_after, body
        )

    async def finished(self, tasks: Sequence[asyncio.Task[Outcome]]) -> Load:
        outcomes = await asyncio.gather(*tasks)
        self.close()
        return Load(tuple(outcomes), self.unasked_bytes)

    def close(self) -> None:
        while self._idle:
            self._leave(self._idle.pop())

    def _taken(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
            self._leave(connection)
        return None

    async def _opened(self) -> Connection:
        loop = asyncio.get_running_loop()
        opening = loop.create_connection(Connection, self.target.host, self.target.port)
        _, connection = await asyncio.wait_for(opening, self.timeout_s)
        return connection

    def _leave(self, connection: Connection) -> None:
        self.unasked_bytes += connection.unasked_bytes
        connection.close()
