"""Histograms that are kept by the hour, of scores and of latencies: their bins, and adding to them.

A histogram is one value: its numbers, four bytes each.
"""

from collections.abc import Mapping
from math import floor, log
from typing import Any, TypeAlias

import numpy as np
from sqlalchemy import Connection, Table, select, tuple_

from faultlens.store.writing.insert import put_rows

Key: TypeAlias = tuple[Any, ...]
"""Of a histogram: hour, source, and channel where it has one."""

SCORE_BINS = 50
"""Bins of equal width over scores 0 to 1."""

LATENCY_LEAST_S = 1e-4
"""Upper edge of the first bin of latencies, s."""

LATENCY_STEP = 1.1
"""A bin's upper edge over that of the bin before: a percentile is right within 5 %."""

LATENCY_BINS = 170
"""The last bin ends at 1000 s and holds whatever took longer."""

_LOG_STEP = log(LATENCY_STEP)


def score_bin(score: float) -> int:
    """The bin of a score.

    Args:
        score: 0 to 1; what lies outside counts to the bin at the edge.

    Example:
        >>> score_bin(0.0), score_bin(0.5), score_bin(1.0)
        (0, 25, 49)
    """
    return min(max(int(score * SCORE_BINS), 0), SCORE_BINS - 1)


def latency_bin(seconds: float) -> int:
    """The bin of a latency.

    Args:
        seconds: from arrival to result, s.

    Example:
        >>> latency_bin(0.00005), latency_bin(0.1), latency_bin(1e6)
        (0, 73, 169)
    """
    if seconds <= LATENCY_LEAST_S:
        return 0
    return min(1 + floor(log(seconds / LATENCY_LEAST_S) / _LOG_STEP), LATENCY_BINS - 1)


def latency_of(index: int) -> float:
    """The middle of a bin of latencies, s: the geometric mean of its edges.

    Args:
        index: of the bin.

    Example:
        >>> abs(latency_of(latency_bin(0.1)) / 0.1 - 1) < 0.05
        True
    """
    return float(LATENCY_LEAST_S * LATENCY_STEP ** (index - 0.5))


def add_histograms(
    connection: Connection, table: Table, more: Mapping[Key, Mapping[int, int]], bins: int
) -> None:
    """Add to histograms, of which each source has one writer.

    Args:
        connection: in a transaction.
        table: of histograms, whose key is all its columns but `bins`.
        more: key, in the order of the columns -> bin -> how many more.
        bins: of a histogram.

    Example:
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.tables import HOURLY_LATENCY
        >>> with example_store().writing() as connection:
        ...     add_histograms(connection, HOURLY_LATENCY, {(0, "pump"): {2: 5}}, LATENCY_BINS)
        ...     add_histograms(connection, HOURLY_LATENCY, {(0, "pump"): {2: 1}}, LATENCY_BINS)
        ...     held = select(HOURLY_LATENCY.c.bins).where(HOURLY_LATENCY.c.source == "pump")
        ...     added([connection.execute(held).scalar_one()], LATENCY_BINS)[:4]
        [0, 0, 6, 0]
    """
    names = [x.name for x in table.primary_key]
    known = select(table).where(tuple_(*table.primary_key).in_(list(more)))
    held = {tuple(row[:-1]): row[-1] for row in connection.execute(known)}
    rows = []
    for name in sorted(more):
        numbers = np.zeros(bins, "<u4")
        if name in held:
            numbers += np.frombuffer(held[name], "<u4")
        for place, n in more[name].items():
            numbers[place] += n
        rows.append(dict(zip(names, name, strict=True)) | {"bins": numbers.tobytes()})
    put_rows(connection, table, names, ("bins",), rows)


def added(histograms: list[bytes], bins: int) -> list[int]:
    """The sum of histograms.

    Args:
        histograms: as they stand in their table.
        bins: of each.

    Example:
        >>> added([], 2)
        [0, 0]
    """
    numbers = np.frombuffer(b"".join(histograms), "<u4").reshape(-1, bins)
    total: list[int] = numbers.sum(axis=0, dtype=np.int64).tolist()
    return total
