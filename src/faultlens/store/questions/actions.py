"""What people asked of the line, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from faultlens.store.questions.pages import Page, page_of, paged
from faultlens.store.records import Action
from faultlens.store.store import Store
from faultlens.store.tables import ACTIONS
from faultlens.store.values import key, maybe_moment
from faultlens.store.writing.actions import action_of


@dataclass(frozen=True)
class Asked:
    """An action, and what came of it.

    Args:
        action: what was asked.
        applied: when the line did it, or said why not; None while it waits.
        outcome: "" where it was done, why not where it was not; None while it waits.
    """

    action: Action
    applied: datetime | None
    outcome: str | None


def outcome(store: Store, action: str) -> str | None:
    """What came of an action: "" where it was done, else why not; None while it waits.

    Args:
        store: asked.
        action: its id.

    Example:
        >>> from faultlens.store.example import example_store
        >>> outcome(example_store(), "no such action") is None
        True
    """
    question = select(ACTIONS.c.outcome).where(ACTIONS.c.id == key(action))
    with store.reading() as connection:
        found: str | None = connection.execute(question).scalar()
    return found


def actions(
    store: Store,
    *,
    user: str | None = None,
    kind: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Asked]:
    """What people asked for, newest first.

    Args:
        store: asked.
        user: who asked; None for all.
        kind: of `records.ACTIONS`; None for all.
        limit: of a page, 1 to 1000.
        cursor: `next` of the page before.

    Example:
        >>> from faultlens.store.example import example_store
        >>> actions(example_store(), user="nobody").rows
        ()
    """
    question = select(ACTIONS)
    if user is not None:
        question = question.where(ACTIONS.c.user == key(user))
    if kind is not None:
        question = question.where(ACTIONS.c.kind == key(kind))
    with store.reading() as connection:
        order = (ACTIONS.c.time, ACTIONS.c.seq)
        rows = connection.execute(paged(question, order, limit, cursor)).all()
    made = [Asked(action_of(x), maybe_moment(x.applied), x.outcome) for x in rows]
    return page_of(rows, made, ("time", "seq"), limit)
