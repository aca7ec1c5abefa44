"""Results: listed, searched, counted, and one with everything."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, false, func, select, tuple_

from faultlens.store.questions.filters import EVERYTHING, Filters, of_hours, of_results
from faultlens.store.questions.pages import MOST_ROWS, Page, page_of, paged
from faultlens.store.records import ResultRecord
from faultlens.store.store import Store
from faultlens.store.tables import DETAILS, HOURLY, LATEST, RESULTS
from faultlens.store.values import HOUR_US, key, micros, moment, unfloats, unpacked

MOST_COUNTED = 10_000
"""Results of a search by words or part are counted up to here."""


@dataclass(frozen=True)
class ResultRow:
    """A result as lists show it: a `ResultRecord` without findings, quality and embedding.

    Args:
        source: name of the source.
        frame: the frame's id, unique in its source.
        channel: of a source with several; "" else.
        time: when it was taken.
        judged: when its result was there.
        verdict: label of the best finding; "" where it could not be judged.
        alarm: whether the frame by itself lies above the threshold.
        score: what is held against the threshold, 0 to 1.
        threshold: from which a frame alarms.
        kind: "signal", "picture" or "scan".
        part: id of the part on it.
        asset: the machine.
        shift: name of the shift.
        model: name and hash of what judged.
        profile: name of the profile.
        false_alarm_rate: share of healthy frames above the threshold.
        error: why it could not be judged; "" else.
        latency_s: from the frame's arrival to its result, s.
        preview: path of a small picture, below the media folder.
        media: path of the kept picture or recording.
        media_sha256: of that file.
    """

    source: str
    frame: str
    channel: str
    time: datetime
    judged: datetime
    verdict: str
    alarm: bool
    score: float
    threshold: float
    kind: str
    part: str | None
    asset: str | None
    shift: str
    model: str
    profile: str | None
    false_alarm_rate: float | None
    error: str
    latency_s: float
    preview: str | None
    media: str | None
    media_sha256: str | None


_FIELDS = tuple(x.name for x in fields(ResultRow))
COLUMNS = (RESULTS.c.id, *(RESULTS.c[name] for name in _FIELDS))
"""What a list reads of the table of results."""

_DETAILS = ("result", "quality", "embedding")


def row_of(row: Row[Any]) -> ResultRow:
    """The record of a row of `COLUMNS`.

    Args:
        row: of the table of results.

    Example:
        >>> from faultlens.store.example import example_store
        >>> with example_store().reading() as connection:
        ...     row_of(connection.execute(select(*COLUMNS)).first()).frame
        'f1'
    """
    table = {name: row._mapping[name] for name in _FIELDS}
    table["time"], table["judged"] = moment(table["time"]), moment(table["judged"])
    return ResultRow(**table)


def results(
    store: Store, filters: Filters = EVERYTHING, *, limit: int = 50, cursor: str | None = None
) -> Page[ResultRow]:
    """Results, newest first.

    Args:
        store: asked.
        filters: which.
        limit: of a page, 1 to 1000.
        cursor: `next` of the page before.

    Example:
        >>> from faultlens.store.example import example_store
        >>> page = results(example_store(), Filters(text="press crack"))
        >>> [(x.frame, x.verdict) for x in page.rows], page.next
        ([('f3', 'crack')], None)
    """
    with store.reading() as connection:
        wanted = of_results(connection, filters)
        question = select(*COLUMNS).where(*wanted.conditions)
        if wanted.by_hour and filters != EVERYTHING:
            question = question.where(*_bounds(connection, filters, limit, cursor))
        order = (RESULTS.c.time, RESULTS.c.id)
        rows = connection.execute(paged(question, order, limit, cursor)).all()
    return page_of(rows, [row_of(x) for x in rows], ("time", "id"), limit)


def total(store: Store, filters: Filters = EVERYTHING) -> int:
    """How many results there are; with a part, or words that begin ids, up to `MOST_COUNTED`.

    Args:
        store: asked.
        filters: which.

    Example:
        >>> from faultlens.store.example import example_store
        >>> total(example_store(), Filters(verdict="crack"))
        1
    """
    with store.reading() as connection:
        wanted = of_results(connection, filters)
        some = select(RESULTS.c.id).where(*wanted.conditions)
        if not wanted.by_hour:
            return _many(connection, some.limit(MOST_COUNTED))
        # Results that were removed still stand in the counts of their hour.
        oldest = connection.execute(select(func.min(RESULTS.c.time))).scalar()
        if oldest is None:
            return 0
        since = oldest if filters.since is None else max(oldest, micros(filters.since))
        until = None if filters.until is None else micros(filters.until)
        first, last = -(-since // HOUR_US), None if until is None else until // HOUR_US
        if last is not None and last <= first:
            return _many(connection, some)
        hours = [*of_hours(connection, HOURLY, filters), HOURLY.c.hour >= first]
        edges = RESULTS.c.time < first * HOUR_US
        if last is not None:
            hours.append(HOURLY.c.hour < last)
            edges |= RESULTS.c.time >= last * HOUR_US
        whole = connection.execute(select(func.sum(HOURLY.c.n)).where(*hours)).scalar()
        return int(whole or 0) + _many(connection, some.where(edges))


def result(store: Store, source: str, frame: str) -> ResultRecord | None:
    """One result with everything that is known of it; None where there is none.

    Args:
        store: asked.
        source: name of the source.
        frame: id of the frame.

    Example:
        >>> from faultlens.store.example import example_store
        >>> result(example_store(), "press", "f3").result["findings"][0]["label"]
        'crack'
    """
    question: Select[Any] = select(*COLUMNS, *(DETAILS.c[x] for x in _DETAILS))
    question = question.join_from(RESULTS, DETAILS, isouter=True)
    with store.reading() as connection:
        found = connection.execute(
            question.where(RESULTS.c.source == key(source), RESULTS.c.frame == key(frame))
        ).first()
    if found is None:
        return None
    row = row_of(found)
    return ResultRecord(
        **{name: getattr(row, name) for name in _FIELDS},
        result={} if found.result is None else unpacked(found.result),
        quality=json.loads(found.quality) if found.quality else {},
        embedding=unfloats(found.embedding),
    )


def neighbours(store: Store, source: str, frame: str) -> tuple[str | None, str | None]:
    """Ids of the frames before and after one, of its source and channel; None at the ends.

    Args:
        store: asked.
        source: name of the source.
        frame: id of the frame.

    Example:
        >>> from faultlens.store.example import example_store
        >>> neighbours(example_store(), "press", "f2")
        ('f1', 'f3')
    """
    order = tuple_(RESULTS.c.time, RESULTS.c.id)
    with store.reading() as connection:
        here = connection.execute(
            select(RESULTS.c.time, RESULTS.c.id, RESULTS.c.channel).where(
                RESULTS.c.source == key(source), RESULTS.c.frame == key(frame)
            )
        ).first()
        if here is None:
            return None, None
        same = and_(RESULTS.c.source == key(source), RESULTS.c.channel == here.channel)
        place = (here.time, here.id)
        beside = select(RESULTS.c.frame).where(same).limit(1)
        before = beside.where(order < place).order_by(RESULTS.c.time.desc(), RESULTS.c.id.desc())
        after = beside.where(order > place).order_by(RESULTS.c.time, RESULTS.c.id)
        return connection.execute(before).scalar(), connection.execute(after).scalar()


def known_frames(store: Store, source: str, frames: Iterable[str]) -> frozenset[str]:
    """Which of the ids have a result already.

    Args:
        store: asked.
        source: name of the source.
        frames: ids.

    Example:
        >>> from faultlens.store.example import example_store
        >>> known_frames(example_store(), "press", ["f1", "f9"])
        frozenset({'f1'})
    """
    asked = {key(x): x for x in frames}
    names = list(asked)
    found: set[str] = set()
    with store.reading() as connection:
        for start in range(0, len(names), MOST_ROWS):
            question = select(RESULTS.c.frame).where(
                RESULTS.c.source == key(source),
                RESULTS.c.frame.in_(names[start : start + MOST_ROWS]),
            )
            found.update(asked[x] for (x,) in connection.execute(question))
    return frozenset(found)


def latest(store: Store) -> tuple[ResultRow, ...]:
    """The last result of each source and channel that could be judged.

    Args:
        store: asked.

    Example:
        >>> from faultlens.store.example import example_store
        >>> latest(example_store())[0].source
        'press'
    """
    question = select(*COLUMNS).join_from(LATEST, RESULTS, LATEST.c.id == RESULTS.c.id)
    with store.reading() as connection:
        rows = connection.execute(question.order_by(LATEST.c.source, LATEST.c.channel)).all()
    return tuple(row_of(x) for x in rows)


def _many(connection: Connection, some: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def _bounds(
    connection: Connection, filters: Filters, limit: int, cursor: str | None
) -> list[ColumnElement[bool]]:
    """Between which times a page must look, by the counts of the hours."""
    question = (
        select(HOURLY.c.hour, func.sum(HOURLY.c.n))
        .where(*of_hours(connection, HOURLY, filters))
        .group_by(HOURLY.c.hour)
        .order_by(HOURLY.c.hour.desc())
    )
    hours = connection.execute(question).all()
    if not hours:
        return [false()]
    bounds = [RESULTS.c.time >= hours[-1][0] * HOUR_US]
    if cursor is None:
        # Of the newest hour perhaps only a part is wanted, though it counts in whole.
        below = accumulate(n for _, n in hours[filters.until is not None :])
        place = next((i for i, n in enumerate(below) if n > limit), None)
        if place is not None:
            hour = hours[place + (filters.until is not None)][0]
            bounds = [RESULTS.c.time >= hour * HOUR_US]
        bounds.append(RESULTS.c.time < (hours[0][0] + 1) * HOUR_US)
    return bounds
