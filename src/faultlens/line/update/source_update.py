"""The update of one source, step by step: words -> tuning -> trial -> shadow -> promotion."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, RLock
from typing import Any
from uuid import uuid4

from faultlens.core.errors import FaultlensError
from faultlens.core.notice import Notice
from faultlens.line.configuration.line_config import LineConfig, SourceConfig
from faultlens.line.frame import SCAN
from faultlens.line.judged import Judged
from faultlens.line.update.child import ChildStopped, run_child
from faultlens.line.update.evidence import objections, shadow_rate
from faultlens.line.update.hooks import Hooks
from faultlens.line.update.progress import (
    IDLE,
    SHADOW,
    TRIAL,
    TUNING,
    WAITING,
    ModelAt,
    Progress,
    read_progress,
    write_progress,
)
from faultlens.line.update.said import HELD, TRAIN, take_word, words_left
from faultlens.store.records import EventRecord, ModelRecord, Record

SAVE_EVERY = 20
"""Frames of a shadow between two writings of its counts."""

Run = Callable[[Sequence[str], int, Event], dict[str, Any]]


class SourceUpdate:
    """One source's way to a better model; goes on where it stood after a restart.

    Args:
        line: the whole line.toml.
        source: the source in it.
        folder: of its update: sets, candidates, progress.
        hooks: what the line does for it.
        stop: set when the line shuts down.
        run: runs a child process; tests give one that is quick.
    """

    def __init__(
        self,
        line: LineConfig,
        source: SourceConfig,
        folder: Path,
        hooks: Hooks,
        stop: Event,
        run: Run = run_child,
    ) -> None:
        self._line, self.source, self._folder = line, source, folder
        self._hooks, self._stop, self._run = hooks, stop, run
        self._lock = RLock()
        self._progress = read_progress(folder)
        self._shadowed = False
        self._seen_reference = ""
        self._measures = source.detector == SCAN

    @property
    def folder(self) -> Path:
        """Of its sets and candidates."""
        return self._folder

    @property
    def progress(self) -> Progress:
        """Where it stands."""
        return self._progress

    @property
    def learns(self) -> bool:
        """Whether corrections make a better model: scans are measured, and have none to tune."""
        return not self._measures

    def saw(self, judged: Judged) -> None:
        """Remember which model judges now.

        Args:
            judged: a live frame with its verdict.
        """
        self._seen_reference = judged.model
        self._measures = judged.frame.kind == SCAN

    def ask(self, why: str, *, audited: int | None = None) -> None:
        """Have a model tuned at the next step.

        Args:
            why: who or what asks, for the record.
            audited: misses that the audit counts, where it asks: it asks again only for more.
        """
        with self._lock:
            count = self._progress.audited if audited is None else audited
            self._write(replace(self._progress, asked=why, audited=count))

    def step(self) -> None:
        """Do what is next; a tuning or a trial takes its minutes here."""
        self._write_down_live()
        self._take_words()
        phase = self._progress.phase
        if phase == IDLE and self._wanted():
            self._begin()
        elif phase == TUNING:
            self._guarded(self._tune)
        elif phase == TRIAL:
            self._guarded(self._try)
        elif phase == SHADOW:
            self._shadow()
        elif phase == WAITING and self._line.update.promote == "rule":
            self._by_rule()

    def promote(self, user: str, comment: str, reference: str = "") -> str:
        """Let the candidate take over.

        Args:
            user: who says so; "" for the rule.
            comment: why.
            reference: the candidate's, as the person saw it; "" for whichever there is.

        Returns:
            Why it cannot be; "" where it is under way.
        """
        with self._lock:
            candidate = self._progress.candidate
            if candidate is None or self._progress.phase not in (SHADOW, WAITING):
                return f"The source '{self.source.name}' has no candidate that could be promoted."
            if reference and reference != candidate.reference:
                return f"The candidate is {candidate.reference} now, not {reference}; look again."
            self._leave_shadow()
            record = self._record("promoted", candidate, user, comment, self._progress.evidence)
            self._hooks.swap(self.source.name, self._as_watched(candidate), (record,))
            self._write(self._progress.promoted(self._current()))
        return ""

    def reject(self, user: str, comment: str) -> tuple[tuple[Record, ...], str]:
        """Turn the candidate down.

        Args:
            user: who says so.
            comment: why.

        Returns:
            What to write down, and why it cannot be; "" where it is done.
        """
        with self._lock:
            candidate = self._progress.candidate
            if candidate is None:
                return (), f"The source '{self.source.name}' has no candidate."
            self._leave_shadow()
            record = self._record("rejected", candidate, user, comment, self._progress.evidence)
            self._write(self._progress.without_candidate())
        return (record,), ""

    def roll_back(self, user: str, comment: str, reference: str = "") -> str:
        """Go back to a model that was live before.

        Args:
            user: who says so.
            comment: why.
            reference: of the model to go back to; "" for the last one.

        Returns:
            Why it cannot be; "" where it is under way.
        """
        with self._lock:
            earlier = self._progress.earlier
            back = [x for x in earlier if not reference or x.reference == reference]
            if not back:
                known = ", ".join(x.reference for x in earlier) or "none"
                return f"There is no earlier model {reference or 'to go back to'}; known: {known}."
            target = back[0]
            record = self._record("rolled back", target, user, comment, {})
            self._hooks.swap(self.source.name, self._as_watched(target), (record,))
            left = tuple(x for x in earlier if x is not target)
            self._write(replace(self._progress, live=target, earlier=left))
        return ""

    def tell_trouble(self, notice: Notice) -> None:
        """Write down that something went wrong; the line itself goes on.

        Args:
            notice: what, in both languages.
        """
        event = EventRecord(
            id=uuid4().hex,
            time=datetime.now(UTC),
            kind="model",
            severity="warning",
            en=notice.en,
            zh=notice.zh,
            source=self.source.name,
        )
        self._hooks.tell((event,))

    def _write_down_live(self) -> None:
        """The model of line.toml, when it first judges, so that one can go back to it."""
        seen = self._seen_reference
        if seen and seen not in self._progress.told:
            with self._lock:
                self._write(replace(self._progress, told=(*self._progress.told, seen)))
            at = ModelAt(self.source.model, self._own_profile(), seen)
            self._hooks.tell((self._record("live", at, "", "", {}),))

    def _take_words(self) -> None:
        hold_out = self._line.update.held is None
        for file, said in words_left(self._folder):
            try:
                which = take_word(self._folder, said, hold_out=hold_out)
            except (FaultlensError, OSError) as error:
                self.tell_trouble(
                    Notice(
                        f"What {said.user} said of frame {said.frame} of {said.source} cannot be "
                        f"learned from: {error}",
                        f"无法学习 {said.user} 对 {said.source} 的帧 {said.frame} 的标注：{error}",
                    )
                )
                which = ""
            with self._lock:
                file.unlink(missing_ok=True)
                if which:
                    self._write(replace(self._progress, new=self._progress.new + 1))

    def _wanted(self) -> bool:
        after = self._line.update.after_corrections
        return bool(self._progress.asked) or 0 < after <= self._progress.new

    def _begin(self) -> None:
        with self._lock:
            why = self._progress.asked or f"{self._progress.new} new labelled frames"
            self._write(
                replace(
                    self._progress, phase=TUNING, asked="", number=self._progress.number + 1,
                    evidence={"why": why, "labelled": self._progress.new}, new=0,
                )
            )  # fmt: skip

    def _candidate_folder(self) -> Path:
        return self._folder / "candidates" / f"{self._progress.number:04d}" / "model"

    def _tune(self) -> None:
        out = self._candidate_folder()
        arguments = [
            "-m", "faultlens", "tune", "--train-data", str(self._folder / TRAIN),
            "--out", str(out), "--json", "--quiet",
        ]  # fmt: skip
        # Always from the model of line.toml, on all words so far: errors do not pile up.
        if self.source.model is not None:
            arguments += ["--model", self.source.model]
        if self.source.part is not None:
            arguments += ["--part", self.source.part]
        told = self._run(arguments, self._line.update.niceness, self._stop)
        candidate = ModelAt(str(out), self._own_profile(), str(told["model"]))
        facts = {
            name: told[name]
            for name in ("method", "pictures", "recordings", "windows", "helps", "data_sha256")
            if told.get(name) is not None
        }
        with self._lock:
            evidence = {**self._progress.evidence, **facts}
            self._write(
                replace(self._progress, phase=TRIAL, candidate=candidate, evidence=evidence)
            )
        self._hooks.tell((self._record("candidate", candidate, "", "", evidence),))

    def _own_profile(self) -> str | None:
        return None if self.source.profile is None else str(self.source.profile)

    def _try(self) -> None:
        candidate, live = self._progress.candidate, self._progress.live
        assert candidate is not None and candidate.model is not None
        held = self._line.update.held or self._folder / HELD
        arguments = [
            "-m", "faultlens.line.update.trial", str(self._line.path), self.source.name,
            "--candidate", candidate.model, "--held", str(held),
        ]  # fmt: skip
        if live is not None and live.model is not None:
            arguments += ["--live-model", live.model]
        if live is not None and live.profile is not None:
            arguments += ["--live-profile", live.profile]
        if self._line.update.healthy is not None:
            arguments += ["--healthy", str(self._line.update.healthy)]
        told = self._run(arguments, self._line.update.niceness, self._stop)
        with self._lock:
            evidence = {
                **self._progress.evidence,
                "rates": told["rates"],
                "held_files": told["held_files"],
            }
            self._write(
                replace(
                    self._progress, phase=SHADOW, shadow=(0, 0, 0, 0), evidence=evidence,
                    candidate=replace(candidate, profile=told["profile"]),
                )
            )  # fmt: skip

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do it; what fails ends this candidate and is said, and the line goes on as it is."""
        try:
            work()
        except ChildStopped:
            return
        except (FaultlensError, OSError, KeyError, ValueError) as error:
            with self._lock:
                self._write(self._progress.without_candidate())
            self.tell_trouble(
                Notice(
                    f"No new model for the source '{self.source.name}': {error}",
                    f"未能为数据源“{self.source.name}”得到新模型：{error}",
                )
            )

    def _shadow(self) -> None:
        with self._lock:
            candidate, frames = self._progress.candidate, self._progress.shadow[0]
            assert candidate is not None
            if not self._shadowed:
                self._shadowed = True
                self._hooks.shadow(self.source.name, self._as_watched(candidate), self._saw_both)
            if frames < self._line.update.shadow_frames:
                return
            self._leave_shadow()
            evidence = dict(self._progress.evidence)
            rates = [x for x in evidence.get("rates", ()) if x["set"] != "shadow"]
            evidence["rates"] = [*rates, shadow_rate(self._progress.shadow)]
            evidence["verdicts_alike"] = self._progress.shadow[3] / frames
            self._write(replace(self._progress, phase=WAITING, evidence=evidence))
            self._hooks.tell((self._record("shadow", candidate, "", "", evidence),))

    def _saw_both(self, live: Judged, candidate: Judged) -> None:
        if live.error or candidate.error:
            return
        with self._lock:
            if self._progress.phase != SHADOW:
                return
            frames, ours, theirs, alike = self._progress.shadow
            counts = (
                frames + 1,
                ours + live.alarm,
                theirs + candidate.alarm,
                alike + (live.verdict == candidate.verdict),
            )
            self._progress = replace(self._progress, shadow=counts)
            if counts[0] % SAVE_EVERY == 0:
                self._write(self._progress)

    def _leave_shadow(self) -> None:
        if self._shadowed:
            self._shadowed = False
            self._hooks.shadow(self.source.name, None, self._saw_both)

    def _by_rule(self) -> None:
        against = objections(self._progress.evidence)
        if not against:
            self.promote("", "by rule: no worse on the held set, no more alarms on live frames")
            return
        records, _ = self.reject("", f"by rule: {'; '.join(against)}")
        self._hooks.tell(records)

    def _as_watched(self, at: ModelAt) -> SourceConfig:
        profile = None if at.profile is None else Path(at.profile)
        return replace(self.source, model=at.model, profile=profile)

    def _current(self) -> ModelAt:
        live = self._progress.live or ModelAt(self.source.model, self._own_profile())
        return replace(live, reference=live.reference or self._seen_reference)

    def _write(self, progress: Progress) -> None:
        self._progress = progress
        write_progress(self._folder, progress)

    def _record(
        self, step: str, at: ModelAt, user: str, comment: str, evidence: dict[str, Any]
    ) -> ModelRecord:
        return ModelRecord(
            id=uuid4().hex,
            source=self.source.name,
            time=datetime.now(UTC),
            step=step,
            reference=at.reference,
            folder=at.model or "",
            user=user,
            evidence=evidence,
            comment=comment,
        )
