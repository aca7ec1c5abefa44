"""How fast a store takes results, and how soon it answers the questions of the pages.

    python -m benches.line.store [--results 86400] [--days 1] [--postgres] [--short]

A store is filled as a line leaves it after a day, in batches of 500 as the line ships them; each
question is asked five times and the median is told. With `--postgres` the store is a server on
loopback, whose commits do not wait for the disk. One JSON object on standard output.

Expected: at least 5000 results per second into SQLite; every answer within 0.05 s.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from faultlens.store.questions.alarms import alarms, open_alarms
from faultlens.store.questions.audits import miss_rate, open_audits
from faultlens.store.questions.counts import counts, pareto, part_yields, trend, yields
from faultlens.store.questions.drift import latest_drift
from faultlens.store.questions.facts import facts
from faultlens.store.questions.filters import Filters
from faultlens.store.questions.parts import parts
from faultlens.store.questions.results import neighbours, results, total
from faultlens.store.questions.scores import latency, recent_scores, score_histogram
from faultlens.store.store import Store, open_store
from tests.filled_store import END, LINE, records

BATCH = 500
"""Records of one transaction, as the line ships them."""

ASKED = 5
"""Times that each question is asked."""

DAY = END - timedelta(days=1)

QUESTIONS: dict[str, Callable[[Store], object]] = {
    "facts": facts,
    "counts of a day": lambda x: counts(x, Filters(since=DAY)),
    "pareto": pareto,
    "yield by shift": lambda x: yields(x, "shift"),
    "yield of parts by day": lambda x: part_yields(x, "day"),
    "trend by hour": trend,
    "scores": score_histogram,
    "latency": latency,
    "strip of scores": lambda x: recent_scores(x, "hall", "motor-6"),
    "newest results": results,
    "results of a source": lambda x: results(x, Filters(source="hall")),
    "rare results": lambda x: results(x, Filters(source="gearbox", verdict="imbalance")),
    "alarms of a shift": lambda x: results(x, Filters(shift="night", alarm=True)),
    "words": lambda x: results(x, Filters(text="press crack")),
    "words that are frequent": lambda x: results(x, Filters(text="cam")),
    "words that never meet": lambda x: results(x, Filters(text="gearbox crack")),
    "ids that begin so": lambda x: results(x, Filters(text="shaft-0001")),
    "how many results": lambda x: total(x, Filters(alarm=True)),
    "neighbours": lambda x: neighbours(x, "cam-left", "cam-left-001000"),
    "open alarms": open_alarms,
    "alarms": alarms,
    "open audits": open_audits,
    "miss rate": miss_rate,
    "drift": latest_drift,
    "parts": parts,
}


@dataclass(frozen=True)
class Speeds:
    """What was measured.

    Args:
        database: "sqlite" or "postgresql".
        results: that were written.
        results_per_s: into the store, with all that comes beside them, results per second.
        results_per_cpu_s: per second of this process's own computing, which others on the machine
            do not slow down.
        slowest_s: median of the slowest question, s.
        answers_s: question -> median, s.
    """

    database: str
    results: int
    results_per_s: float
    results_per_cpu_s: float
    slowest_s: float
    answers_s: dict[str, float]


def speeds(url: str, count: int, days: float) -> Speeds:
    """Fill an empty store, and ask it.

    Args:
        url: of the store.
        count: results to write.
        days: over which they are spread.

    Example:
        >>> speeds("sqlite://", 600, 1.0).results
        600
    """
    store = open_store(url)
    taken, computing = _filled(store, count, days)
    store.learn()
    answers = {}
    for name, question in QUESTIONS.items():
        question(store)
        answers[name] = statistics.median(_timed(question, store) for _ in range(ASKED))
    store.close()
    kind = url.partition(":")[0]
    slowest = max(answers.values())
    return Speeds(kind, count, count / taken, count / computing, slowest, answers)


def _filled(store: Store, count: int, days: float) -> tuple[float, float]:
    """Seconds that writing took, and of computing; without those that making records took."""
    taken = computing = 0.0
    batch = []
    for entry in enumerate(records(count, days=days), start=1):
        batch.append(entry)
        if len(batch) == BATCH:
            begin, computed = time.perf_counter(), time.process_time()
            store.write(LINE, batch)
            taken += time.perf_counter() - begin
            computing += time.process_time() - computed
            batch = []
    store.write(LINE, batch)
    return taken, computing


def _timed(question: Callable[[Store], object], store: Store) -> float:
    begin = time.perf_counter()
    question(store)
    return time.perf_counter() - begin


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print what was found as one JSON object.

    Args:
        arguments: of the command line; None for those given.

    Example:
        >>> main(["--results", "many"])
        Traceback (most recent call last):
            ...
        SystemExit: 2
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=int, default=86_400)
    parser.add_argument("--days", type=float, default=1.0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args(arguments)
    count = 5000 if given.short else given.results
    with ExitStack() as stack:
        if given.postgres:
            from tests.postgres_server import postgres

            url = stack.enter_context(postgres()).new_database()
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="store-"))
            url = f"sqlite:///{Path(folder) / 'line.db'}"
        print(json.dumps(asdict(speeds(url, count, given.days))))


if __name__ == "__main__":
    main()
