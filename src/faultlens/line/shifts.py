"""In which shift something was: by the clock on the wall of the plant."""

from collections.abc import Mapping
from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo


def shift_of(moment: datetime, shifts: Mapping[str, time], time_zone: str) -> str:
    """Name of the shift of a moment; "" where there are no shifts.

    A shift lasts until the next one begins, also over midnight.

    Args:
        moment: aware.
        shifts: name -> time of day at which it begins.
        time_zone: IANA name.

    Example:
        >>> from datetime import UTC
        >>> shifts = {"early": time(6), "late": time(14), "night": time(22)}
        >>> shift_of(datetime(2026, 11, 26, 3, tzinfo=UTC), shifts, "UTC")
        'night'
        >>> shift_of(datetime(2026, 11, 26, 13, 30, tzinfo=UTC), shifts, "Europe/Berlin")
        'late'
    """
    if not shifts:
        return ""
    now = moment.astimezone(_zone(time_zone)).time()
    by_begin = sorted((begin, name) for name, begin in shifts.items())
    begun = [name for begin, name in by_begin if begin <= now]
    return begun[-1] if begun else by_begin[-1][1]


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
