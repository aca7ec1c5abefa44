"""What a person does to an alarm: acknowledge, shelve, unshelve, reset."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from faultlens.core.errors import UnknownNameError
from faultlens.core.notice import Notice
from faultlens.line.alarms.alarm import Alarm, stepped
from faultlens.line.alarms.alarms import Alarms
from faultlens.line.alarms.shelving import LONGEST_SHELVING, unshelved
from faultlens.store.records import Action, AlarmRecord

LONGEST_COMMENT = 2000
"""Characters of a comment; a page of text, and no way to fill a disk."""

_Done: TypeAlias = tuple[Alarm, tuple[AlarmRecord, ...]] | Notice


def after_action(
    alarms: Alarms, action: Action
) -> tuple[Alarms, tuple[AlarmRecord, ...], Notice | None]:
    """All alarms after what a person asked for, records of what changed, and why not.

    Args:
        alarms: after what came before.
        action: its `kind` of `ALARM_ACTIONS`, its `target` the alarm's id; `facts["until"]` of a
            shelving, ISO 8601 with its offset from UTC.

    Returns:
        the notice is None where it was done, and says why not where it was not.

    Raises:
        UnknownNameError: an action that is not about an alarm.

    Example:
        >>> action = Action("1", datetime(2026, 11, 26, tzinfo=UTC), "acknowledge", "a", "li", "ok")
        >>> print(after_action(Alarms("press-3"), action)[2])
        There is no open alarm 'a'; its life may be over.
    """
    if action.kind not in ALARM_ACTIONS:
        raise UnknownNameError("action on an alarm", action.kind, ALARM_ACTIONS)
    alarm = alarms.with_id(action.target)
    if alarm is None:
        return alarms, (), _no_alarm(action.target)
    done = _unsigned(action) or ALARM_ACTIONS[action.kind](alarm, action)
    if isinstance(done, Notice):
        return alarms, (), done
    after, records = done
    return alarms.put(after), records, None


def _acknowledge(alarm: Alarm, action: Action) -> _Done:
    if alarm.shelved is not None:
        return _IS_SHELVED
    if alarm.acknowledged:
        return Notice("It is acknowledged already.", "该报警已被确认。")
    return _signed(replace(alarm, acknowledged=True), "acknowledged", action)


def _reset(alarm: Alarm, action: Action) -> _Done:
    if alarm.shelved is not None:
        return _IS_SHELVED
    if not alarm.latched:
        return Notice(
            "It does not latch: it ends once it is acknowledged and the fault is gone.",
            "该报警未锁存：确认且故障消失后自行结束。",
        )
    if alarm.condition:
        return Notice(
            "The fault is still there; it can be reset once it is gone.",
            "故障仍然存在；故障消失后才能复位。",
        )
    if not alarm.acknowledged:
        return Notice("Acknowledge it first, then reset it.", "请先确认，再复位。")
    return _signed(replace(alarm, latched=False), "reset", action)


def _shelve(alarm: Alarm, action: Action) -> _Done:
    try:
        until = datetime.fromisoformat(str(action.facts.get("until", "")))
    except ValueError:
        until = datetime.min
    if until.tzinfo is None or not action.time < until <= action.time + LONGEST_SHELVING:
        days = LONGEST_SHELVING.days
        return Notice(
            f"A shelving needs its end, at most {days} days ahead, as 2026-11-26T14:00:00+01:00.",
            f"搁置需要给出结束时间，最长 {days} 天，例如 2026-11-26T14:00:00+01:00。",
        )
    shelved = replace(alarm, shelved=action.time, until=until.astimezone(UTC))
    return _signed(shelved, "shelved", action)


def _unshelve(alarm: Alarm, action: Action) -> _Done:
    if alarm.shelved is None:
        return Notice("It is not shelved.", "该报警未被搁置。")
    return unshelved(
        alarm, action.time, cause=action.id, user=action.user, comment=action.comment.strip()
    )


ALARM_ACTIONS: dict[str, Callable[[Alarm, Action], _Done]] = {
    "acknowledge": _acknowledge,
    "shelve": _shelve,
    "unshelve": _unshelve,
    "reset": _reset,
}
"""Kind of an action on an alarm -> what it does."""

_IS_SHELVED = Notice("It is shelved; unshelve it first.", "该报警已被搁置；请先取消搁置。")


def _signed(alarm: Alarm, step: str, action: Action) -> tuple[Alarm, tuple[AlarmRecord, ...]]:
    return stepped(
        alarm, step, action.time, action.id, user=action.user, comment=action.comment.strip()
    )


def _unsigned(action: Action) -> Notice | None:
    """Why an action is not signed as ISA-18.2 records ask for: by whom, and why."""
    if not action.user.strip():
        return Notice("It needs the name of who does it.", "需要填写操作人姓名。")
    if not action.comment.strip():
        return Notice("It needs a comment: say why.", "需要填写备注：请说明原因。")
    if len(action.comment) > LONGEST_COMMENT:
        return Notice(
            f"The comment has {len(action.comment)} characters; at most {LONGEST_COMMENT}.",
            f"备注有 {len(action.comment)} 个字符；最多 {LONGEST_COMMENT} 个。",
        )
    return None


def _no_alarm(target: str) -> Notice:
    shown = target[:80]
    return Notice(
        f"There is no open alarm '{shown}'; its life may be over.",
        f"没有未结束的报警“{shown}”；它可能已经结束。",
    )
