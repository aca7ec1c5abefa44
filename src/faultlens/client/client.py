"""The client that waits for its answers."""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from threading import Event
from types import TracebackType
from typing import Any, Self, TypeVar, final

import httpx2

from faultlens.client.address import connection
from faultlens.client.asked import Asked
from faultlens.client.batch import in_order
from faultlens.client.failures import accepted, ends_a_batch
from faultlens.client.results import Match, Outcome, Result
from faultlens.client.retries import NEVER, Retries
from faultlens.client.uploads import File, called
from faultlens.client.verbs import Verbs
from faultlens.core.errors import ServiceError, UnreadableFileError
from faultlens.core.progress import progress

T = TypeVar("T")


@final
class Client(
    Verbs[
        Result,
        tuple[Match, ...],
        bytes,
        Mapping[str, Any],
        None,
        Iterator[Outcome[Result]],
        Iterator[Outcome[tuple[Match, ...]]],
    ]
):
    """A faultlens service, asked from a program that waits for the answer.

        with Client("http://press-3:8000") as client:
            result = client.diagnose("pump7.csv", shaft_rpm=1772, bearing="6205")
            print(result.verdict, result.alarm, result.findings[0].score)

    It may be shared by threads. Every method raises ServiceError with the service's own words, or
    UnreachableServiceError where no answer came; a request that was lost, or refused for the moment
    (429, 503), is first sent again as `retries` says.

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
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = httpx2.Client(
            **connection(url, key, timeout_s), verify=verify, transport=transport
        )
        self._retries = retries or Retries()
        self._sleep = sleep
        self._clock = clock

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(
        self,
        what: Asked[T],
        file: File | None = None,
        sleep: Callable[[float], object] | None = None,
    ) -> T:
        parts = what.parts(file)
        retries = NEVER if what.once else self._retries
        since = self._clock()
        for tried in count(1):
            answer = self._once(what, parts)
            wait_s = retries.wait_s(answer, tried=tried, spent_s=self._clock() - since)
            # An event's wait says whether it was set: then nobody wants the answer any more.
            if wait_s is None or (sleep or self._sleep)(wait_s):
                break
        return what.read(accepted(answer))

    def _once(
        self, what: Asked[T], parts: Mapping[str, Any]
    ) -> httpx2.Response | httpx2.TransportError:
        try:
            return self._http.request(what.method, what.path, **parts)
        except httpx2.TransportError as error:
            return error

    def _many(
        self, what: Asked[T], files: Iterable[File], parallel: int, quiet: bool
    ) -> Iterator[Outcome[T]]:
        def outcome(file: File, over: Event) -> Outcome[T]:
            try:
                return Outcome(called(file), result=self._ask(what, file, sleep=over.wait))
            except UnreadableFileError as error:
                return Outcome(called(file), error=error)
            except ServiceError as error:
                if ends_a_batch(error):
                    raise
                return Outcome(called(file), error=error)

        total = len(files) if isinstance(files, Sequence) else None
        outcomes = in_order(outcome, files, parallel=parallel)
        return progress(outcomes, label=what.verb, total=total, quiet=quiet)
