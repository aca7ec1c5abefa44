"""What people said that frames show, where the line said something else."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from faultlens.store.questions.pages import Page, page_of, paged
from faultlens.store.records import CorrectionRecord
from faultlens.store.store import Store
from faultlens.store.tables import AUDITS, CORRECTIONS, HOURLY
from faultlens.store.values import key, micros, moment


def corrections(
    store: Store,
    *,
    source: str | None = None,
    frame: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[CorrectionRecord]:
    """Corrections, newest first.

    Args:
        store: asked.
        source: name of a source; None for all.
        frame: id of a frame of it; None for all.
        since: from this time on.
        until: before this time.
        limit: of a page, 1 to 1000.
        cursor: `next` of the page before.

    Example:
        >>> from faultlens.store.example import example_store
        >>> corrections(example_store(), source="no such source").rows
        ()
    """
    question = select(CORRECTIONS)
    if source is not None:
        question = question.where(CORRECTIONS.c.source == key(source))
    if frame is not None:
        question = question.where(CORRECTIONS.c.frame == key(frame))
    if since is not None:
        question = question.where(CORRECTIONS.c.time >= micros(since))
    if until is not None:
        question = question.where(CORRECTIONS.c.time < micros(until))
    with store.reading() as connection:
        order = (CORRECTIONS.c.time, CORRECTIONS.c.seq)
        rows = connection.execute(paged(question, order, limit, cursor)).all()
    return page_of(rows, [_correction(x) for x in rows], ("time", "seq"), limit)


def labels(
    store: Store, source: str, since: datetime | None = None
) -> tuple[CorrectionRecord, ...]:
    """What was said last of each frame of a source, in the order in which it was said.

    Args:
        store: asked.
        source: its name.
        since: from this time on; None for all.

    Example:
        >>> from faultlens.store.example import example_store
        >>> labels(example_store(), "no such source")
        ()
    """
    own = CORRECTIONS.c.source == key(source)
    last = select(func.max(CORRECTIONS.c.seq)).where(own).group_by(CORRECTIONS.c.frame)
    question = select(CORRECTIONS).where(CORRECTIONS.c.seq.in_(last))
    if since is not None:
        question = question.where(CORRECTIONS.c.time >= micros(since))
    with store.reading() as connection:
        rows = connection.execute(question.order_by(CORRECTIONS.c.seq)).all()
    return tuple(_correction(row) for row in rows)


def known_labels(store: Store, source: str | None = None) -> tuple[str, ...]:
    """Every label that the line or a person ever gave a frame, for a list to choose from.

    Args:
        store: asked.
        source: name of a source; None for all.

    Example:
        >>> from faultlens.store.example import example_store
        >>> known_labels(example_store(), "press")
        ('crack', 'no defect')
    """
    found: set[str] = set()
    with store.reading() as connection:
        for column in (HOURLY.c.verdict, CORRECTIONS.c.label, AUDITS.c.label):
            question = select(column).distinct()
            if source is not None:
                question = question.where(column.table.c.source == key(source))
            found.update(x for (x,) in connection.execute(question) if x)
    return tuple(sorted(found))


def _correction(row: Row[Any]) -> CorrectionRecord:
    return CorrectionRecord(
        source=row.source,
        frame=row.frame,
        time=moment(row.time),
        label=row.label,
        user=row.user,
        note=row.note,
    )
