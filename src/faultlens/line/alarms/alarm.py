"""One alarm whose life is not over."""

from dataclasses import dataclass, replace
from datetime import datetime

from faultlens.line.alarms.ids import step_id
from faultlens.store.records import AlarmRecord


@dataclass(frozen=True)
class Alarm:
    """An alarm of one channel of one source.

    Args:
        last: its last step, with the facts of the frame that it is about.
        condition: whether the fault is still there, as the decision sees it.
        acknowledged: whether a person did, since it was last raised.
        latched: whether it stays until a person resets it.
        shelved: since when it is shelved; None where it is not.
        until: when that ends; None where it is not shelved.
        again: whether the fault came back while it was shelved.
    """

    last: AlarmRecord
    condition: bool = True
    acknowledged: bool = False
    latched: bool = False
    shelved: datetime | None = None
    until: datetime | None = None
    again: bool = False

    @property
    def id(self) -> str:
        """Of the alarm, the same for all its steps."""
        return self.last.alarm

    @property
    def key(self) -> tuple[str, str]:
        """Source and channel; each has one alarm at most."""
        return self.last.source, self.last.channel

    @property
    def state(self) -> str:
        """Of `store.records.ALARM_STATES`.

        Source:
            ANSI/ISA-18.2-2016, figure 3 (alarm state transitions): A normal, B unacknowledged, C
            acknowledged, D returned and unacknowledged, G shelved. A latched alarm stays in B or C
            after its condition has gone.
        """
        if self.shelved is not None:
            return "shelved"
        if self.condition or self.latched:
            return "acknowledged" if self.acknowledged else "unacknowledged"
        return "normal" if self.acknowledged else "returned"


def stepped(
    alarm: Alarm,
    step: str,
    time: datetime,
    cause: str,
    *,
    frame: str = "",
    user: str = "",
    comment: str = "",
) -> tuple[Alarm, tuple[AlarmRecord, ...]]:
    """The alarm with its flags after a step, and the step's record; a second one if it is over.

    Args:
        alarm: after the step, its `last` still the one before.
        step: of `store.records.ALARM_STEPS`.
        time: when.
        cause: what made the step: id of a frame or of an action; the same again gives the same id.
        frame: id of the frame at which it happened; "" for what no frame did.
        user: who did it; "" for the line itself.
        comment: why.

    Example:
        >>> from datetime import UTC
        >>> time = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> last = AlarmRecord("1", "a", time, "raised", "unacknowledged", "camera")
        >>> seen = Alarm(last, condition=False, acknowledged=True)
        >>> after, records = stepped(seen, "returned", time, "frame 8", frame="frame 8")
        >>> [(x.step, x.state) for x in records]
        [('returned', 'normal'), ('closed', 'normal')]
    """
    record = replace(
        alarm.last,
        id=step_id(alarm.id, step, cause),
        time=time,
        step=step,
        state=alarm.state,
        frame=frame,
        user=user,
        comment=comment,
        until=alarm.until,
    )
    if alarm.state != "normal":
        return replace(alarm, last=record), (record,)
    closed = replace(record, id=step_id(alarm.id, "closed", cause), step="closed")
    return replace(alarm, last=closed), (record, closed)
