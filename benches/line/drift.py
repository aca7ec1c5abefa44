"""Drift: how soon a change of ten per cent is seen, as what, and how often nothing is.

    python -m benches.line.drift [--short] [--out results]

Machines and cameras are drawn as the models' training data are; what a machine in good order does
by itself is in `drift_streams`. The built-in detectors judge every frame, and a `Monitor` as
line.toml makes it by default sees what they say. Healthy frames are counted behind the reference.
At some places of each stream a change begins; 200 changed frames are then followed.
"""

import argparse
import copy
import tempfile
import time as clock
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from benches.line.drift_streams import (
    RESTLESS,
    STEADY,
    Station,
    drawn_stations,
    lamp,
    pictures,
    walk,
    windows,
)
from benches.line.wandering import Machine, drawn_machines
from faultlens.core.files import write_text
from faultlens.evaluation.figures import OF_N, Figure, Section, figures_json, tables
from faultlens.images.image import Image
from faultlens.line.configuration.line_config import MonitoringConfig, SourceConfig
from faultlens.line.detectors.making import detector_of
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.line.monitoring.monitor import Monitor
from faultlens.metrics.intervals import share_interval
from faultlens.signals.signal import Signal
from faultlens.store.records import EventRecord

COMMAND = "python -m benches.line.drift"
WITHIN = 200
"""Changed frames within which a change must be told."""
FIRST_SEED = 81_000
BATCH = 16

