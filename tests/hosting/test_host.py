"""A host answers every task exactly once, whatever becomes of its workers."""

import asyncio
import logging
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from faultlens.core.errors import UsageError
from faultlens.hosting.host import Host
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.refusals import Busy, Stopping
from faultlens.hosting.state import BatchFacts, HostState
from faultlens.hosting.task import Task
from faultlens.hosting.worker_process import WorkerLost, WorkerProcess
from tests.hosting.hosts import plan, running, runs, said, task, until
from tests.timing import least


@runs
async def test_each_caller_gets_the_answer_to_its_own_task() -> None:
    async with running(plan(queue_size=100)) as host:
        names = [f"file {x}" for x in range(60)]
        answers = await asyncio.gather(*(host.answer(task(x)) for x in names))
        assert [said(x)["name"] for x in answers] == names
        assert {said(x)["pid"] for x in answers} == set(host.state.pids)


@runs
async def test_it_tells_how_it_stands_and_what_became_of_batches(tmp_path: Path) -> None:
    host = Host(plan(workers=1))
    assert host.state == HostState(ready=False, workers=0, busy=0, queued=0)
    facts: list[BatchFacts] = []
    host.observe = facts.append
    await host.start()
    assert host.state.ready
    assert (host.state.workers, host.state.busy, host.state.queued) == (1, 0, 0)
    assert host.state.models["diagnose"] == "builtin/bearing@0123456789ab"
    free, began = tmp_path / "free", time.monotonic()
    answer = asyncio.ensure_future(host.answer(task(sleep_s=0.05, until=str(free))))
    await until(lambda: host.state.busy == 1)
    busy_s = time.monotonic() - began
    free.touch()
    await answer
    await until(lambda: len(facts) == 1)
    assert (facts[0].verb, facts[0].size) == ("diagnose", 1)
    assert 0 <= facts[0].waited_s[0] <= busy_s
    assert 0.05 <= facts[0].seconds <= time.monotonic() - began
    await host.stop(1.0)
    assert not host.state.ready
    assert host.state.pids == ()


@runs
async def test_pictures_that_wait_share_a_batch_within_its_bound() -> None:
    async with running(plan(workers=1, batch_size=3, batch_wait_s=0.01)) as host:
        answers = await asyncio.gather(*(host.answer(task(verb="inspect")) for _ in range(7)))
        assert sorted(said(x)["batch"] for x in answers) == [1, 3, 3, 3, 3, 3, 3]


@runs
async def test_a_worker_killed_under_load_loses_nothing() -> None:
    async with running(plan(queue_size=500, queue_wait_s=100.0)) as host:
        loads = [
            asyncio.ensure_future(host.answer(task(str(x), sleep_s=0.002))) for x in range(300)
        ]
        await until(lambda: host.state.busy == 2)
        killed = host.state.pids[0]
        os.kill(killed, signal.SIGKILL)
        answers = await asyncio.gather(*loads)
        assert [said(x)["name"] for x in answers] == [str(x) for x in range(300)]
        await until(lambda: host.state.workers == 2)
        assert killed not in host.state.pids
        assert host.state.restarts == 1


@runs
async def test_the_only_worker_killed_is_replaced_before_its_task_is_given_up(
    tmp_path: Path,
) -> None:
    free = tmp_path / "free"
    async with running(plan(workers=1, queue_wait_s=0.05)) as host:
        load = asyncio.ensure_future(host.answer(task(until=str(free))))
        await until(lambda: host.state.busy == 1)
        os.kill(host.state.pids[0], signal.SIGKILL)
        await until(lambda: host.state.restarts == 1)
        free.touch()
        assert said(await load)["pid"] == host.state.pids[0]


@runs
async def test_an_idle_worker_that_dies_is_noticed_and_replaced_at_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(plan(workers=1)) as host:
        honest, looked_at = WorkerProcess.started, asyncio.Event()

        async def started(wanted: HostPlan) -> WorkerProcess:
            await looked_at.wait()
            return await honest(wanted)

        monkeypatch.setattr(WorkerProcess, "started", started)
        (killed,) = host.state.pids
        models = host.state.models
        os.kill(killed, signal.SIGKILL)
        await until(lambda: host.state.restarts == 1)
        assert not host.state.ready
        assert host.state.models == models
        looked_at.set()
        await until(lambda: host.state.workers == 1)
        assert killed not in host.state.pids
    assert f"Worker {killed} ended by signal 9 and is replaced: It was idle." in caplog.text


