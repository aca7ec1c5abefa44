"""Another model takes over without losing a task, and a swap that fails changes nothing."""

import asyncio
import os
import random
import signal
from pathlib import Path

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.hosting.host import Host
from faultlens.hosting.refusals import Busy
from faultlens.hosting.task import Answer
from tests.hosting.hosts import plan, running, runs, said, task, until


def models_dir(folder: Path, *names: str) -> str:
    for name in names:
        (folder / name).mkdir()
        (folder / name / "manifest.json").write_text("{}")
    return str(folder)


@runs
async def test_a_swap_under_load_loses_nothing_and_then_only_the_new_model_answers(
    tmp_path: Path,
) -> None:
    served = models_dir(tmp_path, "new")
    async with running(plan(models_dir=served, queue_size=500)) as host:
        answers: list[Answer] = []
        swapped = asyncio.Event()

        async def client() -> None:
            while not swapped.is_set():
                answers.append(await host.answer(task("x", "match")))

        clients = [asyncio.ensure_future(client()) for _ in range(8)]
        await until(lambda: len(answers) > 50)
        before = host.state.pids
        assert await host.swap("match", "new") == "new@0123456789ab"
        after = await asyncio.gather(*(host.answer(task("x", "match")) for _ in range(8)))
        swapped.set()
        await asyncio.gather(*clients)
        assert {said(x)["models"]["match"] for x in after} == {"new@0123456789ab"}
        told = [x.model for x in answers]
        assert set(told) == {"builtin/surface@0123456789ab", "new@0123456789ab"}
        assert not set(before) & set(host.state.pids)
        assert host.state.models["inspect"] == "builtin/surface@0123456789ab"
        assert host.state.restarts == 0


@runs
async def test_a_swap_that_fails_changes_nothing(tmp_path: Path) -> None:
    async with running(plan(models_dir=models_dir(tmp_path, "fail"))) as host:
        before = host.state
        with pytest.raises(UsageError, match="'fail' is no model"):
            await host.swap("match", "fail")
        with pytest.raises(UnknownNameError, match="Known: builtin/surface, fail"):
            await host.swap("match", "/etc")
        assert host.state == before
        assert said(await host.answer(task("x", "match")))["pid"] in before.pids


@runs
async def test_swaps_at_once_are_done_one_after_the_other_and_no_line_of_them_grows(
    tmp_path: Path,
) -> None:
    served = models_dir(tmp_path, "one", "two")
    async with running(plan(workers=1, models_dir=served)) as host:
        swaps = [("match", "one"), ("inspect", "two"), ("diagnose", "one")]
        found = await asyncio.gather(*(host.swap(*x) for x in swaps), return_exceptions=True)
        assert found[:2] == ["one@0123456789ab", "two@0123456789ab"]
        assert isinstance(found[2], Busy)
        assert host.state.models["match"] == "one@0123456789ab"
        assert host.state.models["inspect"] == "two@0123456789ab"


@runs
async def test_kills_swaps_and_clients_that_go_all_at_once_leave_each_task_one_end(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)
    wanted = plan(models_dir=models_dir(tmp_path, "new"), queue_size=60, queue_wait_s=10.0)
    host = Host(wanted)
    await host.start()
    asked: dict[str, asyncio.Future[Answer]] = {}

    async def clients() -> None:
        for number in range(300):
            verb = chance.choice(["match", "inspect", "diagnose"])
            given = task(str(number), verb, sleep_s=chance.choice([0.0, 0.002, 0.01]))
            asked[given.name] = asyncio.ensure_future(host.answer(given))
            if number % 10 == 9:
                asked[str(number - 5)].cancel()
            await asyncio.sleep(0.002)

    async def killer() -> None:
        for _ in range(4):
            await asyncio.sleep(0.15)
            if host.state.pids:
                os.kill(chance.choice(host.state.pids), signal.SIGKILL)

    await asyncio.gather(clients(), killer(), host.swap("match", "new"))
    ends = dict(
        zip(asked, await asyncio.gather(*asked.values(), return_exceptions=True), strict=True)
    )
    await host.stop(60.0)
    answered = {x: end for x, end in ends.items() if isinstance(end, Answer)}
    assert len(answered) > 50
    for name, end in answered.items():
        assert end.problem is not None or said(end)["name"] == name
    others = [x for x in ends.values() if not isinstance(x, Answer)]
    assert all(isinstance(x, Busy | asyncio.CancelledError) for x in others)
    assert (host.state.queued, host.state.busy) == (0, 0)


@runs
async def test_a_worker_that_exported_a_model_makes_way_for_a_light_one(tmp_path: Path) -> None:
    names = {"inspect": "builtin/surface", "diagnose": "builtin/bearing", "match": "heavy",
             "measure": "builtin/scan"}  # fmt: skip
    wanted = plan(models=names, models_dir=models_dir(tmp_path, "heavy"))
    async with running(wanted) as host:
        assert (tmp_path / "heavy" / "exported").exists()
        assert [x.exported for x in host._crew.workers] == [False, False]
