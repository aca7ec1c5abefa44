"""Makes records of a batch: decision, alarm, result and part of each frame, in the recorder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from time import monotonic

from faultlens.core.notice import Notice
from faultlens.line.configuration.line_config import LineConfig, SourceConfig
from faultlens.line.detectors.unjudged import unjudged
from faultlens.line.frame import Frame, Trouble
from faultlens.line.media import Kept
from faultlens.line.pipeline.batch import Batch, Done
from faultlens.line.pipeline.companions import Along, Seen
from faultlens.line.pipeline.conditions import event
from faultlens.line.pipeline.recorder import Step, Written
from faultlens.line.pipeline.results import result_record
from faultlens.line.pipeline.state import LineState
from faultlens.line.pipeline.troubles import Troubles
from faultlens.line.shifts import shift_of
from faultlens.store.records import Record


@dataclass(frozen=True)
class Calendar:
    """When it is which shift.

    Args:
        shifts: name -> time of day at which it begins.
        time_zone: IANA name.
    """

    shifts: dict[str, time]
    time_zone: str


class Clerk:
    """Makes steps for the recorder of what workers hand over.

    Args:
        config: of the line.
        along: look on within the step; see `Along`.
        show: the live page; is given a frame, and a small picture where one is due.
        onlookers: look on later, and never wait.
    """

    def __init__(
        self,
        config: LineConfig,
        along: Sequence[Along],
        show: Callable[[Seen, bytes | None], None],
        onlookers: Sequence[Callable[[Seen], None]],
    ) -> None:
        self.calendar = Calendar(dict(config.shifts), config.time_zone)
        self._along, self._show, self._onlookers = along, show, onlookers
        self._troubles = Troubles()

    def step(self, batch: Batch, taken: Callable[[], None]) -> Step:
        """The step of a batch.

        Args:
            batch: of one source.
            taken: called once it was taken in, safe on the disk or not.
        """

        def take(state: LineState) -> Written:
            try:
                return self._written(state, batch)
            finally:
                taken()

        return take

    def _written(self, state: LineState, batch: Batch) -> Written:
        records: list[Record] = []
        acknowledge: list[Callable[[], None]] = []
        now_s = monotonic()
        for item in batch.items:
            if isinstance(item, Done):
                records += self._troubles.clock(item.judged.frame, now_s)
                records += self._of_frame(state, batch.config, item, now_s)
            elif isinstance(item, Trouble):
                records += self._troubles.told(item, now_s)
            passed = item if not isinstance(item, Done) else item.judged.frame
            state.passed(batch.config.name, passed.resume)
            if isinstance(passed, Frame):
                acknowledge.append(passed.acknowledge)
        return Written(records, acknowledge)

    def _of_frame(
        self, state: LineState, config: SourceConfig, done: Done, now_s: float
    ) -> list[Record]:
        frame = done.judged.frame
        shift = shift_of(frame.time, self.calendar.shifts, self.calendar.time_zone)
        judged = done.judged
        try:
            record = result_record(
                judged, done.kept, shift=shift, now=done.now, latency_s=done.latency_s
            )
        # A verdict of an outsider's that is none: the frame still has its one result.
        except Exception as error:
            judged = unjudged(frame, error, "")
            record = result_record(judged, Kept(), shift=shift, now=done.now, latency_s=0.0)
        step, alarms = state.judged(config.decision, judged, record.preview)
        seen = Seen(judged, record, step)
        self._show(seen, done.preview)
        for look in self._onlookers:
            look(seen)
        return [record, *alarms, *state.joined(record, now_s), *self._along_with(seen)]

    def _along_with(self, seen: Seen) -> list[Record]:
        made: list[Record] = []
        for look in self._along:
            try:
                made += look(seen)
            except Exception as error:
                said = f"{type(error).__name__}: {error}"
                notice = Notice(
                    f"An onlooker failed at a frame ({said}).",
                    f"某旁观者处理一帧时失败（{said}）。",
                )
                made.append(event("line", "error", notice))
        return made
