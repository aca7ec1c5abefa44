"""False alarms of the whole decision on healthy windows, and faults missed at the same setting.

    python -m benches.line.false_alarms [--short] [--out results]

Twenty machines are drawn whose speed, load and background wander slowly. A profile is made of the
first 5,000 healthy windows of each; the next 5,000 go through detector, decision and alarms, in
their order. Then faults begin on the same machines, one after the other.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice, product
from pathlib import Path

import numpy as np

from benches.line.wandering import Machine, drawn_machines, windows_of
from faultlens.core.files import write_text
from faultlens.evaluation.figures import OF_N, Figure, Section, figures_json, tables
from faultlens.line.alarms.alarms import Alarms
from faultlens.line.alarms.steps import after_frame
from faultlens.line.configuration.line_config import DecisionConfig, SourceConfig
from faultlens.line.decision.decided import after_judged
from faultlens.line.decision.state import DecisionState
from faultlens.line.detectors.making import detector_of
from faultlens.line.frame import Frame
from faultlens.line.judged import Judged
from faultlens.metrics.intervals import bootstrap_interval, share_interval
from faultlens.profiles.calibrate import calibrate
from faultlens.runtimes.loaded import load_model
from faultlens.signals.signal import Signal

COMMAND = "python -m benches.line.false_alarms"
WANTED = 1e-3
ALLOWED = 2e-3
FIRST_SEED = 70_000
FAMILIES = ("outer", "inner", "ball", "cage")
SNRS_DB = (-10.0, -5.0, 0.0, 5.0)
"""Power of a fault over that of the background, dB: from hardly audible to plain."""

RULES = {
    "1 of 1": DecisionConfig(false_alarms=WANTED),
    "2 of 3": DecisionConfig(m=2, n=3, false_alarms=WANTED),
    "3 of 5": DecisionConfig(m=3, n=5, false_alarms=WANTED),
    "fixed 0.85": DecisionConfig(rule="fixed", threshold=0.85),
}
BATCH = 16


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Args:
        machines: that are drawn.
        calibrated: healthy windows of each behind its profile.
        healthy: further healthy windows of each.
        faulty: windows that a fault has to be found in.
    """

    machines: int
    calibrated: int
    healthy: int
    faulty: int


WHOLE = Size(machines=20, calibrated=5_000, healthy=5_000, faulty=30)
SHORT = Size(machines=2, calibrated=500, healthy=250, faulty=8)


@dataclass(frozen=True)
class Outcome:
    """What came of one rule at one machine.

    Args:
        rule: name of it, of `RULES`.
        windows: healthy ones that were judged.
        alarms: that they raised.
        above: healthy windows that lay above the threshold by themselves.
        promised: rate that the profile promises; None for nobody knows.
        found: (family, snr in dB, window at which the alarm was raised; -1 for missed) of each
            fault.
    """

    rule: str
    windows: int
    alarms: int
    above: int
    promised: float | None
    found: tuple[tuple[str, float, int], ...]


