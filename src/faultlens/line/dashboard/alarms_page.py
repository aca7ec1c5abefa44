"""The alarms page: what stands, what was, and what people do about it."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from faultlens.line.dashboard.alarms_view import (
    COMMENTS,
    HOURS,
    OPEN,
    acts_of,
    past_row,
    shelved_until,
    standing_rows,
)
from faultlens.line.dashboard.alarms_words import WORDS
from faultlens.line.dashboard.guard import needs
from faultlens.line.dashboard.layout import back, own_path, shown
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.room import ask, room_of, said
from faultlens.line.dashboard.standing import live_now
from faultlens.store.errors import StoreError
from faultlens.store.questions.alarms import alarm_steps, alarms
from faultlens.store.questions.facts import choices
from faultlens.store.questions.filters import Filters

SHOWS = ("standing", "history")
"""The two lists."""

ROWS = 50
"""Of the history on one page."""

ON_ALARMS = ("acknowledge", "shelve", "unshelve", "reset")
"""What can be asked of an alarm."""

router = APIRouter()


@router.get("/alarms")
def _alarms(request: Request) -> Response:
    show = request.query_params.get("show", SHOWS[0])
    if show == "history":
        return shown(request, "alarms.html.jinja", show=show, **_history(request))
    return shown(request, "alarms.html.jinja", show=SHOWS[0], **_standing(request))


@router.get("/alarms/standing")
def _standing_fragment(request: Request) -> Response:
    return shown(request, "alarms_standing.html.jinja", **_standing(request))


@router.get("/alarms/{alarm}")
def _alarm(request: Request, alarm: str) -> Response:
    steps = alarm_steps(room_of(request).store, alarm)
    live = live_now(room_of(request).live())
    told = next((x for x in live.alarms if x.get("alarm") == alarm), None) if live else None
    if told is None and not steps:
        raise HTTPException(404)
    last: dict[str, Any] = told or dict(vars(steps[-1]))
    acts = acts_of(last)
    do = request.query_params.get("do", "")
    values: dict[str, Any] = {
        "alarm": alarm,
        "last": last,
        "steps": steps,
        "acts": acts,
        "do": do if do in acts else "",
        "hours": HOURS,
        "comments": COMMENTS,
        "after": own_path(request.query_params.get("next", f"/alarms/{alarm}")),
    }
    alone = request.query_params.get("part") == "dialog"
    return shown(request, "ask_alarm.html.jinja" if alone else "alarm.html.jinja", **values)


@router.post("/alarms/{alarm}", dependencies=[Depends(needs("operator"))])
def _act(request: Request, alarm: str) -> Response:
    form = said(request)
    do, comment = form.get("do", ""), form.get("comment", "").strip()
    after = own_path(form.get("next", f"/alarms/{alarm}"))
    if do not in ON_ALARMS:
        raise HTTPException(400)
    if not comment:
        return back(request, f"/alarms/{alarm}?do={do}", "said_no_comment")
    facts: dict[str, str] = {}
    if do == "shelve":
        until = shelved_until(datetime.now(UTC), form.get("hours", ""))
        if until is None:
            raise HTTPException(400)
        facts["until"] = until
    action = ask(request, do, alarm, comment, facts)
    return back(request, after, asked=action.id)


def _standing(request: Request) -> dict[str, Any]:
    room = room_of(request)
    live = live_now(room.live())
    try:
        stored = alarms(room.store, states=OPEN, limit=500).rows
    except StoreError:
        # What the line itself says is worth more than an answer that fails.
        if live is None:
            raise
        stored = ()
    return {"rows": standing_rows(live, stored)}


def _history(request: Request) -> dict[str, Any]:
    asked = request.query_params
    room = room_of(request)
    source, text = asked.get("source", ""), asked.get("text", "").strip()[:200]
    filters = Filters(source=source or None, text=text)
    page = alarms(room.store, filters, limit=ROWS, cursor=asked.get("cursor") or None)
    return {
        "rows": tuple(map(past_row, page.rows)),
        "older": page.next,
        "cursor": asked.get("cursor", ""),
        "source": source,
        "text": text,
        "sources": choices(room.store).sources,
    }


PAGE = Page("/alarms", "nav_alarms", "bell", "viewer", router, WORDS)
"""In the table of pages."""
