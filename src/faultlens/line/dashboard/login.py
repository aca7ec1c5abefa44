"""Login and logout, language and theme: what stands before and around all pages."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from faultlens.line.dashboard.layout import own_path, shown
from faultlens.line.dashboard.room import person_of, room_of, said
from faultlens.line.dashboard.sessions import COOKIE, LASTS_S, Session, new_session
from faultlens.store.users import checked_password

PER_MINUTE_OF_ADDRESS = 20.0
"""Tries to log in from one address, of which a quarter may come at once. Our convention."""

PER_MINUTE_OF_NAME = 8.0
"""Tries for one name, from wherever: two at once, then one in 7.5 s. Our convention."""

LONGEST = 256
"""Of a name or a password, characters; longer ones are not even hashed."""

KEPT_S = 400 * 24 * 3600
"""A chosen language or theme is kept so long, s: the most that browsers allow."""

CHOICES = {"language": ("en", "zh"), "theme": ("auto", "light", "dark")}
"""What anybody may choose, logged in or not."""

router = APIRouter()


@router.get("/login")
def _form(request: Request) -> Response:
    if person_of(request).name:
        return RedirectResponse(own_path(request.query_params.get("next", "/")), 303)
    return _keeping(request, shown(request, "login.html.jinja", **_values(request)))


@router.post("/login")
def _login(request: Request) -> Response:
    room, form = room_of(request), said(request)
    name, password = form.get("name", "").strip(), form.get("password", "")
    address = request.client.host if request.client else ""
    wait_s = max(
        room.rates.wait_s(f"address {address}", PER_MINUTE_OF_ADDRESS),
        room.rates.wait_s(f"name {name[:LONGEST]}", PER_MINUTE_OF_NAME),
    )
    if wait_s:
        values = _values(request, wrong="login_wait", wait_s=round(wait_s + 0.5))
        headers = {"retry-after": str(round(wait_s + 0.5))}
        return shown(request, "login.html.jinja", 429, headers, **values)
    fits = 0 < len(name) <= LONGEST and 0 < len(password) <= LONGEST
    user = checked_password(room.store, name, password) if fits else None
    if user is None:
        return shown(request, "login.html.jinja", 401, **_values(request, wrong="login_wrong"))
    room.people.forget()
    answer = RedirectResponse(own_path(form.get("next", "/")), 303)
    return _with_session(request, answer, new_session(user.name))


@router.post("/logout")
def _logout(request: Request) -> Response:
    return _with_session(request, RedirectResponse("/login", 303), new_session())


@router.post("/choice")
def _choice(request: Request) -> Response:
    form = said(request)
    answer = RedirectResponse(own_path(form.get("next", "/")), 303)
    for name, allowed in CHOICES.items():
        if form.get(name) in allowed:
            answer.set_cookie(
                f"faultlens_{name}", form[name], KEPT_S, samesite="lax", secure=_secure(request)
            )
    return _keeping(request, answer)


def _values(request: Request, wrong: str = "", wait_s: int = 0) -> dict[str, Any]:
    form = {} if request.method == "GET" else said(request)
    after = form.get("next", request.query_params.get("next", "/"))
    return {
        "wrong": wrong,
        "wait_s": wait_s,
        "after": own_path(after),
        "name": form.get("name", ""),
    }


def _keeping(request: Request, answer: Response) -> Response:
    """The answer with the session of a form that it holds, also where nobody is logged in."""
    return _with_session(request, answer, request.state.session)


def _with_session(request: Request, answer: Response, session: Session) -> Response:
    answer.set_cookie(
        COOKIE,
        room_of(request).sessions.written(session),
        max_age=LASTS_S,
        httponly=True,
        samesite="lax",
        secure=_secure(request),
    )
    return answer


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"
