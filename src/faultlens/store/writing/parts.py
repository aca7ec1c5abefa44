"""Verdicts of parts into their table; a late frame of a part joins what is there."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from faultlens.store.records import PartRecord
from faultlens.store.tables import HOURLY_PARTS, PARTS
from faultlens.store.values import HOUR_US, json_of, key, micros, moment, number
from faultlens.store.writing.insert import add_counts

SAME_PASS = timedelta(hours=1)
"""A part that comes again later than so long after its last frame passes a second time: it was
reworked, and counts again."""


def write_parts(connection: Connection, records: Sequence[PartRecord]) -> None:
    """Write verdicts of parts; a second one of the same pass is added to the first.

    Args:
        connection: in a transaction.
        records: of parts, in their order.

    Example:
        >>> from datetime import UTC, datetime
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.questions.parts import part
        >>> at, store = datetime(2026, 11, 26, tzinfo=UTC), example_store()
        >>> sound = PartRecord("P7", at, at, 3, "no defect", False, 0.1)
        >>> late = PartRecord("P7", at, at, 1, "crack", True, 0.9)
        >>> with store.writing() as connection:
        ...     write_parts(connection, [sound, late])
        >>> part(store, "P7").frames, part(store, "P7").verdict
        (4, 'crack')
    """
    known = _last_passes(connection, {key(x.part) for x in records})
    changed: dict[int, PartRecord] = {}
    new: list[PartRecord] = []
    places: dict[str, int] = {}
    counts: Counter[tuple[Any, ...]] = Counter()
    for record in records:
        name = key(record.part)
        if name in places:
            before = new[places[name]]
        elif name in known:
            number_, stored = known[name]
            before = changed.get(number_, stored)
        else:
            before = None
        if before is None or record.first - before.last > SAME_PASS:
            places[name] = len(new)
            new.append(record)
            counts.update(_keys(record))
            continue
        whole = joined(before, record)
        counts.subtract(_keys(before))
        counts.update(_keys(whole))
        if name in places:
            new[places[name]] = whole
        else:
            changed[known[name][0]] = whole
    if new:
        connection.execute(insert(PARTS), [_row(x) for x in new])
    for row, record in changed.items():
        connection.execute(update(PARTS).where(PARTS.c.id == row).values(_row(record)))
    add_counts(connection, HOURLY_PARTS, {k: n for k, n in counts.items() if n})


def joined(first: PartRecord, second: PartRecord) -> PartRecord:
    """One verdict of two of the same pass: that of the worse.

    Args:
        first: of some frames.
        second: of others.

    Example:
        >>> from faultlens.store.example import BEGIN
        >>> one = PartRecord("P7", BEGIN, BEGIN, 3, "no defect", False, 0.1, ("left",))
        >>> joined(one, PartRecord("P7", BEGIN, BEGIN, 1, "crack", True, 0.9, ("right",))).sources
        ('left', 'right')
    """
    worse = max(first, second, key=lambda x: (x.alarm, x.score))
    return PartRecord(
        part=first.part,
        first=min(first.first, second.first),
        last=max(first.last, second.last),
        frames=first.frames + second.frames,
        verdict=worse.verdict,
        alarm=worse.alarm,
        score=max(first.score, second.score),
        sources=tuple(dict.fromkeys((*first.sources, *second.sources))),
        shift=min(first, second, key=lambda x: x.first).shift,
    )


def part_of(row: Row[Any]) -> PartRecord:
    """The record of a row of the table of parts.

    Args:
        row: of it.

    Example:
        >>> from faultlens.store.example import example_store
        >>> with example_store().reading() as connection:
        ...     [part_of(x) for x in connection.execute(select(PARTS))]
        []
    """
    return PartRecord(
        part=row.part,
        first=moment(row.first),
        last=moment(row.last),
        frames=row.frames,
        verdict=row.verdict,
        alarm=row.alarm,
        score=row.score,
        sources=tuple(json.loads(row.sources)["sources"]),
        shift=row.shift,
    )


def _last_passes(connection: Connection, names: set[str]) -> dict[str, tuple[int, PartRecord]]:
    last = select(func.max(PARTS.c.id)).where(PARTS.c.part.in_(names)).group_by(PARTS.c.part)
    question: Any = select(PARTS).where(PARTS.c.id.in_(last))
    return {row.part: (row.id, part_of(row)) for row in connection.execute(question)}


def _row(record: PartRecord) -> dict[str, Any]:
    return {
        "part": key(record.part),
        "first": micros(record.first),
        "last": micros(record.last),
        "frames": record.frames,
        "verdict": key(record.verdict),
        "alarm": bool(record.alarm),
        "score": number(record.score),
        "sources": json_of({"sources": list(record.sources)}),
        "shift": key(record.shift),
    }


def _keys(record: PartRecord) -> list[tuple[Any, ...]]:
    """Of what the part counts to: once as a part, and once at each source."""
    hour = micros(record.last) // HOUR_US
    own = (key(record.shift), key(record.verdict), bool(record.alarm))
    return [(hour, source, *own) for source in ("", *dict.fromkeys(map(key, record.sources)))]
