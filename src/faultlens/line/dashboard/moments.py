"""How times are written on pages: in the zone of the line, in the language of the reader."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As English writes them beside a day."""


def time_words(zone: ZoneInfo, language: str) -> dict[str, Callable[[datetime | str], str]]:
    """Functions for templates: `clock`, `day` and `moment`; what is no time is written as nothing.

    Args:
        zone: of the line.
        language: "en" or "zh".

    Example:
        >>> words = time_words(ZoneInfo("Asia/Shanghai"), "zh")
        >>> words["clock"]("2026-11-26T00:00:05+00:00"), words["day"]("2026-11-26T00:00:05+00:00")
        ('08:00:05', '11月26日')
        >>> words = time_words(ZoneInfo("UTC"), "en")
        >>> words["moment"]("2026-11-26T00:00:05+00:00"), words["clock"]("")
        ('26 Nov 00:00:05', '')
    """

    def day(here: datetime) -> str:
        if language == "zh":
            return f"{here.month}月{here.day}日"
        return f"{here.day} {MONTHS[here.month - 1]}"

    def clock(here: datetime) -> str:
        return here.strftime("%H:%M:%S")

    def moment(here: datetime) -> str:
        return f"{day(here)} {clock(here)}"

    return {x.__name__: _of_local(zone, x) for x in (clock, day, moment)}


def _of_local(
    zone: ZoneInfo, written: Callable[[datetime], str]
) -> Callable[[datetime | str], str]:
    def of(time: datetime | str) -> str:
        try:
            known = datetime.fromisoformat(time) if isinstance(time, str) else time
        except ValueError:
            return ""
        return written(known.astimezone(zone))

    return of
