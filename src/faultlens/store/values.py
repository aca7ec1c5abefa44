"""How values stand in the tables: moments as numbers, texts any database takes, packed JSON."""

import hashlib
import json
import math
import re
import zlib
from array import array
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR_US = 3_600_000_000
"""Microseconds of an hour."""

MOST_KEY = 600
"""Characters of a name or an id that are kept; PostgreSQL's index takes no row above 2700 bytes."""

MOST_TEXT = 20_000
"""Characters of a comment or a message that are kept."""

MOST_JSON = 4_000_000
"""Characters of one result's JSON that are kept."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_HALF = re.compile("[\ud800-\udfff]")
_MICROSECOND = timedelta(microseconds=1)
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def micros(time: datetime) -> int:
    """Microseconds since 1970; a time without a zone is taken as UTC.

    Args:
        time: when.

    Example:
        >>> micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
        1000000
    """
    aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return (min(max(aware, _FIRST), _LAST) - EPOCH) // _MICROSECOND


def moment(us: int) -> datetime:
    """The time that `micros` made this of, in UTC.

    Args:
        us: microseconds since 1970.

    Example:
        >>> moment(1_000_000).isoformat()
        '1970-01-01T00:00:01+00:00'
    """
    return EPOCH + us * _MICROSECOND


def maybe_micros(time: datetime | None) -> int | None:
    """As `micros`; None stays None.

    Example:
        >>> maybe_micros(None) is None
        True
    """
    return None if time is None else micros(time)


def maybe_moment(us: int | None) -> datetime | None:
    """As `moment`; None stays None.

    Example:
        >>> maybe_moment(0) == EPOCH
        True
    """
    return None if us is None else moment(us)


def clean(text: str, most: int = MOST_TEXT) -> str:
    r"""The text as any database takes it: no NUL, no halves of characters, not endless.

    Args:
        text: from anywhere.
        most: characters that are kept.

    Example:
        >>> clean("shaft\x00 \udc80 轴")
        'shaft\\x00 \\udc80 轴'
    """
    kept = text if len(text) <= most else text[: most - 1] + "…"
    if "\x00" in kept:
        kept = kept.replace("\x00", "\\x00")
    # PostgreSQL and SQLite take UTF-8; a file name read from a disk need not be.
    return kept if kept.isascii() else kept.encode("utf-8", "backslashreplace").decode("utf-8")


def key(text: str) -> str:
    """As `clean`, of a name or an id: two that differ still differ when they are cut.

    Args:
        text: the name.

    Example:
        >>> key("a" * 1000) == key("a" * 999), len(key("a" * 1000)) <= MOST_KEY
        (False, True)
    """
    if len(text) > MOST_KEY:
        whole = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        text = f"{text[:200]}…{whole}"
    return clean(text, 4 * MOST_KEY)


def maybe_key(text: str | None) -> str | None:
    """As `key`; None stays None.

    Example:
        >>> maybe_key(None) is None
        True
    """
    return None if text is None else key(text)


def number(value: float) -> float:
    """The number, where it is one; what is not finite is 0, which no alarm is made of.

    Args:
        value: any.

    Example:
        >>> number(float("nan")), number(0.5)
        (0.0, 0.5)
    """
    return value if math.isfinite(value) else 0.0


def maybe_number(value: float | None) -> float | None:
    """The number, where it is one; None else.

    Args:
        value: any.

    Example:
        >>> maybe_number(float("inf")) is None
        True
    """
    return value if value is not None and math.isfinite(value) else None


def json_of(table: Mapping[str, Any]) -> str:
    """The table as one line of JSON that every reader takes.

    Args:
        table: names -> values.

    Example:
        >>> json_of({"rms": 0.5, "crest": float("inf")})
        '{"rms":0.5,"crest":null}'
    """
    try:
        text = _dumped(table)
    except ValueError:
        text = _dumped(_finite(table))
    if len(text) > MOST_JSON:
        text = _dumped({"left_out": f"{len(text)} characters; at most {MOST_JSON} are kept"})
    # As `clean` would show half a character, but so that the reader of the JSON gets it so, too.
    return text if text.isascii() else _HALF.sub(lambda half: f"\\\\u{ord(half[0]):04x}", text)


def packed(table: Mapping[str, Any]) -> bytes:
    """The table as JSON, packed: a result takes a fifth of its room.

    Args:
        table: names -> values.

    Example:
        >>> unpacked(packed({"schema": 1}))
        {'schema': 1}
    """
    return zlib.compress(json_of(table).encode("utf-8"), 1)


def unpacked(data: bytes) -> dict[str, Any]:
    """The table that `packed` made this of.

    Args:
        data: from the table `details`.

    Example:
        >>> unpacked(packed({}))
        {}
    """
    table: dict[str, Any] = json.loads(zlib.decompress(data))
    return table


def floats(row: Sequence[float] | None) -> bytes | None:
    """The numbers as float32, four bytes each.

    Args:
        row: of an embedding; None stays None.

    Example:
        >>> floats((1.0,))
        b'\\x00\\x00\\x80?'
    """
    return None if row is None else array("f", row).tobytes()


def unfloats(data: bytes | None) -> tuple[float, ...] | None:
    """The numbers that `floats` made this of.

    Args:
        data: from the table `details`.

    Example:
        >>> unfloats(floats((0.5, 1.0)))
        (0.5, 1.0)
    """
    if data is None:
        return None
    row = array("f")
    row.frombytes(data)
    return tuple(row)


def _dumped(table: Any) -> str:
    return _ENCODER.encode(table)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(x) for x in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
