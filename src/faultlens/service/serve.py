"""The server of `faultlens serve`: uvicorn at a socket of ours, whose end loses no request."""

import asyncio
import gc
import logging
import resource
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import final

import uvicorn

from faultlens.core.errors import FaultlensError
from faultlens.service.app import create_app
from faultlens.service.connection import KEEP_ALIVE_S, MOST_CONNECTIONS, Connection
from faultlens.service.drain import SIGNALS
from faultlens.service.listener import BACKLOG, listening_socket, refuse_callers, url_of
from faultlens.service.settings import ServiceSettings
from faultlens.service.state import Service

FILES_OF_A_CONNECTION = 4
"""Open at once, with the upload that comes over it."""

LAST_CALLERS_S = 0.1
"""Who has begun to connect when nobody new is heard any more has this long to be through, s."""

LAST_WORDS_S = 5.0
"""What is refused because the end has come has this long to be told so, s."""


def serve(settings: ServiceSettings, *, ready: Callable[[str], None] | None = None) -> None:
    """Serve until a signal ends it.

    Args:
        settings: what the operator decided.
        ready: told the address, once requests are answered there.

    Raises:
        FaultlensError: the service cannot start; the message says why.

    Example:
        >>> serve(ServiceSettings(host="192.0.2.1"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: Cannot listen at 192.0.2.1, port 8000: ...
    """
    _allow_open_files()
    app = create_app(settings)
    listener = listening_socket(settings.host, settings.port)
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=round(settings.stop_timeout_s + LAST_WORDS_S),
    )
    server = Server(config, app.state.service, ready)
    # Before and after the log of the service, uvicorn has nothing to say that we do not.
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())
    try:
        with _signals_are_heard_once():
            server.run(sockets=[listener])
    except (SystemExit, OSError):
        # The loop may stumble over what a start that failed has left open.
        failure: FaultlensError | None = app.state.failure
        if failure is not None:
            raise failure from None
        raise
    finally:
        listener.close()


@final
class Server(uvicorn.Server):
    """uvicorn's server, that takes in everybody who has connected before it stops listening."""

    def __init__(
        self, config: uvicorn.Config, service: Service, ready: Callable[[str], None] | None
    ) -> None:
        super().__init__(config)
        self._service = service
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell the address."""
        await super().startup(sockets)
        # What stands now stands until the end; nobody need look through it for garbage.
        gc.freeze()
        if self.started and self._ready is not None:
            for each in sockets or ():
                self._ready(url_of(each))

    async def on_tick(self, counter: int) -> bool:
        """Look after everything ten times a second."""
        if counter % 10 == 0:
            for each in tuple(self.server_state.connections):
                assert isinstance(each, Connection)
                each.end_what_takes_too_long()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; whoever is connected gets an answer."""
        listeners = sockets or ()
        deaf = [refuse_callers(x) for x in listeners]
        if any(deaf):
            await asyncio.sleep(LAST_CALLERS_S)
        await self._accept_all(listeners)
        refusing = asyncio.ensure_future(self._refuse_what_is_left())
        await super().shutdown(sockets)
        refusing.cancel()

    async def _refuse_what_is_left(self) -> None:
        """In time, so that uvicorn need not cut it off with an error that nobody has made."""
        await asyncio.sleep(self._service.settings.stop_timeout_s)
        await self._service.host.stop(0)
        for each in tuple(self.server_state.connections):
            assert isinstance(each, Connection)
            each.end_if_it_sends_still()

    async def _accept_all(self, listeners: Sequence[socket.socket]) -> None:
        loop = asyncio.get_running_loop()

        def protocol() -> Connection:
            return Connection(
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )

        for listener in listeners:
            with suppress(OSError):
                while True:
                    caller, _ = listener.accept()
                    await loop.connect_accepted_socket(protocol, caller)


def _allow_open_files() -> None:
    """As many as connections need with their uploads; the usual limit of 1024 is for fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_OF_A_CONNECTION * MOST_CONNECTIONS
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


@contextmanager
def _signals_are_heard_once() -> Iterator[None]:
    """uvicorn raises again what ended it; an end that was asked for is no failure."""
    before = {x: signal.signal(x, lambda *_: None) for x in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
