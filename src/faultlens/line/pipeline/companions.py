"""Those who look on: each sees every judged frame with its decision, beside the line's own work."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Condition, Thread, get_native_id
from typing import TypeAlias

from faultlens.core.notice import Notice
from faultlens.line.judged import Judged
from faultlens.line.pipeline.conditions import event
from faultlens.store.records import Record, ResultRecord

WAITING_BYTES = 128 << 20
"""Of frames that wait for one who looks on, bytes: some pictures of a 4K camera; older ones are
passed over."""

WAITING_FRAMES = 2000
"""Frames that wait at most."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A judged frame with what became of it.

    Args:
        judged: the frame and its verdict.
        record: of its result.
        step: "raise" or "return", where the decision changed with it; None else.
    """

    judged: Judged
    record: ResultRecord
    step: str | None = None


Along: TypeAlias = Callable[[Seen], Sequence[Record]]
"""Looks on within the line's own step: quick, never raising; its records are in the transaction of
the result, so that both are there or neither."""

Looking: TypeAlias = Callable[[Seen], Iterable[Record]]
"""Looks on in a thread of its own, later; its records are written down when they come."""


class Companion:
    """A thread in which somebody looks on; what cannot be looked at in time is passed over.

    Args:
        name: of the thread, and of the condition when it fails.
        look: sees each frame, and returns what there is to write down.
        write: writes it down.
        niceness: how far the thread stands back behind the line's own, 0 to 19.
    """

    def __init__(
        self,
        name: str,
        look: Looking,
        write: Callable[[Sequence[Record]], None],
        *,
        niceness: int = 0,
    ) -> None:
        self._name, self._look, self._write = name, look, write
        self._waiting: deque[Seen] = deque()
        self._bytes = 0
        self._changed = Condition()
        self._closed = False
        self._failed = False
        self._niceness = niceness
        self.passed_over = 0
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def saw(self, seen: Seen) -> None:
        """One more frame; never waits.

        Args:
            seen: it.
        """
        with self._changed:
            self._waiting.append(seen)
            self._bytes += seen.judged.frame.payload_bytes
            while len(self._waiting) > 1 and (
                self._bytes > WAITING_BYTES or len(self._waiting) > WAITING_FRAMES
            ):
                self._bytes -= self._waiting.popleft().judged.frame.payload_bytes
                self.passed_over += 1
            self._changed.notify()

    def close(self, timeout_s: float) -> None:
        """See what waits, and end; at most so long, s.

        Args:
            timeout_s: s.
        """
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        if self._niceness and sys.platform == "linux":
            # There a thread has a priority of its own; it may only be lowered.
            thread = get_native_id()
            before = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, min(before + self._niceness, 19))
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                seen = self._waiting.popleft()
                self._bytes -= seen.judged.frame.payload_bytes
            try:
                made = list(self._look(seen))
            # Whoever looks on must never take the line with it; said once, until it works again.
            except Exception as error:
                made = [] if self._failed else [self._failure(error)]
                self._failed = True
            else:
                self._failed = False
            if made:
                self._write(made)

    def _failure(self, error: Exception) -> Record:
        said = f"{type(error).__name__}: {error}"
        return event(
            f"line/{self._name}",
            "error",
            Notice(
                f"'{self._name}' failed at a frame ({said}); the line goes on without it.",
                f"“{self._name}”处理某一帧时失败（{said}）；产线照常运行。",
            ),
        )
