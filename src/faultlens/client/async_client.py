"""The client for programs that do other things while they wait: asyncio."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, final

import httpx2

from faultlens.client import asked
from faultlens.client.address import connection
from faultlens.client.asked import Asked
from faultlens.client.batch import in_order_async
from faultlens.client.failures import accepted, ends_a_batch
from faultlens.client.options import DiagnoseOptions, InspectOptions, MeasureOptions
from faultlens.client.results import Match, Outcome, Result
from faultlens.client.retries import NEVER, Retries
from faultlens.client.uploads import File, called, upload_of
from faultlens.core.errors import ServiceError, UnreadableFileError
from faultlens.core.progress import progress

T = TypeVar("T")


@final
class AsyncClient:
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

    async def diagnose(self, file: File, **options: Unpack[DiagnoseOptions]) -> Result:
        """Diagnose one recording."""
        return await self._ask(asked.diagnosis(options), file)

    async def inspect(self, file: File, **options: Unpack[InspectOptions]) -> Result:
        """Inspect one picture."""
        return await self._ask(asked.inspection(options), file)

    async def measure(self, file: File, **options: Unpack[MeasureOptions]) -> Result:
        """Measure one scan; its defects with their sizes stand in `Result.defects`."""
        return await self._ask(asked.measurement(options), file)

    async def match(self, file: File, prompts: Sequence[str]) -> tuple[Match, ...]:
        """Hold one picture against prompts; best first, the scores sum to 1."""
        return await self._ask(asked.matching(prompts), file)

    async def figure(self, file: File, **options: Unpack[DiagnoseOptions]) -> bytes:
        """The picture of a diagnosis, a PNG file."""
        return await self._ask(asked.figure(options), file)

    async def scan_figure(self, file: File, **options: Unpack[MeasureOptions]) -> bytes:
        """The picture of a measurement, a PNG file."""
        return await self._ask(asked.scan_figure(options), file)

    async def overlay(self, file: File, **options: Unpack[InspectOptions]) -> bytes:
        """The picture with what was found on it, a PNG file."""
        return await self._ask(asked.overlay(options), file)

    def diagnose_many(
        self,
        files: Iterable[File],
        *,
        parallel: int = 8,
        quiet: bool = False,
        **options: Unpack[DiagnoseOptions],
    ) -> AsyncIterator[Outcome[Result]]:
        """Diagnose many recordings; their outcomes in order, as soon as they are there.

        A file that cannot be read or judged is an outcome with its reason, and the rest goes on; a
        key that is refused or a service that is gone ends it with its error.
        """
        return self._many(asked.diagnosis(options), files, parallel, quiet)

    def inspect_many(
        self,
        files: Iterable[File],
        *,
        parallel: int = 8,
        quiet: bool = False,
        **options: Unpack[InspectOptions],
    ) -> AsyncIterator[Outcome[Result]]:
        """Inspect many pictures; as `diagnose_many`."""
        return self._many(asked.inspection(options), files, parallel, quiet)

    def measure_many(
        self,
        files: Iterable[File],
        *,
        parallel: int = 8,
        quiet: bool = False,
        **options: Unpack[MeasureOptions],
    ) -> AsyncIterator[Outcome[Result]]:
        """Measure many scans; as `diagnose_many`."""
        return self._many(asked.measurement(options), files, parallel, quiet)

    def match_many(
        self,
        files: Iterable[File],
        prompts: Sequence[str],
        *,
        parallel: int = 8,
        quiet: bool = False,
    ) -> AsyncIterator[Outcome[tuple[Match, ...]]]:
        """Hold many pictures against the same prompts; as `diagnose_many`."""
        return self._many(asked.matching(prompts), files, parallel, quiet)

    async def health(self) -> Mapping[str, Any]:
        """Whether the service works, right now: asked once, whatever `retries` says."""
        return await self._ask(asked.told("health", once=True))

    async def models(self) -> Mapping[str, Any]:
        """The models at work, and those that a request may name."""
        return await self._ask(asked.told("v1/models"))

    async def faults(self) -> Mapping[str, Any]:
        """The faults and defects that the service knows by name."""
        return await self._ask(asked.told("v1/faults"))

    async def profiles(self) -> Mapping[str, Any]:
        """The profiles that a request may name."""
        return await self._ask(asked.told("v1/profiles"))

    async def put_profile(self, name: str, file: File) -> Mapping[str, Any]:
        """Keep a profile under a name, and say what it holds (role admin)."""
        return await self._ask(asked.profile_put(name), file)

    async def delete_profile(self, name: str) -> None:
        """Remove a profile (role admin); asked once, whatever `retries` says."""
        await self._ask(asked.profile_deleted(name))

    async def use_model(self, verb: str, model: str) -> Mapping[str, Any]:
        """Put another model to work for "inspect", "match", "diagnose" or "measure" (admin)."""
        return await self._ask(asked.model_used(verb, model))

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
        upload = None if file is None else await asyncio.to_thread(upload_of, file)
        parts = what.parts(upload)
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
