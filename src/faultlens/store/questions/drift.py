"""Readings of drift."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from faultlens.store.records import DriftRecord
from faultlens.store.store import Store
from faultlens.store.tables import DRIFT, LATEST_DRIFT
from faultlens.store.values import key, micros, moment

MOST_READINGS = 50_000
"""Readings of an answer at most."""

MOST_STEPS = 1000


def drift_readings(
    store: Store,
    source: str | None = None,
    *,
    channel: str | None = None,
    measure: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 2000,
) -> tuple[DriftRecord, ...]:
    """The last readings, oldest first.

    Args:
        store: asked.
        source: name of a source; None for all.
        channel: of it; None for all.
        measure: name of a measure; None for all.
        since: from this time on.
        until: before this time.
        limit: so many at most.

    Example:
        >>> from faultlens.store.example import example_store
        >>> drift_readings(example_store(), "no such source")
        ()
    """
    question = select(DRIFT)
    for name, value in (("source", source), ("channel", channel), ("measure", measure)):
        if value is not None:
            question = question.where(DRIFT.c[name] == key(value))
    if since is not None:
        question = question.where(DRIFT.c.time >= micros(since))
    if until is not None:
        question = question.where(DRIFT.c.time < micros(until))
    question = question.order_by(DRIFT.c.time.desc(), DRIFT.c.seq.desc())
    with store.reading() as connection:
        rows = connection.execute(question.limit(min(max(limit, 1), MOST_READINGS))).all()
    return tuple(_reading(row) for row in reversed(rows))


def drift_course(
    store: Store, since: datetime, until: datetime, *, steps: int = 160
) -> tuple[DriftRecord, ...]:
    """The reading furthest over its level in each stretch of time, of each measure, oldest first.

    Args:
        store: asked.
        since: from this time on.
        until: before this time.
        steps: stretches of equal length, 1 to 1000.

    Example:
        >>> from faultlens.store.example import BEGIN, example_store
        >>> drift_course(example_store(), BEGIN, BEGIN)
        ()
    """
    begin, end = micros(since), micros(until)
    width = max(1, -(-(end - begin) // min(max(steps, 1), MOST_STEPS)))
    names = (DRIFT.c.source, DRIFT.c.channel, DRIFT.c.measure)
    place = func.row_number().over(
        partition_by=(*names, (DRIFT.c.time - begin) // width),
        order_by=((DRIFT.c.value / func.nullif(DRIFT.c.level, 0.0)).desc(), DRIFT.c.seq.desc()),
    )
    within = (DRIFT.c.time >= begin, DRIFT.c.time < end)
    ranked = select(DRIFT.c.seq, place.label("place")).where(*within).subquery()
    question = select(DRIFT).join_from(ranked, DRIFT, ranked.c.seq == DRIFT.c.seq)
    question = question.where(ranked.c.place == 1).order_by(DRIFT.c.time, DRIFT.c.seq)
    with store.reading() as connection:
        rows = connection.execute(question.limit(MOST_READINGS)).all()
    return tuple(_reading(row) for row in rows)


def latest_drift(store: Store) -> tuple[DriftRecord, ...]:
    """The last reading of each measure of each source and channel.

    Args:
        store: asked.

    Example:
        >>> from faultlens.store.example import example_store
        >>> isinstance(latest_drift(example_store()), tuple)
        True
    """
    question = select(DRIFT).join_from(LATEST_DRIFT, DRIFT, LATEST_DRIFT.c.seq == DRIFT.c.seq)
    with store.reading() as connection:
        rows = connection.execute(question.order_by(*LATEST_DRIFT.primary_key)).all()
    return tuple(_reading(row) for row in rows)


def _reading(row: Row[Any]) -> DriftRecord:
    return DriftRecord(
        source=row.source,
        time=moment(row.time),
        measure=row.measure,
        value=row.value,
        level=row.level,
        drifted=row.drifted,
        channel=row.channel,
        cause=row.cause,
    )
