"""Fields of a result that came as JSON, perhaps from strangers: each is what it should be."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from faultlens.core.errors import InputError, UnreadableFileError

LONGEST_TEXT = 10_000
"""Characters of a field: a sentence has hundreds."""

MOST_FINDINGS = 10_000
"""Findings of a result: a question has dozens."""

ROUNDED = 1e-3
"""By how much rounded probabilities may miss 0, 1 or a sum of 1."""

Table = Mapping[str, Any]


def wrong(name: str, what: str) -> InputError:
    """The error of a result that cannot be joined.

    Args:
        name: what the result is called.
        what: is wrong with it, in words.

    Example:
        >>> str(wrong("a.json", "it has no findings"))
        'a.json: it has no findings. Give results as diagnose, inspect or measure write them ...'
    """
    return UnreadableFileError(
        f"{name}: {what}. Give results as diagnose, inspect or measure write them with --json."
    )


def text(table: Table, key: str, name: str) -> str | None:
    """A text of a table; None where it is missing or null.

    Args:
        table: of a result.
        key: of the field.
        name: what the result is called.

    Raises:
        UnreadableFileError: it is no text, or longer than 10,000 characters.

    Example:
        >>> text({"asset": "pump 7"}, "asset", "a.json")
        'pump 7'
    """
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise wrong(name, f"'{key}' is no text of up to {LONGEST_TEXT} characters")
    return value


def needed_text(table: Table, key: str, name: str) -> str:
    """A text of a table that must be there.

    Args:
        table: of a result.
        key: of the field.
        name: what the result is called.

    Raises:
        UnreadableFileError: it is missing, or no text.

    Example:
        >>> needed_text({"verdict": "healthy"}, "verdict", "a.json")
        'healthy'
    """
    value = text(table, key, name)
    if value is None:
        raise wrong(name, f"it has no '{key}'")
    return value


def share(table: Table, key: str, name: str) -> float | None:
    """A probability of a table, 0 to 1; None where it is missing or null.

    Args:
        table: of a result.
        key: of the field.
        name: what the result is called.

    Raises:
        UnreadableFileError: it is no number from 0 to 1.

    Example:
        >>> share({"threshold": 0.93}, "threshold", "a.json")
        0.93
    """
    value = number(table, key, name)
    if value is not None and not -ROUNDED <= value <= 1 + ROUNDED:
        raise wrong(name, f"'{key}' is {value:g}; a probability lies in 0 to 1")
    return None if value is None else min(max(value, 0.0), 1.0)


def needed_share(table: Table, key: str, name: str) -> float:
    """A probability of a table that must be there.

    Args:
        table: of a result.
        key: of the field.
        name: what the result is called.

    Raises:
        UnreadableFileError: it is missing, or no number from 0 to 1.

    Example:
        >>> needed_share({"alarm_score": 1}, "alarm_score", "a.json")
        1.0
    """
    value = share(table, key, name)
    if value is None:
        raise wrong(name, f"it has no '{key}'")
    return value


def number(table: Table, key: str, name: str) -> float | None:
    """A finite number of a table; None where it is missing or null.

    Args:
        table: of a result.
        key: of the field.
        name: what the result is called.

    Raises:
        UnreadableFileError: it is no finite number.

    Example:
        >>> number({"delta_celsius": 23.5}, "delta_celsius", "a.json")
        23.5
    """
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise wrong(name, f"'{key}' is no number")
    return float(value)


def tables(table: Table, key: str, name: str) -> Sequence[Table]:
    """A list of tables; empty where it is missing or null.

    Args:
        table: of a result.
        key: of the field.
        name: what the result is called.

    Raises:
        UnreadableFileError: it is none, or longer than 10,000.

    Example:
        >>> len(tables({"findings": [{}, {}]}, "findings", "a.json"))
        2
    """
    value = table.get(key)
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > MOST_FINDINGS:
        raise wrong(name, f"'{key}' is no list of up to {MOST_FINDINGS}")
    if not all(isinstance(x, Mapping) for x in value):
        raise wrong(name, f"'{key}' holds something that is no table")
    return value


def texts(table: Table, key: str, name: str) -> tuple[str, ...]:
    """A list of texts; empty where it is missing or null.

    Args:
        table: of a result.
        key: of the field.
        name: what the result is called.

    Raises:
        UnreadableFileError: it is none, or longer than 10,000.

    Example:
        >>> texts({"candidates": ["crack", "scratch"]}, "candidates", "a.json")
        ('crack', 'scratch')
    """
    value = table.get(key)
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > MOST_FINDINGS:
        raise wrong(name, f"'{key}' is no list of up to {MOST_FINDINGS}")
    return tuple(needed_text({key: x}, key, name) for x in value)


def moment(table: Table, key: str, name: str) -> datetime | None:
    """A time as ISO 8601 writes it; None where it is missing, null or written otherwise.

    Args:
        table: of a result.
        key: of the field.
        name: what the result is called.

    Raises:
        UnreadableFileError: it is no text.

    Example:
        >>> moment({"time": "2026-03-01T10:20"}, "time", "a.json")
        datetime.datetime(2026, 3, 1, 10, 20)
        >>> moment({"time": "last Tuesday"}, "time", "a.json") is None
        True
    """
    value = text(table, key, name)
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
