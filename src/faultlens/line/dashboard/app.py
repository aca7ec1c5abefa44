"""The application of the pages: what stands around each of them."""

import logging
from collections.abc import Callable
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from faultlens.core.errors import UsageError
from faultlens.line.dashboard import login, media
from faultlens.line.dashboard.assets import Assets
from faultlens.line.dashboard.guard import NotAllowed, known, needs, needs_live
from faultlens.line.dashboard.layout import all_words, page_environment, shown
from faultlens.line.dashboard.pages import PAGES
from faultlens.line.dashboard.people import People
from faultlens.line.dashboard.room import Person, Room, person_of, room_of
from faultlens.line.dashboard.sessions import Sessions, new_session, session_key
from faultlens.line.dashboard.settings import DashboardSettings
from faultlens.line.dashboard.words import WORDS
from faultlens.line.live import LiveState
from faultlens.store.errors import StoreError
from faultlens.store.store import Store

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        b"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        b"frame-ancestors 'none'",
    ),
    (b"cache-control", b"no-store"),
)
"""Of every answer that does not say otherwise: nothing from elsewhere, nothing kept, no frames."""

log = logging.getLogger(__name__)

_SAID_OF_STATUS = {403: "error_forbidden", 404: "error_missing", 405: "error_missing"}


def dashboard_app(
    store: Store, live: Callable[[], LiveState | None], settings: DashboardSettings
) -> FastAPI:
    """The application.

    Args:
        store: the database of the line.
        live: how the line stands now; None while it does not say.
        settings: of the pages.

    Raises:
        OSError: the key of the sessions can be neither read nor written.

    Example:
        >>> dashboard_app.__name__
        'dashboard_app'
    """
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[Depends(known)],
    )
    assets = Assets()
    app.state.room = Room(
        store=store,
        live=live,
        settings=settings,
        people=People(store),
        sessions=Sessions(session_key(settings.secret_file)),
        assets=assets,
        environment=page_environment(),
        pages=PAGES,
        words=all_words(PAGES, WORDS),
        zone=ZoneInfo(settings.time_zone),
    )
    app.include_router(login.router)
    app.include_router(media.router)
    for page in PAGES:
        allowed = needs_live if page.path == "/" else needs(page.role)
        app.include_router(page.router, dependencies=[Depends(allowed)])
    app.add_route("/static/{name}", assets.answer)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(StoreError, _no_store)
    app.add_exception_handler(UsageError, _wrong_question)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(SafeHeaders)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    return app


class SafeHeaders:
    """Gives every answer the headers that it does not have.

    Args:
        app: that answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name for name, _ in given}
                message = {**message, "headers": given + [x for x in HEADERS if x[0] not in names]}
            await send(message)

        await self._app(scope, receive, sent if scope["type"] == "http" else send)


async def _not_allowed(request: Request, _: Exception) -> Response:
    if not person_of(request).name and request.method == "GET":
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(asked)}", 303)
    return _error(request, 403, "error_forbidden")


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    known_words = room_of(request).words
    return _error(request, status, detail if detail in known_words else _said(status))


async def _no_store(request: Request, error: Exception) -> Response:
    log.warning("The store did not answer %s: %s", request.url.path, error)
    return _error(request, 503, "error_store")


async def _wrong_question(request: Request, _: Exception) -> Response:
    return _error(request, 400, "error_request")


async def _broken(request: Request, _: Exception) -> Response:
    return _error(request, 500, "error_ours")


def _said(status: int) -> str:
    return _SAID_OF_STATUS.get(status, "error_ours" if status >= 500 else "error_request")


def _error(request: Request, status: int, key: str) -> Response:
    if "person" not in request.state._state:
        # No route was found, so that nobody looked who asks.
        room = room_of(request)
        session = new_session()
        token = room.sessions.token(session)
        request.state.session = session
        request.state.person = Person("", "", room.settings.language, "auto", token)
    return shown(request, "error.html.jinja", status, code=status, key=key)
