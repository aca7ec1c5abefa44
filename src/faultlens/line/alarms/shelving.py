"""The end of a shelving, by time or by a person; and what becomes of sources that are gone."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from faultlens.line.alarms.alarm import Alarm, stepped
from faultlens.line.alarms.alarms import Alarms
from faultlens.store.records import AlarmRecord

LONGEST_SHELVING = timedelta(days=7)
"""A choice of ours; ISA-18.2 asks that shelving ends by itself, so that nothing is forgotten."""

_CLOCK_STEP = timedelta(minutes=1)
"""By which a clock may be set back without a shelving ending early."""


def after_time(alarms: Alarms, now: datetime) -> tuple[Alarms, tuple[AlarmRecord, ...]]:
    """All alarms after shelvings have ended whose time is over, and records of what changed.

    A clock that was set back to before the shelving ends it too: rather an alarm too many than one
    that stays hidden for as long as the clock jumped.

    Args:
        alarms: after what came before.
        now: time of the machine's clock, aware.

    Example:
        >>> from datetime import UTC
        >>> after_time(Alarms("press-3"), datetime(2026, 11, 26, tzinfo=UTC))
        (Alarms(line='press-3', open=()), ())
    """
    records: list[AlarmRecord] = []
    for alarm in alarms.open:
        if alarm.shelved is None or alarm.until is None:
            continue
        if not alarm.shelved - _CLOCK_STEP <= now < alarm.until:
            after, made = unshelved(alarm, now, cause=alarm.last.id)
            alarms = alarms.put(after)
            records += made
    return alarms, tuple(records)


def unshelved(
    alarm: Alarm, time: datetime, *, cause: str, user: str = "", comment: str = ""
) -> tuple[Alarm, tuple[AlarmRecord, ...]]:
    """A shelved alarm after its shelving ended, and records of it.

    Where the fault came back meanwhile the alarm is raised once more, so that people are told.

    Args:
        alarm: that is shelved.
        time: when it ended.
        cause: id of what ended it.
        user: who ended it; "" for the time.
        comment: why.

    Example:
        >>> from datetime import UTC
        >>> time = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> last = AlarmRecord("1", "a", time, "shelved", "shelved", "camera")
        >>> back = Alarm(last, shelved=time, until=time + timedelta(hours=1), again=True)
        >>> [x.step for x in unshelved(back, time, cause="1")[1]]
        ['unshelved', 'raised']
    """
    back = replace(alarm, shelved=None, until=None, again=False)
    after, records = stepped(back, "unshelved", time, cause, user=user, comment=comment)
    if not (alarm.again and alarm.condition):
        return after, records
    told, raised = stepped(after, "raised", time, cause, frame=alarm.last.frame)
    return told, (*records, *raised)


def after_removed(
    alarms: Alarms, sources: Collection[str], now: datetime
) -> tuple[Alarms, tuple[AlarmRecord, ...]]:
    """All alarms after some sources are watched no more: the fault of none of them is there.

    What a person has not acknowledged stays until one does.

    Args:
        alarms: after what came before.
        sources: names of those that are watched no more.
        now: when.

    Example:
        >>> from datetime import UTC
        >>> after_removed(Alarms("press-3"), ["camera"], datetime(2026, 11, 26, tzinfo=UTC))
        (Alarms(line='press-3', open=()), ())
    """
    records: list[AlarmRecord] = []
    for alarm in alarms.open:
        if alarm.last.source not in sources or not (alarm.condition or alarm.latched):
            continue
        gone = replace(alarm, condition=False, latched=False)
        if alarm.shelved is not None:
            alarms = alarms.put(gone)
            continue
        after, made = stepped(gone, "returned", now, cause=alarm.last.id)
        alarms = alarms.put(after)
        records += made
    return alarms, tuple(records)
