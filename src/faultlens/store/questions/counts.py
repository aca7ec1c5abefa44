"""Counts, from those that are kept by the hour: Pareto, yield, trend."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, func, select

from faultlens.core.errors import UnknownNameError
from faultlens.store.questions.days import day_of, steps_between
from faultlens.store.questions.filters import EVERYTHING, Filters, of_hours
from faultlens.store.store import Store
from faultlens.store.tables import HOURLY, HOURLY_PARTS
from faultlens.store.values import HOUR_US, moment

REST = "…"
"""Key of a Pareto's last bar, for all that have none of their own."""

YIELDS_BY = ("source", "channel", "shift", "asset", "hour", "day")
PART_YIELDS_BY = ("all", "shift", "verdict", "source", "hour", "day")
STEPS = ("hour", "day")


@dataclass(frozen=True)
class Counts:
    """How many there were.

    Args:
        results: frames judged.
        alarms: of them, above the threshold.
        errors: of them, that could not be judged.
        parts: verdicts of parts.
        parts_bad: of them, with a frame that alarms.
    """

    results: int
    alarms: int
    errors: int
    parts: int
    parts_bad: int


@dataclass(frozen=True)
class Count:
    """How often something was.

    Args:
        key: what.
        n: how often.
    """

    key: str
    n: int


@dataclass(frozen=True)
class Yield:
    """How many of a group were sound.

    Args:
        key: name of the group; when an hour or a day begins in ISO 8601, with its offset.
        total: of the group; what could not be judged does not count.
        bad: of them, that alarm.
    """

    key: str
    total: int
    bad: int

    @property
    def share_good(self) -> float:
        """Of the group, 0 to 1; 1 for an empty one."""
        return 1 - self.bad / self.total if self.total else 1.0


@dataclass(frozen=True)
class TrendPoint:
    """One hour or day.

    Args:
        time: when it begins.
        results: frames judged in it.
        alarms: of them, above the threshold.
        errors: of them, that could not be judged.
    """

    time: datetime
    results: int
    alarms: int
    errors: int


@dataclass(frozen=True)
class VerdictHour:
    """How often a fault alarmed in an hour.

    Args:
        time: when the hour begins.
        verdict: fault or defect.
        n: frames.
    """

    time: datetime
    verdict: str
    n: int


_N = func.sum(HOURLY.c.n)
_BAD = func.sum(case((HOURLY.c.alarm, HOURLY.c.n), else_=0))
_ERRORS = func.sum(case((HOURLY.c.error, HOURLY.c.n), else_=0))
_PARTS = func.sum(HOURLY_PARTS.c.n)
_PARTS_BAD = func.sum(case((HOURLY_PARTS.c.alarm, HOURLY_PARTS.c.n), else_=0))


def counts(store: Store, filters: Filters = EVERYTHING) -> Counts:
    """How many frames and parts there were.

    Args:
        store: asked.
        filters: which; taken to the whole hour.

    Example:
        >>> from faultlens.store.example import example_store
        >>> counts(example_store(), Filters(verdict="crack"))
        Counts(results=1, alarms=1, errors=0, parts=0, parts_bad=0)
    """
    with store.reading() as connection:
        frames = connection.execute(
            select(_N, _BAD, _ERRORS).where(*of_hours(connection, HOURLY, filters))
        ).one()
        parts = connection.execute(
            select(_PARTS, _PARTS_BAD).where(*_of_parts(connection, filters, whole=True))
        ).one()
    return Counts(*(int(x or 0) for x in (*frames, *parts)))


def pareto(store: Store, filters: Filters = EVERYTHING, *, most: int = 12) -> tuple[Count, ...]:
    """Faults and defects of the frames that alarm, the most frequent first.

    Args:
        store: asked.
        filters: which; taken to the whole hour.
        most: so many have a bar of their own, the others one together, `REST`.

    Example:
        >>> from faultlens.store.example import example_store
        >>> pareto(example_store())
        (Count(key='crack', n=1),)
    """
    with store.reading() as connection:
        question = (
            select(HOURLY.c.verdict, _N)
            .where(HOURLY.c.alarm, *of_hours(connection, HOURLY, filters))
            .group_by(HOURLY.c.verdict)
            .order_by(_N.desc(), HOURLY.c.verdict)
        )
        bars = [Count(x, int(n)) for x, n in connection.execute(question)]
    rest = sum(x.n for x in bars[most:])
    return (*bars[:most], Count(REST, rest)) if rest else tuple(bars)


def yields(
    store: Store, by: str, filters: Filters = EVERYTHING, *, time_zone: str = "UTC"
) -> tuple[Yield, ...]:
    """How many frames were sound, by group.

    Args:
        store: asked.
        by: of `YIELDS_BY`.
        filters: which; taken to the whole hour.
        time_zone: in which a day begins.

    Raises:
        UnknownNameError: it cannot be asked by that.

    Example:
        >>> from faultlens.store.example import example_store
        >>> [(x.key, x.bad, x.total) for x in yields(example_store(), "source")]
        [('press', 1, 3)]
    """
    if by not in YIELDS_BY:
        raise UnknownNameError("group of a yield", by, YIELDS_BY)
    with store.reading() as connection:
        judged = (~HOURLY.c.error, *of_hours(connection, HOURLY, filters))
        return _grouped(connection, HOURLY, by, (_N, _BAD), judged, time_zone)


