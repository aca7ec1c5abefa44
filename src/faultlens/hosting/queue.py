"""Tasks that wait: gathered by verb and model, bounded in number and in time, fair between models.

No clock of its own and no waiting: whoever owns it says what time it is.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar, final

from faultlens.hosting.pace import Key, Pace
from faultlens.hosting.refusals import Busy
from faultlens.hosting.task import INSPECT, MATCH, MEASURE

T = TypeVar("T")

TOGETHER = frozenset({MATCH, INSPECT})
"""Verbs whose tasks share passes of large models, so that waiting for others pays."""

PATIENCE = {MEASURE: 16.0}
"""Verb -> how many of its own durations a task may wait where that is longer than usual: a scan
takes up to a second, and several come in one request."""

AGAIN_S = 10.0
"""For a task whose worker died, until another is there: its caller was told nothing yet."""

ENOUGH = 4
"""Pictures of a pass that are worth it: of ViT-B/32 on a core, 4 together take 9 % less time than
one by one, and 16 no less than 4 (evaluation.clip_by_lot, 2026)."""

PASS_S = 1.0
"""Work of one turn where tasks share passes: the last of them waits for it."""

TURN_S = 0.1
"""The same where a batch saves little, a seventh of a diagnosis."""


@dataclass(eq=False, slots=True)
class Waiting(Generic[T]):
    """One task in the queue.

    Args:
        key: verb and model; tasks of one key are gathered.
        ticket: what it is to the owner of the queue.
        arrived_s: when it came, on the owner's clock, s.
        until_s: when it has waited too long, s.
        alone: whether it shares a batch with nobody, since it may break one.
        attempts: how often a worker has tried it.
    """

    key: Key
    ticket: T
    arrived_s: float
    until_s: float
    alone: bool = False
    attempts: int = 0


@final
class GatheringQueue(Generic[T]):
    """Tasks that wait, of all verbs and models.

    Args:
        size: tasks that wait at most.
        wait_s: longest wait of a task, s.
        batch_size: tasks of a batch at most.
        batch_wait_s: longest wait of a task for others to share its pass, s.
        pace: how long tasks take.
    """

    def __init__(
        self, *, size: int, wait_s: float, batch_size: int, batch_wait_s: float, pace: Pace
    ) -> None:
        self._size, self._wait_s = size, wait_s
        self._batch_size, self._batch_wait_s = batch_size, batch_wait_s
        self._pace = pace
        self._lines: dict[Key, OrderedDict[int, Waiting[T]]] = {}
        self._count = 0
        # Work done for each key, and for the key that was served last: start-time fair queueing.
        # Source: Goyal, Vin and Cheng, IEEE/ACM Trans. Networking 5 (1997).
        self._served: dict[Key, float] = {}
        self._round = 0.0

    def __len__(self) -> int:
        return self._count

    def put(
        self, key: Key, ticket: T, now_s: float, *, workers: int, running_s: float, alone: bool
    ) -> Waiting[T]:
        """Let a task wait, if there is room and time for it.

        Args:
            key: verb and model.
            ticket: what it is to the owner.
            now_s: the time, s.
            workers: that will work it off.
            running_s: work that they have in hand, all together, s.
            alone: whether it shares a batch with nobody.

        Raises:
            Busy: too many wait, or it would wait too long.
        """
        wait_s = self.expected_wait_s(key, workers=workers, running_s=running_s)
        longest_s = max(self._wait_s, PATIENCE.get(key[0], 0.0) * self._pace.of(key))
        if wait_s > longest_s or self._count >= self._size:
            raise Busy(max(1, ceil(wait_s - longest_s)))
        entry = Waiting(key, ticket, now_s, now_s + longest_s, alone)
        line = self._lines.setdefault(key, OrderedDict())
        if not line:
            self._served[key] = max(self._served.get(key, 0.0), self._round)
        line[id(entry)] = entry
        self._count += 1
        return entry

    def expected_wait_s(self, key: Key, *, workers: int, running_s: float) -> float:
        """How long a task that came now would wait, s.

        Args:
            key: verb and model.
            workers: that will work it off.
            running_s: work that they have in hand, all together, s.
        """
        work_s = {x: len(line) * self._pace.of(x) for x, line in self._lines.items() if line}
        own_s = work_s.get(key, 0.0)
        # Keys take turns: of another one no more is done before, than of this one, and a batch.
        ahead_s = sum(
            min(work, own_s + self._batch_size * self._pace.of(x)) for x, work in work_s.items()
        )
        return (running_s + ahead_s) / max(1, workers)

    def put_back(self, entry: Waiting[T], now_s: float) -> None:
        """Let a task be tried again, before all others and by itself.

        Args:
            entry: that a worker has tried.
            now_s: the time, s; its wait begins anew.
        """
        entry.alone, entry.until_s = True, now_s + max(self._wait_s, AGAIN_S)
        line = self._lines.setdefault(entry.key, OrderedDict())
        line[id(entry)] = entry
        line.move_to_end(id(entry), last=False)
        self._count += 1

    def drop(self, entry: Waiting[T]) -> None:
        """Forget a task whose caller has gone; one that waits no more is left alone."""
        line = self._lines.get(entry.key, OrderedDict())
        if line.pop(id(entry), None) is not None:
            self._count -= 1

    def overdue(self, now_s: float) -> list[Waiting[T]]:
        """Take out the tasks that have waited too long.

        Args:
            now_s: the time, s.
        """
        late: list[Waiting[T]] = []
        # Behind one that was late there may be another.
        while found := [x for x in self._fronts() if x.until_s <= now_s]:
            for entry in found:
                self.drop(entry)
            late += found
        return late

    def take(self, now_s: float, *, idle: int, workers: int) -> list[Waiting[T]]:
        """Take out the next batch; empty where nothing is worth starting yet.

        Args:
            now_s: the time, s.
            idle: workers that could start now, the one that asks among them.
            workers: all, busy or idle.
        """
        ripe = [x for x in self._lines if self._is_ripe(x, now_s)]
        if not ripe:
            return []
        key = min(ripe, key=lambda x: self._served.get(x, 0.0))
        taken = list(self._batch(key, idle, workers))
        for entry in taken:
            self.drop(entry)
        self._round = max(self._round, self._served.get(key, 0.0))
        self._served[key] = self._round + len(taken) * self._pace.of(key)
        return taken

    def everything(self) -> list[Waiting[T]]:
        """Take out all that waits."""
        left = [entry for line in self._lines.values() for entry in line.values()]
        for entry in left:
            self.drop(entry)
        return left

    def wake_s(self, *, idle: int) -> float | None:
        """When there will be something to do, though nothing happens; None for never.

        Args:
            idle: workers that could start.
        """
        fronts = list(self._fronts())
        times = [x.until_s for x in fronts]
        if idle:
            times += [x.arrived_s + self._batch_wait_s for x in fronts]
        return min(times, default=None)

    def _fronts(self) -> Iterator[Waiting[T]]:
        """Of every line up to the oldest that is there for the first time; behind it all is newer.

        Only those that were tried before stand out of turn.
        """
        for line in self._lines.values():
            for entry in line.values():
                yield entry
                if not entry.attempts:
                    break

    def _is_ripe(self, key: Key, now_s: float) -> bool:
        line = self._lines[key]
        if not line:
            return False
        first = next(iter(line.values()))
        return (
            key[0] not in TOGETHER
            or first.alone
            or len(line) >= self._batch_size
            # Not a difference: what the owner was told to wait for must then be there.
            or now_s >= first.arrived_s + self._batch_wait_s
        )

    def _batch(self, key: Key, idle: int, workers: int) -> Iterator[Waiting[T]]:
        line = self._lines[key]
        # Each worker takes its share, so that none is left without at the end.
        # Source: Polychronopoulos and Kuck, Guided self-scheduling, IEEE Trans. Comput. 36 (1987).
        share = ceil(len(line) / max(1, workers))
        longest_s = TURN_S
        if key[0] in TOGETHER:
            share, longest_s = min(max(share, ENOUGH), ceil(len(line) / max(1, idle))), PASS_S
        in_time = max(1, int(longest_s / max(self._pace.of(key), 1e-6)))
        most = min(self._batch_size, share, in_time)
        for number, entry in enumerate(line.values()):
            if number and entry.alone:
                return
            yield entry
            if entry.alone or number + 1 >= most:
                return
