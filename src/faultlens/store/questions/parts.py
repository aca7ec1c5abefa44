"""Parts and their verdicts."""

from sqlalchemy import or_, select

from faultlens.store.questions.filters import (
    EVERYTHING,
    Filters,
    beginning,
    in_names,
    words_of,
)
from faultlens.store.questions.pages import Page, page_of, paged
from faultlens.store.records import PartRecord
from faultlens.store.store import Store
from faultlens.store.tables import PARTS
from faultlens.store.values import key, micros
from faultlens.store.writing.parts import part_of


def parts(
    store: Store, filters: Filters = EVERYTHING, *, limit: int = 50, cursor: str | None = None
) -> Page[PartRecord]:
    """Parts, the last one seen first.

    Args:
        store: asked.
        filters: which; part, verdict, shift, alarm, text and time narrow it.
        limit: of a page, 1 to 1000.
        cursor: `next` of the page before.

    Example:
        >>> from faultlens.store.example import example_store
        >>> parts(example_store(), Filters(part="no such part")).rows
        ()
    """
    question = select(PARTS)
    for name in ("part", "verdict", "shift"):
        value = getattr(filters, name)
        if value is not None:
            question = question.where(PARTS.c[name] == key(value))
    if filters.alarm is not None:
        question = question.where(PARTS.c.alarm.is_(filters.alarm))
    if filters.since is not None:
        question = question.where(PARTS.c.last >= micros(filters.since))
    if filters.until is not None:
        question = question.where(PARTS.c.last < micros(filters.until))
    with store.reading() as connection:
        for word, typed in zip(words_of(filters.text), filters.text.split(), strict=False):
            begins = beginning(PARTS.c.part, key(typed))
            question = question.where(or_(begins, *in_names(connection, PARTS, word)))
        rows = connection.execute(paged(question, (PARTS.c.last, PARTS.c.id), limit, cursor)).all()
    return page_of(rows, [part_of(x) for x in rows], ("last", "id"), limit)


def part(store: Store, part: str) -> PartRecord | None:
    """The last verdict of a part; None where there is none.

    Args:
        store: asked.
        part: its id.

    Example:
        >>> from faultlens.store.example import example_store
        >>> part(example_store(), "no such part") is None
        True
    """
    question = select(PARTS).where(PARTS.c.part == key(part)).order_by(PARTS.c.id.desc())
    with store.reading() as connection:
        found = connection.execute(question.limit(1)).first()
    return None if found is None else part_of(found)
