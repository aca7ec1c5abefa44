"""Results into their tables, and into the counts of their hour."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from faultlens.store.records import ResultRecord
from faultlens.store.tables import (
    DETAILS,
    HOURLY,
    HOURLY_LATENCY,
    HOURLY_SCORES,
    LATEST,
    RESULTS,
    VOCABULARY,
)
from faultlens.store.values import (
    HOUR_US,
    clean,
    floats,
    json_of,
    key,
    maybe_key,
    maybe_number,
    micros,
    number,
    packed,
)
from faultlens.store.writing.histograms import (
    LATENCY_BINS,
    SCORE_BINS,
    Key,
    add_histograms,
    latency_bin,
    score_bin,
)
from faultlens.store.writing.insert import Row, add_counts, insert_new, put_rows

_VOCABULARY = ("source", "channel", "asset", "shift", "verdict")


def write_results(connection: Connection, records: Sequence[ResultRecord]) -> None:
    """Write results; one whose source and frame are there already is passed over.

    Args:
        connection: in a transaction.
        records: in their order.

    Example:
        >>> from faultlens.store.example import example_store, example_result
        >>> from faultlens.store.questions.results import total
        >>> store = example_store()
        >>> before = total(store)
        >>> with store.writing() as connection:
        ...     write_results(connection, [example_result("once"), example_result("once")])
        >>> total(store) - before
        1
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    made: dict[tuple[str, str], ResultRecord] = {}
    for record in records:
        row = _row(record)
        name = (row["source"], row["frame"])
        if name not in rows:
            rows[name], made[name] = row, record
    columns = (RESULTS.c.id, RESULTS.c.source, RESULTS.c.frame)
    new = insert_new(connection, RESULTS, list(rows.values()), *columns)
    if not new:
        return
    insert_new(
        connection,
        DETAILS,
        [_details(made[source, frame], number) for number, source, frame in new],
    )
    written = [rows[source, frame] | {"id": number} for number, source, frame in new]
    _count(connection, written)
    _remember(connection, written)


def _row(record: ResultRecord) -> dict[str, Any]:
    return {
        "source": key(record.source),
        "frame": key(record.frame),
        "channel": key(record.channel),
        "time": micros(record.time),
        "judged": micros(record.judged),
        "verdict": key(record.verdict),
        "alarm": bool(record.alarm),
        "score": number(record.score),
        "threshold": number(record.threshold),
        "kind": key(record.kind),
        "part": maybe_key(record.part),
        "asset": maybe_key(record.asset),
        "shift": key(record.shift),
        "model": key(record.model),
        "profile": maybe_key(record.profile),
        "false_alarm_rate": maybe_number(record.false_alarm_rate),
        "error": clean(record.error),
        "latency_s": number(record.latency_s),
        "preview": maybe_key(record.preview),
        "media": maybe_key(record.media),
        "media_sha256": maybe_key(record.media_sha256),
    }


def _details(record: ResultRecord, row: int) -> Row:
    return {
        "id": row,
        "result": packed(record.result),
        "quality": json_of(record.quality) if record.quality else "",
        "embedding": floats(record.embedding),
    }


def _count(connection: Connection, rows: Iterable[Row]) -> None:
    hourly: Counter[tuple[Any, ...]] = Counter()
    scores: dict[Key, Counter[int]] = defaultdict(Counter)
    latency: dict[Key, Counter[int]] = defaultdict(Counter)
    for x in rows:
        hour, is_error = x["time"] // HOUR_US, bool(x["error"])
        source, channel, alarm = x["source"], x["channel"], x["alarm"]
        hourly[
            hour, source, channel, x["asset"] or "", x["shift"], x["verdict"], alarm, is_error
        ] += 1
        latency[hour, source][latency_bin(x["latency_s"])] += 1
        if not is_error:
            place = score_bin(x["score"])
            scores[hour, source, channel][place] += 1
            scores[hour, source, channel][place + SCORE_BINS] += alarm
    add_counts(connection, HOURLY, hourly)
    add_histograms(connection, HOURLY_SCORES, scores, 2 * SCORE_BINS)
    add_histograms(connection, HOURLY_LATENCY, latency, LATENCY_BINS)


def _remember(connection: Connection, rows: Iterable[Row]) -> None:
    """Which words there are, and the last result of each source and channel."""
    words: set[tuple[str, str]] = set()
    latest: dict[tuple[str, str], Row] = {}
    for x in rows:
        words.update((name, x[name]) for name in _VOCABULARY if x[name])
        if not x["error"]:
            latest[x["source"], x["channel"]] = x
    insert_new(connection, VOCABULARY, [{"kind": k, "word": x} for k, x in sorted(words)])
    columns = ("source", "channel", "id", "threshold")
    last = [{name: x[name] for name in columns} for _, x in sorted(latest.items())]
    put_rows(connection, LATEST, columns[:2], columns[2:], last)
