"""The one thread that decides and writes down: everything that happens, in one order.

What waits is taken together: one transaction of the journal holds the results of many frames of all
sources, the alarms that they made, where each source goes on, and how decisions stand. Only then
are frames acknowledged. On a full disk alarms go out from memory, what is to be written waits in
memory for room, and once that is too much nothing more is written until the line has gone back to
what the disk holds (`lost`).
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Empty, Queue
from threading import Event, Thread, current_thread
from time import monotonic
from typing import TypeAlias

from faultlens.core.notice import Notice
from faultlens.line.journal import Journal, JournalFull
from faultlens.line.pipeline.conditions import Conditions, event
from faultlens.line.pipeline.stages import Stages
from faultlens.line.pipeline.state import LineState
from faultlens.store.records import AlarmRecord, EventRecord, Record, encoded

HELD_RECORDS = 5000
"""Records that wait in memory for room on the disk: some seconds of a fast line, some 10 MB."""

AGAIN_S = 1.0
"""A full disk is tried again after so long, s."""

_WAITING = 64
"""Steps that wait for the recorder, before those who bring them do."""

_MOST_TOLD = 1000
"""Events that wait to be written down; a flood of them pushes the oldest out."""

_TOGETHER = 64
"""Steps that one transaction takes at most."""


@dataclass(frozen=True)
class Written:
    """What a step brings, to be written down in one transaction.

    Args:
        records: in their order.
        acknowledge: each is called once that is safe on the disk.
    """

    records: Sequence[Record] = ()
    acknowledge: Sequence[Callable[[], None]] = ()


Step: TypeAlias = Callable[[LineState], Written]
"""Changes the state of the line, in the recorder's thread, and says what is to be written."""


