"""How fast and lean a large scan is measured: `python -m benches.scan.speed`, a minute.

A million points of a plane with defects, written as a binary PLY, in a process of its own: reading,
then from the plane to the report (defects, names, HTML page).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from faultlens.evaluation.figures import Figure, Section, tables
from faultlens.surfaces.simulator.draw import drawn_form
from faultlens.surfaces.simulator.forms import FORMS
from faultlens.surfaces.simulator.simulate import simulate_scan
from faultlens.surfaces.write import write_surface

COMMAND = "python -m benches.scan.speed"
TOPIC = "A large scan"
POINTS = 1_000_000
REPEATS = 5
TO_REPORT, READ, WHOLE, PEAK = (
    "plane to report",
    "reading the file",
    "whole command, start to report",
    "peak memory",
)
ONE = "a million points"

AIMS: dict[tuple[str, str, str], float] = {(TOPIC, ONE, TO_REPORT): 3.0, (TOPIC, ONE, PEAK): 1000.0}
"""At most: seconds on two cores, and MB."""

MEASURE = """
import json, resource, sys, time
from pathlib import Path
from faultlens.surfaces.read import read_surface
from faultlens.inference.measure import measure
start = time.perf_counter()
surface = read_surface(sys.argv[1], unit="mm")
read = time.perf_counter()
found = measure(surface, reference="plane")
found.save(Path(sys.argv[2]))
done = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
print(json.dumps([read - start, done - read, peak, len(found.defects)]))
"""
"""Runs in a process of its own, so that the peak is of one scan and nothing else."""


def speed_section(
    points: int = POINTS, repeats: int = REPEATS, *, warming: int = 1, command: bool = True
) -> Section:
    """Seconds and peak memory, the median of some runs.

    Args:
        points: of the scan.
        repeats: runs that count.
        warming: runs before them, which fill the caches of files.
        command: whether the whole command is timed too.

    Example:
        >>> speed_section(1, 1)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 0.1 by 0.1 mm with a point every 0.1 mm are 2 rows and ...
    """
    with tempfile.TemporaryDirectory() as folder:
        scan = Path(folder) / "scan.ply"
        carved = _write(scan, points)
        runs, whole = [], []
        for _ in range(warming + repeats):
            page = Path(folder) / "report.html"
            done = subprocess.run(
                [sys.executable, "-c", MEASURE, str(scan), str(page)],
                check=True,
                capture_output=True,
                text=True,
            )
            runs.append(json.loads(done.stdout.splitlines()[-1]))
            if command:
                whole.append(_whole(scan, Path(folder) / "out"))
    read, report, peak, found = np.median(np.array(runs[warming:]), axis=0)
    rows = (
        (TO_REPORT, float(report), "s"),
        (READ, float(read), "s"),
        (PEAK, float(peak), "MB"),
        *([(WHOLE, float(np.median(whole[warming:])), "s")] if command else []),
    )
    threads = os.environ.get("OMP_NUM_THREADS", "as many as cores")
    note = (
        f"{points:,} points off any raster, {carved} defects carved, {found:.0f} found; binary "
        f"PLY. On {os.cpu_count()} cores (OMP_NUM_THREADS: {threads}), beside whatever else ran; "
        f"median of {repeats} runs, each a process of its own. The report is the HTML page."
    )
    subject = ONE if points == POINTS else f"{points:,} points"
    figures = (
        Figure(TOPIC, subject, name, "measure", value, repeats, unit=unit, command=COMMAND)
        for name, value, unit in rows
    )
    return Section(TOPIC, note, tuple(figures))


def _whole(scan: Path, out: Path) -> float:
    """Seconds of `faultlens measure`, from its start to its files."""
    words = [sys.executable, "-m", "faultlens", "measure", str(scan), "--unit", "mm"]
    words += ["--reference", "plane", "--out", str(out), "--json"]
    started = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    return time.perf_counter() - started


def _write(path: Path, points: int) -> int:
    """A plane of that many points with one defect of each form."""
    side = float(np.sqrt(points)) * 0.1
    rng = np.random.default_rng(0)
    places = [(0.25, 0.25), (-0.25, 0.25), (0.25, -0.25), (-0.25, -0.25), (0.0, 0.0)]
    defects = [
        drawn_form(
            rng,
            form=form,
            length_mm=(0.08 * side, 0.15 * side),
            narrowest_mm=0.8,
            depth_mm=0.2,
            place_mm=(u * side, v * side),
        )
        for form, (u, v) in zip(FORMS, places, strict=True)
    ]
    made = simulate_scan(
        "plane",
        defects,
        size_mm=(side, side),
        spacing_mm=0.1,
        roughness_mm=0.004,
        tilt_deg=5,
        raster=False,
    )
    write_surface(path, made.surface)
    return len(defects)


def _main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--points", type=int, default=POINTS)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    chosen = parser.parse_args()
    print(tables([speed_section(chosen.points, chosen.repeats)], AIMS))


if __name__ == "__main__":
    _main()
