"""Ids of parts that stand in the names of files, such as `lot7/B0412_cam2.png`."""

import re

from faultlens.core.errors import UsageError

PART = "part"
"""Name of the group of the expression that holds the id."""


def checked_pattern(pattern: str) -> re.Pattern[str] | None:
    """The expression that finds a part's id in a file's name; None for an empty one.

    Args:
        pattern: regular expression with a group `(?P<part>...)`.

    Raises:
        UsageError: it is no expression, or has no such group.

    Example:
        >>> checked_pattern("B[0-9]+")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: part_pattern 'B[0-9]+' has no group (?P<part>...); ...
    """
    if not pattern:
        return None
    try:
        made = re.compile(pattern)
    except re.error as error:
        raise UsageError(f"part_pattern '{pattern}' is no regular expression: {error}.") from error
    if PART not in made.groupindex:
        raise UsageError(
            f"part_pattern '{pattern}' has no group (?P<part>...); write it around what is the id "
            "of the part, such as '(?P<part>B[0-9]+)_'."
        )
    return made


def part_of(name: str, pattern: re.Pattern[str] | None) -> str | None:
    """The id of the part in a file's name; None where there is none.

    Args:
        name: of the file, below its folder.
        pattern: as `checked_pattern` made it.

    Example:
        >>> part_of("lot7/B0412_cam2.png", checked_pattern("(?P<part>B[0-9]+)_"))
        'B0412'
    """
    found = None if pattern is None else pattern.search(name)
    return None if found is None else (found[PART] or None)
