"""A client that leaves takes its work with it."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

from starlette.types import Receive

T = TypeVar("T")

GONE = 499
"""Status, by the custom of proxies, of what nobody waits for any more; it reaches the log only."""


class ClientGone(Exception):
    """The connection ended before the answer."""


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The result of some work, which is cancelled when the client leaves.

    Args:
        receive: of the request, whose body was read.
        work: what the client waits for.

    Raises:
        ClientGone: the client left first.

    Example:
        >>> async def stays():
        ...     await asyncio.Event().wait()
        >>> async def work():
        ...     return 42
        >>> asyncio.run(unless_gone(stays, work()))
        42
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        leaving.cancel()
        if not working.done():
            working.cancel()
            await _settled(working)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _settled(work: Awaitable[Any]) -> None:
    await asyncio.gather(work, return_exceptions=True)
