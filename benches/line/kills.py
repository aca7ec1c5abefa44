"""What is lost or doubled when `watch`, and its database, are killed again and again.

    python -m benches.line.kills [--frames 100000] [--kills 100] [--postgres] [--short] [--seed 0]

Two sources of numbered frames are watched by a process of its own, which is killed (SIGKILL) at
random: most often after a random frame, one time in five while it starts. With `--postgres` the
store is a PostgreSQL server whose every process is killed at the same time, at random before or
after, and is away for up to a second. At the end the line runs through, and the store, the log of
alarms and the counts by the hour are held against what the numbers of the frames say must be there.

Expected: 0 results lost, 0 doubled, 0 alarms lost, 0 doubled.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from benches.line.counted import add_counted, alarms_of, counted
from faultlens.core.errors import UsageError

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer

SOURCES = ("belt", "side")
ALARM_EVERY = 250
PART_EVERY = 10

EARLY = 0.2
"""Share of the kills that come while the process starts."""

START_S = 2.0
"""In which those come, s."""

BETWEEN_S = 0.1
"""Longer than from one transaction to the next, s."""

AWAY_S = 2.0
"""The database is started again after up to so long, s."""

PATIENCE_S = 120.0
"""A process that makes no progress for so long is a failure of its own, s."""


@dataclass(frozen=True)
class Tally:
    """What was found at the end.

    Args:
        frames: that were replayed, of all sources.
        kills: of the process.
        database_kills: of the database.
        lost: frames without a result.
        doubled: results more than frames, in rows or in the counts by the hour.
        alarms: steps of alarms that must be there.
        alarms_lost: steps that the store or the log has not.
        alarms_doubled: steps that the store or the log has twice.
        parts_wrong: frames that the parts have too many or too few.
        seconds: that it all took, s.
    """

    frames: int
    kills: int
    database_kills: int
    lost: int
    doubled: int
    alarms: int
    alarms_lost: int
    alarms_doubled: int
    parts_wrong: int
    seconds: float


def killed(
    frames: int, kills: int, seed: int, folder: Path, server: "PostgresServer | None" = None
) -> Tally:
    """Replay frames while the process is killed, and count what is wrong afterwards.

    Args:
        frames: of all sources together.
        kills: how often.
        seed: of where.
        folder: for the line.
        server: whose processes are killed too; None for SQLite.

    Raises:
        UsageError: frames that the sources cannot share.

    Example:
        >>> killed(3, 1, 0, Path())
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: frames is 3; the 2 sources need the same number each.
    """
    if frames % len(SOURCES):
        raise UsageError(
            f"frames is {frames}; the {len(SOURCES)} sources need the same number each."
        )
    start_s = time.monotonic()
    draw = random.Random(seed)
    store = server.new_database() if server else f"sqlite:///{folder / 'line.db'}"
    path = _line_file(folder, frames // len(SOURCES), store)
    points = sorted(draw.randrange(frames) for _ in range(kills))
    done = database_kills = 0
    back = Thread()
    back.start()
    for point in points:
        with _watching(path) as process:
            progress = _Progress(process)
            if draw.random() < EARLY:
                time.sleep(draw.uniform(0, START_S))
            else:
                progress.wait(point - done)
                # Anywhere between two transactions, not always just after one.
                time.sleep(draw.uniform(0, BETWEEN_S))
            away = server is not None and draw.random() < 0.5
            # The one before may not be back yet; what is away cannot be killed.
            back.join()
            if server is not None and away:
                server.kill()
                database_kills += 1
                time.sleep(draw.choice((0.0, draw.uniform(0, 0.5))))
            process.send_signal(signal.SIGKILL)
            process.wait()
            done += progress.ended()
        if server is not None and away:
            # The line may start while its database is away, and finds it later.
            back = Thread(target=_later, args=(server, draw.uniform(0, AWAY_S)))
            back.start()
    back.join()
    _run_through(path)
    return _tally(folder, store, frames, kills, database_kills, time.monotonic() - start_s)


def _line_file(folder: Path, frames: int, store: str) -> Path:
    sources = "".join(
        f"""
[source.{name}]
kind = "counted"
frames = {frames}
alarm_every = {ALARM_EVERY}
part_every = {PART_EVERY}
queue = 64
"""
        for name in SOURCES
    )
    path = folder / "line.toml"
    path.write_text(
        f"""
