"""The client for programs that do other things while they wait: asyncio."""

import asyncio
import ssl
import time
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar, final

import httpx2

from faultlens.client.address import connection
from faultlens.client.asked import Asked
from faultlens.client.batch import in_order_async
from faultlens.client.failures import accepted, ends_a_batch
from faultlens.client.results import Match, Outcome, Result
from faultlens.client.retries import NEVER, Retries
from faultlens.client.uploads import File, called
from faultlens.client.verbs import Verbs
from faultlens.core.errors import ServiceError, UnreadableFileError
from faultlens.core.progress import progress

T = TypeVar("T")


@final
class AsyncClient(
    Verbs[
        Coroutine[Any, Any, Result],
        Coroutine[Any, Any, tuple[Match, ...]],
        Coroutine[Any, Any, bytes],
        Coroutine[Any, Any, Mapping[str, Any]],
        Coroutine[Any, Any, None],
        AsyncIterator[Outcome[Result]],
        AsyncIterator[Outcome[tuple[Match, ...]]],
    ]
):
    """A faultlens service, asked from a program of asyncio; in all else as `Client`.

        async with AsyncClient("http://press-3:8000") as client:
            result = await client.diagnose("pump7.csv", shaft_rpm=1772, bearing="6205")
            async for each in client.inspect_many(pictures, part="drive shaft"):
                print(each.file, each.error or each.result.verdict)

    It belongs to one event loop.

    Args:
        url: of the service; None for FAULTLENS_URL, else http://127.0.0.1:8000.
        key: of the service; None for FAULTLENS_API_KEY, else none.
        timeout_s: longest silence of the service while it works, s.
        retries: how often and how long a request is tried again.
        verify: certificates of https are verified; a context of one's own trusts others.
        transport: of httpx2, for tests and special networks.
        sleep: how it waits.
        clock: seconds that go on.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        timeout_s: float = 60.0,
        retries: Retries | None = None,
        verify: ssl.SSLContext | bool = True,
        transport: httpx2.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = httpx2.AsyncClient(
            **connection(url, key, timeout_s), verify=verify, transport=transport
        )
        self._retries = retries or Retries()
        self._sleep = sleep
        self._clock = clock

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _ask(self, what: Asked[T], file: File | None = None) -> T:
        # Files are read: others go on meanwhile.
        parts = await asyncio.to_thread(what.parts, file)
        retries = NEVER if what.once else self._retries
        since = self._clock()
        for tried in count(1):
            answer = await self._once(what, parts)
            wait_s = retries.wait_s(answer, tried=tried, spent_s=self._clock() - since)
            if wait_s is None:
                break
            await self._sleep(wait_s)
        return what.read(accepted(answer))

    async def _once(
        self, what: Asked[T], parts: Mapping[str, Any]
    ) -> httpx2.Response | httpx2.TransportError:
        try:
            return await self._http.request(what.method, what.path, **parts)
        except httpx2.TransportError as error:
            return error

    async def _many(
        self, what: Asked[T], files: Iterable[File], parallel: int, quiet: bool
    ) -> AsyncIterator[Outcome[T]]:
        async def outcome(file: File) -> Outcome[T]:
            try:
                result: T = await self._ask(what, file)
                return Outcome(called(file), result=result)
            except UnreadableFileError as error:
                return Outcome(called(file), error=error)
            except ServiceError as error:
                if ends_a_batch(error):
                    raise
                return Outcome(called(file), error=error)

        total = len(files) if isinstance(files, Sequence) else None
        # The bar counts what is taken from it: one step for each outcome.
        bar = progress(count(), label=what.verb, total=total, quiet=quiet)
        async with aclosing(in_order_async(outcome, files, parallel=parallel)) as outcomes:
            async for each in outcomes:
                next(bar)
                yield each
