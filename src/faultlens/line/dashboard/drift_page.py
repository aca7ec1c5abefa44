"""The drift page: whether frames still look as their reference, and what changed."""

from collections import defaultdict
from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from faultlens.line.dashboard.drift_figures import STEPS, watched
from faultlens.line.dashboard.drift_words import WORDS
from faultlens.line.dashboard.guard import needs
from faultlens.line.dashboard.layout import back, shown, translator
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.room import ask, person_of, room_of, said
from faultlens.line.dashboard.span_picker import SPANS, chosen_span
from faultlens.store.questions.drift import drift_course, latest_drift
from faultlens.store.questions.events import events
from faultlens.store.questions.facts import facts
from faultlens.store.records import DriftRecord

CHANGES = ("drift", "sensor")
"""Kinds of events that are about changes."""

MOST_CHANGES = 12
MOST_LOGGED = 40
LONGEST_COMMENT = 2000

router = APIRouter()


@router.get("/drift")
def _drift(request: Request) -> Response:
    room, person = room_of(request), person_of(request)
    t = translator(room.words, person.language)
    asked = dict(request.query_params)
    chosen = chosen_span(asked, facts(room.store).last, room.zone, datetime.now(UTC))
    span = chosen.span
    latest: dict[tuple[str, str], list[DriftRecord]] = defaultdict(list)
    for reading in latest_drift(room.store):
        latest[reading.source, reading.channel].append(reading)
    course: dict[tuple[str, str], list[DriftRecord]] = defaultdict(list)
    for reading in drift_course(room.store, span.since, span.until, steps=STEPS):
        course[reading.source, reading.channel].append(reading)
    rows = [
        watched(last, course[place], span, person.language, t) for place, last in latest.items()
    ]
    rows.sort(key=lambda x: (not x.drifted, x.source, x.channel))
    changes = [
        x
        for kind in CHANGES
        for x in events(
            room.store, kind=kind, limit=MOST_CHANGES, since=span.since, until=span.until
        ).rows
    ]
    changes.sort(key=lambda x: x.time, reverse=True)
    logged = [
        x
        for x in events(room.store, limit=MOST_LOGGED * 2, since=span.since, until=span.until).rows
        if x.kind not in CHANGES
    ]
    return shown(
        request,
        "drift.html.jinja",
        chosen=chosen,
        spans=tuple(SPANS),
        changed=[x for x in rows if x.drifted],
        steady=[x for x in rows if not x.drifted],
        changes=changes[:MOST_CHANGES],
        logged=logged[:MOST_LOGGED],
        may_change=person.may("engineer"),
    )


@router.post("/drift/reference", dependencies=[Depends(needs("engineer"))])
def _reference(request: Request) -> Response:
    form = said(request)
    source, channel = form.get("source", ""), form.get("channel", "")
    comment = form.get("comment", "").strip()[:LONGEST_COMMENT]
    known = {(x.source, x.channel) for x in latest_drift(room_of(request).store)}
    if (source, channel) not in known:
        return back(request, "/drift", "said_no_reference")
    if not comment:
        return back(request, "/drift", "said_no_reason")
    action = ask(request, "reference", f"{source}/{channel}" if channel else source, comment)
    return back(request, "/drift", asked=action.id)


PAGE = Page("/drift", "nav_drift", "drift", "viewer", router, WORDS)
"""In the table of pages."""
