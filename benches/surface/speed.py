"""How fast and how lean `inspect` is: the whole command, and memory of a large picture."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benches.surface.answers import COMMAND, TILES, Bench
from faultlens.evaluation.figures import Figure, Section
from faultlens.images.write import write_image

SPEED = "Speed and memory"
ONE, LARGE = "one picture, whole command", "8000 x 2000 pixels"
TIME, PEAK = "time", "peak memory"

REPEATS = 5

AIMS: dict[tuple[str, str, str], float] = {
    (SPEED, ONE, TIME): 2.0,
    (SPEED, LARGE, PEAK): 1000.0,
}
"""(topic, subject, name) -> what the figure is to reach: times and memory at most."""

MEASURE_PEAK = (
    "import json, resource, sys; from faultlens.images.read import read_image; "
    "from faultlens.inference.inspect import inspect; "
    "image = read_image(sys.argv[1]); result = inspect(image, model=sys.argv[2]); "
    "print(json.dumps([result.seconds, "
    "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6]))"
)
"""Runs in a process of its own, so that the peak is of one inspection and nothing else."""


def surface_speed_section(bench: Bench, *, repeats: int = REPEATS) -> Section:
    """Time and memory of single pictures; `benches.line.camera` measures a stream of large ones.

    Args:
        bench: pictures and model.
        repeats: how often each is timed; the median counts.

    Raises:
        InputError: pictures or model cannot be read.

    Example:
        >>> surface_speed_section(Bench(Path("/nowhere"), Path("/y")))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: /nowhere/manifest.csv does not exist; ...
    """
    tile = bench.pictures(TILES).pictures[0].path
    figures = [*_command(bench, tile, repeats), *_large(bench)]
    threads = os.environ.get("OMP_NUM_THREADS", "as many as cores")
    note = (
        f"On {os.cpu_count()} cores (OMP_NUM_THREADS: {threads}), beside whatever else ran; median "
        f"of {repeats}. Times and memory are to be reached at most."
    )
    return Section(SPEED, note, tuple(figures))


def _command(bench: Bench, tile: Path, repeats: int) -> Iterator[Figure]:
    command = [
        sys.executable, "-m", "faultlens", "inspect", str(tile), "--model", bench.model, "--json"
    ]  # fmt: skip
    seconds = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    # The first run fills the caches of prompts and files.
    yield _of(bench, ONE, TIME, float(np.median(seconds[1:])), repeats, "s")
    yield _of(bench, ONE, "time, first of all", seconds[0], 1, "s")


def _large(bench: Bench) -> Iterator[Figure]:
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.png"
        write_image(path, rng.integers(90, 160, (2000, 8000), dtype=np.uint8))
        command = [sys.executable, "-c", MEASURE_PEAK, str(path), bench.model]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak_mb = json.loads(done.stdout)
    yield _of(bench, LARGE, PEAK, peak_mb, 1, "MB")
    yield _of(bench, LARGE, TIME, seconds, 1, "s")


def _of(bench: Bench, subject: str, name: str, value: float, n: int, unit: str) -> Figure:
    return Figure(SPEED, subject, name, bench.reference, value, n, unit=unit, command=COMMAND)
