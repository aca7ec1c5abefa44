"""How a text of numbers is laid out: separator, decimal mark, names, and where numbers begin."""

import re
from dataclasses import dataclass

from faultlens.core.errors import UnreadableFileError

LOOKED_AT_LINES = 400
"""Headers of instruments have up to 70 lines."""
_AGREEING_ROWS = 3
"""Rows of as many numbers, one after the other, before a table is believed to have begun."""

_LONGEST_WORDS = 1000
"""Characters of a line of the header that are looked at."""

_COMMENT = (b"#", b"//", b"%", b"!")
_DECIMAL_COMMA = re.compile(rb"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
_INTEGER = re.compile(rb"[-+]?\d+")
_NUMBER = re.compile(
    rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?nan|[-+]?inf(?:inity)?", re.I
)
MISSING = re.compile(rb"(?<![\w.+*-])(?:\*+|-{2,}|n/?a|null|no data|invalid|bad)(?![\w.])", re.I)
"""Words for no measurement; a run of signs may not follow one, so that it is looked at once."""


@dataclass(frozen=True)
class TextLayout:
    """How a text of numbers is laid out.

    Args:
        separator: between numbers; None for white space.
        decimal_comma: whether "1,5" is one and a half.
        columns: numbers in a row.
        first_line: number of the first line of numbers, from 0.
        header: the lines before it, without marks of comment.
        names: of the columns, lower case; empty where no line names as many.
    """

    separator: bytes | None
    decimal_comma: bool
    columns: int
    first_line: int
    header: tuple[str, ...]
    names: tuple[str, ...]


def text_layout(content: bytes) -> TextLayout:
    """The layout of a text of numbers.

    Args:
        content: the file, or its start, in an encoding that contains ASCII.

    Raises:
        UnreadableFileError: no rows of three numbers and more.

    Example:
        >>> layout = text_layout(b"X [mm];Y [mm];Z [mm]\\n1,5;2,5;0\\n1,6;2,5;0,1\\n")
        >>> layout.separator, layout.decimal_comma, layout.names, layout.first_line
        (b';', True, ('x [mm]', 'y [mm]', 'z [mm]'), 1)
    """
    lines = content[: 1 << 20].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    # The last may be cut by the look, or by whoever cut the file.
    lines = lines[:LOOKED_AT_LINES]
    for separator, comma in _tried(lines):
        counts = [_numbers_in(x, separator, comma) for x in lines]
        for first, count in enumerate(counts):
            if count < 3:
                continue
            following = [x for x in counts[first : first + 12] if x != 0][:_AGREEING_ROWS]
            if all(x == count for x in following):
                header = tuple(_words(x) for x in lines[:first] if x.strip())
                return TextLayout(
                    separator, comma, count, first, header, _names(lines[:first], separator, count)
                )
    raise UnreadableFileError(
        "is a text without rows of x, y and z; give three numbers or more in each row, separated "
        "by white space, comma, semicolon or tab."
    )


def _tried(lines: list[bytes]) -> list[tuple[bytes | None, bool]]:
    """Layouts, the likeliest first: a comma is a decimal mark wherever another separator stands."""
    rows = [x for x in lines if x.strip().lstrip(b'"+-.')[:1].isdigit()]
    text = b"\n".join(rows) or b"\n".join(lines)
    point = b"." in text
    out: list[tuple[bytes | None, bool]] = []
    for separator in (b";", b"\t"):
        if separator in text:
            out += [(separator, b"," in text and not point), (separator, False)]
    blanks = any(len(x.split()) >= 3 for x in rows)
    if b"," in text and not point and blanks and b", " not in text:
        out.append((None, True))
    if b"," in text:
        out.append((b",", False))
    return [*out, (None, False), (None, True)]


def _fields(line: bytes, separator: bytes | None) -> list[bytes]:
    words = line.replace(b'"', b"").split(separator)
    return [x.strip() for x in words]


def _numbers_in(line: bytes, separator: bytes | None, comma: bool) -> int:
    """How many numbers a row holds; 0 for a comment or an empty line, -1 for other words."""
    if not line.strip() or line.lstrip().startswith(_COMMENT):
        return 0
    fields = _fields(line, separator)
    while fields and not fields[-1] and separator is not None:
        fields.pop()
    if not fields:
        return 0
    for word in fields:
        plain = word.replace(b",", b".", 1) if comma else word
        if plain and not _NUMBER.fullmatch(plain) and not MISSING.fullmatch(word):
            return -1
    if separator is None and any(MISSING.search(x) for x in (line,) if b" " in line):
        return len(MISSING.sub(b"nan", line).split())
    return len(fields)


def _words(line: bytes) -> str:
    return (
        line.decode("utf-8", errors="replace")
        .strip()
        .lstrip("#/%!")
        .strip()
        .strip('"')[:_LONGEST_WORDS]
    )


def _names(lines: list[bytes], separator: bytes | None, columns: int) -> tuple[str, ...]:
    for line in reversed(lines):
        plain = _words(line).lower().replace('"', "")
        for mark in (separator.decode() if separator else None, None, ",", ";", "\t"):
            names = tuple(x.strip() for x in plain.split(mark) if x.strip())
            if len(names) == columns and sum(_is_axis(x) for x in names) >= 3:
                return names
    return ()


def _is_axis(name: str) -> bool:
    return re.match(r"[xyz](?![a-z])", name.strip("[]()<>")) is not None
