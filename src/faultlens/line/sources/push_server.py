"""The server behind pushed frames: uvicorn in a thread, which lets nobody sit at its door."""

import asyncio
import socket
import ssl
import time
from pathlib import Path
from threading import Thread
from typing import Any, final

import uvicorn

from faultlens.core.errors import UsageError
from faultlens.line.sources.push_desk import GOODBYE_S, PushDesk

MOST_CONNECTIONS = 256
HEAD_S = 10.0
"""A connection on which no request has begun for so long is closed, s; uvicorn alone would wait for
the rest of a header for ever, and a few hundred such callers would shut out all others."""
_START_S = 10.0


@final
class PushServer:
    """A server that runs until it is stopped.

    Args:
        app: ASGI application.
        desk: of that application.
        listener: socket that listens.
        certificate: PEM file for https; None for http.
        certificate_key: its key; None where the certificate's file holds it.

    Raises:
        UsageError: the certificate cannot be used.
    """

    def __init__(
        self,
        app: Any,
        desk: PushDesk,
        listener: socket.socket,
        certificate: Path | None = None,
        certificate_key: Path | None = None,
    ) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            http="httptools",
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            # Longer than senders are waited for, so that none of them is cut off.
            timeout_graceful_shutdown=round(GOODBYE_S) + 1,
            ssl_certfile=certificate,
            ssl_keyfile=certificate_key,
        )
        try:
            config.load()
        except (ssl.SSLError, OSError) as error:
            raise UsageError(
                f"certificate: {certificate} and its key cannot be used: {error}."
            ) from error
        self._server = _Server(config)
        self._desk, self._listener = desk, listener
        self._thread = Thread(target=self._run, name="push listener", daemon=True)

    def start(self) -> None:
        """Begin; returns once it answers."""
        self._thread.start()
        until_s = time.monotonic() + _START_S
        while self.is_alive and not self._server.started and time.monotonic() < until_s:
            time.sleep(0.005)

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Listen no more; who is connected is answered still. Returns at once."""
        self._desk.stop()
        self._server.should_exit = True

    def _run(self) -> None:
        async def serve() -> None:
            self._desk.bind(asyncio.get_running_loop())
            await self._server.serve(sockets=[self._listener])

        asyncio.run(serve())


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._idle_s: dict[Any, float] = {}

    async def on_tick(self, counter: int) -> bool:
        now_s, idle_s = time.monotonic(), {}
        connections: tuple[Any, ...] = tuple(self.server_state.connections)
        for connection in connections:
            cycle = connection.cycle
            if cycle is not None and not cycle.response_complete:
                continue
            idle_s[connection] = self._idle_s.get(connection, now_s)
            if now_s - idle_s[connection] > HEAD_S and connection.transport is not None:
                connection.transport.abort()
        self._idle_s = idle_s
        return await super().on_tick(counter)
