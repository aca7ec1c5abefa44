"""A worker's first pictures, recording, scan and sentences, before anybody waits for them."""

import tempfile
import time as clock
from pathlib import Path

import numpy as np

from faultlens.core.errors import BundleError
from faultlens.hosting.desk import Desk
from faultlens.hosting.task import DIAGNOSE, INSPECT, MATCH, MEASURE, Answer, Task
from faultlens.hosting.work import work
from faultlens.images.write import write_image

PASSES = 2
"""The first opens, loads and compiles; the second tells how long it takes."""

PICTURE_PX = 224
RATE_HZ = 25_600
SCAN_POINTS = 96


def warm_up(desk: Desk) -> dict[str, float]:
    """Do a task of each verb.

    Args:
        desk: of the worker.

    Returns:
        verb -> seconds of a task, s.

    Raises:
        BundleError: a model does not judge; the message says why.

    Example:
        >>> warm_up.__name__  # every start of a worker shows it at work
        'warm_up'
    """
    with tempfile.TemporaryDirectory() as folder:
        return {task.verb: _seconds(desk, task) for task in _tasks(Path(folder))}


def _tasks(folder: Path) -> tuple[Task, ...]:
    chance = np.random.default_rng(0)
    picture, recording = folder / "warm-up-picture.png", folder / "warm-up-recording.npy"
    write_image(picture, chance.integers(90, 130, (PICTURE_PX, PICTURE_PX), np.uint8))
    scan, heights = folder / "warm-up-scan.npz", chance.normal(0, 0.003, (SCAN_POINTS,) * 2)
    # A hole, so that a defect is named too.
    heights[40:48, 40:48] -= 0.5
    np.savez(scan, height_mm=heights, dx_mm=0.1, dy_mm=0.1)
    np.save(recording, chance.normal(size=RATE_HZ))
    known = {"sample_rate_hz": RATE_HZ, "shaft_rpm": 1772.0, "bearing": "6205"}
    return (
        Task(DIAGNOSE, str(recording), recording.name, known),
        Task(INSPECT, str(picture), picture.name),
        Task(MEASURE, str(scan), scan.name),
        Task(MATCH, str(picture), picture.name, {"prompts": ["crack", "scratch", "no defect"]}),
    )


def _seconds(desk: Desk, task: Task) -> float:
    answers: list[Answer] = []
    for _ in range(PASSES):
        started = clock.perf_counter()
        work(desk, [task], lambda _, answer: answers.append(answer))
    problem = answers[-1].problem
    if problem is not None:
        raise BundleError(
            f"{desk.references[task.verb]} cannot {task.verb}: {problem.detail} Give another model."
        )
    return clock.perf_counter() - started
