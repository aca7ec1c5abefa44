"""Every error as RFC 9457 tells it: the kinds of problems there are, and a problem as an answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from faultlens.core.errors import FaultlensError
from faultlens.hosting.problems import problem_of
from faultlens.hosting.refusals import Busy, Stopping
from faultlens.hosting.task import Problem
from faultlens.service.client_gone import GONE, ClientGone
from faultlens.service.facts import facts
from faultlens.service.refused import Refused

MEDIA_TYPE = "application/problem+json"
PATH = "/problems/"
"""A problem's type is this and its slug: a page of this service, which needs no internet."""


@dataclass(frozen=True)
class Kind:
    """One kind of problem.

    Args:
        status: of HTTP.
        title: the kind in words.
        advice: what a client does about it.
    """

    status: int
    title: str
    advice: str


KINDS: Mapping[str, Kind] = {
    "malformed-request": Kind(400, "This is no HTTP", "Speak HTTP/1.1 to this port."),
    "malformed-body": Kind(
        400,
        "The body cannot be taken apart",
        "Send multipart/form-data with the fields file, once per file, and request.",
    ),
    "unauthorized": Kind(401, "No valid key", "Send a key: Authorization: Bearer KEY."),
    "forbidden": Kind(403, "The key may not do this", "Use a key whose role allows it."),
    "not-found": Kind(404, "No such path", "See /docs for the paths there are."),
    "method-not-allowed": Kind(
        405, "The path has no such method", "Use one that the header Allow lists."
    ),
    "not-acceptable": Kind(
        406,
        "No such form of answer",
        "Accept application/json; or image/png, for one file of /v1/inspect, diagnose or measure.",
    ),
    "slow-body": Kind(408, "The body arrived too slowly", "Send it again, faster or smaller."),
    "too-large": Kind(
        413, "More than this service takes", "Send less; the detail says how much is taken."
    ),
    "unsupported-media-type": Kind(
        415, "No such kind of body", "Send multipart/form-data with the fields file and request."
    ),
    "unsupported-format": Kind(
        415,
        "This kind of file is not read here",
        "Send another format; the operator can install what reads this one.",
    ),
    "invalid-options": Kind(
        422, "The options cannot be used", "Change what the member errors, or the detail, names."
    ),
    "unknown-name": Kind(422, "A name that is not known", "Use one that the detail lists."),
    "unreadable-file": Kind(
        422, "The file cannot be used", "Send a file of a known format, whole and undamaged."
    ),
    "missing-metadata": Kind(
        422,
        "A fact about the file is missing",
        "State it in the field request: sample_rate_hz, shaft_rpm or bearing; of a scan unit, "
        "spacing_mm or intrinsics.",
    ),
    "unusable-signal": Kind(
        422, "Nothing can be concluded from the recording", "Record again, longer or better."
    ),
    "unusable-scan": Kind(
        422, "Nothing can be concluded from the scan", "Scan again, or name another reference."
    ),
    "unreachable-url": Kind(422, "The URL cannot be fetched", "Upload the file instead."),
    "too-many-requests": Kind(429, "The key asked too often", "Wait as long as Retry-After says."),
    "long-headers": Kind(
        431, "The headers are too long", "Send fewer or shorter headers, or a shorter path."
    ),
    "our-fault": Kind(
        500,
        "The service made a mistake",
        "Report it with the request_id; the log of the service has the rest.",
    ),
    "busy": Kind(503, "Busy", "Wait as long as Retry-After says, then ask again."),
    "stopping": Kind(503, "The service stops", "Ask again; another, or the next, will answer."),
    "not-ready": Kind(503, "Not ready", "Wait as long as Retry-After says, then ask again."),
    "too-slow": Kind(
        503, "The computation took too long", "Send a smaller file, or ask for less at once."
    ),
    "worker-lost": Kind(
        503, "The computation broke down", "Try again; if that does not help, send less."
    ),
}
"""Slug -> kind; /problems/ shows them."""

_BY_STATUS = {404: "not-found", 405: "method-not-allowed"}


@final
class InvalidOptions(Exception):
    """Options that are not as they must be; the answer lists what and where.

    Args:
        errors: pointer (RFC 6901) into the options, and detail, of each mistake.
    """

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        listed = "; ".join(f"{x['pointer'] or 'the whole'}: {x['detail']}" for x in errors)
        self.problem = problem("invalid-options", f"The options are not as they must be: {listed}.")
        self.errors = list(errors)
        super().__init__(self.problem.detail)


def problem(slug: str, detail: str) -> Problem:
    """A problem of a known kind.

    Args:
        slug: of `KINDS`.
        detail: what was given, what is allowed, what to do.

    Example:
        >>> problem("not-found", "There is no /v1/x.").status
        404
    """
    kind = KINDS[slug]
    return Problem(kind.status, slug, kind.title, detail)


