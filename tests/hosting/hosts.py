"""Hosts with a stand-in for their workers, and tests that are coroutines."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from faultlens.hosting.host import Host
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.task import Answer, Task

STANDIN = (sys.executable, str(Path(__file__).with_name("standin_worker.py")))
UNTIL_S = 120.0
"""Of a whole test, on a busy machine."""


def plan(**bounds: Any) -> HostPlan:
    return HostPlan(command=STANDIN, **{"workers": 2, "queue_wait_s": 60.0, **bounds})


def task(name: str = "a", verb: str = "diagnose", **options: Any) -> Task:
    return Task(verb, f"/nowhere/{name}", name, options)


def said(answer: Answer) -> dict[str, Any]:
    assert answer.problem is None
    told: dict[str, Any] = json.loads(answer.content)
    return told


@asynccontextmanager
async def running(wanted: HostPlan) -> AsyncIterator[Host]:
    host = Host(wanted)
    await host.start()
    try:
        yield host
    finally:
        await host.stop(0.0)


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(UNTIL_S):
        while not what():
            await asyncio.sleep(0.005)


def runs(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that is a coroutine."""

    def run(**fixtures: Any) -> None:
        asyncio.run(asyncio.wait_for(test(**fixtures), UNTIL_S))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    run.__signature__ = __import__("inspect").signature(test)  # type: ignore[attr-defined]
    return run