@runs
async def test_a_worker_that_cannot_be_replaced_at_first_is_replaced_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(plan(workers=1)) as host:
        honest, failures = WorkerProcess.started, [OSError(24, "Too many open files")]

        async def started(wanted: HostPlan) -> WorkerProcess:
            if failures:
                raise failures.pop()
            return await honest(wanted)

        monkeypatch.setattr(WorkerProcess, "started", started)
        os.kill(host.state.pids[0], signal.SIGKILL)
        await until(lambda: host.state.restarts == 1)
        assert said(await host.answer(task("b")))["name"] == "b"
    assert "cannot be replaced, 0 of 1 are left; tried again in 0.5 s" in caplog.text
    assert "Too many open files" in caplog.text


@runs
async def test_what_breaks_in_the_front_costs_a_worker_and_no_task(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(plan(workers=1)) as host:
        honest, failures = WorkerProcess.run, [ZeroDivisionError("unforeseen")]

        async def run(self: WorkerProcess, *given: Any) -> None:
            if failures:
                raise failures.pop()
            await honest(self, *given)

        monkeypatch.setattr(WorkerProcess, "run", run)
        assert said(await host.answer(task("a")))["name"] == "a"
        assert host.state.restarts == 1
    assert "unforeseen" in caplog.text


@runs
async def test_a_task_that_kills_workers_is_given_up_and_its_neighbours_are_answered() -> None:
    async with running(plan(batch_wait_s=0.02)) as host:
        tasks = [task(str(x), "inspect") for x in range(3)]
        tasks.insert(1, task("poison", "inspect", die="always"))
        answers = await asyncio.gather(*map(host.answer, tasks))
        assert [said(x)["name"] for x in (*answers[:1], *answers[2:])] == ["0", "1", "2"]
        problem = answers[1].problem
        assert problem is not None
        assert (problem.status, problem.slug) == (503, "worker-lost")
        await until(lambda: host.state.workers == 2)


@runs
async def test_a_worker_that_dies_once_is_not_told_to_the_client(tmp_path: Path) -> None:
    async with running(plan(workers=1)) as host:
        assert said(await host.answer(task(die=str(tmp_path / "died"))))["name"] == "a"
        assert host.state.restarts == 1


@runs
async def test_a_worker_that_says_nonsense_is_replaced() -> None:
    async with running(plan(workers=1)) as host:
        problem = (await host.answer(task(say="nonsense"))).problem
        assert problem is not None
        assert problem.slug == "worker-lost"
        assert said(await host.answer(task("b")))["name"] == "b"


@runs
async def test_a_stuck_worker_is_replaced_and_only_its_task_is_given_up() -> None:
    wanted = plan(workers=1, timeout_s=4.0, batch_wait_s=0.02)
    async with running(wanted) as host:
        stuck = task("stuck", "inspect", sleep_s=600.0)
        before, problem, after = await asyncio.gather(
            *map(host.answer, (task("0", "inspect"), stuck, task("1", "inspect")))
        )
        assert (said(before)["name"], said(after)["name"]) == ("0", "1")
        assert problem.problem is not None
        assert (problem.problem.status, problem.problem.slug) == (503, "too-slow")
        assert "4 s" in problem.problem.detail


@runs
async def test_beyond_its_room_it_refuses_at_once(tmp_path: Path) -> None:
    free = tmp_path / "free"
    async with running(plan(workers=1, queue_size=2, queue_wait_s=60.0)) as host:
        loads = [asyncio.ensure_future(host.answer(task(until=str(free)))) for _ in range(3)]
        await until(lambda: host.state.queued == 2)
        with pytest.raises(Busy):
            await host.answer(task())
        free.touch()
        await asyncio.gather(*loads)


@runs
async def test_what_waits_too_long_is_refused_in_time_though_no_worker_is_free() -> None:
    async with running(plan(workers=1, queue_wait_s=0.1)) as host:
        stuck = asyncio.ensure_future(host.answer(task(sleep_s=600.0)))
        await until(lambda: host.state.busy == 1)
        refused_s: list[float] = []
        # A machine that pauses makes one refusal late, and not each of them.
        while not refused_s or (min(refused_s) >= 0.5 and len(refused_s) < 8):
            started = time.monotonic()
            with pytest.raises(Busy):
                await host.answer(task())
            refused_s.append(time.monotonic() - started)
        assert 0.05 < min(refused_s) < 0.5
        stuck.cancel()


@runs
async def test_work_of_a_client_that_has_gone_is_not_done(tmp_path: Path) -> None:
    seen: list[BatchFacts] = []
    free = tmp_path / "free"
    async with running(plan(workers=1, queue_wait_s=60.0)) as host:
        host.observe = seen.append
        first = asyncio.ensure_future(host.answer(task("first", until=str(free))))
        await until(lambda: host.state.busy == 1)
        gone = asyncio.ensure_future(host.answer(task("gone")))
        stays = asyncio.ensure_future(host.answer(task("stays")))
        await until(lambda: host.state.queued == 2)
        gone.cancel()
        await asyncio.sleep(0)
        free.touch()
        assert said(await stays)["name"] == "stays"
        await first
        assert gone.cancelled()
        await until(lambda: host.state.busy == 0)
        assert sum(x.size for x in seen) == 2


@runs
async def test_a_client_that_goes_while_its_task_is_done_disturbs_nobody(tmp_path: Path) -> None:
    free = tmp_path / "free"
    async with running(plan(workers=1, queue_wait_s=60.0)) as host:
        gone = asyncio.ensure_future(host.answer(task(until=str(free))))
        await until(lambda: host.state.busy == 1)
        gone.cancel()
        await asyncio.sleep(0)
        free.touch()
        assert said(await host.answer(task("next")))["name"] == "next"
        assert host.state.restarts == 0


@runs
async def test_a_model_that_is_not_served_is_a_problem_that_lists_those_that_are() -> None:
    async with running(plan(workers=1)) as host:
        answer = await host.answer(Task("diagnose", "/nowhere/a", "a", model="../../etc"))
        assert answer.problem is not None
        assert answer.problem.status == 422
        assert "Known: builtin/bearing, builtin/physics" in answer.problem.detail


@runs
async def test_who_cannot_start_says_why(tmp_path: Path) -> None:
    names = {"inspect": "builtin/surface", "diagnose": "builtin/bearing", "measure": "builtin/scan"}
    with pytest.raises(UsageError, match="'fail' is no model; give another"):
        await Host(plan(models={**names, "match": "fail"})).start()
    with pytest.raises(WorkerLost, match=r"(?s)ended with code 7 before it was ready.*last words"):
        await Host(plan(models={**names, "match": "crash"})).start()
    with pytest.raises(WorkerLost, match="No worker can be started"):
        await Host(HostPlan(command=(str(tmp_path / "nothing"),))).start()


@runs
async def test_what_a_worker_prints_is_logged_and_disturbs_no_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "faultlens.worker"):
        async with running(plan(workers=1)) as host:
            pid = host.state.pids[0]
            await host.answer(task())
    (line,) = [x for x in caplog.records if "words on standard output" in x.getMessage()]
    assert line.__dict__["worker"] == pid


