"""When a recording was made: from a stated time, or from a date in the file's name."""

import re
from datetime import UTC, datetime
from pathlib import PurePath

_DATE = r"(?P<year>(?:19|20)\d\d)(?P<sep>[-._]?)(?P<month>\d\d)(?P=sep)(?P<day>\d\d)"
_DAY_FIRST = r"(?P<day>\d\d)(?P<sep>[-._])(?P<month>\d\d)(?P=sep)(?P<year>(?:19|20)\d\d)"
_CLOCK = (
    r"(?:(?:[-._T ]|_-_|__)?(?P<hour>\d\d)[-._:hH]?(?P<minute>\d\d)"
    r"(?:[-._:mM]?(?P<second>\d\d))?)?"
)
_PATTERNS = tuple(
    re.compile(rf"(?<!\d){date}{_CLOCK}(?!\d)") for date in (_DATE, _DAY_FIRST)
)  # fmt: skip
_COUNTER = re.compile(r"(\d+)")


def parse_time(text: str | None) -> datetime | None:
    """A stated time in ISO 8601, as UTC where it names a zone; None where it cannot be read.

    Example:
        >>> parse_time("2024-05-31T10:20:30+02:00")
        datetime.datetime(2024, 5, 31, 8, 20, 30)
        >>> parse_time("yesterday") is None
        True
    """
    if text is None:
        return None
    try:
        stated = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return stated if stated.tzinfo is None else stated.astimezone(UTC).replace(tzinfo=None)


def date_in_name(name: str) -> datetime | None:
    """The date, and the time of day if there is one, in a file's name; None where there is none.

    Year first with any of "-", ".", "_" or nothing between, or day first with dots or dashes; the
    time of day behind it.

    Args:
        name: of the file, with or without folder and suffix.

    Example:
        >>> str(date_in_name("2004.02.12.10.32.39"))
        '2004-02-12 10:32:39'
        >>> str(date_in_name("pump7_20240531-1020.csv")), str(date_in_name("31.05.2024.wav"))
        ('2024-05-31 10:20:00', '2024-05-31 00:00:00')
        >>> date_in_name("acc_00001.csv") is None
        True
    """
    for pattern in _PATTERNS:
        for found in pattern.finditer(PurePath(name).name):
            parts = {k: int(found[k] or 0) for k in pattern.groupindex if k != "sep"}
            try:
                return datetime(**parts)  # type: ignore[arg-type]
            except ValueError:
                continue
    return None


def natural_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts "2.csv" before "10.csv".

    Example:
        >>> sorted(["10.csv", "2.csv", "a.csv"], key=natural_order)
        ['2.csv', '10.csv', 'a.csv']
    """
    pieces = (x for x in _COUNTER.split(name) if x)
    # isdigit also takes a raised two, which int refuses.
    return tuple((0, int(x), x) if x.isdecimal() else (1, 0, x) for x in pieces)
