"""A world whose clock leaps: loads and servers in one process, no socket, and no second waited.

What a load generator tells of a server of known speed is exact here, however busy the machine is:
the clock stands still while anything runs, and leaps to what is due next when nothing does.
"""

import asyncio
import selectors
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(eq=False)
class Clock:
    """Stands in for the module `time`: its seconds pass where somebody waits, and nowhere else.

    Args:
        now_s: seconds since it began.
    """

    now_s: float = 0.0

    def perf_counter(self) -> float:
        """Seconds since it began."""
        return self.now_s

    monotonic = perf_counter

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now_s += seconds


class LeapingEvent(threading.Event):
    """An event whose waits end at once, and by which time a clock is later by as much.

    Args:
        clock: that is set forward.
        meanwhile: called in each wait, with the time it ends at, s: what goes on meanwhile.
    """

    def __init__(self, clock: Clock, meanwhile: Callable[[float], object] = float) -> None:
        super().__init__()
        self._clock, self._meanwhile = clock, meanwhile

    def wait(self, timeout: float | None = None) -> bool:
        """Let time pass."""
        assert timeout is not None, "nobody would ever set it"
        self._clock.sleep(timeout)
        self._meanwhile(self._clock.now_s)
        return self.is_set()


@dataclass(eq=False)
class World(Clock):
    """A clock, and who listens at which port."""

    services: dict[int, Callable[[], Handler]] = field(default_factory=dict)
    _ends: "list[tuple[int, _End]]" = field(default_factory=list)

    def listen(self, making: Callable[[], Handler]) -> int:
        """Let a service listen, and give its port.

        Args:
            making: makes its handler of connections, anew in each run: locks belong to their loop.
        """
        port = 1 + max(self.services, default=0)
        self.services[port] = making
        return port

    def leave(self, port: int, *, abrupt: bool = False) -> None:
        """Let nobody listen at a port any more.

        Args:
            port: of a service.
            abrupt: its connections end too, in the middle of whatever they are at.
        """
        self.services.pop(port, None)
        for where, end in self._ends:
            if abrupt and where == port:
                end.abort()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a load to its end.

        Args:
            work: a coroutine of asyncio.
        """
        with asyncio.Runner(loop_factory=lambda: _Loop(self)) as runner:
            return runner.run(work)


class _Leaping(selectors.SelectSelector):
    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("Everybody in this world waits for somebody else.")
        self._world.now_s += max(timeout, 0.0)
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    """The clock is the world's, and so are its connections."""

    def __init__(self, world: World) -> None:
        super().__init__(_Leaping(world))
        self._world = world
        self._handlers: dict[int, Handler] = {}

    def time(self) -> float:
        return self._world.now_s

    async def create_connection(  # type: ignore[override]
        self, protocol_factory: Callable[[], asyncio.Protocol], host: str, port: int
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        making = self._world.services.get(port)
        if making is None:
            raise ConnectionRefusedError(f"nobody listens at {host}:{port}")
        if port not in self._handlers:
            self._handlers[port] = _guarded(making())
        reader = asyncio.StreamReader(loop=self)
        there = _End(self, asyncio.StreamReaderProtocol(reader, self._handlers[port], loop=self))
        here = _End(self, protocol_factory())
        here.peer, there.peer = there, here
        self._world._ends.append((port, there))
        there.protocol.connection_made(there)
        here.protocol.connection_made(here)
        return here, here.protocol


def _guarded(handler: Handler) -> Handler:
    """It ends with its connection, and with the world, without a word."""

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await handler(reader, writer)
        writer.close()

    return guarded


class _End(asyncio.Transport):
    """One end of a connection: what is written to it arrives at the other."""

    peer: "_End"

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self.protocol = protocol
        self._loop, self._closing = loop, False

    def write(self, data: "bytes | bytearray | memoryview[Any]") -> None:
        if not self._closing:
            self._loop.call_soon(self.peer._came, bytes(data))

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        self._loop.call_soon(self.peer._ended)
        self._loop.call_soon(self.protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def _came(self, data: bytes) -> None:
        if not self._closing:
            self.protocol.data_received(data)

    def _ended(self) -> None:
        if not self._closing and not self.protocol.eof_received():
            self.close()