@runs
async def test_stopping_finishes_what_waits_and_takes_nothing_new(tmp_path: Path) -> None:
    host = Host(plan(workers=1, queue_wait_s=60.0))
    await host.start()
    pids, free = host.state.pids, tmp_path / "free"
    given = (task(str(x), until=str(free)) for x in range(5))
    loads = [asyncio.ensure_future(host.answer(x)) for x in given]
    await until(lambda: host.state.queued > 0)
    stopping = asyncio.ensure_future(host.stop(60.0))
    await asyncio.sleep(0)
    with pytest.raises(Stopping):
        await host.answer(task())
    free.touch()
    await stopping
    assert [said(x.result())["name"] for x in loads] == ["0", "1", "2", "3", "4"]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_stopping_waits_no_longer_than_said() -> None:
    async def stopping_s() -> float:
        host = Host(plan(workers=1, queue_wait_s=100.0))
        await host.start()
        loads = [asyncio.ensure_future(host.answer(task(sleep_s=600.0))) for _ in range(3)]
        await until(lambda: host.state.busy == 1)
        started = time.monotonic()
        await host.stop(0.1)
        took_s = time.monotonic() - started
        ends = await asyncio.gather(*loads, return_exceptions=True)
        assert all(isinstance(x, Stopping) for x in ends)
        return took_s

    assert least(lambda: asyncio.run(stopping_s()), 5.0) < 5.0
