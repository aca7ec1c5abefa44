"""A line that stands in for `faultlens watch`: it does what people ask, and says how it stands."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from faultlens.line.live import LiveState
from faultlens.store.records import Action, AppliedRecord, CorrectionRecord, Record
from faultlens.store.store import Store
from tests.timing import PATIENCE_S

AFTER = {"acknowledge": "acknowledged", "shelve": "shelved", "unshelve": "unacknowledged"}
"""Kind of an action -> state of the alarm after it."""

EVERY_S = 0.05
"""Between two looks at what people ask, s."""


class StandinLine:
    """Holds one state; what people ask changes its alarms.

    Args:
        store: asked for actions, and told what came of them.
        state: how it stands at first.
    """

    def __init__(self, store: Store, state: LiveState) -> None:
        self.state = state
        self.done: list[Action] = []
        self._store = store
        self._seq = store.watermark("standin")
        self._stop = threading.Event()

    def live(self) -> LiveState:
        """How it stands, at this moment."""
        return replace(self.state, time=datetime.now(UTC).isoformat())

    @contextmanager
    def running(self) -> Iterator["StandinLine"]:
        """Do what people ask, until the end."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join(PATIENCE_S)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            for action in self._store.waiting_actions():
                self._apply(action)

    def _apply(self, action: Action) -> None:
        now, records = datetime.now(UTC), list[Record]()
        outcome = "" if action.comment or action.kind == "correct" else "A comment is missing."
        if action.kind == "correct":
            source, _, frame = action.target.partition("/")
            label = str(action.facts["label"])
            records.append(CorrectionRecord(source, frame, now, label, action.user, action.comment))
        elif action.kind == "reset":
            outcome = "The fault is still there; it can be reset once it is gone."
        else:
            self.state = replace(
                self.state, alarms=tuple(_after(x, action) for x in self.state.alarms)
            )
        records.append(AppliedRecord(action.id, now, outcome))
        self._store.write("standin", [(self._seq + k, x) for k, x in enumerate(records, 1)])
        self._seq += len(records)
        self.done.append(action)


def _after(alarm: dict[str, Any], action: Action) -> dict[str, Any]:
    if alarm["alarm"] != action.target:
        return alarm
    state = AFTER[action.kind]
    return {**alarm, "state": state, "user": action.user, "comment": action.comment, "step": state}
