"""How fast and how lean the product is: seconds, peak memory, each beside what it is held to."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faultlens.inference.diagnose_file import diagnose_file
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal

REPEATS = 5
HOUR_S, HOUR_RATE_HZ = 3600, 51200

MEASURE_PEAK = (
    "import json, resource, sys; from faultlens.inference.diagnose_file import diagnose_file; "
    "result = diagnose_file(sys.argv[1], shaft_rpm=1772, bearing='6205'); "
    "print(json.dumps([result.seconds, result.verdict, "
    "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))"
)
"""Runs in a process of its own, so that the peak is of one diagnosis and nothing else."""


@dataclass(frozen=True)
class Measured:
    """One figure.

    Args:
        what: what was measured.
        value: median of the repeats, in `unit`.
        unit: "ms", "s" or "MB".
        reach: what it is held to, in the same unit; None where nothing was asked.
    """

    what: str
    value: float
    unit: str
    reach: float | None


def speed_benchmark(*, hour: bool = False, repeats: int = REPEATS) -> list[Measured]:
    """Time a 10 s, 12 kHz CSV in process and as a whole command; with `hour`, an hour of wav too.

    Args:
        hour: also write and diagnose an hour of 51.2 kHz wav (740 MB on disk, a few minutes).
        repeats: how often each is timed; the median counts.

    Example:
        >>> [x.unit for x in speed_benchmark(repeats=1)]
        ['ms', 's']
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ten_seconds.csv"
        made = simulate(
            ("inner",), bearing=BearingGeometry(9, 7.94, 39.04), shaft_rpm=1772,
            sample_rate_hz=12000, seconds=10.0, seed=1,
        )  # fmt: skip
        write_signal(path, made.signal)
        command = [sys.executable, "-m", "faultlens", "diagnose", str(path), "--json"]
        figures = [
            Measured("10 s at 12 kHz, in process, file to verdict", 1e3 * _median(
                lambda: diagnose_file(path), repeats), "ms", 100),
            Measured("the same, whole command", _median(
                lambda: subprocess.run(command, check=True, capture_output=True), repeats,
            ), "s", 1.5),
        ]  # fmt: skip
        if hour:
            figures += _hour(Path(folder) / "hour.wav")
    return figures


def speed_table(figures: list[Measured]) -> str:
    """The figures as Markdown.

    Args:
        figures: what was measured.

    Example:
        >>> print(speed_table([Measured("start", 0.5, "s", 1.0)]))
        | what | measured | reach |
        |---|---|---|
        | start | 0.5 s | 1 s |
        <BLANKLINE>
    """
    rows = [
        f"| {x.what} | {x.value:.3g} {x.unit} | "
        f"{'-' if x.reach is None else f'{x.reach:g} {x.unit}'} |"
        for x in figures
    ]
    return "\n".join(["| what | measured | reach |", "|---|---|---|", *rows]) + "\n"


def _median(work: Callable[[], object], repeats: int) -> float:
    work()  # the first run fills caches
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return float(np.median(seconds))


def _hour(path: Path) -> list[Measured]:
    import json
    from wave import open as open_wave

    rng = np.random.default_rng(0)
    with open_wave(str(path), "wb") as wave:
        wave.setnchannels(1)
        wave.setsampwidth(4)
        wave.setframerate(HOUR_RATE_HZ)
        for _ in range(HOUR_S):
            second = rng.normal(0, 2e8, HOUR_RATE_HZ)
            wave.writeframes(np.clip(second, -2e9, 2e9).astype("<i4").tobytes())
    command = [sys.executable, "-c", MEASURE_PEAK, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, _, peak_mb = json.loads(done.stdout)
    size_mb = path.stat().st_size / 1e6
    return [
        Measured(f"an hour of 51.2 kHz wav ({size_mb:.0f} MB): peak memory", peak_mb, "MB", 400),
        Measured("the same, time", seconds, "s", None),
    ]