[line]
name = "killed"
store = "{store}"
state = "state"
{sources}
[sink.log]
kind = "log"
path = "alarms.jsonl"
steps = ["raised", "returned"]
largest_mb = 1000
[keep]
media = "none"
[monitoring]
on = false
[dashboard]
on = false
"""
    )
    return path


@contextmanager
def _watching(path: Path) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "benches.line.kills", "--watch", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


class _Progress:
    """Results that a process says it has written down."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process, self._count, self._changed = process, 0, Event()
        self._thread = Thread(target=self._read)
        self._thread.start()

    def wait(self, results: int) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while self._count < results and self._process.poll() is None:
            self._changed.wait(0.2)
            self._changed.clear()
            if time.monotonic() > end_s:
                raise RuntimeError(f"no progress for {PATIENCE_S:.0f} s at {self._count} results")

    def ended(self) -> int:
        self._thread.join()
        return self._count

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._count += int(line)
            self._changed.set()


def _later(server: "PostgresServer", wait_s: float) -> None:
    time.sleep(wait_s)
    server.start()


def _run_through(path: Path) -> None:
    with _watching(path) as process:
        progress = _Progress(process)
        code = process.wait(timeout=3600)
        progress.ended()
    if code != 0:
        raise RuntimeError(f"the line ended with exit code {code}")


def _tally(
    folder: Path, store: str, frames: int, kills: int, database_kills: int, seconds: float
) -> Tally:
    each = frames // len(SOURCES)
    results, hourly, steps, parts = _in_store(store)
    wanted = {(name, f"{n:07d}") for name in SOURCES for n in range(each)}
    found = Counter(results)
    expected = _steps(each)
    sent = Counter(
        (x["source"], x["frame"], x["step"])
        for x in map(json.loads, (folder / "alarms.jsonl").read_text().splitlines())
    )
    return Tally(
        frames=frames,
        kills=kills,
        database_kills=database_kills,
        lost=len(wanted - set(found)),
        doubled=_more(found.values()) + len(set(found) - wanted) + abs(hourly - len(wanted)),
        alarms=len(expected),
        alarms_lost=len(expected - set(steps)) + len(expected - set(sent)),
        alarms_doubled=_more(steps.values()) + _more(sent.values()) + len(set(steps) - expected),
        parts_wrong=abs(parts - len(wanted)),
        seconds=round(seconds, 1),
    )


def _in_store(
    store: str,
) -> tuple[list[tuple[str, str]], int, Counter[tuple[str, str, str]], int]:
    """Results, frames of the counts by the hour, steps of alarms, frames of all parts."""
    from sqlalchemy import func, select

    from faultlens.store.store import open_store
    from faultlens.store.tables import ALARM_STEPS, HOURLY, PARTS, RESULTS

    held = open_store(store)
    with held.reading() as connection:
        columns = (RESULTS.c.source, RESULTS.c.frame)
        results = [(str(a), str(b)) for a, b in connection.execute(select(*columns))]
        hourly = connection.execute(select(func.sum(HOURLY.c.n))).scalar() or 0
        columns3 = (ALARM_STEPS.c.source, ALARM_STEPS.c.frame, ALARM_STEPS.c.step)
        steps = Counter(
            (str(a), str(b), str(c)) for a, b, c in connection.execute(select(*columns3))
        )
        parts = connection.execute(select(func.sum(PARTS.c.frames))).scalar() or 0
    held.close()
    return results, int(hourly), steps, int(parts)


def _steps(frames: int) -> set[tuple[str, str, str]]:
    """Each alarming frame raises, and the one after it returns."""
    made = set()
    for name in SOURCES:
        for n in alarms_of(frames, ALARM_EVERY):
            made.add((name, f"{n:07d}", "raised"))
            if n + 1 < frames:
                made.add((name, f"{n + 1:07d}", "returned"))
    return made


def _more(counts: Iterable[int]) -> int:
    return sum(n - 1 for n in counts)


def _watch(path: Path) -> None:
    """The process that is killed: a line whose every transaction is said on standard output."""
    from faultlens.line.configuration.reader import read_line_config
    from faultlens.line.watch import Watch
    from faultlens.store.records import Record, ResultRecord

    def told(records: Sequence[Record]) -> None:
        print(sum(isinstance(x, ResultRecord) for x in records), flush=True)

    add_counted()
    watch = Watch(read_line_config(path), told=told, detectors=counted)
    watch.start()
    watch.wait(Event(), once=True)
    watch.close(once=True)


def _main(arguments: Sequence[str] | None = None) -> None:
    """Run it, and print what was found as one JSON object.

    Args:
        arguments: of the command line; None for those given.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--watch", type=Path)
    given = parser.parse_args(arguments)
    if given.watch:
        _watch(given.watch)
        return
    frames, kills = (4_000, 4) if given.short else (given.frames, given.kills)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="kills-")))
        server = None
        if given.postgres:
            from tests.postgres_server import postgres

            server = opened.enter_context(postgres())
        print(json.dumps(asdict(killed(frames, kills, given.seed, folder, server))))


if __name__ == "__main__":
    _main()
