"""Workers with the built-in models: warm when they start, small, and gone when the front is."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from faultlens.hosting.host import Host
from faultlens.hosting.messages import packed
from faultlens.hosting.plan import COMMAND, HostPlan
from faultlens.hosting.task import Answer, Task
from faultlens.images.write import write_image

T = TypeVar("T")

LARGEST_WORKER_MB = 250.0
"""Of memory, after some work."""

Served = tuple[Host, Callable[[Coroutine[Any, Any, Any]], Any]]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A host of two workers, and what runs coroutines in its event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=120.0)

    host = Host(HostPlan(workers=2, queue_wait_s=120.0))
    run(host.start())
    yield host, run
    run(host.stop(5.0))
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Task, ...]:
    """One of each verb."""
    folder = tmp_path_factory.mktemp("uploads")
    chance = np.random.default_rng(0)
    picture, recording = folder / "uploaded-picture.png", folder / "uploaded-recording.npy"
    write_image(picture, chance.integers(90, 130, (128, 128), np.uint8))
    np.save(recording, chance.normal(size=12_800))
    known = {"sample_rate_hz": 12_800.0, "shaft_rpm": 1772.0, "bearing": "6205"}
    return (
        Task("diagnose", str(recording), "pump7.npy", known),
        Task("inspect", str(picture), "part.png", {"defects": ["crack"]}),
        Task("match", str(picture), "part.png", {"prompts": ["crack", "no defect"]}),
    )


def test_all_verbs_are_answered_by_models_with_their_hash(
    served: Served, tasks: tuple[Task, ...]
) -> None:
    host, run = served
    for task in tasks:
        answer: Answer = run(host.answer(task))
        assert answer.problem is None
        assert answer.model == host.state.models[task.verb]
        assert "@" in answer.model
        assert sum(answer.stage_seconds.values()) > 0


def test_a_sentence_never_seen_is_judged_in_the_next_request(
    served: Served, tasks: tuple[Task, ...]
) -> None:
    host, run = served
    sentence = "a dent in the shape of a horseshoe"
    answer = run(host.answer(Task("inspect", tasks[1].source, "a.png", {"defects": [sentence]})))
    assert sentence in answer.content.decode()


def test_signals_to_the_group_are_the_front_s_to_decide(
    served: Served, tasks: tuple[Task, ...]
) -> None:
    host, run = served
    before = host.state.pids
    for pid in before:
        os.kill(pid, signal.SIGTERM)
        os.kill(pid, signal.SIGINT)
    assert all(run(host.answer(x)).problem is None for x in tasks)
    assert host.state.pids == before


def test_a_worker_killed_under_load_loses_nothing(served: Served, tasks: tuple[Task, ...]) -> None:
    host, run = served
    killed = host.state.pids[0]

    async def load() -> list[Answer]:
        asked = [asyncio.ensure_future(host.answer(x)) for _ in range(8) for x in tasks]
        await asyncio.sleep(0.02)
        os.kill(killed, signal.SIGKILL)
        return await asyncio.gather(*asked)

    answers: list[Answer] = run(load())
    assert len(answers) == 24
    assert all(x.problem is None for x in answers)


def test_a_worker_stays_small(served: Served) -> None:
    host, _ = served
    for pid in host.state.pids:
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=True)
        assert int(told.stdout) / 1024 < LARGEST_WORKER_MB


def test_a_worker_ends_with_its_front_in_the_middle_of_its_work(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    worker = subprocess.Popen(COMMAND, stdin=theirs.fileno(), stdout=subprocess.DEVNULL)
    theirs.close()
    # It imports and warms up now, for more than a second.
    ours.sendall(packed({"plan": HostPlan().to_dict()}))
    time.sleep(0.3)
    assert worker.poll() is None
    # As the kernel does for a front that was killed.
    ours.close()
    assert worker.wait(timeout=120.0) == 0


def test_a_worker_of_nobody_ends_at_once() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "faultlens.hosting.worker"],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120.0, check=False,
    )  # fmt: skip
    assert found.returncode != 0
