"""Routes whose functions take the request and nothing else, called without detours."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from faultlens.hosting.key_file import Role
from faultlens.service.security import BEARER, HEADER, needs


def direct(role: Role) -> type[APIRoute]:
    """The class of routes that need a role and take their request apart themselves.

    FastAPI works out for every request which arguments a function wants; where that is the request
    alone, it takes a fifth of the time that the service needs for a small file. The document is
    made as for every other route.

    Args:
        role: the least that may ask; the router states it too, for the document.

    Example:
        >>> direct(Role.INFER).__name__
        'Direct'
    """
    admitted = needs(role).dependency

    class Direct(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            answer: Callable[[Request], Awaitable[Response]] = self.endpoint

            async def handle(request: Request) -> Response:
                await admitted(request, await BEARER(request), await HEADER(request))
                return await answer(request)

            return handle

    return Direct
