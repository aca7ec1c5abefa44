"""Before every answer: who asks, whether they may, and whether a form is truly theirs."""

from collections.abc import Callable
from typing import Any, final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from faultlens.line.dashboard.room import Person, person_of, room_of
from faultlens.line.dashboard.sessions import COOKIE

LARGEST_FORM = 64 * 1024
"""Of a form, bytes: a comment is far shorter."""

MOST_FIELDS = 64
"""Of a form."""

SAFE_METHODS = ("GET", "HEAD")
"""They change nothing, so that they need no token."""


@final
class NotAllowed(Exception):
    """Somebody asks for what they may not see; who is nobody yet is sent to the login."""


async def known(request: Request) -> None:
    """Note who asks; of a POST, read the form and refuse it without the token of its session.

    Args:
        request: that comes in.

    Raises:
        HTTPException: 403 without the token or from another site, 413 too large.

    Example:
        >>> known.__name__
        'known'
    """
    room = room_of(request)
    session = room.sessions.read(request.cookies.get(COOKIE))
    role = await run_in_threadpool(room.people.role, session.user) if session.user else ""
    request.state.session = session
    request.state.person = Person(
        name=session.user if role else "",
        role=role,
        language=_chosen(request, "language", ("en", "zh")) or room.settings.language,
        theme=_chosen(request, "theme", ("light", "dark")) or "auto",
        csrf=room.sessions.token(session),
    )
    if request.method in SAFE_METHODS:
        return
    request.state.form = await _form(request)
    token = request.state.form.get("csrf", "")
    if not _from_here(request) or not room.sessions.knows(token, session):
        raise HTTPException(403, "said_stale_form")


def needs(role: str) -> Callable[[Request], None]:
    """A dependency that lets nobody pass below a role.

    Args:
        role: of `store.users.ROLES`.

    Example:
        >>> callable(needs("operator"))
        True
    """

    def allowed(request: Request) -> None:
        if not person_of(request).may(role):
            raise NotAllowed

    return allowed


def needs_live(request: Request) -> None:
    """Let pass who may see the live page: all who are logged in, and everybody where it is public.

    Args:
        request: that comes in.

    Raises:
        NotAllowed: it is not public, and nobody is logged in.

    Example:
        >>> needs_live.__name__
        'needs_live'
    """
    if not (room_of(request).settings.public_live or person_of(request).may("viewer")):
        raise NotAllowed


def _chosen(request: Request, name: str, allowed: tuple[str, ...]) -> str:
    value = request.cookies.get(f"faultlens_{name}", "")
    return value if value in allowed else ""


def _from_here(request: Request) -> bool:
    """Whether the browser says that the form stood on one of our own pages."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    length = request.headers.get("content-length", "")
    if kind != "application/x-www-form-urlencoded" or not length.isdecimal():
        raise HTTPException(400, "said_no_form")
    if int(length) > LARGEST_FORM:
        raise HTTPException(413, "said_too_large")
    form: Any = await request.form(max_files=0, max_fields=MOST_FIELDS)
    return {name: str(value).replace("\x00", "") for name, value in form.items()}
