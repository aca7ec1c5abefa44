"""From the signal to stop until the server stops: it answers still, and tells clients to leave."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SIGNALS = (signal.SIGTERM, signal.SIGINT)

_CLOSE = (b"connection", b"close")

Handler = Callable[[int, FrameType | None], Any]


@final
class Drain:
    """Whether the service is about to stop.

    Whoever balances load needs a moment to see that the service is not ready any more, and a
    client with an open connection needs an answer that tells it to open none again. So the server
    hears of a signal only after that moment; a second signal is not kept waiting.

    Args:
        wait_s: the moment, s.
    """

    def __init__(self, wait_s: float) -> None:
        self.begun = False
        self._wait_s = wait_s
        self._timer: asyncio.TimerHandle | None = None

    @contextmanager
    def around_signals(self) -> Iterator[None]:
        """Stand before the handlers that the server has installed, in the main thread alone."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        theirs: dict[signal.Signals, Handler] = {}
        ours: dict[signal.Signals, Handler] = {}
        for number in SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler):
                theirs[number] = handler
                ours[number] = self._handler(loop, handler)
                signal.signal(number, ours[number])
        try:
            yield
        finally:
            if self._timer is not None:
                self._timer.cancel()
            for number, handler in theirs.items():
                # A server may have put its own back, or another's, in between.
                if signal.getsignal(number) is ours[number]:
                    signal.signal(number, handler)

    def _handler(self, loop: asyncio.AbstractEventLoop, theirs: Handler) -> Handler:
        def heard(number: int, frame: FrameType | None) -> None:
            if self.begun or self._wait_s <= 0:
                self.begun = True
                loop.call_soon_threadsafe(self._cancel)
                theirs(number, frame)
                return
            self.begun = True
            loop.call_soon_threadsafe(self._later, loop, theirs, number)

        return heard

    def _later(self, loop: asyncio.AbstractEventLoop, theirs: Handler, number: int) -> None:
        self._timer = loop.call_later(self._wait_s, theirs, number, None)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


@final
class LastAnswers:
    """Around the application: answers of a service that is about to stop end their connection.

    Args:
        app: what answers.
        drain: whether the service is about to stop.
    """

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def last(message: Message) -> None:
            # Looked at when the answer begins: the signal may have come since the question.
            if self._drain.begun and message["type"] == "http.response.start":
                kept = [x for x in message.get("headers", ()) if x[0].lower() != _CLOSE[0]]
                message = {**message, "headers": [*kept, _CLOSE]}
            await send(message)

        await self._app(scope, receive, last)
