"""What a line does now and then in a quiet thread: it removes what need not be kept any longer."""

import os
import sys
from collections.abc import Callable
from threading import Event, Thread, get_native_id

from faultlens.core.errors import FaultlensError
from faultlens.core.notice import Notice
from faultlens.line.pipeline.conditions import Conditions

EVERY_S = 3600.0
"""Between two rounds, s: files older by an hour than they need to be hurt nobody."""

FIRST_S = 60.0
"""After the start, s: until then a line has better things to do."""


class Housekeeping:
    """A thread that does a round now and then.

    Args:
        work: one round.
        conditions: where a round that failed is shown.
        first_s: time of the first round after the start, s.
    """

    def __init__(
        self, work: Callable[[], object], conditions: Conditions, first_s: float = FIRST_S
    ) -> None:
        self._work, self._conditions, self._first_s = work, conditions, first_s
        self._stop = Event()
        self._thread = Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, timeout_s: float) -> None:
        """Do no further round.

        Args:
            timeout_s: at most so long one that is under way may take, s.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, get_native_id(), 19)
        wait_s = self._first_s
        while not self._stop.wait(wait_s):
            wait_s = EVERY_S
            try:
                self._work()
            except (FaultlensError, OSError) as error:
                notice = Notice(
                    f"What is older than [keep] says could not be removed: {error}",
                    f"无法删除超过 [keep] 期限的内容：{error}",
                )
                self._conditions.set("line/keep", "warning", notice)
            else:
                self._conditions.clear("line/keep")
