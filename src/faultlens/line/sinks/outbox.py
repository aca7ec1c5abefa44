"""One sink in a thread of its own: reads the journal, sends in order, and tries again."""

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from typing import final
from uuid import NAMESPACE_URL, uuid4, uuid5

from faultlens.core.errors import FaultlensError
from faultlens.core.notice import Notice
from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.journal import Journal
from faultlens.line.sinks.abstract import AbstractSink
from faultlens.line.sinks.message import one_line
from faultlens.line.sinks.pace import Pace
from faultlens.line.sinks.refusal import AlarmRefused
from faultlens.line.sinks.sink_state import SinkState, failing, given_up, sending_again
from faultlens.store.records import AlarmRecord, EventRecord

KINDS = ("alarm",)
"""Of the records that a sink takes."""
MOST_URGENT = 1_000
"""Steps kept in memory while the journal cannot be written; the oldest goes first."""
_REMEMBERED = 2_000
"""Ids of steps that were delivered and may come again by another way."""
_BATCH = 50
_LOOK_S = 0.25
"""So often it is seen whether the journal has grown, s."""

log = logging.getLogger(__name__)


def consumer_of(name: str) -> str:
    """The name by which the journal knows a sink.

    Args:
        name: of the sink.

    Example:
        >>> consumer_of("mes")
        'sink/mes'
    """
    return f"sink/{name}"


def is_wanted(config: SinkConfig, alarm: AlarmRecord) -> bool:
    """Whether a step goes to a sink.

    Args:
        config: of the sink.
        alarm: the step.

    Example:
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> step = AlarmRecord("s1", "a1", at, "raised", "unacknowledged", "camera")
        >>> is_wanted(SinkConfig("mes", "log", None, sources=("hall",)), step)
        False
    """
    return alarm.step in config.steps and (not config.sources or alarm.source in config.sources)


