"""Long answers, a page at a time: each page says where the next begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Row, Select, tuple_

from faultlens.core.errors import UsageError

T = TypeVar("T")

MOST_ROWS = 1000
"""Rows of a page at most."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of an answer.

    Args:
        rows: of it.
        next: to be given as `cursor` for the rows after them; None where these are the last.
    """

    rows: tuple[T, ...]
    next: str | None = None


def paged(
    question: Select[Any],
    order: tuple[Column[Any], Column[Any]],
    limit: int,
    cursor: str | None,
) -> Select[Any]:
    """The question for one page, newest first, and one row more, which says that there is a next.

    Args:
        question: without order.
        order: column of time and column that tells rows of one moment apart.
        limit: rows of the page.
        cursor: where it begins; None for the newest.

    Raises:
        UsageError: the cursor is none that a page gave.

    Example:
        >>> from sqlalchemy import select
        >>> from faultlens.store.tables import PARTS
        >>> paged(select(PARTS), (PARTS.c.last, PARTS.c.id), 50, "a cursor")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: The cursor 'a cursor' is none that a page gave; ...
    """
    if cursor is not None:
        question = question.where(_before(order, cursor))
    rows = min(max(limit, 1), MOST_ROWS)
    return question.order_by(*(x.desc() for x in order)).limit(rows + 1)


def page_of(
    rows: Sequence[Row[Any]], made: Sequence[T], order: tuple[str, str], limit: int
) -> Page[T]:
    """The page, of the rows that `paged` asked for.

    Args:
        rows: as they came.
        made: records of them.
        order: names of the columns of the order.
        limit: rows of the page.

    Example:
        >>> page_of([], [], ("time", "id"), 50)
        Page(rows=(), next=None)
    """
    most = min(max(limit, 1), MOST_ROWS)
    if len(rows) <= most:
        return Page(tuple(made))
    last = rows[most - 1]._mapping
    return Page(tuple(made[:most]), f"{last[order[0]]}.{last[order[1]]}")


def _before(order: tuple[Column[Any], Column[Any]], cursor: str) -> ColumnElement[bool]:
    time, _, row = cursor.partition(".")
    try:
        # A key of letters follows the first dot as it is; numbers are numbers.
        place = (int(time), int(row) if order[1].type.python_type is int else row)
        if abs(place[0]) >= 2**63 or (isinstance(place[1], int) and abs(place[1]) >= 2**63):
            raise ValueError
    except ValueError as error:
        raise UsageError(
            f"The cursor '{cursor[:40]}' is none that a page gave; leave it out to begin with the "
            "newest."
        ) from error
    return tuple_(*order) < place
