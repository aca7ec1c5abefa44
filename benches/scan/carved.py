"""Figures on known defects carved into real scans: found, depth, volume, and what u95 is worth.

`python -m benches.scan.carved` carves and measures 2,000 defects of each row: twenty minutes of one
core. `--on simulated` does the same on simulated scans, where constants may be chosen.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benches.scan.carving import (
    DEEP,
    SHALLOW,
    SIZES,
    CarvedTrial,
    Spoiled,
    carved_trials,
    unspoiled,
)
from benches.scan.scans import BenchScan, real_scans, simulated_scans
from faultlens.core.errors import FaultlensError, UsageError
from faultlens.core.progress import progress
from faultlens.evaluation.figures import OF_N, Figure, Section, tables
from faultlens.metrics.intervals import bootstrap_interval, share_interval
from faultlens.surfaces.surface import Surface

COMMAND = "python -m benches.scan.carved"
TOPIC = "Defects of known size carved into scans"
DEEP_ROW, SHALLOW_ROW = "25 times local roughness and more", "5 to 25 times local roughness"
ROWS = {DEEP_ROW: DEEP, SHALLOW_ROW: SHALLOW}

FOUND = "found"
DEPTH_MEDIAN, DEPTH_95 = "depth error, median", "depth error, 95th percentile"
MEAN_MEDIAN, VOLUME_MEDIAN = "mean depth error, median", "volume error, median"
COVERED = "u95 covers the truth"
ERRORS = {
    DEPTH_MEDIAN: ("depth_mm", 0.5),
    DEPTH_95: ("depth_mm", 0.95),
    MEAN_MEDIAN: ("mean_depth_mm", 0.5),
    VOLUME_MEDIAN: ("volume_mm3", 0.5),
}
"""Figure -> size whose relative error it is of, and which quantile."""

AIMS: dict[tuple[str, str, str], float] = {
    (TOPIC, DEEP_ROW, FOUND): 0.98,
    (TOPIC, DEEP_ROW, DEPTH_MEDIAN): 0.02,
    (TOPIC, DEEP_ROW, DEPTH_95): 0.06,
    (TOPIC, DEEP_ROW, VOLUME_MEDIAN): 0.03,
    (TOPIC, SHALLOW_ROW, FOUND): 0.95,
    (TOPIC, SHALLOW_ROW, MEAN_MEDIAN): 0.10,
    (TOPIC, SHALLOW_ROW, VOLUME_MEDIAN): 0.10,
    **{(TOPIC, row, f"{COVERED}: {size}"): 0.95 for row in ROWS for size in SIZES},
}
"""What the figures are held to; coverage is to be 0.93 to 0.97."""

NOTE = (
    "Dents, scratches, pits, cracks and bumps, drawn in equal parts, 14 to 60 points long (at most "
    "a fifth of the scan), at least 6 points wide; what would be deeper than half its width is "
    "drawn again, so that rough scans get fewer slender ones. Carved along the normal into copies "
    "of each scan, at most eight in a copy. Local roughness is the standard deviation of the "
    "untouched scan about its own reference, out to twice the size of the defect. Depths are "
    "spread evenly over their logarithm, from 25 to 100 and from 5 to 25 times that. Found: a "
    "defect of the same kind whose worst place lies within the true outline, or the other way "
    "round. Errors are relative, of what was found. [95 % intervals] are over copies."
)

Figured = Callable[[NDArray[np.intp]], float]
Span = tuple[float, float] | None


def carved_section(trials: dict[str, Sequence[CarvedTrial]]) -> Section:
    """The figures as a table, with what was found of each form and in each scan below it.

    Args:
        trials: of each row.

    Example:
        >>> carved_section({DEEP_ROW: []}).topic == TOPIC
        True
    """
    figures = [x for row, some in trials.items() for x in row_figures(some, TOPIC, row)]
    after = "\n\n".join(_below(row, some) for row, some in trials.items())
    return Section(TOPIC, NOTE, tuple(figures), after)


def row_figures(
    trials: Sequence[CarvedTrial], topic: str, row: str, *, command: str = COMMAND
) -> list[Figure]:
    """How many were found, how far off their sizes are, and what the stated uncertainty is worth.

    Args:
        trials: that are counted together.
        topic: of the figures.
        row: what they were measured on.
        command: that measures them again.

    Example:
        >>> row_figures([], TOPIC, DEEP_ROW)
        []
    """

    def figure(
        name: str, of: Figured, some: Sequence[CarvedTrial], span: Span = None, unit: str = ""
    ) -> Figure:
        low, high = span or bootstrap_interval(of, [x.copy for x in some])
        value = of(np.arange(len(some)))
        return Figure(
            *(topic, row, name, "measure", value, len(some), low, high), unit=unit, command=command
        )

    def share(name: str, hits: Sequence[bool], some: Sequence[CarvedTrial]) -> Figure:
        marks = np.array(hits)
        one_sided = marks.all() or not marks.any()
        span = share_interval(int(marks.sum()), len(marks)) if one_sided else None
        return figure(name, lambda index: float(marks[index].mean()), some, span, OF_N)

    if not trials:
        return []
    hit = [x for x in trials if x.found is not None]
    figures = [share(FOUND, [x.found is not None for x in trials], trials)]
    if not hit:
        return figures
    for name, (size, quantile) in ERRORS.items():
        off = np.array([abs(x.error(size)) for x in hit])
        figures.append(figure(name, _quantile(off, quantile), hit))
    return figures + [
        share(f"{COVERED}: {size}", [x.covered(size) for x in hit], hit) for size in SIZES
    ]


def _quantile(values: NDArray[np.float64], share: float) -> Figured:
    return lambda index: float(np.quantile(values[index], share))


def _below(row: str, trials: Sequence[CarvedTrial]) -> str:
    """Markdown: the same by scan and by form, and how far off each size is, with its sign."""
    lines = [
        f"{row}: by scan and form",
        "",
        "| | n | found | depth: median, signed | 95th | mean depth | volume: median, signed | u95 "
        "covers depth, mean depth, length, width, area, volume |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for key in (lambda x: x.scan, lambda x: x.truth.form.form):
        for name, some in _grouped(trials, key):
            hit = [x for x in some if x.found is not None]
            cells = [name, f"{len(some)}", f"{len(hit) / len(some):.3f}"]
            if hit:
                depth, mean, volume = (
                    np.array([x.error(size) for x in hit])
                    for size in ("depth_mm", "mean_depth_mm", "volume_mm3")
                )
                covered = [float(np.mean([x.covered(size) for x in hit])) for size in SIZES]
                cells += [
                    f"{np.median(np.abs(depth)):.3f}, {np.median(depth):+.3f}",
                    f"{np.quantile(np.abs(depth), 0.95):.3f}",
                    f"{np.median(np.abs(mean)):.3f}, {np.median(mean):+.3f}",
                    f"{np.median(np.abs(volume)):.3f}, {np.median(volume):+.3f}",
                    ", ".join(f"{share:.2f}" for share in covered),
                ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _grouped(
    trials: Iterable[CarvedTrial], key: Callable[[CarvedTrial], str]
) -> list[tuple[str, list[CarvedTrial]]]:
    return [(name, list(some)) for name, some in groupby(sorted(trials, key=key), key)]


def all_trials(
    scans: Sequence[BenchScan],
    count: int,
    times: tuple[float, float],
    *,
    seed: int,
    spoiled: Callable[[Surface, int], Spoiled] = unspoiled,
) -> list[CarvedTrial]:
    """So many defects of one row, in equal parts of each group of scans.

    Args:
        scans: that they are carved into.
        count: of defects.
        times: depth in local roughnesses, from and to.
        seed: of the defects.
        spoiled: what makes each carved scan a hard one.

    Example:
        >>> all_trials([], 10, DEEP, seed=0)
        []
    """
    groups: dict[str, list[BenchScan]] = {}
    for scan in scans:
        groups.setdefault(scan.group, []).append(scan)
    trials: list[CarvedTrial] = []
    shares = {
        scan.name: count / len(groups) / len(some) for some in groups.values() for scan in some
    }
    due = 0.0
    for scan in progress(scans, label="Carving", total=len(scans)):
        before, due = round(due), due + shares[scan.name]
        if round(due) > before:
            trials += carved_trials(
                scan, round(due) - before, times=times, seed=seed, spoiled=spoiled
            )
    return trials


def read_scans(on: str) -> list[BenchScan]:
    """The scans to carve into.

    Args:
        on: "real", "simulated", or part of the name of one of them.

    Raises:
        UsageError: no scan of that name.

    Example:
        >>> read_scans("simulated nothing")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: No scan is called 'simulated nothing'; give real, ...
    """
    shared = Path(os.environ.get("FAULTLENS_SHARED", "../shared"))
    every = simulated_scans() if on.startswith("simulated") else real_scans(shared / "data/images")
    some = [x for x in every if on in ("real", "simulated") or on in x.name]
    if not some:
        raise UsageError(f"No scan is called '{on}'; give real, simulated or a part of a name.")
    return some


def _main() -> None:
    """Carve, measure and print."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--count", type=int, default=2000, help="defects of each row")
    parser.add_argument("--on", default="real", help="real, simulated, or one scan")
    parser.add_argument("--row", choices=("deep", "shallow"), default=None, help="one row only")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    wanted = {"deep": [DEEP_ROW], "shallow": [SHALLOW_ROW], None: list(ROWS)}[chosen.row]
    try:
        scans = read_scans(chosen.on)
        trials: dict[str, Sequence[CarvedTrial]] = {
            row: all_trials(scans, chosen.count, ROWS[row], seed=chosen.seed) for row in wanted
        }
    except FaultlensError as error:
        print(f"faultlens: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    print(tables([carved_section(trials)], AIMS))


if __name__ == "__main__":
    _main()
