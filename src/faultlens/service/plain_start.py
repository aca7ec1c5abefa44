"""A service that cannot start says why in words; a traceback is for what nobody foresaw."""

from collections.abc import Callable
from typing import final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from faultlens.core.errors import FaultlensError


@final
class PlainStart:
    """Around the application: the server logs the words of an error that ends the start.

    Args:
        app: what starts.
        failure: the error that ended the start; None where it was another, or none.
    """

    def __init__(self, app: ASGIApp, failure: Callable[[], FaultlensError | None]) -> None:
        self._app = app
        self._failure = failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, but for that message."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def plain(message: Message) -> None:
            failure = self._failure()
            if message["type"] == "lifespan.startup.failed" and failure is not None:
                message = {**message, "message": f"faultlens: {failure}"}
            await send(message)

        await self._app(scope, receive, plain)