def part_yields(
    store: Store, by: str = "all", filters: Filters = EVERYTHING, *, time_zone: str = "UTC"
) -> tuple[Yield, ...]:
    """How many whole parts were sound, by group.

    Args:
        store: asked.
        by: of `PART_YIELDS_BY`; by source, a part counts at each source that saw it.
        filters: which; source, shift, verdict and time narrow it, to the whole hour.
        time_zone: in which a day begins.

    Raises:
        UnknownNameError: it cannot be asked by that.

    Example:
        >>> from faultlens.store.example import example_store
        >>> part_yields(example_store(), "shift", Filters(shift="no such"))
        ()
    """
    if by not in PART_YIELDS_BY:
        raise UnknownNameError("group of a yield of parts", by, PART_YIELDS_BY)
    with store.reading() as connection:
        wanted = _of_parts(connection, filters, whole=by != "source")
        sums = (_PARTS, _PARTS_BAD)
        if by == "all":
            total, bad = connection.execute(select(*sums).where(*wanted)).one()
            return (Yield("all", int(total), int(bad)),) if total else ()
        return _grouped(connection, HOURLY_PARTS, by, sums, wanted, time_zone)


def trend(
    store: Store, step: str = "hour", filters: Filters = EVERYTHING, *, time_zone: str = "UTC"
) -> tuple[TrendPoint, ...]:
    """How many frames and alarms there were, hour by hour or day by day, without holes.

    Args:
        store: asked.
        step: of `STEPS`.
        filters: which; taken to the whole hour.
        time_zone: in which a day begins.

    Raises:
        UnknownNameError: no such step.
        UsageError: no such time zone.

    Example:
        >>> from faultlens.store.example import example_store
        >>> [(x.time.hour, x.results, x.alarms) for x in trend(example_store())]
        [(8, 3, 1)]
    """
    if step not in STEPS:
        raise UnknownNameError("step of a trend", step, STEPS)
    with store.reading() as connection:
        question = (
            select(HOURLY.c.hour, _N, _BAD, _ERRORS)
            .where(*of_hours(connection, HOURLY, filters))
            .group_by(HOURLY.c.hour)
        )
        hours = {h: (int(n), int(b), int(e)) for h, n, b, e in connection.execute(question)}
    held: dict[datetime, tuple[int, int, int]] = {}
    for hour, (n, bad, errors) in hours.items():
        at = moment(hour * HOUR_US)
        begins = day_of(at, time_zone) if step == "day" else at
        before = held.get(begins, (0, 0, 0))
        held[begins] = (before[0] + n, before[1] + bad, before[2] + errors)
    times = steps_between(min(held), max(held), step, time_zone) if held else ()
    return tuple(TrendPoint(x, *held.get(x, (0, 0, 0))) for x in times)


def verdict_hours(store: Store, filters: Filters = EVERYTHING) -> tuple[VerdictHour, ...]:
    """How often each fault alarmed in each hour, in the order of time.

    Args:
        store: asked.
        filters: which; taken to the whole hour.

    Example:
        >>> from faultlens.store.example import example_store
        >>> [(x.verdict, x.n) for x in verdict_hours(example_store())]
        [('crack', 1)]
    """
    with store.reading() as connection:
        question = (
            select(HOURLY.c.hour, HOURLY.c.verdict, _N)
            .where(HOURLY.c.alarm, *of_hours(connection, HOURLY, filters))
            .group_by(HOURLY.c.hour, HOURLY.c.verdict)
            .order_by(HOURLY.c.hour, HOURLY.c.verdict)
        )
        rows = connection.execute(question).all()
    return tuple(VerdictHour(moment(h * HOUR_US), x, int(n)) for h, x, n in rows)


def _of_parts(
    connection: Connection, filters: Filters, *, whole: bool
) -> list[ColumnElement[bool]]:
    wanted = of_hours(connection, HOURLY_PARTS, filters)
    if filters.source is None:
        # A row of the source "" counts the part once; the others, once per source.
        no_source = HOURLY_PARTS.c.source == ""
        wanted.append(no_source if whole else ~no_source)
    return wanted


def _grouped(
    connection: Connection,
    table: Table,
    by: str,
    sums: tuple[ColumnElement[Any], ColumnElement[Any]],
    wanted: Iterable[ColumnElement[bool]],
    time_zone: str,
) -> tuple[Yield, ...]:
    group = table.c.hour if by in STEPS else table.c[by]
    question = select(group, *sums).where(*wanted).group_by(group).order_by(group)
    held: dict[str, tuple[int, int]] = {}
    for name, total, bad in connection.execute(question):
        label = name
        if by in STEPS:
            at = moment(name * HOUR_US)
            label = (day_of(at, time_zone) if by == "day" else at).isoformat()
        before = held.get(label, (0, 0))
        held[label] = (before[0] + int(total), before[1] + int(bad))
    # A part that got a late frame may leave its first hour or verdict with none.
    return tuple(Yield(name, total, bad) for name, (total, bad) in held.items() if total)
