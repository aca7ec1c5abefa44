"""Which results, alarms or counts a question is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, false, func, or_, select, true

from faultlens.store.tables import HOURLY, RESULTS, VOCABULARY
from faultlens.store.values import HOUR_US, key, micros

MOST_WORDS = 8
"""Words of a search that are looked for."""

_FEW = 1000
"""So many ids that begin with a word are looked up by their numbers; of more, a page fills soon."""

_FREQUENT = 5000
"""Results that hold a word, from which on they are looked for in the order of time."""

_NAMES = ("source", "channel", "asset", "shift", "verdict")


@dataclass(frozen=True)
class Filters:
    """What an answer is narrowed to; None and "" narrow nothing.

    Args:
        source: name of a source.
        channel: of a source with several.
        asset: the machine.
        part: id of a part; counts by the hour know nothing of parts and pass over it.
        verdict: label of the best finding.
        shift: name of a shift.
        alarm: only frames that alarm, or only those that do not.
        text: words; each must stand in the verdict, asset, source, channel or shift, or begin the
            id of the part or of the frame.
        since: from this time on; counts by the hour begin with its hour.
        until: before this time; counts by the hour end with its hour.
    """

    source: str | None = None
    channel: str | None = None
    asset: str | None = None
    part: str | None = None
    verdict: str | None = None
    shift: str | None = None
    alarm: bool | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Wanted:
    """Conditions on the table of results.

    Args:
        conditions: all must hold.
        by_hour: whether the counts of the hours tell, for the same filters, how many there are.
    """

    conditions: tuple[ColumnElement[bool], ...]
    by_hour: bool


EVERYTHING = Filters()
"""Narrows nothing."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search, in small letters.

    Args:
        text: as typed.

    Example:
        >>> words_of("  Crack  press 3 ")
        ('crack', 'press', '3')
    """
    return tuple(key(x).casefold() for x in text.split()[:MOST_WORDS])


def of_results(connection: Connection, filters: Filters) -> Wanted:
    """Conditions on the table of results.

    Args:
        connection: to the store, to look up words.
        filters: what is wanted.

    Example:
        >>> from faultlens.store.example import example_store
        >>> with example_store().reading() as connection:
        ...     len(of_results(connection, Filters(source="press", alarm=True)).conditions)
        2
    """
    found = _named(RESULTS, filters)
    by_hour = filters.part is None
    if filters.part is not None:
        found.append(RESULTS.c.part == key(filters.part))
    if filters.since is not None:
        found.append(RESULTS.c.time >= micros(filters.since))
    if filters.until is not None:
        found.append(RESULTS.c.time < micros(filters.until))
    # As typed for ids, which begin with a word letter by letter.
    for word, typed in zip(words_of(filters.text), filters.text.split(), strict=False):
        ids = [x for name in ("part", "frame") for x in _beginning(connection, name, key(typed))]
        found.append(_either(connection, word, ids))
        by_hour = by_hour and not ids
    return Wanted(tuple(found), by_hour)


def of_hours(connection: Connection, table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions on a table of counts by the hour, for those of its columns that it has.

    Args:
        connection: to the store, to look up words.
        table: one of `HOURLY...`.
        filters: what is wanted; times are taken to the whole hour.

    Example:
        >>> from faultlens.store.example import BEGIN, example_store
        >>> from faultlens.store.tables import HOURLY
        >>> with example_store().reading() as connection:
        ...     len(of_hours(connection, HOURLY, Filters(verdict="crack", since=BEGIN)))
        2
    """
    found = _named(table, filters)
    if filters.since is not None:
        found.append(table.c.hour >= micros(filters.since) // HOUR_US)
    if filters.until is not None:
        found.append(table.c.hour < -(-micros(filters.until) // HOUR_US))
    if "verdict" in table.c:
        for word in words_of(filters.text):
            choices = in_names(connection, table, word)
            found.append(or_(*choices) if choices else false())
    return found


def _named(table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name in _NAMES:
        value = getattr(filters, name)
        if value is not None and name in table.c:
            found.append(table.c[name] == key(value))
    if filters.alarm is not None and "alarm" in table.c:
        # Written so, the index of alarms alone can be used.
        found.append(table.c.alarm == (true() if filters.alarm else false()))
    return found


def in_names(
    connection: Connection, table: Table, word: str, *, by_index: bool = True
) -> list[ColumnElement[bool]]:
    """A condition for each column of names in which some name holds the word.

    Args:
        connection: to the store, to look up names.
        table: with some of the columns source, channel, asset, shift and verdict.
        word: in small letters.
        by_index: whether indices of these columns are of use.

    Example:
        >>> from faultlens.store.example import example_store
        >>> with example_store().reading() as connection:
        ...     [str(x).partition(" ")[0] for x in in_names(connection, RESULTS, "cra")]
        ['results.verdict']
    """
    held: dict[str, list[str]] = {}
    for kind, name in connection.execute(select(VOCABULARY.c.kind, VOCABULARY.c.word)):
        if word in name.casefold():
            held.setdefault(kind, []).append(name)
    columns = {x: table.c[x] if by_index else table.c[x].concat("") for x in held if x in table.c}
    return [column.in_(held[kind]) for kind, column in columns.items()]


def _either(
    connection: Connection, word: str, ids: list[ColumnElement[bool]]
) -> ColumnElement[bool]:
    """The condition that a name holds the word, or that one of the others is fulfilled."""
    names = in_names(connection, RESULTS, word)
    if names:
        counted = select(func.sum(HOURLY.c.n)).where(or_(*in_names(connection, HOURLY, word)))
        if (connection.execute(counted).scalar() or 0) > _FREQUENT:
            # Many are like that: in the order of time a page fills soon. To collect all of them by
            # their indices and put them in order would take long, and SQLite would.
            names = in_names(connection, RESULTS, word, by_index=False)
    return or_(false(), *names, *ids)


def beginning(ids: Column[str], typed: str) -> ColumnElement[bool]:
    """The condition that an id begins with a word, letter by letter; its index can be used.

    Args:
        ids: column of ids.
        typed: the word.

    Example:
        >>> str(beginning(RESULTS.c.part, "P7"))
        'results.part >= :part_1 AND results.part < :part_2'
    """
    # No character comes after the last one of Unicode.
    return (ids >= typed) & (ids < typed + chr(0x10FFFF))


def _beginning(connection: Connection, column: str, typed: str) -> list[ColumnElement[bool]]:
    """A condition for ids that begin with the word; none where no id does."""
    ids = RESULTS.c[column]
    begins = beginning(ids, typed)
    if column == "frame":
        # The index of frames is one per source.
        names = connection.execute(select(VOCABULARY.c.word).where(VOCABULARY.c.kind == "source"))
        begins &= RESULTS.c.source.in_([x for (x,) in names])
    question: Any = select(RESULTS.c.id).where(begins).limit(_FEW + 1)
    found = [x for (x,) in connection.execute(question)]
    if not found:
        return []
    if len(found) <= _FEW:
        return [RESULTS.c.id.in_(found)]
    return [beginning(ids, typed)]
