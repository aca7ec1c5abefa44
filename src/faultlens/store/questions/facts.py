"""What stands at the head of every page, and what its drop-downs offer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Table, func, select, true

from faultlens.store.store import Store
from faultlens.store.tables import ACTIONS, ALARMS, AUDITS, HOURLY, REFUSED, RESULTS, VOCABULARY
from faultlens.store.values import maybe_moment


@dataclass(frozen=True)
class Facts:
    """A store in a few numbers.

    Args:
        first: when the oldest frame was taken whose result is still there; None without one.
        last: when the newest was.
        results: frames ever judged, also those whose results were removed.
        alarms_open: alarms whose life is not over.
        audits_open: frames that wait for a person's word.
        actions_waiting: what people asked for and the line did not do yet.
        refused: records that no table took.
    """

    first: datetime | None
    last: datetime | None
    results: int
    alarms_open: int
    audits_open: int
    actions_waiting: int
    refused: int


@dataclass(frozen=True)
class Choices:
    """Every name that ever stood in a result, each in the order of letters.

    Args:
        sources: names of sources.
        channels: of sources with several.
        assets: machines.
        verdicts: labels.
        shifts: names of shifts.
    """

    sources: tuple[str, ...]
    channels: tuple[str, ...]
    assets: tuple[str, ...]
    verdicts: tuple[str, ...]
    shifts: tuple[str, ...]


def facts(store: Store) -> Facts:
    """The store in a few numbers.

    Args:
        store: asked.

    Example:
        >>> from faultlens.store.example import example_store
        >>> facts(example_store()).first.isoformat()
        '2026-11-26T08:00:00+00:00'
    """
    with store.reading() as connection:
        first, last = connection.execute(
            select(
                select(func.min(RESULTS.c.time)).scalar_subquery(),
                select(func.max(RESULTS.c.time)).scalar_subquery(),
            )
        ).one()
        numbers = connection.execute(
            select(
                select(func.sum(HOURLY.c.n)).scalar_subquery(),
                _many(ALARMS, ALARMS.c.is_open),
                _many(AUDITS, AUDITS.c.answered.is_(None)),
                _many(ACTIONS, ACTIONS.c.applied.is_(None)),
                _many(REFUSED, true()),
            )
        ).one()
    return Facts(maybe_moment(first), maybe_moment(last), *(int(x or 0) for x in numbers))


def _many(table: Table, wanted: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(wanted).scalar_subquery()


def choices(store: Store) -> Choices:
    """What the drop-downs offer.

    Args:
        store: asked.

    Example:
        >>> from faultlens.store.example import example_store
        >>> choices(example_store()).verdicts
        ('crack', 'no defect')
    """
    held: dict[str, list[str]] = {}
    with store.reading() as connection:
        for kind, word in connection.execute(select(VOCABULARY.c.kind, VOCABULARY.c.word)):
            held.setdefault(kind, []).append(word)
    kinds = ("source", "channel", "asset", "verdict", "shift")
    return Choices(*(tuple(sorted(held.get(x, ()))) for x in kinds))
