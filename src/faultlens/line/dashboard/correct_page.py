"""What a frame really shows, where the line said something else; and what became of an action."""

from typing import Any

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from faultlens.line.dashboard.guard import needs
from faultlens.line.dashboard.layout import back, own_path, shown
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.room import ask, room_of, said
from faultlens.store.errors import StoreError
from faultlens.store.questions.actions import outcome
from faultlens.store.questions.facts import choices
from faultlens.store.questions.results import result

LONGEST_LABEL = 200
"""Of what a frame shows, characters."""

LONGEST_ID = 64
"""Of an action's id, characters."""

router = APIRouter()


@router.get("/correct", dependencies=[Depends(needs("operator"))])
def _form(request: Request) -> Response:
    asked = request.query_params
    source, frame = asked.get("source", ""), asked.get("frame", "")
    if not source or not frame:
        raise HTTPException(400)
    store = room_of(request).store
    values: dict[str, Any] = {
        "source": source,
        "frame": frame,
        "judged": result(store, source, frame),
        "labels": choices(store).verdicts,
        "after": own_path(asked.get("next", "/")),
    }
    alone = asked.get("part") == "dialog"
    return shown(request, "ask_correct.html.jinja" if alone else "correct.html.jinja", **values)


@router.post("/correct", dependencies=[Depends(needs("operator"))])
def _correct(request: Request) -> Response:
    form = said(request)
    source, frame = form.get("source", ""), form.get("frame", "")
    label = " ".join(form.get("label", "").split())[:LONGEST_LABEL]
    after = own_path(form.get("next", "/"))
    if not source or not frame:
        raise HTTPException(400)
    if not label:
        return back(request, after, "said_no_label")
    comment = form.get("comment", "").strip()
    action = ask(request, "correct", f"{source}/{frame}", comment, {"label": label})
    return back(request, after, asked=action.id)


@router.get("/asked/{action}")
def _asked(request: Request, action: str) -> Response:
    if len(action) > LONGEST_ID or not action.isalnum():
        raise HTTPException(404)
    try:
        why = outcome(room_of(request).store, action)
    except StoreError:
        why = None
    return shown(request, "asked.html.jinja", action=action, why=why)


PAGE = Page("/correct", "do_correct", "pen", "viewer", router, in_navigation=False)
"""In the table of pages."""
