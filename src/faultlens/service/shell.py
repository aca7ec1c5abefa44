"""Around the application: what every request and every answer has, whatever it asks for."""

import logging
import time
from collections import Counter
from typing import Any, final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from faultlens.service.facts import RequestFacts, new_facts
from faultlens.service.metrics import Metrics
from faultlens.service.problems import problem, problem_answer
from faultlens.service.telemetry import Tracing

GONE = 499
"""Counted where the client left before its answer began; the number that nginx uses."""

UNMATCHED = "unmatched"
"""Route of a path that is none, or of a file of /docs: the path is the client's word, no label."""

ASKED_OFTEN = frozenset(("/health", "/livez", "/readyz", "/metrics"))
"""Routes without a trace, whose good answers are logged for who debugs: probes ask all the time."""

SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_NOTHING = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
# Swagger's page starts itself by a script in the page and styles its elements one by one.
_OWN_PAGE = (
    b"content-security-policy",
    b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'",
)
_NOT_KEPT = (b"cache-control", b"no-store")

OF_AN_ANSWER = (*SAFE, _NOTHING, _NOT_KEPT)
OF_A_PAGE = (*SAFE, _OWN_PAGE, _NOT_KEPT)

PAGES = frozenset(("/docs", "/docs/oauth2-redirect", "/redoc"))

log = logging.getLogger(__name__)
log_of_requests = logging.getLogger("faultlens.requests")


@final
class Shell:
    """Gives each request its id, safe headers, one line in the log, and its place in the metrics.

    What the application did not foresee is answered here with a problem document, so that this
    answer too has all of it.

    Args:
        app: the application.
        metrics: count the request.
        tracing: traces it; None for no traces.
        root_path: path under which a proxy publishes the application; "" for none.
    """

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        tracing: Tracing | None = None,
        root_path: str = "",
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._root_path and not scope.get("root_path"):
            scope = _published(scope, self._root_path)
        with new_facts(_given_id(scope)) as about:
            await self._answer(scope, receive, send, about)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, about: RequestFacts
    ) -> None:
        began_s = time.perf_counter()
        span = None
        if self._tracing is not None and scope["path"] not in ASKED_OFTEN:
            span = self._tracing.start(scope["headers"])
        exchange = _Exchange(scope, receive, send, about.request_id)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except Exception as error:
            if exchange.status != GONE:
                # Half an answer cannot be mended: the server has to break the connection.
                raise
            log.error("Our fault: %s", type(error).__name__, exc_info=error)
            said = problem("our-fault", "What went wrong is in the log of the service.")
            answer = problem_answer(Request(scope), said)
            await answer(scope, exchange.receive, exchange.send)
        finally:
            self._tell(about, exchange, time.perf_counter() - began_s, span)

    def _tell(self, about: RequestFacts, exchange: "_Exchange", seconds: float, span: Any) -> None:
        route, method = route_of(exchange.scope), exchange.scope["method"]
        self._metrics.requested(route, method, exchange.status, seconds)
        for slug in about.problems:
            self._metrics.problem(slug)
        for judged in about.judged:
            self._metrics.answered(judged.verb, judged.answer)
        told: dict[str, object] = {
            "method": method,
            "route": route,
            "status": exchange.status,
            "ms": round(1000 * seconds, 3),
            "bytes_in": exchange.bytes_in,
            "bytes_out": exchange.bytes_out,
        }
        if about.account:
            told["account"] = about.account
        if about.judged:
            told["files"] = len(about.judged)
            told["verdicts"] = Counter(x.answer.verdict for x in about.judged if x.answer.verdict)
        if about.problems:
            told["problems"] = about.problems
        if span is not None and self._tracing is not None:
            told["trace_id"] = self._tracing.finish(span, about, method, route, exchange.status)
        quiet = route in ASKED_OFTEN and exchange.status < 400
        log_of_requests.log(logging.DEBUG if quiet else logging.INFO, "answered", extra=told)


@final
class _Exchange:
    """One request and its answer, as they pass."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self.scope = scope
        self.status = GONE
        self.bytes_in = 0
        self.bytes_out = 0
        self._receive = receive
        self._send = send
        self._request_id = (b"x-request-id", request_id.encode())

    async def receive(self) -> Message:
        message = await self._receive()
        self.bytes_in += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), self._request_id]
            stated = {name for name, _ in headers}
            headers += [x for x in _headers(self.scope) if x[0] not in stated]
            message = {**message, "headers": headers}
        else:
            self.bytes_out += len(message.get("body", b""))
        await self._send(message)


def route_of(scope: Scope) -> str:
    """The template of a request's route, as in /v1/profiles/{name}; what matches none is one.

    Args:
        scope: of ASGI, after the application's router has seen it.

    Example:
        >>> route_of({"type": "http", "path": "/etc/passwd"})
        'unmatched'
    """
    route = scope.get("route")
    return UNMATCHED if route is None else str(route.path)


def _published(scope: Scope, root: str) -> Scope:
    """The request with the path that its client sees, as ASGI wants it; most proxies cut it off."""
    path = scope["path"]
    if path != root and not path.startswith(f"{root}/"):
        path = f"{root}{path}"
    return {**scope, "root_path": root, "path": path}


def _headers(scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
    return OF_A_PAGE if route_of(scope) in PAGES else OF_AN_ANSWER


def _given_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return bytes(value)
    return b""
