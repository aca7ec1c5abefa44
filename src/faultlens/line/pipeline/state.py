"""How a line stands between two frames: decisions, alarms, open parts; and how it is kept."""

from collections.abc import Collection, Sequence
from datetime import datetime

from faultlens.core.errors import UnreadableFileError
from faultlens.line.alarms.actions import ALARM_ACTIONS, after_action
from faultlens.line.alarms.alarms import Alarms, alarms_of_text
from faultlens.line.alarms.shelving import after_removed, after_time
from faultlens.line.alarms.steps import after_frame
from faultlens.line.configuration.line_config import DecisionConfig
from faultlens.line.decision.decided import DecisionStep, after_judged
from faultlens.line.decision.state import DecisionState, decision_state
from faultlens.line.journal import Journal
from faultlens.line.judged import Judged
from faultlens.line.pipeline.parts import Parts
from faultlens.store.records import Action, AlarmRecord, AppliedRecord, Record, ResultRecord

ALARMS, DECISION, PART, RESUME, APPLIED = "alarms", "decision/", "part/", "resume/", "applied/"
"""Keys of the journal's state, or how they begin."""


class LineState:
    """What frames and people have made of the line so far; used by one thread.

    Args:
        line: its name.
        journal: from which it goes on.
        now_s: monotonic time, s.

    Raises:
        UnreadableFileError: what the journal holds is of another version.
    """

    def __init__(self, line: str, journal: Journal, now_s: float) -> None:
        text = journal.state(ALARMS)
        self.alarms = Alarms(line) if text is None else alarms_of_text(text)
        kept = journal.states(DECISION)
        self._decisions = {k: _decision(x) for k, x in kept.items()}
        parts = journal.states(PART)
        self._parts = Parts({k.removeprefix(PART): x for k, x in parts.items()}, now_s)
        self._resume = journal.states(RESUME)
        self._applied = set(journal.states(APPLIED))
        self._changes: dict[str, str | None] = {}

    def resume(self, source: str) -> str | None:
        """Where a source goes on.

        Args:
            source: its name.
        """
        return self._resume.get(RESUME + source)

    def passed(self, source: str, resume: str | None) -> None:
        """A source has passed a frame, judged or not, for good.

        Args:
            source: its name.
            resume: where it goes on after that; None changes nothing.
        """
        if resume is not None:
            self._resume[RESUME + source] = resume
            self._changes[RESUME + source] = resume

    def keep(self, key: str, value: str | None) -> None:
        """Keep something else of the line, with what is written next.

        Args:
            key: of the journal's state.
            value: None to forget it.
        """
        self._changes[key] = value

    def judged(
        self, config: DecisionConfig, judged: Judged, preview: str | None
    ) -> tuple[DecisionStep, tuple[AlarmRecord, ...]]:
        """What a frame changes: step of the decision, and steps of the alarm.

        Args:
            config: of its source.
            judged: the frame and its verdict.
            preview: path of its small picture; None for none.
        """
        key = f"{DECISION}{judged.frame.source}/{judged.frame.channel}"
        before = self._decisions.get(key, DecisionState())
        after, step = after_judged(config, before, judged)
        if after != before:
            self._decisions[key] = after
            self._changes[key] = after.text()
        return step, self._alarmed(after_frame(self.alarms, config, judged, step, preview=preview))

    def joined(self, result: ResultRecord, now_s: float) -> Sequence[Record]:
        """Parts that are over with a result.

        Args:
            result: of a frame.
            now_s: monotonic time, s.
        """
        return self._parts.saw(result, now_s)

    def later(self, now: datetime, now_s: float) -> list[Record]:
        """What the time alone changes: shelvings end, parts are over.

        Args:
            now: time of the machine's clock.
            now_s: monotonic time, s.
        """
        return [*self._alarmed(after_time(self.alarms, now)), *self._parts.quiet(now_s)]

    def ended(self) -> Sequence[Record]:
        """Parts that are over since every source has ended."""
        return self._parts.closed()

    def removed(self, sources: Collection[str], now: datetime) -> tuple[AlarmRecord, ...]:
        """What changes when sources are watched no more.

        Args:
            sources: their names.
            now: when.
        """
        prefixes = tuple(f"{DECISION}{source}/" for source in sources)
        for key in [k for k in self._decisions if k.startswith(prefixes)]:
            del self._decisions[key]
            self._changes[key] = None
        return self._alarmed(after_removed(self.alarms, sources, now))

    def acted(self, action: Action, language: str, now: datetime) -> list[Record]:
        """What a person's action on an alarm changes, and that it was applied.

        Args:
            action: of the kinds of `ALARM_ACTIONS`.
            language: of the words why not.
            now: when.
        """
        alarms, records, refused = after_action(self.alarms, action)
        outcome = "" if refused is None else refused.of(language)
        return [*self._alarmed((alarms, records)), *self.applied(action, outcome, now)]

    def applied(self, action: Action, outcome: str, now: datetime) -> list[Record]:
        """That an action was applied; remembered until the store knows it too.

        Args:
            action: it.
            outcome: "" where it was done; else why not.
            now: when.
        """
        self._applied.add(APPLIED + action.id)
        self._changes[APPLIED + action.id] = now.isoformat()
        return [AppliedRecord(action.id, now, outcome)]

    def has_applied(self, action: str) -> bool:
        """Whether an action was applied already.

        Args:
            action: its id.
        """
        return APPLIED + action in self._applied

    def known_applied(self, still_waiting: Collection[str]) -> None:
        """Forget what was applied and no longer waits in the store.

        Args:
            still_waiting: ids of the actions that the store still lists.
        """
        waiting = {APPLIED + x for x in still_waiting}
        for key in self._applied - waiting:
            self._changes[key] = None
        self._applied &= waiting

    def changes(self) -> dict[str, str | None]:
        """Key -> text of the state that changed since the last call; None for what is gone."""
        parts = {PART + name: text for name, text in self._parts.changes().items()}
        made, self._changes = {**self._changes, **parts}, {}
        return made

    def _alarmed(self, after: tuple[Alarms, tuple[AlarmRecord, ...]]) -> tuple[AlarmRecord, ...]:
        alarms, records = after
        if alarms is not self.alarms:
            self.alarms = alarms
            self._changes[ALARMS] = alarms.text()
        return records


ON_ALARMS = frozenset(ALARM_ACTIONS)
"""Kinds of actions that the line itself applies."""


def _decision(text: str) -> DecisionState:
    try:
        return decision_state(text)
    except UnreadableFileError:
        # A line must start: rather look back at no frames than not look at all.
        return DecisionState()
