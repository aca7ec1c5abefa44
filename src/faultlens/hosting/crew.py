"""The workers of a host: started, lent out, replaced when they die, exchanged for others."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, final

from faultlens.hosting.models import is_quick_to_load
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.worker_process import LEAVE_S, WorkerProcess

_log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
"""Before a worker is started again that failed to; doubled each time."""

DEATHS_UNPAUSED = 3
"""Workers that may die one after the other, without an answer between, before it is slowed down."""


@final
class Crew:
    """The workers of a host.

    Args:
        plan: what each of them is to do.
        freed: called when a worker has become free.
    """

    def __init__(self, plan: HostPlan, freed: Callable[[], None]) -> None:
        self._plan, self._freed = plan, freed
        self._workers: list[WorkerProcess] = []
        self._idle: list[WorkerProcess] = []
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._deaths = 0
        self._ended = False
        self.restarts = 0
        self.models: dict[str, str] = {}
        self.device = plan.device

    @property
    def workers(self) -> tuple[WorkerProcess, ...]:
        """Those that can compute, busy or idle."""
        return tuple(self._workers)

    @property
    def idle(self) -> int:
        """How many have nothing to do."""
        return len(self._idle)

    async def start(self) -> None:
        """Start all of them.

        Raises:
            FaultlensError: one cannot start; none is left then.
        """
        self._take_in(await self._started(self._plan))

    def borrow(self) -> WorkerProcess:
        """An idle worker: the last that was busy, since it remembers the last questions."""
        return self._idle.pop()

    def give_back(self, worker: WorkerProcess) -> None:
        """Take a worker back that has done its batch."""
        self._deaths = 0
        if worker in self._workers and not self._ended:
            self._idle.append(worker)
            self._freed()
        else:
            _beside(worker.end(), self._ending)

    def lost(self, worker: WorkerProcess, why: str) -> None:
        """End a worker that died or hangs, and start another in its place.

        Args:
            worker: that was lent out.
            why: it is given up, in a sentence.
        """
        self.restarts += 1
        self._deaths += 1
        belonged = worker in self._workers
        if belonged:
            self._workers.remove(worker)
        _beside(_bury(worker, why), self._ending)
        if belonged and not self._ended:
            _beside(self._replace(), self._starting)

    async def exchange(self, plan: HostPlan) -> None:
        """Start workers by another plan; when all are ready, the old ones leave after their batch.

        Args:
            plan: of the new ones.

        Raises:
            FaultlensError: a new one cannot start; the old ones then go on.
        """
        # All before any leaves, though it takes twice the memory: a failure then changes nothing,
        # and no answer of the old model comes after one of the new.
        started = await self._started(plan, gently=True)
        if self._ended:
            await asyncio.gather(*(x.end() for x in started))
            return
        leaving, self._idle, self._workers, self._plan = self._idle, [], [], plan
        for worker in leaving:
            _beside(worker.end(), self._ending)
        self._take_in(started)

    async def end(self) -> None:
        """End all of them."""
        self._ended = True
        everyone = {*self._workers, *self._idle}
        self._workers, self._idle = [], []
        await asyncio.gather(*(x.end() for x in everyone))
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, *self._ending, return_exceptions=True)

    async def _started(self, plan: HostPlan, *, gently: bool = False) -> list[WorkerProcess]:
        started: list[WorkerProcess] = []
        try:
            # What is exported or embedded once is done by one, and found by the others.
            if gently or not is_quick_to_load(plan):
                started.append(await _first(plan))
            while gently and len(started) < plan.processes:
                started.append(await WorkerProcess.started(plan))
            rest = plan.processes - len(started)
            found = await asyncio.gather(
                *(WorkerProcess.started(plan) for _ in range(rest)), return_exceptions=True
            )
            started += [x for x in found if isinstance(x, WorkerProcess)]
            for failed in found:
                if isinstance(failed, BaseException):
                    raise failed
        except BaseException:
            await asyncio.gather(*(x.end() for x in started))
            raise
        return started

    async def _replace(self) -> None:
        pause_s = FIRST_PAUSE_S if self._deaths > DEATHS_UNPAUSED else 0.0
        while True:
            await asyncio.sleep(pause_s)
            plan = self._plan
            if len(self._workers) >= plan.processes:
                return
            try:
                worker = await WorkerProcess.started(plan)
            # Whatever it is, such as no file handle left: it is tried again until it works.
            except Exception as error:
                pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * pause_s))
                _log.error(
                    "A worker cannot be replaced, %d of %d are left; tried again in %g s: %s",
                    len(self._workers), plan.processes, pause_s, str(error) or repr(error),
                )  # fmt: skip
                continue
            # Meanwhile all may have been exchanged for others.
            if self._plan is not plan or self._ended or len(self._workers) >= plan.processes:
                await worker.end(LEAVE_S)
                continue
            self._take_in([worker])
            return

    def _take_in(self, workers: Sequence[WorkerProcess]) -> None:
        self.models, self.device = workers[0].models, workers[0].device
        self._workers += workers
        self._idle += workers
        for worker in workers:
            worker.when_gone(self._gone)
        self._freed()

    def _gone(self, worker: WorkerProcess) -> None:
        """One that was busy is missed by whoever waits for its answer."""
        if worker in self._idle:
            self._idle.remove(worker)
            self.lost(worker, "It was idle.")


async def _first(plan: HostPlan) -> WorkerProcess:
    worker = await WorkerProcess.started(plan)
    if worker.exported:
        # It holds torch now, which is as large as a model and not needed again.
        await worker.end()
        worker = await WorkerProcess.started(plan)
    return worker


async def _bury(worker: WorkerProcess, why: str) -> None:
    await worker.end(0.0)
    _log.error("Worker %d ended by %s and is replaced: %s", worker.pid, worker.end_in_words, why)


def _beside(work: Coroutine[Any, Any, None], kept: set[asyncio.Task[None]]) -> None:
    """Do something while the rest goes on; an event loop itself holds on to no task."""
    task = asyncio.ensure_future(work)
    kept.add(task)
    task.add_done_callback(kept.discard)
