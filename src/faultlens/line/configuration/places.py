"""On which line of a TOML file each key stands; the parser of the standard library does not say."""

import re
from collections.abc import Iterator

Key = tuple[str, ...]
"""Path of a table or of a value: ("source", "camera", "url")."""

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_VALUE = re.compile(rf"\s*({_DOTTED})\s*=")
_LONG = ('"' * 3, "'" * 3)


def places(text: str) -> dict[Key, int]:
    """The line of each table and of each key; a table that only dotted keys make has their first.

    Args:
        text: of a TOML file.

    Returns:
        path of a key -> its line, from 1.

    Example:
        >>> places('[line]\\nname = "press"\\n\\n[source.top]\\nkind = "folder"')[("source", "top")]
        4
    """
    found: dict[Key, int] = {}
    table: Key = ()
    for number, line in _outside_long_strings(text):
        if (match := _TABLE.match(line)) is not None:
            table = _parts(match[1])
            path = table
        elif (match := _VALUE.match(line)) is not None:
            path = (*table, *_parts(match[1]))
        else:
            continue
        for end in range(1, len(path) + 1):
            found.setdefault(path[:end], number)
        # A table's own header beats the first key under it.
        if path == table and found[path] > number:
            found[path] = number
    return found


def line_of(found: dict[Key, int], path: Key) -> int:
    """The line of a key, or of the nearest table above it that is written down; 1 for none.

    Args:
        found: what `places` gave.
        path: of the key.

    Example:
        >>> line_of({("line",): 3}, ("line", "name"))
        3
    """
    for end in range(len(path), 0, -1):
        if path[:end] in found:
            return found[path[:end]]
    return 1


def _outside_long_strings(text: str) -> Iterator[tuple[int, str]]:
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if inside:
            if inside in line:
                inside = ""
            continue
        yield number, line
        for mark in _LONG:
            # An odd number of marks leaves one open.
            if line.count(mark) % 2:
                inside = mark


def _parts(dotted: str) -> Key:
    return tuple(x.strip("\"'") for x in re.findall(_PART, dotted))
