"""How fast and how lean the product is: seconds, peak memory, windows per second on one core."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benches.topics import (
    CLOCK,
    HOUR,
    IN_PROCESS,
    PEAK,
    PROCESSOR,
    SPEED,
    TIME,
    WHOLE_COMMAND,
    WINDOWS,
)
from faultlens.evaluation.figures import Figure, Section
from faultlens.inference.diagnose_file import diagnose_file
from faultlens.inputs.vibration import prepare_vibration
from faultlens.models import shipped
from faultlens.runtimes.loaded import load_model
from faultlens.runtimes.vibration import encode_vibration
from faultlens.signals.kinematics import BearingGeometry
from faultlens.signals.signal import Signal
from faultlens.signals.simulator.simulate import simulate
from faultlens.signals.write import write_signal

REPEATS = 5
HOUR_S, HOUR_RATE_HZ = 3600, 51200

SAMPLE_WINDOWS, ALL_WINDOWS = 300, 10_000
WINDOW_RATE_HZ = 25600
WINDOWS_AT_ONCE = 50
"""Encoded together: few enough for a laptop's memory, many enough for the calls not to count."""

BEARING, SHAFT_RPM = BearingGeometry(9, 7.94, 39.04), 1772

MEASURE_PEAK = (
    "import json, resource, sys; from faultlens.inference.diagnose_file import diagnose_file; "
    "result = diagnose_file(sys.argv[1], shaft_rpm=1772, bearing='6205'); "
    "print(json.dumps([result.seconds, result.verdict, "
    "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))"
)
"""Runs in a process of its own, so that the peak is of one diagnosis and nothing else."""