@final
class Outbox:
    """A sink with what it has not had.

    Args:
        journal: of the line.
        config: of the sink.
        opened: makes the sink.
        tell: takes an event that people should know of; must not block for long.
        pace: of trying again.
    """

    def __init__(
        self,
        journal: Journal,
        config: SinkConfig,
        opened: Callable[[], AbstractSink],
        tell: Callable[[EventRecord], None],
        pace: Pace,
    ) -> None:
        self.config = config
        self._journal, self._opened, self._tell, self._pace = journal, opened, tell, pace
        self._sink: AbstractSink | None = None
        self._urgent: deque[AlarmRecord] = deque()
        self._delivered: OrderedDict[str, None] = OrderedDict()
        self._state = SinkState(config.name, config.kind)
        self._lock = Lock()
        self._tries, self._failed_s, self._is_told = 0, 0.0, False
        self._head, self._head_s = "", 0.0
        self._seen = -1
        self._stop, self._bell = Event(), Event()
        self._is_registered = False
        self._register()
        self._thread = Thread(target=self._run, name=consumer_of(config.name), daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look at once whether there is something to send; one that fails keeps its waits."""
        if self._tries == 0:
            self._bell.set()

    def urgent(self, alarm: AlarmRecord) -> None:
        """Send a step from memory, since the journal cannot be written.

        Args:
            alarm: the step; if it comes by the journal too, it is sent once.
        """
        if not is_wanted(self.config, alarm):
            return
        with self._lock:
            if len(self._urgent) >= MOST_URGENT:
                self._urgent.popleft()
            self._urgent.append(alarm)
        self.wake()

    def state(self) -> SinkState:
        """How it stands."""
        with self._lock:
            state, urgent = self._state, len(self._urgent)
        try:
            waiting = self._journal.waiting(consumer_of(self.config.name))
        except Exception:  # the journal fails, which is said elsewhere
            waiting = 0
        return replace(state, waiting=waiting + urgent)

    def stop(self) -> None:
        """Send nothing more; what waits stays in the journal."""
        self._stop.set()
        self._bell.set()

    def join(self, timeout_s: float) -> bool:
        """Wait until its thread has ended; False where a receiver still holds it.

        Args:
            timeout_s: at most so long, s.
        """
        self._thread.join(max(timeout_s, 0.0))
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                wait_s = self._turn()
            # A sink's thread that ends would be a sink that is silent for ever.
            except Exception as error:
                if not self._stop.is_set():
                    log.warning("sink '%s': %s: %s", self.config.name, type(error).__name__, error)
                wait_s = 1.0
            if wait_s > 0:
                self._bell.wait(wait_s)
            self._bell.clear()

    def _turn(self) -> float:
        """Send what can be sent; seconds until the next look."""
        with self._lock:
            urgent = list(self._urgent)
        if urgent:
            held = self._sent(urgent, self._drop_urgent)
            if held is not None:
                return held
        if not self._register():
            return 1.0
        last = self._journal.last
        if last == self._seen:
            return _LOOK_S
        consumer = consumer_of(self.config.name)
        entries = self._journal.read(consumer, KINDS, _BATCH)
        numbers = {record.id: seq for seq, record in entries if isinstance(record, AlarmRecord)}
        steps = [record for _, record in entries if isinstance(record, AlarmRecord)]
        held = self._sent(steps, lambda x: self._journal.advance(consumer, numbers[x.id]))
        if held is not None:
            return held
        if len(entries) < _BATCH:
            self._seen = last
        return 0.0

    def _sent(
        self, steps: Sequence[AlarmRecord], done: Callable[[AlarmRecord], None]
    ) -> float | None:
        """Send steps in their order; None once all are done, else seconds to wait."""
        for place, alarm in enumerate(steps):
            if self._is_due(alarm):
                error = self._failure(alarm)
                if error is not None:
                    behind = next((x for x in steps[place + 1 :] if self._is_due(x)), None)
                    if self._is_poisoned(alarm, error, behind):
                        self._give_up(alarm, error)
                    elif self._is_due(alarm):
                        return self._pace.wait_s(self._tries)
            done(alarm)
            if self._stop.is_set():
                return 0.0
        return None

    def _is_due(self, alarm: AlarmRecord) -> bool:
        return is_wanted(self.config, alarm) and alarm.id not in self._delivered

    def _failure(self, alarm: AlarmRecord) -> Exception | None:
        """Send one step; None once it is delivered, else what went wrong."""
        if alarm.id != self._head:
            self._head, self._head_s = alarm.id, time.monotonic()
        error = self._attempt(alarm)
        if error is None:
            self._works()
        else:
            self._fails(error)
        return error

    def _attempt(self, alarm: AlarmRecord) -> Exception | None:
        try:
            if self._sink is None:
                self._sink = self._opened()
            self._sink.send(alarm)
        except Exception as error:
            return error
        with self._lock:
            self._delivered[alarm.id] = None
            while len(self._delivered) > _REMEMBERED:
                self._delivered.popitem(last=False)
            self._state = replace(self._state, delivered=self._state.delivered + 1)
        return None

    def _is_poisoned(
        self, alarm: AlarmRecord, error: Exception, behind: AlarmRecord | None
    ) -> bool:
        """Whether it is this one step that cannot be sent, and not the receiver that is away."""
        failing_s = time.monotonic() - self._head_s
        # What is no error of the house or the network is a mistake in a sink, about this step.
        if isinstance(error, AlarmRefused) or not isinstance(error, FaultlensError | OSError):
            return failing_s >= self._pace.refused_s
        if failing_s < self._pace.alone_s or behind is None:
            return False
        # It may have come back between the two: only what fails once more is poisoned.
        if self._attempt(behind) is not None:
            return False
        return self._failure(alarm) is not None

    def _give_up(self, alarm: AlarmRecord, error: Exception) -> None:
        with self._lock:
            self._state = replace(self._state, given_up=self._state.given_up + 1)
        name, words = self.config.name, _words(error)
        notice = given_up(name, alarm.alarm, alarm.step, words)
        event_id = uuid5(NAMESPACE_URL, f"faultlens:sink:{name}:given-up:{alarm.id}")
        facts = {"sink": name, "alarm": alarm.alarm, "step": alarm.id, "error": words}
        self._event("error", notice, alarm.source, facts, str(event_id))
        self._works()

    def _fails(self, error: Exception) -> None:
        now_s, words = time.monotonic(), _words(error)
        if self._tries == 0:
            self._failed_s = now_s
        self._tries += 1
        with self._lock:
            since = self._state.failing_since or datetime.now(UTC)
            self._state = replace(self._state, failing_since=since, error=words)
        if not self._is_told and now_s - self._failed_s >= self._pace.told_s:
            self._is_told = True
            notice = failing(self.config.name, self.state().waiting, words)
            self._event("warning", notice, "", {"sink": self.config.name, "error": words})

    def _works(self) -> None:
        self._tries = 0
        with self._lock:
            self._state = replace(self._state, failing_since=None, error="")
        if self._is_told:
            self._is_told = False
            notice = sending_again(self.config.name)
            self._event("info", notice, "", {"sink": self.config.name})

    def _event(
        self, severity: str, notice: Notice, source: str, facts: dict[str, str], name: str = ""
    ) -> None:
        record = EventRecord(
            name or str(uuid4()), datetime.now(UTC), "sink", severity, notice.en, notice.zh,
            source, facts,
        )  # fmt: skip
        try:
            self._tell(record)
        # Whoever cannot write it down must not keep alarms from going out.
        except Exception as error:
            log.warning("%s (%s)", notice.en, error)

    def _drop_urgent(self, alarm: AlarmRecord) -> None:
        with self._lock:
            if self._urgent and self._urgent[0] is alarm:
                self._urgent.popleft()

    def _register(self) -> bool:
        if not self._is_registered:
            try:
                self._journal.register(consumer_of(self.config.name), KINDS)
                self._is_registered = True
            except OSError as error:
                log.warning("sink '%s': %s", self.config.name, error)
        return self._is_registered


def _words(error: Exception) -> str:
    expected = isinstance(error, FaultlensError | OSError)
    text = str(error) if expected else f"{type(error).__name__}: {error}"
    return one_line(text or type(error).__name__)
