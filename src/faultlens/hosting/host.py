"""Tasks in, answers out: what waits is gathered, handed to workers, and tried again if they die."""

import asyncio
import logging
import os
import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

from faultlens.core.errors import FaultlensError
from faultlens.core.urls import is_url
from faultlens.hosting.crew import Crew
from faultlens.hosting.models import checked_name
from faultlens.hosting.pace import Pace
from faultlens.hosting.plan import HostPlan
from faultlens.hosting.problems import LOST, problem_of, too_slow
from faultlens.hosting.queue import GatheringQueue, Waiting
from faultlens.hosting.refusals import Busy, Stopping
from faultlens.hosting.state import BatchFacts, HostState
from faultlens.hosting.task import VERBS, Answer, Problem, Task
from faultlens.hosting.worker_process import WorkerLost, WorkerProcess, WorkerSlow

LARGE_BYTES = 4 << 20
"""Of a file that is done by itself; a second of vibration has 0.1 MB, a picture of 12 MP 5 MB."""

_log = logging.getLogger(__name__)

MOMENT_S = 0.02
"""Between two looks at whether the last tasks are done, s."""

MOST_SWAPS, SWAP_S = 2, 10
"""One that is done and one that waits; and when to come again with a third, s."""


@dataclass(frozen=True, eq=False, slots=True)
class _Ticket:
    task: Task
    answer: asyncio.Future[Answer]


