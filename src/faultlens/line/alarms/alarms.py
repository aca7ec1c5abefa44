"""All alarms of a line whose life is not over."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from faultlens.core.errors import FaultlensError, UnreadableFileError
from faultlens.line.alarms.alarm import Alarm
from faultlens.store.records import AlarmRecord, decoded, encoded


@dataclass(frozen=True)
class Alarms:
    """The open alarms of a line: at most one of each channel of each source.

    Args:
        line: name of the line; ids are made of it.
        open: alarms whose life is not over, oldest first.
    """

    line: str
    open: tuple[Alarm, ...] = ()

    def state(self, source: str, channel: str = "") -> str:
        """State of the alarm of one channel, of `store.records.ALARM_STATES`.

        Example:
            >>> Alarms("press-3").state("camera")
            'normal'
        """
        alarm = self.of(source, channel)
        return "normal" if alarm is None else alarm.state

    def of(self, source: str, channel: str) -> Alarm | None:
        """The open alarm of one channel; None without one."""
        return next((x for x in self.open if x.key == (source, channel)), None)

    def with_id(self, alarm: str) -> Alarm | None:
        """The open alarm of that id; None where it is over, or never was."""
        return next((x for x in self.open if x.id == alarm), None)

    def last_steps(self) -> tuple[AlarmRecord, ...]:
        """Last step of each open alarm, as the live page shows them."""
        return tuple(x.last for x in self.open)

    def put(self, alarm: Alarm) -> "Alarms":
        """The same with that alarm after a step: in its place, new at the end, or gone."""
        kept = [alarm if x.key == alarm.key else x for x in self.open]
        if all(x.key != alarm.key for x in self.open):
            kept.append(alarm)
        return replace(self, open=tuple(x for x in kept if x.state != "normal"))

    def text(self) -> str:
        """All of it as one line of JSON."""
        rows = [[_plain(x), encoded(x.last)[1]] for x in self.open]
        table = {"line": self.line, "open": rows}
        return json.dumps(table, ensure_ascii=False, separators=(",", ":"))


def alarms_of_text(text: str) -> Alarms:
    """The alarms that `Alarms.text` made this of.

    Args:
        text: its line of JSON.

    Raises:
        UnreadableFileError: it is none.

    Example:
        >>> alarms_of_text(Alarms("press-3").text())
        Alarms(line='press-3', open=())
    """
    try:
        table = json.loads(text)
        return Alarms(table["line"], tuple(_alarm(*row) for row in table["open"]))
    except (ValueError, TypeError, KeyError, FaultlensError) as error:
        raise UnreadableFileError(
            f"These are no alarms of a line ({error}): the journal is damaged, or of another "
            "version of faultlens."
        ) from error


def _plain(alarm: Alarm) -> dict[str, Any]:
    return {
        "condition": alarm.condition,
        "acknowledged": alarm.acknowledged,
        "latched": alarm.latched,
        "again": alarm.again,
        "shelved": None if alarm.shelved is None else alarm.shelved.isoformat(),
        "until": None if alarm.until is None else alarm.until.isoformat(),
    }


def _alarm(plain: dict[str, Any], last: str) -> Alarm:
    record = decoded("alarm", last)
    if not isinstance(record, AlarmRecord):
        raise UnreadableFileError("a record that is no step of an alarm")
    return Alarm(
        last=record,
        condition=bool(plain["condition"]),
        acknowledged=bool(plain["acknowledged"]),
        latched=bool(plain["latched"]),
        again=bool(plain["again"]),
        shelved=_time(plain["shelved"]),
        until=_time(plain["until"]),
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
