"""Passed frames that people looked at, and the miss rate that follows."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import Column, Row, Select, func, select

from faultlens.metrics.intervals import share_interval
from faultlens.store.questions.filters import Filters, of_hours
from faultlens.store.questions.pages import MOST_ROWS, Page, page_of, paged
from faultlens.store.questions.results import COLUMNS, ResultRow, row_of
from faultlens.store.records import AuditRecord
from faultlens.store.store import Store
from faultlens.store.tables import AUDITS, HOURLY, RESULTS
from faultlens.store.values import key, micros, moment


@dataclass(frozen=True)
class Audit:
    """A frame that was drawn, and what was said of it.

    Args:
        record: the draw, or, once somebody answered, the answer.
        result: of the frame; None once it was removed.
        drawn: when it was drawn.
    """

    record: AuditRecord
    result: ResultRow | None
    drawn: datetime


@dataclass(frozen=True)
class MissRate:
    """Share of the frames passed that a person calls a fault.

    Args:
        source: name of the source; None for all.
        drawn: frames drawn.
        answered: of them, that a person looked at.
        misses: of them, with a fault that the line passed.
        rate: share of passed frames with a fault; None where nobody looked at one.
        low: lower end of its 95 % interval; None without a rate.
        high: upper end.
        passed: frames that the line passed in the same hours.
    """

    source: str | None
    drawn: int
    answered: int
    misses: int
    rate: float | None
    low: float | None
    high: float | None
    passed: int


_AUDIT = [x.label(f"audit_{x.name}") for x in AUDITS.c]


def open_audits(store: Store, source: str | None = None, *, limit: int = 50) -> tuple[Audit, ...]:
    """Frames that wait for a person's word, those drawn first first.

    Args:
        store: asked.
        source: name of a source; None for all.
        limit: so many at most.

    Example:
        >>> from faultlens.store.example import example_store
        >>> open_audits(example_store(), "no such source")
        ()
    """
    question = _audits(source).where(AUDITS.c.answered.is_(None))
    question = question.order_by(AUDITS.c.drawn, AUDITS.c.seq)
    with store.reading() as connection:
        rows = connection.execute(question.limit(min(max(limit, 1), MOST_ROWS))).all()
    return tuple(_audit(row) for row in rows)


def answered_audits(
    store: Store,
    source: str | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Audit]:
    """Frames of which a person said what they show, the last word first.

    Args:
        store: asked.
        source: name of a source; None for all.
        since: drawn from this time on.
        until: drawn before this time.
        limit: of a page, 1 to 1000.
        cursor: `next` of the page before.

    Example:
        >>> from faultlens.store.example import example_store
        >>> answered_audits(example_store(), "no such source").rows
        ()
    """
    question = _within(_audits(source).where(AUDITS.c.answered.is_not(None)), since, until)
    with store.reading() as connection:
        order: tuple[Column[Any], Column[Any]] = (AUDITS.c.answered, AUDITS.c.seq)
        rows = connection.execute(paged(question, order, limit, cursor)).all()
    return page_of(rows, [_audit(x) for x in rows], ("audit_answered", "audit_seq"), limit)


def audit_of(store: Store, source: str, frame: str) -> Audit | None:
    """The audit of one frame; None where it was not drawn.

    Args:
        store: asked.
        source: name of the source.
        frame: id of the frame.

    Example:
        >>> from faultlens.store.example import example_store
        >>> audit_of(example_store(), "press", "no such frame") is None
        True
    """
    with store.reading() as connection:
        found = connection.execute(_audits(source).where(AUDITS.c.frame == key(frame))).first()
    return None if found is None else _audit(found)


def miss_rate(
    store: Store,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> MissRate:
    """Share of passed frames that a person calls a fault, with its 95 % interval.

    A frame that was drawn with half the probability stands for twice as many. Where the share drawn
    was changed, the interval is that of the smaller sample which says as much (Kish).

    Args:
        store: asked.
        source: name of a source; None for all.
        since: frames drawn from this time on; None for all.
        until: and before this time.

    Source:
        Horvitz, Thompson, J. Am. Stat. Assoc. 47 (1952); Kish, Survey Sampling (1965), design
        effect of weights; Wilson, J. Am. Stat. Assoc. 22 (1927).

    Example:
        >>> from faultlens.store.example import example_store
        >>> miss_rate(example_store(), "no such source").rate is None
        True
    """
    columns = (AUDITS.c.probability, AUDITS.c.is_miss, func.count())
    question = _within(select(*columns), since, until)
    if source is not None:
        question = question.where(AUDITS.c.source == key(source))
    passed = Filters(source=source, alarm=False, since=since, until=until)
    with store.reading() as connection:
        groups = connection.execute(question.group_by(*columns[:2])).all()
        frames = connection.execute(
            select(func.sum(HOURLY.c.n)).where(
                ~HOURLY.c.error, *of_hours(connection, HOURLY, passed)
            )
        ).scalar()
    drawn = sum(n for _, _, n in groups)
    said = [(1 / max(p, 1e-9), bool(miss), n) for p, miss, n in groups if miss is not None]
    answered = sum(n for _, _, n in said)
    misses = sum(n for _, miss, n in said if miss)
    rate = low = high = None
    if answered:
        weight = sum(w * n for w, _, n in said)
        rate = sum(w * n for w, miss, n in said if miss) / weight
        effective = max(1, int(weight**2 / sum(w * w * n for w, _, n in said) + 1e-6))
        low, high = _interval(rate, effective)
    return MissRate(source, drawn, answered, misses, rate, low, high, int(frames or 0))


def _interval(rate: float, trials: int) -> tuple[float, float]:
    """Of a share of a sample that need not be a whole number of frames: the wider of its two."""
    below, above = int(rate * trials + 1e-9), min(trials, ceil(rate * trials - 1e-9))
    low, _ = share_interval(below, trials)
    _, high = share_interval(above, trials)
    return low, high


def _audits(source: str | None) -> Select[Any]:
    same = (AUDITS.c.source == RESULTS.c.source) & (AUDITS.c.frame == RESULTS.c.frame)
    question = select(*_AUDIT, *COLUMNS).join_from(AUDITS, RESULTS, same, isouter=True)
    return question if source is None else question.where(AUDITS.c.source == key(source))


def _within(question: Select[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    if since is not None:
        question = question.where(AUDITS.c.drawn >= micros(since))
    if until is not None:
        question = question.where(AUDITS.c.drawn < micros(until))
    return question


def _audit(row: Row[Any]) -> Audit:
    at = row.audit_drawn if row.audit_answered is None else row.audit_answered
    record = AuditRecord(
        source=row.audit_source,
        frame=row.audit_frame,
        time=moment(at),
        probability=row.audit_probability,
        label=row.audit_label,
        user=row.audit_user,
        is_miss=row.audit_is_miss,
    )
    return Audit(record, None if row.id is None else row_of(row), moment(row.audit_drawn))