@final
class Host:
    """Models at work in processes of their own, behind a bounded queue.

    Args:
        plan: what it is to do.

    Example:
        >>> async def example():
        ...     host = Host(HostPlan(workers=1))
        ...     return host.state.ready
        >>> asyncio.run(example())
        False
    """

    def __init__(self, plan: HostPlan) -> None:
        self.observe: Callable[[BatchFacts], None] | None = None
        self._plan = plan
        self._pace = Pace()
        self._queue: GatheringQueue[_Ticket] = GatheringQueue(
            size=plan.queue_size,
            wait_s=plan.queue_wait_s,
            batch_size=plan.batch_size,
            batch_wait_s=plan.batch_wait_s,
            pace=self._pace,
        )
        self._crew = Crew(plan, self._pump)
        self._until: dict[WorkerProcess, float] = {}
        self._batches: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_s = float("inf")
        self._swapping, self._swaps = asyncio.Lock(), 0
        self._stopping = False

    @property
    def plan(self) -> HostPlan:
        """What it does now."""
        return self._plan

    @property
    def state(self) -> HostState:
        """How it stands."""
        workers = self._crew.workers
        return HostState(
            ready=bool(workers) and not self._stopping,
            workers=len(workers),
            busy=len(self._until),
            queued=len(self._queue),
            models=dict(self._crew.models),
            device=self._crew.device,
            pids=tuple(x.pid for x in workers),
            restarts=self._crew.restarts,
        )

    async def start(self) -> None:
        """Start the workers; all have loaded and warmed up their models when this returns.

        Raises:
            FaultlensError: one cannot start, as with a model that is none; the message says why.
        """
        await self._crew.start()
        for verb in VERBS:
            self._learn_pace(verb)

    async def answer(self, task: Task) -> Answer:
        """Have a task done; where the caller is cancelled, a task that still waits is dropped.

        Args:
            task: one file and what is asked of it.

        Raises:
            Busy: more work waits than can be done in time.
            Stopping: it takes nothing new.
        """
        if self._stopping:
            raise Stopping()
        if (unknown := self._unknown_model(task)) is not None:
            return Answer(problem=unknown)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        now_s = clock.monotonic()
        entry = self._queue.put(
            (task.verb, task.model),
            _Ticket(task, future),
            now_s,
            workers=len(self._crew.workers),
            running_s=sum(max(0.0, x - now_s) for x in self._until.values()),
            alone=_may_take_long(task),
        )
        self._pump()
        try:
            return await future
        finally:
            if not future.done() or future.cancelled():
                self._queue.drop(entry)

    async def swap(self, verb: str, model: str) -> str:
        """Have another model judge where a request names none; no task is lost or waits for it.

        Args:
            verb: of `VERBS`.
            model: a built-in model, or the name of a folder of models.

        Returns:
            Its reference with hash.

        Raises:
            UnknownNameError: no such model here.
            FaultlensError: it cannot be loaded; then nothing has changed.
            Busy: one swap is done and another one waits.
            Stopping: the service is shutting down.
        """
        if self._swaps >= MOST_SWAPS:
            raise Busy(SWAP_S)
        self._swaps += 1
        try:
            async with self._swapping:
                if self._stopping:
                    raise Stopping()
                plan = self._plan.with_model(verb, checked_name(self._plan, verb, model))
                await self._crew.exchange(plan)
                self._plan = plan
                self._learn_pace(verb)
                return self.state.models.get(verb, model)
        finally:
            self._swaps -= 1

    async def stop(self, within_s: float) -> None:
        """Take no new task, finish those that wait, and end the workers.

        Args:
            within_s: for what waits; what is left then is answered as `Stopping`, s.
        """
        self._stopping = True
        until_s = clock.monotonic() + within_s
        while (self._batches or len(self._queue)) and (left_s := until_s - clock.monotonic()) > 0:
            # What waits for a worker or for its time is in no batch yet.
            if self._batches:
                await asyncio.wait(self._batches, timeout=left_s)
            else:
                await asyncio.sleep(min(left_s, MOMENT_S))
        await self._crew.end()
        await asyncio.gather(*self._batches, return_exceptions=True)
        for entry in self._queue.everything():
            _refuse(entry, Stopping())
        if self._alarm is not None:
            self._alarm.cancel()
        # What the last batches left to be ended.
        await self._crew.end()

    def _learn_pace(self, verb: str) -> None:
        for worker in self._crew.workers:
            if verb in worker.seconds:
                self._pace.expect((verb, None), worker.seconds[verb])

    def _unknown_model(self, task: Task) -> Problem | None:
        if task.model is None:
            return None
        try:
            checked_name(self._plan, task.verb, task.model)
        except FaultlensError as error:
            return problem_of(error)
        return None

    def _pump(self) -> None:
        """Start what can be started, refuse what has waited too long, and look again in time."""
        now_s = clock.monotonic()
        for entry in self._queue.overdue(now_s):
            _refuse(entry, Busy(1))
        while self._crew.idle and (batch := self._taken(now_s)):
            worker = self._crew.borrow()
            work_s = len(batch) * self._pace.of(batch[0].key)
            self._until[worker] = now_s + work_s
            task = asyncio.ensure_future(self._work(worker, batch, now_s))
            self._batches.add(task)
            task.add_done_callback(self._batches.discard)
        wake_s = self._queue.wake_s(idle=self._crew.idle)
        if wake_s is not None and wake_s < self._alarm_s:
            if self._alarm is not None:
                self._alarm.cancel()
            loop = asyncio.get_running_loop()
            self._alarm_s = wake_s
            self._alarm = loop.call_later(max(0.0, wake_s - now_s), self._woken)

    def _taken(self, now_s: float) -> list[Waiting[_Ticket]]:
        return self._queue.take(now_s, idle=self._crew.idle, workers=len(self._crew.workers))

    def _woken(self) -> None:
        self._alarm, self._alarm_s = None, float("inf")
        self._pump()

    async def _work(
        self, worker: WorkerProcess, batch: Sequence[Waiting[_Ticket]], started_s: float
    ) -> None:
        left = dict(enumerate(batch))

        def answered(number: int, answer: Answer) -> None:
            future = left.pop(number).ticket.answer
            if not future.done():
                future.set_result(answer)

        lost: WorkerLost | None = None
        try:
            await worker.run([x.ticket.task for x in batch], answered, self._plan.timeout_s)
        except WorkerLost as error:
            lost = error
        # Whatever it is: a worker that is neither given back nor given up would be missed for good.
        except Exception as error:
            _log.exception("A batch broke in the front.")
            lost = WorkerLost(repr(error))
        self._until.pop(worker, None)
        seconds = clock.monotonic() - started_s
        if lost is None:
            self._pace.saw(batch[0].key, len(batch), seconds)
            self._crew.give_back(worker)
        else:
            self._crew.lost(worker, str(lost))
            for entry in left.values():
                self._try_again(entry, lost, alone=len(batch) == 1)
            self._pump()
        if self.observe is not None:
            waited = tuple(started_s - x.arrived_s for x in batch)
            facts = BatchFacts(batch[0].key[0], len(batch), waited, seconds, self._crew.restarts)
            self.observe(facts)

    def _try_again(self, entry: Waiting[_Ticket], why: WorkerLost, *, alone: bool) -> None:
        """Once more and by itself, unless it was: then it is the one that breaks workers."""
        if entry.ticket.answer.done():
            return
        slow = isinstance(why, WorkerSlow)
        if entry.attempts or (slow and alone):
            problem = too_slow(self._plan.timeout_s) if slow else LOST
            entry.ticket.answer.set_result(Answer(problem=problem))
            return
        entry.attempts += 1
        self._queue.put_back(entry, clock.monotonic())


def _may_take_long(task: Task) -> bool:
    """A large file shares no batch: its neighbours would wait for it, and need its memory."""
    if is_url(task.source):
        return True
    try:
        return os.stat(task.source).st_size > LARGE_BYTES
    except OSError:
        return False


def _refuse(entry: Waiting[_Ticket], why: FaultlensError) -> None:
    if not entry.ticket.answer.done():
        entry.ticket.answer.set_exception(why)
