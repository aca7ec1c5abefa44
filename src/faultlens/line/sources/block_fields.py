"""Fields that blocks of vibration and blocks of scans have alike: numbers and times, checked."""

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_US = 253_402_300_799_000_000
"""End of the year 9999, microseconds since 1970: where `datetime` ends."""
MOST_SEQ = (1 << 63) - 1
LARGEST_BYTES = 32 << 20
"""Of one message."""
LONGEST_NAME = 256
"""Bytes of the name of a channel, or of a part's id."""


def whole_number(given: Any, name: str, most: int) -> int:
    """A whole number from 0 on, as JSON gave it.

    Args:
        given: of any type.
        name: of the field, for the message.
        most: largest that is taken.

    Raises:
        ValueError: it is none.

    Example:
        >>> whole_number(7, "seq", MOST_SEQ)
        7
    """
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= most:
        raise ValueError(f"{name} is {str(given)[:40]}; a whole number from 0 on")
    return given


def name_in(table: dict[str, Any], key: str) -> str:
    """A name that a JSON block gives; "" where it gives none.

    Args:
        table: of the block.
        key: of the name.

    Raises:
        ValueError: it is too long.

    Example:
        >>> name_in({"channel": "top"}, "channel"), name_in({}, "channel")
        ('top', '')
    """
    name = str(table.get(key) or "")
    if len(name.encode("utf-8", "replace")) > LONGEST_NAME:
        raise ValueError(f"{key} has more than {LONGEST_NAME} bytes")
    return name


def time_in(given: Any) -> datetime:
    """A time as JSON gave it: ISO 8601 with an offset, or seconds since 1970.

    Args:
        given: of any type.

    Raises:
        ValueError: it is neither.

    Example:
        >>> time_in("2026-11-26T08:00:00+08:00").hour, time_in(0).year
        (0, 1970)
    """
    if isinstance(given, str):
        time = datetime.fromisoformat(given)
        if time.tzinfo is None:
            raise ValueError(f"time is '{given[:40]}', without an offset; write ...Z or ...+08:00")
        return time.astimezone(UTC)
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError("time is neither ISO 8601 nor seconds since 1970")
    if not 0 <= given <= LAST_US / 1e6:
        raise ValueError(f"time is {given} s since 1970")
    return EPOCH + timedelta(seconds=given)
