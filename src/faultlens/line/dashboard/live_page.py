"""The live page: every source as it stands now, on a desk and on a wall."""

import binascii
from base64 import b64decode
from zlib import crc32

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from faultlens.line.dashboard.layout import shown
from faultlens.line.dashboard.live_view import LiveView, live_view
from faultlens.line.dashboard.live_words import WORDS
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.room import room_of
from faultlens.line.dashboard.standing import live_now

router = APIRouter()


@router.get("/")
def _live(request: Request) -> Response:
    return shown(request, "live.html.jinja", view=_view(request), is_wall=False)


@router.get("/wall")
def _wall(request: Request) -> Response:
    return shown(request, "wall.html.jinja", view=_view(request), is_wall=True)


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
    answer = shown(request, "live_panels.html.jinja", view=_view(request), is_wall=is_wall)
    tag = f'"{crc32(answer.body):08x}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag})
    answer.headers["etag"] = tag
    return answer


def _view(request: Request) -> LiveView | None:
    state = live_now(room_of(request).live())
    return None if state is None else live_view(state)


PAGE = Page("/", "nav_live", "pulse", "viewer", router, WORDS)
"""In the table of pages; also without login, where line.toml says `public_live`."""
