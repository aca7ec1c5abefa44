"""When a picture was taken, as its camera noted it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

TAKEN, OFFSET = 0x9003, 0x9011
"""Tags of the camera's notes: DateTimeOriginal and OffsetTimeOriginal."""


def taken_time(notes: Mapping[int, Any]) -> str | None:
    """The time in a camera's notes as ISO 8601; None where there is none that can be read.

    With its offset from UTC where the camera noted that; else it is the camera's own clock.

    Args:
        notes: of the Exif directory, tag -> value.

    Source: CIPA DC-008 (Exif 2.32), tags 0x9003 and 0x9011.

    Example:
        >>> taken_time({0x9003: "2026:05:31 10:20:30", 0x9011: "+02:00"})
        '2026-05-31T10:20:30+02:00'
        >>> taken_time({0x9003: "    :  :     :  :  "}) is None
        True
    """
    try:
        clock = datetime.strptime(_text(notes.get(TAKEN)), "%Y:%m:%d %H:%M:%S").isoformat()
    except ValueError:
        return None
    with suppress(ValueError):
        return datetime.fromisoformat(clock + _text(notes.get(OFFSET))).isoformat()
    return clock


def _text(value: object) -> str:
    return value.strip("\0 ") if isinstance(value, str) else ""
