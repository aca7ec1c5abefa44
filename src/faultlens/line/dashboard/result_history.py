"""What was said and done about one frame, in the order in which it came."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from faultlens.store.questions.alarms import steps_of_frame
from faultlens.store.questions.audits import audit_of
from faultlens.store.questions.corrections import corrections
from faultlens.store.records import ResultRecord

if TYPE_CHECKING:
    from faultlens.store.store import Store


@dataclass(frozen=True)
class Said:
    """One thing that was said or done.

    Args:
        time: when.
        key: word of what.
        label: of a correction or an audit; "" else.
        user: who; "" for the line itself.
        comment: why.
        alarm: id of the alarm that it is a step of; "" else.
    """

    time: datetime
    key: str
    label: str = ""
    user: str = ""
    comment: str = ""
    alarm: str = ""


def history_of(store: "Store", record: ResultRecord) -> tuple[Said, ...]:
    """Steps of alarms, corrections and audits of a frame, oldest first.

    Args:
        store: the database.
        record: of the frame.

    Example:
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.questions.results import result
        >>> store = example_store()
        >>> history_of(store, result(store, "press", "f3"))[0].key
        'result_step_raised'
    """
    source, frame = record.source, record.frame
    rows = [
        Said(x.time, f"result_step_{x.step}", "", x.user, x.comment, x.alarm)
        for x in steps_of_frame(store, source, frame)
    ]
    rows += [
        Said(x.time, "result_corrected", x.label, x.user, x.note)
        for x in corrections(store, source=source, frame=frame).rows
    ]
    audit = audit_of(store, source, frame)
    if audit is not None:
        rows.append(Said(audit.drawn, "result_drawn"))
        if audit.record.label is not None:
            answer = audit.record
            rows.append(Said(answer.time, "result_audited", answer.label or "", answer.user))
    return tuple(sorted(rows, key=lambda x: x.time))
