"""The live page: every source as it stands now."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from faultlens.line.dashboard.layout import shown
from faultlens.line.dashboard.page import Page

router = APIRouter()


@router.get("/")
def _live(request: Request) -> Response:
    return shown(request, "live.html.jinja")


@router.get("/live/state")
def _state(request: Request) -> Response:
    return shown(request, "state.html.jinja")


PAGE = Page("/", "nav_live", "pulse", "viewer", router)
"""In the table of pages."""
