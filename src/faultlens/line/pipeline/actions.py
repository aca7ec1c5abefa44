"""What people ask of the line: fetched from the store, applied once, written down."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from threading import Event, Thread
from typing import TypeAlias

from faultlens.core.notice import Notice
from faultlens.line.pipeline.recorder import Recorder, Written
from faultlens.line.pipeline.state import ON_ALARMS, LineState
from faultlens.store.errors import StoreError
from faultlens.store.records import Action, Record

ASKS_S = 0.25
"""Between two looks at what people ask, s: a click is answered at once, as people count."""

Handler: TypeAlias = Callable[[Action], tuple[Sequence[Record], str]]
"""Does what an action asks: records of it, and "" where it was done, else why not."""


class ActionDesk:
    """The thread that takes what people ask and brings it to the recorder.

    Args:
        waiting: actions that wait; None while the database is away.
        recorder: of the line.
        language: of the words why something was not done.
        handlers: kind of action -> what does it; acknowledging, shelving and resetting are the
            line's own.
    """

    def __init__(
        self,
        waiting: Callable[[], Sequence[Action] | None],
        recorder: Callable[[], Recorder],
        language: str,
        handlers: Mapping[str, Handler],
    ) -> None:
        self._waiting, self._recorder = waiting, recorder
        self._language, self._handlers = language, handlers
        self._taken: set[str] = set()
        self._first = True
        self._stop = Event()
        self._thread = Thread(target=self._run, name="actions", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, timeout_s: float) -> None:
        """Take nothing more, and end.

        Args:
            timeout_s: at most so long, s.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def again(self) -> None:
        """The line has gone back to what the disk holds: take again what it does not."""
        self._taken = set()

    def _run(self) -> None:
        while not self._stop.wait(ASKS_S):
            actions = self._waiting()
            if actions is None:
                continue
            self._forget([x.id for x in actions])
            for action in actions:
                if action.id not in self._taken:
                    self._taken.add(action.id)
                    self._take(action)

    def _forget(self, waiting: list[str]) -> None:
        # What waits no longer has reached the store, and is not remembered any more.
        if self._first or self._taken - set(waiting):
            self._first = False
            self._taken &= set(waiting)

            def forget(state: LineState) -> Written:
                state.known_applied(waiting)
                return Written()

            self._recorder().take(forget)

    def _take(self, action: Action) -> None:
        if action.kind in ON_ALARMS:
            self._recorder().take(lambda state: self._on_alarm(state, action))
            return
        # Whether it was applied before a kill is known to the recorder alone.
        self._recorder().take(lambda state: self._begin(state, action))

    def _on_alarm(self, state: LineState, action: Action) -> Written:
        if state.has_applied(action.id):
            return Written()
        return Written(state.acted(action, self._language, datetime.now(UTC)))

    def _begin(self, state: LineState, action: Action) -> Written:
        if not state.has_applied(action.id):
            # It may take long, as to load a model; the line must not wait for it.
            name = f"action {action.kind}"
            Thread(target=self._handle, args=(action,), name=name, daemon=True).start()
        return Written()

    def _handle(self, action: Action) -> None:
        try:
            records, outcome = self._handled(action)
        except StoreError:
            # It waits in the store, and is taken again once that is there.
            self._taken.discard(action.id)
            return
        self._recorder().take(
            lambda state: Written([*records, *state.applied(action, outcome, datetime.now(UTC))])
        )

    def _handled(self, action: Action) -> tuple[Sequence[Record], str]:
        if action.kind not in self._handlers:
            notice = Notice(
                f"This line does not do '{action.kind}'.", f"本产线不支持“{action.kind}”。"
            )
            return (), notice.of(self._language)
        try:
            return self._handlers[action.kind](action)
        except StoreError:
            raise
        # Whatever else goes wrong, who asked must learn of it.
        except Exception as error:
            return (), str(error) or type(error).__name__