def refused(slug: str, detail: str, **headers: str) -> Refused:
    """The exception that answers with a problem of a known kind.

    Args:
        slug: of `KINDS`.
        detail: what was given, what is allowed, what to do.
        headers: of the answer, with _ for -.

    Example:
        >>> refused("busy", "256 requests wait.", Retry_After="1").headers
        {'Retry-After': '1'}
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refused(problem(slug, detail), named)


def document(
    said: Problem, *, root: str = "", instance: str = "", **more: object
) -> dict[str, object]:
    """The members of a problem document.

    Args:
        said: the problem.
        root: path under which the service is published.
        instance: path that was asked for.
        more: further members.

    Example:
        >>> document(problem("busy", "Full."), instance="/v1/inspect")["type"]
        '/problems/busy'
    """
    members: dict[str, object] = {
        "type": f"{root}{PATH}{said.slug}",
        "title": said.title,
        "status": said.status,
        "detail": said.detail,
    }
    if instance:
        members["instance"] = instance
    return members | more


def problem_answer(
    request: Request, said: Problem, headers: Mapping[str, str] | None = None, **more: object
) -> Response:
    """The answer that tells of a problem; it is counted in the facts of the request.

    Args:
        request: what was asked.
        said: the problem.
        headers: of the answer.
        more: further members of the document.

    Example:
        >>> request = Request({"type": "http", "path": "/x", "headers": []})
        >>> problem_answer(request, problem("not-found", "There is no /x.")).status_code
        404
    """
    about = facts()
    about.problems.append(said.slug)
    members = document(
        said,
        root=request.scope.get("root_path", ""),
        instance=_shown_path(request),
        request_id=about.request_id,
        **more,
    )
    return Response(
        json.dumps(members, ensure_ascii=False).encode("utf-8", "backslashreplace"),
        status_code=said.status,
        headers=dict(headers or {}),
        media_type=MEDIA_TYPE,
    )


def tell_problems(app: FastAPI) -> None:
    """Let the application answer every error that is raised on purpose with its document.

    What nobody foresaw is answered by the shell, around everything else.

    Example:
        >>> app = FastAPI()
        >>> tell_problems(app)
        >>> Refused in app.exception_handlers
        True
    """
    app.exception_handlers[Refused] = _of_refusal
    app.exception_handlers[FaultlensError] = _of_error
    app.exception_handlers[InvalidOptions] = _of_invalid
    app.exception_handlers[RequestValidationError] = _of_validation
    app.exception_handlers[HTTPException] = _of_http
    app.exception_handlers[ClientGone] = _of_gone


async def _of_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem_answer(request, error.problem, error.headers)


async def _of_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, FaultlensError)
    return problem_answer(request, problem_for(error), headers_for(error))


async def _of_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidOptions)
    return problem_answer(request, error.problem, errors=error.errors)


async def _of_validation(request: Request, error: Exception) -> Response:
    """A name in the path that is none; everything else is checked by ourselves."""
    assert isinstance(error, RequestValidationError)
    found = [{"pointer": f"/{x['loc'][-1]}", "detail": x["msg"]} for x in error.errors()]
    return await _of_invalid(request, InvalidOptions(found))


async def _of_gone(request: Request, error: Exception) -> Response:
    """Nobody hears it; it stands in the log."""
    return Response(status_code=GONE)


def problem_for(error: FaultlensError) -> Problem:
    """What a client is told of an error, those of the queue included.

    Args:
        error: of the host, or of what it computes.

    Example:
        >>> problem_for(Busy(2)).slug, problem_for(Stopping()).slug
        ('busy', 'stopping')
    """
    if isinstance(error, Busy):
        return problem("busy", str(error))
    if isinstance(error, Stopping):
        return problem("stopping", str(error))
    return problem_of(error)


def headers_for(error: FaultlensError) -> Mapping[str, str]:
    """When to come again, and that the connection ends, where an error means so.

    Args:
        error: of the host, or of what it computes.

    Example:
        >>> headers_for(Busy(2))
        {'Retry-After': '2'}
    """
    if isinstance(error, Busy):
        return {"Retry-After": str(error.retry_after_s)}
    return {"Retry-After": "1", "Connection": "close"} if isinstance(error, Stopping) else {}


async def _of_http(request: Request, error: Exception) -> Response:
    """What the router itself refuses: a path or a method that is not there."""
    assert isinstance(error, HTTPException)
    slug = _BY_STATUS.get(error.status_code, "malformed-body")
    given = f"{request.method} {_shown_path(request)}"
    said = Problem(
        error.status_code, slug, KINDS[slug].title, f"{given}: {error.detail}. {KINDS[slug].advice}"
    )
    allowed = _methods(request) if error.status_code == 405 else ""
    return problem_answer(request, said, {"Allow": allowed} if allowed else error.headers)


def _methods(request: Request) -> str:
    """Of all routes of a path; the router names those of the first."""
    fitting = (x for x in request.app.routes if x.matches(request.scope)[0] is not Match.NONE)
    named = {method for x in fitting for method in getattr(x, "methods", None) or ()}
    # `service.head` answers both.
    return ", ".join(sorted({*named, "HEAD"} if "GET" in named else named))


def _shown_path(request: Request) -> str:
    """As a URI has it: a client may put anything into its path."""
    return quote(request.scope["path"], safe="/:@!$&'()*+,;=~-._")
