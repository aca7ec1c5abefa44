"""How the memory of a line grows while hundreds of thousands of frames pass through it.

    python -m benches.line.events [--frames 600000] [--short]

A process of its own watches a replay of numbered frames with embeddings, alarms, parts, audits,
monitoring and a sink, as fast as it can, into SQLite. Its resident memory without mapped files
(`RssAnon`: pages of the database that SQLite maps belong to the system, which takes them back) is
read from /proc after each hundredth of the frames. The growth is that of the median of the last
tenth over the median of the second tenth: what is kept for ever grows with the frames, what is
bounded does not.

Expected: under 5 %.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from benches.line.counted import add_counted, counted

STEPS = 100
"""Readings of the memory."""


def growth(readings_mb: Sequence[float]) -> tuple[float, float, float]:
    """Memory in the second tenth, in the last, MB, and by which share that is more.

    Args:
        readings_mb: (reading,) evenly spread over the frames, MB.

    Example:
        >>> growth([90.0, 100.0, *(100.0 + x for x in range(8))])
        (100.0, 107.0, 0.07)
    """
    tenth = max(len(readings_mb) // 10, 1)
    first = statistics.median(readings_mb[tenth : 2 * tenth])
    last = statistics.median(readings_mb[-tenth:])
    return round(first, 1), round(last, 1), round(last / first - 1, 4)


def _measured(frames: int, folder: Path) -> dict[str, float]:
    """Replay frames in a process of its own, and how its memory grew."""
    path = _line_file(folder, frames)
    start_s = time.monotonic()
    command = [sys.executable, "-m", "benches.line.events", "--watch", str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    seconds = time.monotonic() - start_s
    first, last, more = growth([json.loads(x)["mb"] for x in done.stdout.splitlines()])
    return {
        "frames": frames,
        "first_mb": first,
        "last_mb": last,
        "growth": more,
        "per_second": round(frames / seconds),
        "journal_mb": round((folder / "state" / "journal.db").stat().st_size / 1e6, 1),
    }


def _line_file(folder: Path, frames: int) -> Path:
    path = folder / "line.toml"
    path.write_text(
        f"""
[line]
name = "long"
store = "sqlite:///line.db"
state = "state"
[source.belt]
kind = "counted"
frames = {frames}
alarm_every = 500
part_every = 20
embedding = 64
queue = 256
[sink.log]
kind = "log"
path = "alarms.jsonl"
[keep]
media = "none"
[audit]
share = 0.002
[dashboard]
on = false
"""
    )
    return path


def _watch(path: Path) -> None:
    """The process whose memory is read: one line of JSON after each hundredth of the frames."""
    from faultlens.line.configuration.reader import read_line_config
    from faultlens.line.watch import Watch
    from faultlens.store.records import Record, ResultRecord

    add_counted()
    config = read_line_config(path)
    every = config.sources[0].options.frames // STEPS  # type: ignore[attr-defined]
    passed = 0

    def told(records: Sequence[Record]) -> None:
        nonlocal passed
        before = passed // every
        passed += sum(isinstance(x, ResultRecord) for x in records)
        if passed // every > before:
            print(json.dumps({"frames": passed, "mb": _resident_mb()}), flush=True)

    watch = Watch(config, told=told, detectors=counted)
    watch.start()
    watch.wait(Event(), once=True)
    watch.close(once=True)


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _main(arguments: Sequence[str] | None = None) -> None:
    """Run it, and print what was found as one JSON object.

    Args:
        arguments: of the command line; None for those given.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=600_000)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--watch", type=Path)
    given = parser.parse_args(arguments)
    if given.watch:
        _watch(given.watch)
        return
    with tempfile.TemporaryDirectory(prefix="events-") as folder:
        print(json.dumps(_measured(20_000 if given.short else given.frames, Path(folder))))


if __name__ == "__main__":
    _main()