class Recorder:
    """The thread that takes steps one by one and writes down what they bring.

    Args:
        state: of the line.
        journal: of the line.
        conditions: where a full disk is shown.
        stages: where it says how long writing takes.
        urgent: sends a step of an alarm past the journal, when the disk is full.
        wrote: is given the records of each transaction once it is safe; must not wait.
    """

    def __init__(
        self,
        state: LineState,
        journal: Journal,
        conditions: Conditions,
        stages: Stages,
        *,
        urgent: Callable[[AlarmRecord], None],
        wrote: Callable[[Sequence[Record]], None],
    ) -> None:
        self.state = state
        self._journal, self._conditions, self._stages = journal, conditions, stages
        self._urgent, self._wrote = urgent, wrote
        self._steps: Queue[Step | None] = Queue(_WAITING)
        self._own: deque[Step] = deque()
        self._told: deque[EventRecord] = deque(maxlen=_MOST_TOLD)
        self._held: list[Record] = []
        self._held_state: dict[str, str | None] = {}
        self._held_acknowledge: list[Callable[[], None]] = []
        self._full_since_s: float | None = None
        self._tried_s = self._later_s = monotonic()
        self._not_written = 0
        self.lost = Event()
        self.room_again = Event()
        self._thread = Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def take(self, step: Step) -> None:
        """One more step; waits while many wait.

        Args:
            step: called in the recorder's thread.
        """
        if current_thread() is self._thread:
            # An onlooker that writes something down must not wait for the thread that it is in.
            self._own.append(step)
        else:
            self._steps.put(step)

    def write(self, records: Sequence[Record]) -> None:
        """Records that change nothing else.

        Args:
            records: in their order.
        """
        if records:
            self.take(lambda _: Written(records))

    def tell(self, event: EventRecord) -> None:
        """An event; never waits, so that every thread may tell one, also the recorder's own.

        Args:
            event: it.
        """
        self._told.append(event)

    def settle(self, timeout_s: float) -> bool:
        """Wait until every step that waits now was taken; False where that takes too long.

        Args:
            timeout_s: s.
        """
        taken = Event()

        def mark(_: LineState) -> Written:
            taken.set()
            return Written()

        self.take(mark)
        return taken.wait(timeout_s)

    def close(self, timeout_s: float) -> bool:
        """Take what waits, and end; False where that took too long.

        Args:
            timeout_s: s.
        """
        if self._thread.is_alive():
            self._steps.put(None)
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        going = True
        while going:
            steps, going = self._next()
            now_s = monotonic()
            if now_s - self._later_s >= AGAIN_S:
                self._later_s = now_s
                self._add(Written(self.state.later(datetime.now(UTC), now_s)))
            for step in steps:
                self._add(self._taken(step))
            while self._own:
                self._add(self._taken(self._own.popleft()))
            self._add(Written([self._told.popleft() for _ in range(len(self._told))]))
            self._flush(last=not going)

    def _next(self) -> tuple[list[Step], bool]:
        steps: list[Step] = []
        try:
            step = self._steps.get(timeout=AGAIN_S / 4)
            while step is not None:
                steps.append(step)
                if len(steps) == _TOGETHER:
                    return steps, True
                step = self._steps.get_nowait()
            return steps, False
        except Empty:
            return steps, True

    def _taken(self, step: Step) -> Written:
        try:
            return step(self.state)
        # A fault of ours in one step must not end the line; it is said, and the line goes on.
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            notice = Notice(
                f"A step of the line failed ({said}); please report it.",
                f"产线的一个步骤失败（{said}）；请报告此问题。",
            )
            return Written([event("line", "error", notice)])

    def _add(self, written: Written) -> None:
        if self._full_since_s is not None:
            self._send_past(written.records)
        if self.lost.is_set():
            self._not_written += len(written.records)
            return
        self._held += written.records
        self._held_acknowledge += written.acknowledge

    def _flush(self, *, last: bool) -> None:
        now_s = monotonic()
        if self._full_since_s is not None and now_s - self._tried_s < AGAIN_S and not last:
            self._bound()
            return
        self._tried_s = now_s
        self._held_state.update(self.state.changes())
        if self.lost.is_set():
            self._probe()
        elif self._held or self._held_state or self._held_acknowledge:
            self._append()

    def _append(self) -> None:
        try:
            with self._stages.timed("journal"):
                self._append_what_can_be()
        except JournalFull as error:
            if self._full_since_s is None:
                self._full_since_s = monotonic()
                self._send_past(self._held)
            self._say_full(error)
            self._bound()
            return
        self._full_since_s = None
        records, acknowledge = self._held, self._held_acknowledge
        self._held, self._held_state, self._held_acknowledge = [], {}, []
        self._wrote(records)
        for each in acknowledge:
            self._acknowledged(each)
        self._conditions.clear("line/disk")

    def _acknowledged(self, each: Callable[[], None]) -> None:
        try:
            each()
        # It must not raise; one of an outsider's that does only makes its sender send again.
        except Exception as error:
            notice = Notice(
                f"A frame could not be acknowledged ({type(error).__name__}: {error}).",
                f"无法确认某一帧（{type(error).__name__}: {error}）。",
            )
            self.tell(event("source", "warning", notice))

    def _append_what_can_be(self) -> None:
        try:
            self._journal.append(self._held, self._held_state)
        except (ValueError, TypeError) as error:
            # One record that cannot be written (a NaN of an outsider's) takes no other with it.
            left = len(self._held)
            self._held = [record for record in self._held if _can_be_written(record)]
            left -= len(self._held)
            notice = Notice(
                f"{left} records could not be written ({error}); please report it.",
                f"有 {left} 条记录无法写入（{error}）；请报告此问题。",
            )
            self._journal.append([*self._held, event("line", "error", notice)], self._held_state)

    def _bound(self) -> None:
        if len(self._held) > HELD_RECORDS:
            self._not_written += len(self._held)
            self._held, self._held_state, self._held_acknowledge = [], {}, []
            self.lost.set()

    def _probe(self) -> None:
        """Whether there is room again; then the line goes back to what the disk holds."""
        self._held_state.clear()
        if self.room_again.is_set():
            return
        notice = Notice(
            f"There is room on the disk again. {self._not_written} records were not written; "
            "sources that can go back are judged again from where the disk stands.",
            f"磁盘已有空间。有 {self._not_written} 条记录未写入；"
            "可回放的数据源将从磁盘记录处重新判定。",
        )
        try:
            self._journal.append([event("line", "warning", notice)])
        except JournalFull as error:
            self._say_full(error)
            return
        self.room_again.set()

    def _send_past(self, records: Sequence[Record]) -> None:
        for record in records:
            if isinstance(record, AlarmRecord):
                self._urgent(record)

    def _say_full(self, error: JournalFull) -> None:
        self._conditions.set(
            "line/disk",
            "error",
            Notice(
                f"{error} Alarms still go out; results are not kept.",
                f"日志 {self._journal.path} 无法写入：磁盘已满或故障。报警仍会发出；结果未保存。"
                "请腾出空间。",
            ),
        )


def _can_be_written(record: Record) -> bool:
    try:
        encoded(record)[1].encode()
    except (ValueError, TypeError):
        return False
    return True