def of_machine(machine: Machine, size: Size) -> list[Outcome]:
    """Everything of one machine, by each rule.

    Args:
        machine: that was drawn.
        size: how much is measured.

    Example:
        >>> of_machine.__name__  # tests/line/decision/test_whole_decision.py shows it at work
        'of_machine'
    """
    profile = calibrate(
        windows_of(machine, size.calibrated, seed=1), false_alarms=WANTED, name="bench"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.profile"
        profile.save(file)
        source = SourceConfig("bench", "replay", None, detector="signal", profile=file)
        detectors = {
            name: detector_of(replace(source, decision=config)) for name, config in RULES.items()
        }
    # All rules are held against the same scores: only their thresholds differ.
    probe = [_frame(0, next(windows_of(machine, 1, seed=3)))]
    bars = {name: Bar.of(x.judge(probe)[0]) for name, x in detectors.items()}
    judge = detectors["1 of 1"].judge
    healthy = list(_judged(judge, windows_of(machine, size.healthy, seed=2)))
    faults = [
        (family, snr_db, list(_judged(judge, windows_of(
            machine, size.faulty, seed=10 + number, families=[family], snr_db=snr_db
        ))))
        for number, (family, snr_db) in enumerate(product(FAMILIES, SNRS_DB))
    ]  # fmt: skip
    return [
        Outcome(
            rule=name,
            windows=len(healthy),
            alarms=len(_raised(RULES[name], bar.held(healthy))),
            above=sum(x.alarm for x in bar.held(healthy)),
            promised=bar.false_alarm_rate,
            found=tuple(
                (family, snr_db, next(iter(_raised(RULES[name], bar.held(windows))), -1))
                for family, snr_db, windows in faults
            ),
        )
        for name, bar in bars.items()
    ]


@dataclass(frozen=True)
class Bar:
    """The threshold of a rule at one machine.

    Args:
        threshold: from which a window counts.
        false_alarm_rate: that is promised with it; None for nobody knows.
    """

    threshold: float
    false_alarm_rate: float | None

    @classmethod
    def of(cls, judged: Judged) -> "Bar":
        """The one that a detector held a window against."""
        return cls(judged.threshold, judged.false_alarm_rate)

    def held(self, windows: Sequence[Judged]) -> list[Judged]:
        """Windows that another rule judged, held against this one."""
        bar = self.threshold
        return [
            replace(x, threshold=bar, alarm=x.score > bar and x.result["known"]) for x in windows
        ]


def _raised(config: DecisionConfig, judged: Sequence[Judged]) -> list[int]:
    """Numbers of the windows at which decision and alarms raise one.

    Args:
        config: m, n and hysteresis.
        judged: windows in their order.
    """
    state, alarms, numbers = DecisionState(), Alarms("bench"), []
    for number, each in enumerate(judged):
        state, step = after_judged(config, state, each)
        alarms, records = after_frame(alarms, config, each, step)
        numbers += [number for x in records if x.step == "raised"]
    return numbers


def _frame(number: int, signal: Signal) -> Frame:
    time = datetime(2026, 11, 26, tzinfo=UTC) + timedelta(seconds=number)
    return Frame(f"{number:06d}", "bench", time, signal)


def _judged(
    judge: Callable[[Sequence[Frame]], list[Judged]], signals: Iterable[Signal]
) -> Iterator[Judged]:
    frames = (_frame(i, x) for i, x in enumerate(signals))
    while batch := list(islice(frames, BATCH)):
        for x in judge(batch):
            assert not x.error, x.error
            # Of a hundred thousand windows only what decides is kept.
            frame = replace(x.frame, payload=_NOTHING)
            known = {"known": _is_known(x)}
            yield replace(x, frame=frame, result=known, embedding=None, spectrum=None, quality={})


_NOTHING = Signal(np.zeros(1), 1.0)


def _is_known(judged: Judged) -> bool:
    """Whether some fault is at least as likely as "unknown", without which nothing alarms."""
    scores = {True: 0.0, False: 0.0}
    for finding in judged.result["findings"]:
        if finding["fault"] != "healthy":
            unknown = finding["fault"] == "unknown"
            scores[unknown] = max(scores[unknown], finding["score"])
    return scores[False] >= scores[True]


def _figures_of(outcomes: Sequence[Sequence[Outcome]], model: str) -> list[Section]:
    """Tables of what came of all machines.

    Args:
        outcomes: of each machine, one per rule.
        model: reference of what judged.
    """
    alarms: list[Figure] = []
    missed: list[Figure] = []
    for rule in RULES:
        its = [next(x for x in machine if x.rule == rule) for machine in outcomes]
        alarms += [
            _alarm_figure(its, model, "alarms raised per healthy window", [x.alarms for x in its]),
            _alarm_figure(
                its, model, "healthy windows above the threshold", [x.above for x in its]
            ),
        ]
        found = [x for machine in its for x in machine.found]
        for snr_db in SNRS_DB:
            when = [at for _, level, at in found if level == snr_db]
            missed += _missed_figures(rule, f"at {snr_db:+.0f} dB", model, when)
        for family in FAMILIES:
            when = [at for name, level, at in found if name == family and level >= 0]
            missed += _missed_figures(rule, f"{family}, at 0 and +5 dB", model, when)
    return [
        Section(FALSE, f"Wanted {WANTED:g}; intervals over machines.", tuple(alarms)),
        Section(MISSED, "Level of the fault over the background; all four families.",
                tuple(missed)),
    ]  # fmt: skip


FALSE = "The line: false alarms of the whole decision"
MISSED = "The line: faults missed at the same setting"
AIMS = {(FALSE, rule, "alarms raised per healthy window"): ALLOWED for rule in list(RULES)[:3]}


def _missed_figures(rule: str, name: str, model: str, when: Sequence[int]) -> Iterator[Figure]:
    misses = sum(x < 0 for x in when)
    low, high = share_interval(misses, len(when))
    share = misses / len(when)
    yield Figure(MISSED, rule, name, model, share, len(when), low, high, unit=OF_N, command=COMMAND)
    if delays := [x + 1 for x in when if x >= 0]:
        delay, name = float(np.median(delays)), f"{name}, median delay of those found"
        yield Figure(MISSED, rule, name, model, delay, len(delays), unit="windows", command=COMMAND)


def _alarm_figure(
    outcomes: Sequence[Outcome], model: str, name: str, counts: Sequence[int]
) -> Figure:
    numbers, windows = np.array(counts), np.array([x.windows for x in outcomes])

    def share(rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> float:
        return float(numbers[rows].sum() / windows[rows].sum())

    low, high = bootstrap_interval(share, [str(i) for i in range(len(outcomes))])
    total = int(windows.sum())
    value = int(numbers.sum()) / total
    return Figure(
        FALSE, outcomes[0].rule, name, model, value, total, low, high, unit=OF_N, command=COMMAND
    )


def _main() -> None:
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--short", action="store_true", help="two machines, in half a minute")
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--machines", type=int, help="in place of 20")
    chosen = parser.parse_args()
    size = SHORT if chosen.short else WHOLE
    size = replace(size, machines=chosen.machines or size.machines)
    machines = drawn_machines(size.machines, FIRST_SEED)
    with ProcessPoolExecutor(chosen.workers) as pool:
        outcomes = []
        for machine, found in zip(machines, pool.map(partial(of_machine, size=size), machines),
                                  strict=True):  # fmt: skip
            told = ", ".join(
                f"{x.rule}: {x.alarms} of {x.windows}, missed "
                f"{sum(at < 0 for *_, at in x.found)} of {len(x.found)}"
                for x in found
            )
            print(f"machine {machine.seed}, {machine.rpm:.0f} rpm: {told}", flush=True)
            outcomes.append(found)
    sections = _figures_of(outcomes, load_model("builtin/bearing").reference)
    page = tables(sections, AIMS)
    print(page)
    write_text(chosen.out / "line_false_alarms.md", page)
    figures = [x for section in sections for x in section.figures]
    write_text(chosen.out / "line_false_alarms.json", figures_json(figures))


if __name__ == "__main__":
    _main()
