"""Events: cameras lost, drift, sinks that fail, models that changed."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from faultlens.store.questions.pages import Page, page_of, paged
from faultlens.store.records import EventRecord
from faultlens.store.store import Store
from faultlens.store.tables import EVENTS
from faultlens.store.values import key, micros, moment


def events(
    store: Store,
    *,
    source: str | None = None,
    kind: str | None = None,
    severity: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[EventRecord]:
    """Events, newest first.

    Args:
        store: asked.
        source: name of a source; "" for those of the line itself; None for all.
        kind: "source", "sink", "drift", ...; None for all.
        severity: "info", "warning" or "error"; None for all.
        since: from this time on.
        until: before this time.
        limit: of a page, 1 to 1000.
        cursor: `next` of the page before.

    Example:
        >>> from faultlens.store.example import example_event, example_store
        >>> store = example_store()
        >>> store.write("events", [(1, example_event("e7"))])
        >>> [x.id for x in events(store, source="press", kind="source").rows][:1]
        ['e7']
    """
    question = select(EVENTS)
    for name, value in (("source", source), ("kind", kind), ("severity", severity)):
        if value is not None:
            question = question.where(EVENTS.c[name] == key(value))
    if since is not None:
        question = question.where(EVENTS.c.time >= micros(since))
    if until is not None:
        question = question.where(EVENTS.c.time < micros(until))
    with store.reading() as connection:
        order = (EVENTS.c.time, EVENTS.c.seq)
        rows = connection.execute(paged(question, order, limit, cursor)).all()
    return page_of(rows, [_event(x) for x in rows], ("time", "seq"), limit)


def _event(row: Row[Any]) -> EventRecord:
    return EventRecord(
        id=row.id,
        time=moment(row.time),
        kind=row.kind,
        severity=row.severity,
        en=row.en,
        zh=row.zh,
        source=row.source,
        facts=json.loads(row.facts),
    )
