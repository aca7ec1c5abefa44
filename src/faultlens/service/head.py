"""HEAD wherever GET is, as balancers and `curl -I` ask."""

from typing import final

from starlette.types import ASGIApp, Receive, Scope, Send


@final
class HeadAsGet:
    """Answer HEAD as GET; the server then sends no body, as it knows what was asked.

    It stands outside of all others, which count and log such a request as GET.

    Args:
        app: to be asked.

    Example:
        >>> HeadAsGet.__name__
        'HeadAsGet'
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; of HEAD a copy, since the server goes by its own scope."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
