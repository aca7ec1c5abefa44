"""The live page: every source as it stands now, on a desk and on a wall."""

import binascii
import gzip
from base64 import b64decode
from zlib import crc32

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from faultlens.line.dashboard.layout import shown
from faultlens.line.dashboard.live_view import LiveView, live_view
from faultlens.line.dashboard.live_words import WORDS
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.room import person_of, room_of
from faultlens.line.dashboard.standing import live_now
from faultlens.line.live import LiveState

PACKED = 1
"""Level of gzip: a tenth of the size, in a few milliseconds."""

MOST_FRAGMENTS = 32
"""Drawings that are kept: of two languages, roles and screens, and of the states that overlap."""

router = APIRouter()


@router.get("/")
def _live(request: Request) -> Response:
    return shown(request, "live.html.jinja", view=_seen(request), is_wall=False)


@router.get("/wall")
def _wall(request: Request) -> Response:
    return shown(request, "wall.html.jinja", view=_seen(request), is_wall=True)


@router.get("/live/desk")
def _desk_fragment(request: Request) -> Response:
    return _fragment(request, is_wall=False)


@router.get("/live/wall")
def _wall_fragment(request: Request) -> Response:
    return _fragment(request, is_wall=True)


@router.get("/live/state")
def _state(request: Request) -> Response:
    return shown(request, "state.html.jinja")


@router.get("/live/picture/{place}")
def _picture(request: Request, place: int) -> Response:
    state = room_of(request).live()
    if state is None or not 0 <= place < len(state.sources) or not state.sources[place].preview:
        raise HTTPException(404)
    try:
        content = b64decode(state.sources[place].preview, validate=True)
    except (binascii.Error, ValueError) as error:
        raise HTTPException(404) from error
    # Its address holds a word that changes with the picture.
    headers = {"cache-control": "private, max-age=60"}
    return Response(content, media_type="image/jpeg", headers=headers)


def _fragment(request: Request, *, is_wall: bool) -> Response:
    """The panels alone; who sees the same shares one drawing of each state."""
    room, person = room_of(request), person_of(request)
    state = live_now(room.live())
    key = (state and state.time, is_wall, person.language, person.may("operator"))
    drawn = room.fragments.get(key)
    if drawn is None:
        answer = shown(request, "live_panels.html.jinja", view=_view(state), is_wall=is_wall)
        plain = bytes(answer.body)
        drawn = (f'"{crc32(plain):08x}"', plain, gzip.compress(plain, PACKED, mtime=0))
        # Of the states before nobody asks any more.
        if len(room.fragments) >= MOST_FRAGMENTS:
            room.fragments.clear()
        room.fragments[key] = drawn
    tag, plain, packed = drawn
    headers = {"etag": tag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    # Nothing secret stands in a fragment, so that packing it tells nothing.
    if "gzip" in request.headers.get("accept-encoding", ""):
        return HTMLResponse(packed, headers={**headers, "content-encoding": "gzip"})
    return HTMLResponse(plain, headers=headers)


def _seen(request: Request) -> LiveView | None:
    return _view(live_now(room_of(request).live()))


def _view(state: LiveState | None) -> LiveView | None:
    return None if state is None else live_view(state)


PAGE = Page("/", "nav_live", "pulse", "viewer", router, WORDS)
"""In the table of pages; also without login, where line.toml says `public_live`."""
