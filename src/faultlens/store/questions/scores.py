"""Distributions: scores against their threshold, latencies, the last scores of a source."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import Column, select

from faultlens.store.questions.filters import EVERYTHING, Filters, of_hours
from faultlens.store.store import Store
from faultlens.store.tables import HOURLY_LATENCY, HOURLY_SCORES, LATEST, RESULTS
from faultlens.store.values import HOUR_US, key, moment
from faultlens.store.writing.histograms import LATENCY_BINS, SCORE_BINS, added, latency_of


@dataclass(frozen=True)
class ScoreHistogram:
    """How the scores of a source lie.

    Args:
        source: its name.
        channel: of a source with several; "" else.
        counts: (50,) frames per bin; bin i holds scores from i / 50 on.
        alarms: (50,) of them, those that alarm.
        threshold: of its last frame; None where none could be judged.
    """

    source: str
    channel: str
    counts: tuple[int, ...]
    alarms: tuple[int, ...]
    threshold: float | None


@dataclass(frozen=True)
class Latency:
    """How long frames waited for their result; percentiles are right within 5 %.

    Args:
        source: name of the source; "" for all together.
        n: frames.
        p50_s: median, s.
        p95_s: 95th percentile, s.
        p99_s: 99th percentile, s.
        most_s: the longest, s.
        time: beginning of the hour that it is about; None for all of them.
    """

    source: str
    n: int
    p50_s: float
    p95_s: float
    p99_s: float
    most_s: float
    time: datetime | None = None


@dataclass(frozen=True)
class ScorePoint:
    """One frame on a strip of scores.

    Args:
        frame: its id.
        time: when it was taken.
        score: 0 to 1.
        threshold: from which it alarms.
        alarm: whether it does.
    """

    frame: str
    time: datetime
    score: float
    threshold: float
    alarm: bool


def score_histogram(store: Store, filters: Filters = EVERYTHING) -> tuple[ScoreHistogram, ...]:
    """How scores lie, for each source and channel.

    Args:
        store: asked.
        filters: which; source, channel and time narrow it, to the whole hour.

    Example:
        >>> from faultlens.store.example import example_store
        >>> found = score_histogram(example_store())[0]
        >>> sum(found.counts), sum(found.alarms), found.threshold
        (3, 1, 0.5)
    """
    table = HOURLY_SCORES
    held: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    with store.reading() as connection:
        wanted = of_hours(connection, table, filters)
        question = select(table.c.source, table.c.channel, table.c.bins).where(*wanted)
        for source, channel, bins in connection.execute(question):
            held[source, channel].append(bins)
        known = connection.execute(select(LATEST.c.source, LATEST.c.channel, LATEST.c.threshold))
        thresholds = {(source, channel): value for source, channel, value in known}
    found = []
    for name, histograms in sorted(held.items()):
        numbers = added(histograms, 2 * SCORE_BINS)
        every, alarms = tuple(numbers[:SCORE_BINS]), tuple(numbers[SCORE_BINS:])
        found.append(ScoreHistogram(*name, every, alarms, thresholds.get(name)))
    return tuple(found)


def latency(store: Store, filters: Filters = EVERYTHING) -> tuple[Latency, ...]:
    """How long frames waited, for each source, and for all together where there are several.

    Args:
        store: asked.
        filters: which; source and time narrow it, to the whole hour.

    Example:
        >>> from faultlens.store.example import example_store
        >>> [(x.source, x.n, round(x.p99_s, 2)) for x in latency(example_store())]
        [('press', 3, 0.04)]
    """
    held = _latencies(store, filters, HOURLY_LATENCY.c.source)
    found = [_percentiles(source, bins) for source, bins in sorted(held.items())]
    whole = [x for bins in held.values() for x in bins]
    return (_percentiles("", whole), *found) if len(found) > 1 else tuple(found)


def latency_trend(store: Store, filters: Filters = EVERYTHING) -> tuple[Latency, ...]:
    """How long frames waited, hour by hour, over all sources that are wanted.

    Args:
        store: asked.
        filters: which; source and time narrow it, to the whole hour.

    Example:
        >>> from faultlens.store.example import example_store
        >>> [(x.time.hour, x.n) for x in latency_trend(example_store())]
        [(8, 3)]
    """
    held = _latencies(store, filters, HOURLY_LATENCY.c.hour)
    return tuple(_percentiles("", x, moment(hour * HOUR_US)) for hour, x in sorted(held.items()))


def recent_scores(
    store: Store, source: str, channel: str | None = None, *, limit: int = 120
) -> tuple[ScorePoint, ...]:
    """The last scores of a source, oldest first; frames that could not be judged are passed over.

    Args:
        store: asked.
        source: name of the source.
        channel: of it; None for all.
        limit: so many at most.

    Example:
        >>> from faultlens.store.example import example_store
        >>> [x.score for x in recent_scores(example_store(), "press")]
        [0.1, 0.2, 0.9]
    """
    columns = (RESULTS.c[x] for x in ("frame", "time", "score", "threshold", "alarm"))
    question = select(*columns).where(RESULTS.c.source == key(source), RESULTS.c.error == "")
    if channel is not None:
        question = question.where(RESULTS.c.channel == key(channel))
    question = question.order_by(RESULTS.c.time.desc(), RESULTS.c.id.desc()).limit(max(limit, 1))
    with store.reading() as connection:
        rows = connection.execute(question).all()
    return tuple(ScorePoint(x[0], moment(x[1]), x[2], x[3], x[4]) for x in reversed(rows))


def _latencies(store: Store, filters: Filters, group: Column[Any]) -> dict[Any, list[bytes]]:
    held: dict[Any, list[bytes]] = defaultdict(list)
    with store.reading() as connection:
        wanted = of_hours(connection, HOURLY_LATENCY, filters)
        question = select(group, HOURLY_LATENCY.c.bins).where(*wanted)
        for name, bins in connection.execute(question):
            held[name].append(bins)
    return held


def _percentiles(source: str, bins: list[bytes], time: datetime | None = None) -> Latency:
    numbers = added(bins, LATENCY_BINS)
    below = list(accumulate(numbers))
    total = below[-1]
    p50, p95, p99, most = (
        latency_of(bisect_left(below, max(1, share * total))) for share in (0.5, 0.95, 0.99, 1)
    )
    return Latency(source, total, p50, p95, p99, most, time)
