"""Alarms as lists show them, of the line where it says so, of the store else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from faultlens.line.dashboard.live_view import standing_first
from faultlens.line.live import LiveState

if TYPE_CHECKING:
    from faultlens.store.questions.alarms import AlarmRow

WAITING = ("unacknowledged", "returned")
"""States in which an alarm waits for somebody."""

OPEN = (*WAITING, "acknowledged", "shelved")
"""States in which an alarm's life is not over."""

HOURS = (1, 4, 8, 24, 168)
"""How long a shelving may last, h; the line allows a week."""

COMMENTS: Mapping[str, tuple[str, ...]] = {
    "acknowledge": ("comment_seen", "comment_out", "comment_planned"),
    "shelve": ("comment_sensor", "comment_planned"),
    "unshelve": (),
    "reset": ("comment_out",),
    "correct": (),
}
"""What people may ask of an alarm or a frame -> comments that one touch writes."""


@dataclass(frozen=True)
class Row:
    """One alarm.

    Args:
        last: fields of its last step.
        raised: when it was raised; None where that is not known.
        acknowledged_by: who acknowledged it; "" for nobody.
        closed: when its life was over; None while it is not.
        acts: what can be asked of it.
        score: the highest of its life, or that of its last step where no more is known.
        comment: that a person gave last; "" for none.
    """

    last: Mapping[str, Any]
    raised: datetime | None
    acknowledged_by: str
    closed: datetime | None
    acts: tuple[str, ...]
    score: float
    comment: str


def standing_rows(live: LiveState | None, stored: "tuple[AlarmRow, ...]") -> tuple[Row, ...]:
    """Alarms that stand, the most urgent first.

    Args:
        live: how the line stands; None where it does not say: then the store is asked.
        stored: open alarms of the store, which know more of each.

    Example:
        >>> alarm = {"alarm": "a1", "state": "returned", "step": "returned", "time": ""}
        >>> standing_rows(LiveState("a", "", alarms=(alarm,)), ())[0].acts
        ('acknowledge', 'shelve')
    """
    known = {x.alarm: x for x in stored}
    told = tuple(asdict(x.last) for x in stored) if live is None else live.alarms
    return tuple(_row(x, known.get(str(x.get("alarm")))) for x in standing_first(told))


def past_row(stored: "AlarmRow") -> Row:
    """An alarm of the store, whatever its state.

    Args:
        stored: as the store knows it.

    Example:
        >>> from faultlens.store.example import example_store
        >>> from faultlens.store.questions.alarms import alarms
        >>> past_row(alarms(example_store()).rows[-1]).last["verdict"]
        'crack'
    """
    return _row(asdict(stored.last), stored)


def acts_of(last: Mapping[str, Any]) -> tuple[str, ...]:
    """What can be asked of an alarm after its last step.

    Args:
        last: fields of that step.

    Example:
        >>> acts_of({"state": "shelved", "step": "shelved"}), acts_of({"state": "normal"})
        (('unshelve',), ())
        >>> acts_of({"state": "acknowledged", "step": "returned"})
        ('reset', 'shelve')
    """
    state = last.get("state")
    if state in WAITING:
        return ("acknowledge", "shelve")
    if state == "acknowledged":
        # A latched alarm waits for its reset once the fault is gone; the line knows which is.
        return ("reset", "shelve") if last.get("step") == "returned" else ("shelve", "reset")
    return ("unshelve",) if state == "shelved" else ()


def shelved_until(now: datetime, hours: str) -> str | None:
    """The end of a shelving; None for a time that nobody may choose.

    Args:
        now: when it is asked.
        hours: as the form says.

    Example:
        >>> from datetime import UTC
        >>> shelved_until(datetime(2026, 11, 26, 12, tzinfo=UTC), "4")
        '2026-11-26T16:00:00+00:00'
    """
    if hours not in map(str, HOURS):
        return None
    return (now + timedelta(hours=int(hours))).isoformat()


def _row(last: Mapping[str, Any], stored: "AlarmRow | None") -> Row:
    return Row(
        last=last,
        raised=None if stored is None else stored.raised,
        acknowledged_by="" if stored is None else stored.acknowledged_by,
        closed=None if stored is None else stored.closed,
        acts=acts_of(last),
        score=last.get("score", 0.0) if stored is None else stored.highest,
        comment=last.get("comment", "") if stored is None else stored.comment,
    )
