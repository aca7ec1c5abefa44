"""False defects on sound simulated surfaces: `python -m benches.scan.healthy`, two minutes."""

import argparse
from collections.abc import Iterable, Sequence

import numpy as np

from benches.scan.carving import measured
from benches.scan.scans import BenchScan, simulated_scans
from faultlens.core.progress import progress
from faultlens.evaluation.figures import OF_N, Figure, Section, tables
from faultlens.metrics.intervals import share_interval

COMMAND = "python -m benches.scan.healthy"
TOPIC = "Sound simulated surfaces"
FALSE_SCANS, FALSE_DEFECTS = "surfaces with a false defect", "false defects"
COUNT, SEED = 100, 7_000
"""Surfaces, and their seed: of no scan that constants are chosen on."""

AIMS: dict[tuple[str, str, str], float] = {(TOPIC, "every body", FALSE_DEFECTS): 1.0}
"""At most, on 100 surfaces."""

NOTE = (
    "Planes, cylinders, spheres and free forms in equal parts, 80,000 to 180,000 points, with "
    "roughness correlated over 0 to 4 points, half of them with a lay, half with waviness, and "
    "noise; nothing is carved into them. False defects: everything that `find_defects` reports "
    "with its own threshold."
)


def healthy_section(scans: Iterable[BenchScan], count: int) -> Section:
    """How many defects are found where there are none.

    Args:
        scans: sound ones.
        count: how many there are.

    Example:
        >>> healthy_section([], 0).figures
        ()
    """
    found = [
        (" ".join(scan.name.split()[1:-1]), len(measured(scan.surface)[1]))
        for scan in progress(scans, label="Measuring", total=count)
    ]
    bodies = dict.fromkeys(body for body, _ in found)
    if not found:
        return Section(TOPIC, NOTE, ())
    figures = _figures("every body", [n for _, n in found])
    for body in bodies:
        figures += _figures(body, [n for name, n in found if name == body])[:1]
    return Section(TOPIC, NOTE, tuple(figures))


def _figures(subject: str, counts: Sequence[int]) -> list[Figure]:
    marks = np.array(counts) > 0
    span = share_interval(int(marks.sum()), len(marks))
    share = float(marks.mean())
    return [
        Figure(
            *(TOPIC, subject, FALSE_SCANS, "measure", share, len(marks), *span),
            unit=OF_N,
            command=COMMAND,
        ),
        Figure(
            *(TOPIC, subject, FALSE_DEFECTS, "measure", float(sum(counts)), len(marks)),
            command=COMMAND,
        ),
    ]


def _main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--count", type=int, default=COUNT, help="surfaces")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    scans = simulated_scans(chosen.count, seed=chosen.seed)
    print(tables([healthy_section(scans, chosen.count)], AIMS))


if __name__ == "__main__":
    _main()