CHANGES: dict[str, dict[str, tuple[str, ...]]] = {
    "vibration": {"gain": ("gain",), "load": ("process",)},
    "camera": {
        "gain": ("bright", "dark"), "blur": ("blur",), "grain": ("process",),
    },
}  # fmt: skip
"""Kind of stream -> change -> causes that name it rightly."""


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Args:
        machines: vibration channels.
        restless: machines that wander far.
        stations: cameras.
        windows: healthy windows of each machine, behind the reference.
        pictures: healthy pictures of each camera.
        places: at which each change begins, in each stream.
    """

    machines: int
    restless: int
    stations: int
    windows: int
    pictures: int
    places: int


WHOLE = Size(machines=20, restless=5, stations=20, windows=1500, pictures=1000, places=5)
SHORT = Size(machines=2, restless=0, stations=1, windows=300, pictures=150, places=1)


@dataclass(frozen=True)
class Case:
    """What came of one change.

    Args:
        change: of `CHANGES`.
        after: changed frames until it was told; None for never.
        cause: that was told.
    """

    change: str
    after: int | None
    cause: str


@dataclass(frozen=True)
class Outcome:
    """What came of one stream.

    Args:
        name: of the stream.
        kind: "vibration", "restless" or "camera".
        healthy: frames that were watched behind the reference.
        alarms: (frame, what was told) of drift that was none.
        settled: whether the reference stood still.
        cases: of the changes.
        cost_s: that the monitor took for a frame, mean, s.
    """

    name: str
    kind: str
    healthy: int
    alarms: tuple[tuple[int, str], ...]
    settled: bool
    cases: tuple[Case, ...]
    cost_s: float


Judge = Callable[[Sequence[Frame]], list[Judged]]
Taken = Callable[[Iterable[int], str], Iterator[Signal | Image]]


def _of_machine(machine: Machine, size: Size, *, restless: bool = False) -> Outcome:
    """Everything of one vibration channel.

    Args:
        machine: that was drawn.
        size: how much is measured.
        restless: whether it wanders far; nothing is changed then.

    """
    wander = RESTLESS if restless else STEADY
    wandered = walk(machine, wander, 8_000)
    kind = "restless" if restless else "vibration"
    return _followed(
        f"machine {machine.seed}",
        kind,
        SourceConfig("bench", "replay", None, detector="signal"),
        lambda numbers, change: windows(machine, wandered, numbers, change),
        size.windows,
        0 if restless else size.places,
    )


def _of_station(station: Station, size: Size) -> Outcome:
    """Everything of one camera.

    Args:
        station: that was drawn.
        size: how much is measured.

    """
    wandered = lamp(station, 8_000)
    return _followed(
        f"camera {station.seed}, {station.settings.process}",
        "camera",
        SourceConfig("bench", "replay", None, detector="picture"),
        lambda numbers, change: pictures(station, wandered, numbers, change),
        size.pictures,
        size.places,
    )


def _followed(
    name: str, kind: str, source: SourceConfig, taken: Taken, healthy: int, places: int
) -> Outcome:
    judge = detector_of(source).judge
    with tempfile.TemporaryDirectory() as folder:
        monitor = Monitor(MonitoringConfig(), "bench", "", Path(folder), media=Path(folder))
        alarms: list[tuple[int, str]] = []
        marks: list[tuple[int, Monitor]] = []
        start, settled, spent, seen = None, True, 0.0, 0
        numbers = iter(range(8_000 - WITHIN))
        for number, judged in _judged(judge, taken(numbers, "")):
            began = clock.process_time()
            told = [x for x in monitor.saw(judged) if isinstance(x, EventRecord)]
            spent, seen = spent + clock.process_time() - began, seen + 1
            if start is None:
                if told:
                    start, settled = number, "never" not in told[0].en
                continue
            alarms += [
                (number - start, str(x.facts.get("cause"))) for x in told if "cause" in x.facts
            ]
            # A window must have filled first; then places are spread over the healthy frames.
            every = max((healthy - 120) // max(places, 1), 1)
            if len(marks) < places and number - start >= 120 + len(marks) * every:
                marks.append((number + 1, copy.deepcopy(monitor)))
            if number - start >= healthy:
                break
        assert start is not None, f"{name} has no reference"
        cases = [
            _changed(copy.deepcopy(at), judge, taken, first, change)
            for first, at in marks
            for change in CHANGES.get(kind, ())
        ]
        return Outcome(
            name, kind, healthy, tuple(alarms), settled, tuple(cases), spent / max(seen, 1)
        )


def _changed(monitor: Monitor, judge: Judge, taken: Taken, first: int, change: str) -> Case:
    for number, judged in _judged(judge, taken(iter(range(first, first + WITHIN)), change), first):
        for told in monitor.saw(judged):
            if isinstance(told, EventRecord) and "cause" in told.facts:
                return Case(change, number - first + 1, told.facts["cause"])
    return Case(change, None, "")


def _judged(
    judge: Judge, payloads: Iterable[Signal | Image], first: int = 0
) -> Iterator[tuple[int, Judged]]:
    numbered = enumerate(payloads, first)
    while batch := [_frame(number, x) for number, x in islice(numbered, BATCH)]:
        yield from ((int(x.frame.id), x) for x in judge(batch))


def _frame(number: int, payload: Signal | Image) -> Frame:
    time = datetime(2026, 11, 26, tzinfo=UTC) + timedelta(seconds=2 * number)
    return Frame(f"{number:06d}", "bench", time, payload)


SECTION = "The line: drift"
DETECTED, TOLD, FALSE = "told within 200 frames", "told as what it is", "false drift alarms"
AIMS = {
    **{
        (SECTION, kind, f"{x}, {DETECTED}"): 0.95
        for kind, changes in CHANGES.items()
        for x in changes
        if x != "grain"  # stated only: of some finishes a tenth of it changes nothing to be seen
    },
    (SECTION, "all", FALSE): 1.0,
}


def figures_of(outcomes: Sequence[Outcome]) -> list[Section]:
    """The table of what came of all streams.

    Args:
        outcomes: of each stream.

    Example:
        >>> told = Case("gain", 60, "gain")
        >>> (section,) = figures_of([Outcome("a", "vibration", 100, (), True, (told,), 1e-4)])
        >>> section.figures[0].value
        1.0
    """
    found: list[Figure] = []
    for kind, changes in CHANGES.items():
        for change, right in changes.items():
            cases = [c for x in outcomes if x.kind == kind for c in x.cases if c.change == change]
            if not cases:
                continue
            delays = [c.after for c in cases if c.after is not None]
            causes = [c.cause in right for c in cases if c.after is not None]
            found.append(_share(kind, f"{change}, {DETECTED}", len(delays), len(cases)))
            if delays:
                found.append(_share(kind, f"{change}, {TOLD}", sum(causes), len(causes)))
                middle = float(np.median(delays))
                found.append(
                    Figure(
                        SECTION, kind, f"{change}, median delay", "", middle, len(delays),
                        unit="frames", command=COMMAND,
                    )
                )  # fmt: skip
    calm = [x for x in outcomes if x.kind != "restless"]
    for name, its in (("all", calm), ("restless", [x for x in outcomes if x not in calm])):
        if its:
            total, alarms = sum(x.healthy for x in its), sum(len(x.alarms) for x in its)
            found.append(
                Figure(
                    SECTION, name, FALSE, "", float(alarms), total, unit="alarms", command=COMMAND
                )
            )
    cost = float(np.mean([x.cost_s for x in outcomes])) * 100
    found.append(
        Figure(
            SECTION, "all", "share of a core at 100 frames per second", "", cost, len(outcomes),
            command=COMMAND,
        )
    )  # fmt: skip
    note = "Changes of 10 %. Intervals over cases; MonitoringConfig as by default."
    return [Section(SECTION, note, tuple(found))]


def _share(kind: str, name: str, count: int, of: int) -> Figure:
    low, high = share_interval(count, of)
    return Figure(SECTION, kind, name, "", count / of, of, low, high, unit=OF_N, command=COMMAND)


def _main() -> None:
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--short", action="store_true", help="three streams, in about a minute")
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--machines", type=int, help="in place of 20")
    parser.add_argument("--stations", type=int, help="in place of 20")
    parser.add_argument("--restless", type=int, help="in place of 5")
    chosen = parser.parse_args()
    size = SHORT if chosen.short else WHOLE
    asked = {x: getattr(chosen, x) for x in ("machines", "stations", "restless")}
    size = replace(size, **{x: n for x, n in asked.items() if n is not None})
    machines = drawn_machines(max(size.machines, size.restless, 1), FIRST_SEED)
    work = [partial(_of_machine, x, size) for x in machines[: size.machines]]
    work += [partial(_of_machine, x, size, restless=True) for x in machines[: size.restless]]
    work += [partial(_of_station, x, size) for x in drawn_stations(size.stations, FIRST_SEED)]
    outcomes = []
    with ProcessPoolExecutor(chosen.workers) as pool:
        for found in pool.map(_done, work):
            told = [(x.change, x.after, x.cause) for x in found.cases]
            print(
                f"{found.kind}, {found.name}: {len(found.alarms)} false of {found.healthy} "
                f"{list(found.alarms)}{'' if found.settled else ', never settled'}; {told}; "
                f"{1e3 * found.cost_s:.2f} ms",
                flush=True,
            )
            outcomes.append(found)
    sections = figures_of(outcomes)
    page = tables(sections, AIMS)
    print(page)
    write_text(chosen.out / "line_drift.md", page)
    figures = [x for section in sections for x in section.figures]
    write_text(chosen.out / "line_drift.json", figures_json(figures))


def _done(work: "partial[Outcome]") -> Outcome:
    return work()


if __name__ == "__main__":
    _main()
