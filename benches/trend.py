"""Figures on health over time: the seventeen bearings of FEMTO, from their first minute to the end.

`python -m benches.trend [FOLDER]` measures them alone and lists every bearing.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faultlens.core.progress import progress
from faultlens.datasets.femto import AXES, SAMPLE_RATE_HZ, STEP_S, RunToFailure, read_runs
from faultlens.evaluation.figures import OF_N, Figure, Section, tables
from faultlens.inference.snapshot import Snapshot, snapshot
from faultlens.inference.trend import FALSE_ALARMS, HEALTHY, trend_of
from faultlens.metrics.intervals import share_interval
from faultlens.signals.recording import Recording, in_memory
from faultlens.signals.signal import Signal

TREND = "Health over time, FEMTO"
ALL, LEARNING, TEST = "all bearings", "learning set", "the eleven others"
WARNED = "warned before the last tenth of life"
FALSE = "warned in the first third (false)"
BETWEEN = "first warned between the two"
ALARMED = "alarmed before the end"
LEAD, LEAD_HOURS = "lead of the warning, median share of life", "lead of the warning, median"
BROAD_LEAD = "lead of the alarm, median"

FIRST_THIRD, LAST_TENTH = 1 / 3, 0.9
"""Share of life before which a warning is false, and by which it must have come."""

METHOD = "trend"

AIMS: dict[tuple[str, str, str], float] = {
    (TREND, ALL, WARNED): 0.88,
    (TREND, ALL, FALSE): 0.12,
}
"""What the figures are held to: 15 of 17 warned at least, 2 of 17 false at most. Asked for before
anything was measured."""


@dataclass(frozen=True)
class Watched:
    """What became of one bearing.

    Args:
        name: as published.
        learning: whether it belongs to the learning set.
        life_s: length of its life, s.
        healthy_until: share of life at the end of the recordings taken as healthy.
        highest_healthy: highest score in the first third of life, spreads.
        warning: share of life at the first warning; None without one.
        alarm: share of life at the first alarm; None without one.
    """

    name: str
    learning: bool
    life_s: float
    healthy_until: float
    highest_healthy: float
    warning: float | None
    alarm: float | None

    @property
    def false(self) -> bool:
        """Whether it was warned of in the first third of its life."""
        return self.warning is not None and self.warning < FIRST_THIRD

    @property
    def in_time(self) -> bool:
        """Whether it was warned of before the last tenth of its life."""
        return self.warning is not None and self.warning <= LAST_TENTH


def watched(run: RunToFailure, *, false_alarms: float = FALSE_ALARMS) -> Watched:
    """Follow one bearing with the defaults of `trend`, both axes, nothing known but the samples.

    Args:
        run: the bearing.
        false_alarms: as in `trend`.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> loud = np.where(np.arange(50) < 42, 1.0, 5.0)[:, None, None]
        >>> samples = (loud * rng.normal(size=(50, 1024, 2))).astype(np.float32)
        >>> found = watched(RunToFailure("Bearing1_1", 1800.0, samples, np.arange(1, 51), 50))
        >>> found.warning, found.false, found.in_time
        (0.88, False, True)
    """
    found = trend_of(_snapshots(run), false_alarms=false_alarms, title=run.name)
    life = run.numbers / run.life
    early = life < FIRST_THIRD
    marks = (found.view.warning, found.view.alarm)
    warning, alarm = (None if x is None else float(life[x.index]) for x in marks)
    return Watched(
        run.name,
        run.learning,
        run.life * STEP_S,
        float(life[found.view.healthy - 1]),
        float(found.followed.score[early].max()),
        warning,
        alarm,
    )


def trend_section(rows: Sequence[Watched]) -> Section:
    """The figures of all bearings, of the learning set and of the others, as a table.

    Args:
        rows: every bearing.

    Example:
        >>> row = Watched("Bearing1_3", False, 23750.0, 0.1, 1.2, 0.5, 0.97)
        >>> [(x.name, x.value) for x in trend_section([row]).figures][:2]
        [('warned before the last tenth of life', 1.0), ('warned in the first third (false)', 0.0)]
    """
    figures: list[Figure] = []
    groups = {
        ALL: list(rows),
        LEARNING: [x for x in rows if x.learning],
        TEST: [x for x in rows if not x.learning],
    }
    for subject, group in groups.items():
        if not group:
            continue
        for name, hits in (
            (WARNED, [x.in_time for x in group]),
            (FALSE, [x.false for x in group]),
            (BETWEEN, [x.in_time and not x.false for x in group]),
            (ALARMED, [x.alarm is not None for x in group]),
        ):
            figures.append(_share(subject, name, hits))
        leads = [(1 - x.warning, x.life_s) for x in group if x.warning is not None and not x.false]
        if leads:
            share = float(np.median([x for x, _ in leads]))
            hours = float(np.median([x * life / 3600 for x, life in leads]))
            figures.append(Figure(TREND, subject, LEAD, METHOD, share, len(leads)))
            figures.append(Figure(TREND, subject, LEAD_HOURS, METHOD, hours, len(leads), unit="h"))
        alarms = [(1 - x.alarm) * x.life_s / 60 for x in group if x.alarm is not None]
        if alarms:
            middle = float(np.median(alarms))
            figures.append(
                Figure(TREND, subject, BROAD_LEAD, METHOD, middle, len(alarms), unit="min")
            )
    note = (
        "Run-to-failure bearings of FEMTO, 88 to 98 recordings of 0.1 s from each life, two axes, "
        f"defaults of `trend`: the first {HEALTHY} recordings are taken as healthy (8 to 17 % of "
        "life), each later one is judged by the past alone. Its constants were set on the learning "
        "set, never bearing by bearing; two other settings had been looked at on the others before "
        "this one: their figures are a little kind. n counts bearings, [95 % intervals] are "
        "Wilson's; leads are medians over the bearings warned of after the first third."
    )
    return Section(TREND, note, tuple(figures), after=_listed(rows))


def measured_runs(folder: str | Path, *, quiet: bool = False) -> list[Watched]:
    """Follow every bearing in a folder.

    Args:
        folder: holds the bearings, as published or as npz.
        quiet: no progress bar.

    Raises:
        UnreadableFileError: no bearing is there, or one cannot be read.

    Example:
        >>> measured_runs("/nowhere")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere holds no bearing of FEMTO: ...
    """
    runs: Iterable[RunToFailure] = read_runs(folder)
    return [watched(x) for x in progress(runs, label="Bearings", total=17, quiet=quiet)]


def _snapshots(run: RunToFailure) -> list[Snapshot]:
    made = []
    for samples, number in zip(run.samples, run.numbers, strict=True):
        # The name of the published file: it carries the time.
        name = f"acc_{number:05d}.csv"
        axes = [_axis(samples[:, i], name, axis) for i, axis in enumerate(AXES)]
        made.append(snapshot(axes, file=name))
    return made


def _axis(samples: np.ndarray[tuple[int], np.dtype[np.float32]], name: str, axis: str) -> Recording:
    signal = Signal(samples, SAMPLE_RATE_HZ, unit="g", channel=axis, source=name)
    return in_memory(signal)


def _share(subject: str, name: str, hits: Sequence[bool]) -> Figure:
    count, total = sum(hits), len(hits)
    low, high = share_interval(count, total)
    return Figure(TREND, subject, name, METHOD, count / total, total, low, high, unit=OF_N)


def _listed(rows: Sequence[Watched]) -> str:
    lines = [
        "| bearing | set | healthy until | highest score in the first third | first warning | lead "
        "| alarm |",
        "|---|---|---|---|---|---|---|",
    ]
    for x in rows:
        lead = "-" if x.warning is None else f"{(1 - x.warning) * x.life_s / 3600:.2f} h"
        told = ["-" if share is None else f"{share:.3f}" for share in (x.warning, x.alarm)]
        group = "learning" if x.learning else "test"
        lines.append(
            f"| {x.name} | {group} | {x.healthy_until:.3f} | {x.highest_healthy:.2f} | {told[0]}"
            f"{' (false)' if x.false else ''} | {lead} | {told[1]} |"
        )
    return "\n".join(["Shares of life; the limit of the score is 1.45 spreads:", "", *lines])


def _main() -> None:
    shared = Path(os.environ.get("FAULTLENS_SHARED", "../shared"))
    folder = sys.argv[1] if len(sys.argv) > 1 else shared / "data" / "bearing" / "femto"
    print(tables([trend_section(measured_runs(folder))], AIMS))


if __name__ == "__main__":
    _main()
