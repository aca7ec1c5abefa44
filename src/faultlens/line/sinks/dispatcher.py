"""All sinks of a line: each reads the journal at its own pace, and none stops another."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Lock
from typing import final
from urllib.parse import quote

from faultlens.core.errors import UnknownNameError
from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.journal import Journal
from faultlens.line.sinks.abstract import AbstractSink
from faultlens.line.sinks.outbox import Outbox, consumer_of
from faultlens.line.sinks.pace import Pace
from faultlens.line.sinks.registry import SINKS
from faultlens.line.sinks.sink_state import SinkState
from faultlens.store.records import AlarmRecord, EventRecord

CLOSE_S = 2.0
"""So long the end of the line waits for receivers that are being spoken to, s."""

LOOKS_S = 0.02
"""So often it is looked whether a sink has all that waits, s."""


@final
class Dispatcher:
    """The sinks of a line, at work from now on.

    A step of an alarm is sent until its sink has it, also over restarts: a cursor of the journal
    moves once it is delivered. A sink that was killed between the two sends that step again, with
    the same id.

    Args:
        journal: of the line.
        sinks: of line.toml.
        language: of messages to people, "en" or "zh".
        folder: in which each sink may keep what it must know again after a restart.
        tell: takes events, from threads of the sinks.
        pace: of trying again.
    """

    def __init__(
        self,
        journal: Journal,
        sinks: Sequence[SinkConfig],
        *,
        language: str,
        folder: Path,
        tell: Callable[[EventRecord], None],
        pace: Pace | None = None,
    ) -> None:
        self._journal, self._language, self._folder, self._tell = journal, language, folder, tell
        self._pace = pace or Pace()
        self._boxes: dict[str, Outbox] = {}
        self._lock = Lock()
        self.reconfigure(sinks)

    def reconfigure(self, sinks: Sequence[SinkConfig]) -> None:
        """Take on what line.toml says now; a sink that did not change goes on undisturbed.

        Args:
            sinks: all of them.
        """
        wanted = {x.name: x for x in sinks}
        with self._lock:
            old = [x for x in self._boxes.values() if wanted.get(x.config.name) != x.config]
            _ended(old)
            for box in old:
                del self._boxes[box.config.name]
            # The journal keeps alarms for whom it knows: also of a line.toml before this start.
            known = {consumer_of(name) for name in wanted}
            for consumer in self._journal.consumers():
                if consumer.startswith(consumer_of("")) and consumer not in known:
                    # With a full disk it stays known until the next start.
                    with suppress(OSError):
                        self._journal.forget(consumer)
            for name, config in wanted.items():
                if name not in self._boxes:
                    opened = partial(self._opened, config)
                    self._boxes[name] = Outbox(
                        self._journal, config, opened, self._tell, self._pace
                    )

    def wake(self) -> None:
        """Look at once whether there is something to send."""
        for box in tuple(self._boxes.values()):
            box.wake()

    def urgent(self, alarm: AlarmRecord) -> None:
        """Send a step from memory, since the journal cannot be written.

        Args:
            alarm: the step; if it comes by the journal too, it is sent once.
        """
        for box in tuple(self._boxes.values()):
            box.urgent(alarm)

    def states(self) -> tuple[SinkState, ...]:
        """How each sink stands, in the order of line.toml."""
        return tuple(box.state() for box in tuple(self._boxes.values()))

    def settle(self, timeout_s: float) -> bool:
        """Wait until every sink has what waits for it; False where one takes longer.

        Args:
            timeout_s: longest wait, s.
        """
        until = time.monotonic() + timeout_s
        while any(self._waits(name) for name in tuple(self._boxes)):
            if time.monotonic() > until:
                return False
            time.sleep(LOOKS_S)
        return True

    def close(self) -> bool:
        """Stop sending, within 2 s; False where a receiver still held a sink then.

        What was not delivered stays in the journal for the next start.
        """
        with self._lock:
            return _ended(list(self._boxes.values()))

    def _waits(self, name: str) -> bool:
        # A sink that the journal does not know yet, as its disk is full, has nothing in it.
        with suppress(UnknownNameError):
            return self._journal.waiting(consumer_of(name)) > 0
        return False

    def _opened(self, config: SinkConfig) -> AbstractSink:
        # Names come from a file: one such as "../x" stays below the folder.
        folder = self._folder / f"sink-{quote(config.name, safe='')}"
        return SINKS[config.kind].opened(config, self._language, folder)


def _ended(boxes: Sequence[Outbox]) -> bool:
    for box in boxes:
        box.stop()
    until = time.monotonic() + CLOSE_S
    ended = [box.join(until - time.monotonic()) for box in boxes]
    return all(ended)