MEASURE_WINDOWS = (
    "import json, sys; from benches.speed import windows_seconds; "
    "print(json.dumps(windows_seconds(int(sys.argv[1]))))"
)
"""Runs in a process of its own, so that it can be held to one core."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def speed_section(
    *, hour: bool = False, ten_thousand: bool = False, sample: int = SAMPLE_WINDOWS,
    repeats: int = REPEATS,
) -> Section:  # fmt: skip
    """Time a 10 s, 12 kHz CSV in process and as a whole command, and windows of 1 s on one core.

    Args:
        hour: also write and diagnose an hour of 51.2 kHz wav (740 MB on disk, a few minutes).
        ten_thousand: prepare and encode ten thousand windows, not a sample of them.
        sample: windows of that sample.
        repeats: how often each diagnosis is timed; the median counts.

    Example:
        >>> section = speed_section(sample=2, repeats=1)
        >>> [(x.subject, x.unit) for x in section.figures][:2]
        [('10 s at 12 kHz, in process, file to verdict', 'ms'), ('the same, whole command', 's')]
    """
    count = ALL_WINDOWS if ten_thousand else sample
    with tempfile.TemporaryDirectory() as folder:
        figures = [*_diagnoses(Path(folder), repeats), *_windows(count)]
        if hour:
            figures += _hour(Path(folder) / "hour.wav")
    pinned = "held to one core" if sys.platform == "linux" else "not held to one core here"
    note = (
        f"Diagnoses: median of {repeats}; n counts runs. Windows: {count} different ones, prepared "
        f"(speed and bearing known) and encoded in a process {pinned}, with one thread for "
        "arrays, transforms and ONNX Runtime; processor time is what one core takes when nothing "
        "else runs on it. Times and memory are to be reached at most, speeds at least."
    )
    return Section(SPEED, note, tuple(figures))


def windows_seconds(count: int) -> dict[str, float]:
    """Prepare and encode windows of 1 s at 25.6 kHz on one core, and say how long it took.

    The process is held to one core from then on, where the system can do that.

    Args:
        count: number of windows, each different.

    Returns:
        "prepare", "encode": processor time of all windows, s; "clock": by the clock, s.

    Example:
        >>> code = "from benches.speed import *; print(windows_seconds(1))"
        >>> done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        >>> "encode" in done.stdout
        True
    """
    if sys.platform == "linux":  # no other system lets a process do that
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    model = load_model(shipped.DEFAULT)
    machines = [
        simulate(families, bearing=BEARING, shaft_rpm=SHAFT_RPM, sample_rate_hz=WINDOW_RATE_HZ,
                 seconds=10.0, seed=seed).signal
        for seed, families in enumerate(((), ("outer",), ("inner",), ("ball",)))
    ]  # fmt: skip
    encode_vibration(model, [_window(machines, 0)])  # opens and checks the encoders
    spent = {"prepare": 0.0, "encode": 0.0, "clock": 0.0}
    for start in range(0, count, WINDOWS_AT_ONCE):
        windows = [_window(machines, i) for i in range(start, min(start + WINDOWS_AT_ONCE, count))]
        clock, begun = time.perf_counter(), time.process_time()
        ready = [prepare_vibration(window) for window in windows]
        prepared = time.process_time()
        encode_vibration(model, list(ready))
        spent["encode"] += time.process_time() - prepared
        spent["prepare"] += prepared - begun
        spent["clock"] += time.perf_counter() - clock
    return spent


def _window(machines: list[Signal], index: int) -> Signal:
    """One second of one of the machines, with noise of its own, so that no two are the same."""
    whole = machines[index % len(machines)]
    start = index * WINDOW_RATE_HZ // 10 % (len(whole.samples) - WINDOW_RATE_HZ)
    part = whole.samples[start : start + WINDOW_RATE_HZ]
    noise = np.random.default_rng(index).normal(0, 0.1 * part.std(), len(part))
    return replace(whole, samples=part + noise)


def _windows(count: int) -> Iterator[Figure]:
    command = [sys.executable, "-c", MEASURE_WINDOWS, str(count)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **ONE_THREAD}
    )
    spent = json.loads(done.stdout)
    model = load_model(shipped.DEFAULT).reference
    both = spent["prepare"] + spent["encode"]
    yield Figure(SPEED, WINDOWS, PROCESSOR, model, count / both, count, unit="x")
    yield Figure(SPEED, WINDOWS, CLOCK, model, count / spent["clock"], count, unit="x")
    for name in ("prepare", "encode"):
        milliseconds = 1e3 * spent[name] / count
        yield Figure(SPEED, WINDOWS, f"{name} a window", model, milliseconds, count, unit="ms")


def _diagnoses(folder: Path, repeats: int) -> Iterator[Figure]:
    path = folder / "ten_seconds.csv"
    made = simulate(
        ("inner",), bearing=BEARING, shaft_rpm=SHAFT_RPM,
        sample_rate_hz=12000, seconds=10.0, seed=1,
    )  # fmt: skip
    write_signal(path, made.signal)
    command = [sys.executable, "-m", "faultlens", "diagnose", str(path), "--json"]
    model = load_model(shipped.DEFAULT).reference
    inside = _median(lambda: diagnose_file(path), repeats)
    yield Figure(SPEED, IN_PROCESS, TIME, model, 1e3 * inside, repeats, unit="ms")
    whole = _median(lambda: subprocess.run(command, check=True, capture_output=True), repeats)
    yield Figure(SPEED, WHOLE_COMMAND, TIME, model, whole, repeats, unit="s")


def _median(work: Callable[[], object], repeats: int) -> float:
    work()  # the first run fills caches
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return float(np.median(seconds))


def _hour(path: Path) -> list[Figure]:
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
    model = load_model(shipped.DEFAULT).reference
    how = f"--hour, {size_mb:.0f} MB"
    again = "python -m benches bench --hour"
    return [
        Figure(SPEED, HOUR, PEAK, model, peak_mb, 1, how=how, unit="MB", command=again),
        Figure(SPEED, HOUR, TIME, model, seconds, 1, how=how, unit="s", command=again),
    ]
