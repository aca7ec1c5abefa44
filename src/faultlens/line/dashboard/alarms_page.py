"""The alarms page: what stands, what was, and what people do about it."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from faultlens.line.dashboard.layout import shown
from faultlens.line.dashboard.page import Page

router = APIRouter()


@router.get("/alarms")
def _alarms(request: Request) -> Response:
    return shown(request, "alarms.html.jinja")


PAGE = Page("/alarms", "nav_alarms", "bell", "viewer", router)
"""In the table of pages."""
