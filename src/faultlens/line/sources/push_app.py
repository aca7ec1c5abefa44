"""The door for pushed frames: `POST /frames?id=...`, the file as the body."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from faultlens.core.errors import UsageError
from faultlens.line.secret import Secret
from faultlens.line.sources.push_desk import LATER, STOPPING, Answer, PushDesk, Pushed

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

KNOWN = ("id", "part", "channel", "column", "time", "rpm", "sample_rate_hz")
RETRY_AFTER_S = 1
_LONGEST = 200
"""Characters of an id, a part, a channel."""
_TITLES = {
    400: "The request cannot be used", 401: "No valid key", 408: "The body arrived too slowly",
    413: "The file is larger than is taken", 415: "The body comes packed",
    422: "The file cannot be used", 503: "Not now",
}  # fmt: skip


class _Refused(Exception):
    def __init__(self, status: int, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.answer = Answer(status, slug, detail)


def push_app(
    desk: PushDesk, *, key: Secret | None, largest_bytes: int, timeout_s: float
) -> "Starlette":
    """The application of a source.

    Args:
        desk: to which frames go.
        key: that a sender must show; None for none.
        largest_bytes: of a file.
        timeout_s: for the body to come, and again for its result to be safe, s.

    Example:
        >>> app = push_app(PushDesk(4), key=None, largest_bytes=10, timeout_s=1.0)
        >>> sorted(route.path for route in app.routes)
        ['/frames', '/livez']
    """
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def push(request: "Request") -> "Response":
        try:
            _check_key(request, key)
            pushed = await _received(request, desk, largest_bytes, timeout_s)
            name = pushed if isinstance(pushed, str) else pushed.id
            known = desk.known(name)
            if known is None and not isinstance(pushed, str):
                known = await desk.answer(pushed, timeout_s)
            answer = known or LATER
        except _Refused as refused:
            answer, name = refused.answer, ""
        return _response(answer, name)

    async def live(request: "Request") -> "Response":
        return JSONResponse({"status": "alive"})

    return Starlette(
        routes=[
            Route("/frames", push, methods=["POST"]),
            Route("/livez", live, methods=["GET"]),
        ]
    )


async def _received(
    request: "Request", desk: PushDesk, largest_bytes: int, timeout_s: float
) -> Pushed | str:
    """The frame; or its id alone, where it has its answer already."""
    facts = _facts(dict(request.query_params))
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise _Refused(415, "unsupported-media-type", "Send the file as it is, not packed.")
    if facts["id"] and desk.known(facts["id"]) is not None:
        return str(facts["id"])
    stated = request.headers.get("content-length", "0")
    size = int(stated) if stated.isdecimal() else 0
    _check_size(size, largest_bytes)
    # Said before the body is taken: it would only be thrown away.
    if not desk.has_room(size):
        busy = STOPPING if desk.is_stopping else LATER
        raise _Refused(busy.status, busy.slug, busy.detail)
    content = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            async for block in request.stream():
                content += block
                _check_size(len(content), largest_bytes)
    except TimeoutError:
        detail = f"The body did not come within {timeout_s:g} s; send it again."
        raise _Refused(408, "slow-body", detail) from None
    name = facts.pop("id") or hashlib.sha256(content).hexdigest()[:32]
    return Pushed(name, bytes(content), **facts)


def _check_size(size: int, largest_bytes: int) -> None:
    if size > largest_bytes:
        raise _Refused(
            413,
            "too-large",
            f"The file is larger than {largest_bytes / 1e6:.4g} MB, which is the most that is "
            "taken; largest_mb in line.toml says so.",
        )


def _check_key(request: "Request", key: Secret | None) -> None:
    if key is None:
        return
    shown = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not hmac.compare_digest(shown.encode("utf-8", "replace"), key.encode("utf-8")):
        raise _Refused(401, "unauthorized", "Send the line's key: Authorization: Bearer KEY.")


def _facts(given: dict[str, str]) -> dict[str, Any]:
    try:
        return read_facts(given)
    except UsageError as error:
        raise _Refused(400, "invalid-options", str(error)) from error


def read_facts(given: dict[str, str]) -> dict[str, Any]:
    """What stands behind the question mark, as fields of `Pushed`.

    Args:
        given: name -> text.

    Raises:
        UsageError: a name that is none, or a value that cannot be.

    Example:
        >>> read_facts({"id": "42", "rpm": "1480"})["rpm"]
        1480.0
        >>> read_facts({"speed": "1480"})
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 'speed' is not known; known are id, part, channel, ...
    """
    for name, text in given.items():
        if name not in KNOWN:
            raise UsageError(f"'{name[:40]}' is not known; known are {', '.join(KNOWN)}.")
        if len(text) > _LONGEST or not text.isprintable():
            raise UsageError(f"{name} must have up to {_LONGEST} characters that can be printed.")
    return {
        "id": given.get("id", "").strip(),
        "part": given.get("part", "").strip() or None,
        "channel": given.get("channel", "").strip(),
        "column": given.get("column", "").strip() or None,
        "time": _time(given.get("time")),
        "rpm": _positive(given, "rpm"),
        "sample_rate_hz": _positive(given, "sample_rate_hz"),
    }


def _time(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        # A plus that was not escaped arrives as a space.
        time = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise UsageError(f"time is '{text}'; write it as 2026-11-26T08:00:00Z.") from error
    if time.tzinfo is None:
        raise UsageError(f"time is '{text}', without an offset; write ...Z or ...+08:00.")
    return time.astimezone(UTC)


def _positive(given: dict[str, str], name: str) -> float | None:
    if name not in given:
        return None
    try:
        value = float(given[name])
    except ValueError:
        value = 0.0
    if not (isfinite(value) and value > 0):
        raise UsageError(f"{name} is '{given[name]}'; it must be a positive number.")
    return value


def _response(answer: Answer, name: str) -> "Response":
    from starlette.responses import JSONResponse

    if answer.status == 200:
        return JSONResponse({"frame": name, "safe": True})
    headers = {"Retry-After": str(RETRY_AFTER_S)} if answer.status == 503 else {}
    if answer.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if answer.status in (408, 413):
        # What is left of the body is read by nobody.
        headers["Connection"] = "close"
    return JSONResponse(
        {
            "type": f"/problems/{answer.slug}",
            "title": _TITLES.get(answer.status, "The frame cannot be taken"),
            "status": answer.status,
            "detail": answer.detail,
        },
        answer.status,
        headers,
        "application/problem+json",
    )
