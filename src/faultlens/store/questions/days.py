"""Hours and days of a plant, in its time zone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from faultlens.core.errors import UsageError

MOST_STEPS = 20_000
"""Hours or days between two times at most: two years of hours. A clock that was wrong for one frame
would else make a trend of millions of points."""


def zone_of(name: str) -> ZoneInfo:
    """The time zone of a name.

    Args:
        name: of the IANA table ("Asia/Shanghai").

    Raises:
        UsageError: no such zone on this machine.

    Example:
        >>> zone_of("UTC").key
        'UTC'
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(
            f"The time zone '{name}' is not known on this machine; give a name of the IANA table "
            "such as Asia/Shanghai or Europe/Berlin."
        ) from error


def day_of(time: datetime, zone: str) -> datetime:
    """When the day of a moment began.

    Args:
        time: the moment, aware.
        zone: in which days begin at midnight.

    Raises:
        UsageError: no such zone.

    Example:
        >>> from datetime import UTC
        >>> day_of(datetime(2026, 11, 26, 20, tzinfo=UTC), "Asia/Shanghai").isoformat()
        '2026-11-27T00:00:00+08:00'
    """
    local = time.astimezone(zone_of(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def steps_between(first: datetime, last: datetime, step: str, zone: str) -> Iterator[datetime]:
    """Every hour or day from the first to the last, both with them; the latest of too many.

    Args:
        first: begins one.
        last: begins one.
        step: "hour" or "day".
        zone: in which days begin.

    Example:
        >>> from datetime import UTC
        >>> first = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> [x.hour for x in steps_between(first, first + timedelta(hours=2), "hour", "UTC")]
        [8, 9, 10]
    """
    apart = timedelta(days=1) if step == "day" else timedelta(hours=1)
    at = max(first, last - MOST_STEPS * apart)
    if step == "day":
        # Midnight to midnight: on two days of a year that is not 24 hours.
        at = day_of(at, zone)
    while at <= last:
        yield at
        at += apart
