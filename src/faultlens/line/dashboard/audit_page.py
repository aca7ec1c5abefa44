"""The audit page: passed frames drawn at random, and what a person says of each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from faultlens.line.dashboard.audit_words import WORDS
from faultlens.line.dashboard.charts.chart import Chart
from faultlens.line.dashboard.charts.intervals import ShareRow, share_intervals
from faultlens.line.dashboard.charts.numbers import count_text
from faultlens.line.dashboard.guard import needs
from faultlens.line.dashboard.labels import label_in
from faultlens.line.dashboard.layout import back, shown, translator
from faultlens.line.dashboard.page import Page
from faultlens.line.dashboard.result_exhibit import exhibit_of
from faultlens.line.dashboard.room import ask, person_of, room_of, said
from faultlens.line.dashboard.span_picker import Words
from faultlens.store.questions.audits import (
    Audit,
    MissRate,
    answered_audits,
    miss_rate,
    open_audits,
)
from faultlens.store.questions.corrections import known_labels
from faultlens.store.questions.facts import choices
from faultlens.store.questions.results import result

if TYPE_CHECKING:
    from faultlens.store.store import Store

MOST_OPEN = 60
"""Open audits that are read; the page shows one large and the next few small."""

SOUND = {"picture": "no defect", "scan": "no defect", "signal": "healthy"}
"""What a frame without a fault is called, by its kind."""

NO_FAULTS = frozenset({"", "unknown", *SOUND.values()})

MOST_LABELS = 9
"""Faults that have a button, as many as there are keys for them."""

LONGEST_LABEL = 200

router = APIRouter()


@router.get("/audit")
def _audit(request: Request) -> Response:
    room, person = room_of(request), person_of(request)
    t = translator(room.words, person.language)
    waiting = open_for(room.store)
    asked = request.query_params
    wanted = (asked.get("source"), asked.get("frame"))
    here = next((x for x in waiting if (x.record.source, x.record.frame) == wanted), None)
    if here is None:
        here = waiting[0] if waiting else None
    record = result(room.store, here.record.source, here.record.frame) if here else None
    place = waiting.index(here) if here is not None else 0
    following = [*waiting[place + 1 :], *waiting[:place]]
    return shown(
        request,
        "audit.html.jinja",
        drawn=here,
        record=record,
        exhibit=exhibit_of(room.settings.media, record, t) if record is not None else None,
        sound=SOUND.get(record.kind if record is not None else "", "no defect"),
        labels=_faults(room.store, here.record.source) if here is not None else (),
        following=following[:8],
        next_address=link_to(following[0]) if following else "/audit",
        link_to=link_to,
        waiting=len(waiting),
        most=MOST_OPEN,
        rates=_rates(room.store, t),
        answered=answered_audits(room.store, limit=12).rows,
    )


@router.post("/audit/answer", dependencies=[Depends(needs("operator"))])
def _answer(request: Request) -> Response:
    form = said(request)
    source, frame = form.get("source", ""), form.get("frame", "")
    store = room_of(request).store
    here = [x for x in open_for(store) if (x.record.source, x.record.frame) == (source, frame)]
    if not here:
        return back(request, "/audit", "said_audit_gone")
    kind = here[0].result.kind if here[0].result is not None else "picture"
    is_sound = form.get("answer") == "sound"
    label = SOUND.get(kind, "no defect") if is_sound else form.get("label", "").strip()
    if not label:
        return back(request, link_to(here[0]), "said_audit_empty")
    label = label[:LONGEST_LABEL]
    facts = {"label": label, "is_miss": label not in NO_FAULTS}
    action = ask(request, "audit", f"{source}/{frame}", "", facts)
    return back(request, "/audit", asked=action.id)


def open_for(store: "Store") -> list[Audit]:
    """The audits that nobody has answered, also not a moment ago, of frames that are still there.

    Args:
        store: the database.

    Example:
        >>> from faultlens.store.example import example_store
        >>> isinstance(open_for(example_store()), list)
        True
    """
    given = {x.target for x in store.waiting_actions() if x.kind == "audit"}
    found = open_audits(store, limit=MOST_OPEN + len(given))
    return [
        x
        for x in found
        if x.result is not None and f"{x.record.source}/{x.record.frame}" not in given
    ]


def link_to(audit: Audit) -> str:
    """The address of the page with one frame on it.

    Args:
        audit: of the frame.

    Example:
        >>> link_to.__name__
        'link_to'
    """
    frame = {"source": audit.record.source, "frame": audit.record.frame}
    return f"/audit?{urlencode(frame)}"


def _faults(store: "Store", source: str) -> tuple[str, ...]:
    known = (x for x in known_labels(store, source) if x not in NO_FAULTS)
    # One fault may have been called by its names in two languages.
    return tuple({label_in(x, "en"): x for x in known}.values())[:MOST_LABELS]


def _rates(store: "Store", t: Words) -> Chart:
    """Miss rates of all sources together and of each."""
    sources: Sequence[str] = choices(store).sources
    rows = [_row(t("audit_rate_all"), miss_rate(store), t)]
    if len(sources) > 1:
        rows += [_row(x, miss_rate(store, x), t) for x in sources]
    headings = (
        t("figure_source"),
        t("audit_rate_column"),
        t("audit_interval"),
        t("audit_looked_at"),
    )
    return share_intervals(rows, name=t("audit_rate"), headings=headings)


def _row(name: str, found: MissRate, t: Words) -> ShareRow:
    if found.rate is None or found.low is None or found.high is None:
        return ShareRow(name, None, aside=t("audit_rate_none"))
    aside = t("audit_rate_of", misses=found.misses, n=count_text(found.answered))
    return ShareRow(name, found.rate, found.low, found.high, aside)


PAGE = Page("/audit", "nav_audit", "audit", "viewer", router, WORDS)
"""In the table of pages."""
