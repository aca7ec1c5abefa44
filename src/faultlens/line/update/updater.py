"""The updates of all sources in one quiet thread, and what people ask of them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from faultlens.core.errors import FaultlensError
from faultlens.core.notice import Notice
from faultlens.line.configuration.line_config import LineConfig
from faultlens.line.frame import SCAN
from faultlens.line.judged import Judged
from faultlens.line.update.audit import audit_of, is_drawn
from faultlens.line.update.hooks import Hooks
from faultlens.line.update.said import SaidOfFrame, leave_word
from faultlens.line.update.source_update import SourceUpdate
from faultlens.store.records import Action, AuditRecord, CorrectionRecord, Record, ResultRecord

if TYPE_CHECKING:
    from faultlens.store.store import Store

STEP_S = 1.0
"""Between two looks at what is next, s."""

AUDIT_S = 60.0
"""Between two looks at the miss rate of the audits, s."""

Outcome = tuple[Sequence[Record], str]
"""Records to write down, and why it cannot be; "" where it is done."""

_log = logging.getLogger(__name__)

SOUND_WORDS = ("no defect", "healthy", "无缺陷", "健康", "正常")
"""What people say of a frame in which nothing is wrong."""


class Updater:
    """Audits, corrections, tunings, shadows and promotions of a line.

    Args:
        line: its line.toml.
        hooks: what the running line does for it.
        store: asked for results and audits; may be away for a while.
    """

    def __init__(self, line: LineConfig, hooks: Hooks, store: "Store") -> None:
        self._line, self._hooks, self._store = line, hooks, store
        self._stop = Event()
        self._failing: set[str] = set()
        self._sources = self._made(line)
        self._thread = Thread(target=self._run, name="update", daemon=True)

    def start(self) -> None:
        """Begin to look at what is next, in a thread of its own."""
        self._thread.start()

    def close(self, timeout_s: float = 5.0) -> None:
        """End; a child process that computes is ended too, and begins anew at the next start.

        Args:
            timeout_s: for the thread, s.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def reconfigure(self, line: LineConfig) -> None:
        """Go on with a changed line.toml.

        Args:
            line: the new one.
        """
        kept = {x.source.name: x for x in self._sources.values()}
        self._line = line
        made = self._made(line)
        # A source that did not change keeps its shadow and what runs for it.
        same = {n for n, x in made.items() if n in kept and kept[n].source == x.source}
        self._sources = {n: kept[n] if n in same else x for n, x in made.items()}

    def along(self, judged: Judged) -> tuple[Record, ...]:
        """What is written down with a judged frame: the question of an audit, where it was drawn.

        Args:
            judged: the frame with its verdict.
        """
        update = self._sources.get(judged.frame.source)
        if update is not None:
            update.saw(judged)
        audit = audit_of(self._line.audit, self._line.name, judged)
        return () if audit is None else (audit,)

    def keeps(self, judged: Judged) -> bool:
        """Whether the picture or recording must be kept, since a person is asked about it.

        Args:
            judged: the frame with its verdict.
        """
        return is_drawn(self._line.audit, self._line.name, judged)

    def handlers(self) -> Mapping[str, Callable[[Action], Outcome]]:
        """What answers the actions of people, by their kind."""
        return {
            "correct": self._correct,
            "audit": self._audit,
            "tune": self._tune,
            "promote": self._promote,
            "reject": self._reject,
            "rollback": self._roll_back,
        }

    def _made(self, line: LineConfig) -> dict[str, SourceUpdate]:
        home = line.state / "update"
        return {
            x.name: SourceUpdate(line, x, home / x.name, self._hooks, self._stop)
            for x in line.sources
        }

    def _run(self) -> None:
        since_s = AUDIT_S
        while not self._stop.wait(STEP_S):
            since_s += STEP_S
            for update in list(self._sources.values()):
                if self._stop.is_set():
                    return
                self._looked(update, audits=since_s >= AUDIT_S)
            since_s = 0.0 if since_s >= AUDIT_S else since_s

    def _looked(self, update: SourceUpdate, *, audits: bool) -> None:
        """One step of one source; a full disk, or whatever it is, must not end all updates."""
        name = update.source.name
        try:
            update.step()
            if audits:
                self._look_at_audits(update)
        except Exception as error:
            if name not in self._failing:
                self._failing.add(name)
                _log.exception("The update of the source '%s' failed.", name)
                with suppress(FaultlensError, OSError):
                    update.tell_trouble(
                        Notice(
                            f"The update of '{name}' cannot go on now: {error}. It is tried again.",
                            f"“{name}”的模型更新暂时无法继续：{error}。将会重试。",
                        )
                    )
        else:
            self._failing.discard(name)

    def _look_at_audits(self, update: SourceUpdate) -> None:
        """Ask for a tuning once the audits show that more is missed than may be."""
        allowed = self._line.audit.most_missed
        if allowed is None or not update.learns:
            return
        from faultlens.store.questions.audits import miss_rate

        try:
            missed = miss_rate(self._store, update.source.name)
        except FaultlensError:
            # The database is away; the audits are looked at again later.
            return
        sure = missed.low is not None and missed.low > allowed
        if sure and missed.misses > update.progress.audited:
            update.ask(
                f"audit: {missed.misses} of {missed.answered} passed frames were faults, at least "
                f"{missed.low:.1%}; {allowed:.1%} are allowed",
                audited=missed.misses,
            )

    def _of(self, action: Action) -> SourceUpdate | str:
        found = self._sources.get(action.target)
        return found or f"There is no source '{action.target}' in line.toml."

    def _tune(self, action: Action) -> Outcome:
        update = self._of(action)
        if isinstance(update, str):
            return (), update
        if not update.learns:
            return (), (
                f"The scans of '{action.target}' are measured, so that no model is tuned for them: "
                "change sentences, rules or least_depth_mm in line.toml, or calibrate its profile."
            )
        update.ask(f"asked for by {action.user}: {action.comment}".rstrip(": "))
        return (), ""

    def _promote(self, action: Action) -> Outcome:
        update = self._of(action)
        if isinstance(update, str):
            return (), update
        reference = str(action.facts.get("reference", ""))
        return (), update.promote(action.user, action.comment, reference)

    def _reject(self, action: Action) -> Outcome:
        update = self._of(action)
        return ((), update) if isinstance(update, str) else update.reject(
            action.user, action.comment
        )  # fmt: skip

    def _roll_back(self, action: Action) -> Outcome:
        update = self._of(action)
        if isinstance(update, str):
            return (), update
        reference = str(action.facts.get("reference", ""))
        return (), update.roll_back(action.user, action.comment, reference)

    def _correct(self, action: Action) -> Outcome:
        found = self._found(action)
        if isinstance(found, str):
            return (), found
        record, label = found
        note = action.comment
        self._leave(action, record, label)
        said = CorrectionRecord(record.source, record.frame, action.time, label, action.user, note)
        return (said,), ""

    def _audit(self, action: Action) -> Outcome:
        found = self._found(action)
        if isinstance(found, str):
            return (), found
        record, label = found
        is_miss = bool(action.facts.get("is_miss", label.casefold() not in SOUND_WORDS))
        self._leave(action, record, label)
        answer = AuditRecord(
            record.source, record.frame, action.time, self._line.audit.share, label, action.user,
            is_miss,
        )  # fmt: skip
        return (answer,), ""

    def _found(self, action: Action) -> tuple[ResultRecord, str] | str:
        from faultlens.store.questions.results import result

        source, _, frame = action.target.partition("/")
        label = str(action.facts.get("label", "")).strip()
        if not label or len(label) > 200:
            return "Say in 1 to 200 characters what the frame shows."
        if source not in self._sources:
            return f"There is no source '{source}' in line.toml."
        record = result(self._store, source, frame)
        if record is None:
            return f"There is no frame '{frame}' of the source '{source}' in the store."
        return record, label

    def _leave(self, action: Action, record: ResultRecord, label: str) -> None:
        if record.kind == SCAN:
            # The word stands in the store; nothing is tuned by it.
            return
        media = "" if record.media is None else str(self._line.state / "media" / record.media)
        said = SaidOfFrame(
            record.source, record.frame, label, action.user, action.comment, media, record.result
        )
        leave_word(self._sources[record.source].folder, action.id, said)
