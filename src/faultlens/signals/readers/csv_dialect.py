"""How a text table is written: encoding, delimiter, decimal sign, preamble, header."""

import codecs
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise

from faultlens.core.errors import UnreadableFileError
from faultlens.signals.readers.column_names import (
    hz_per_step,
    is_unit,
    rpm_per_step,
    seconds_per_sample,
)

HEAD_BYTES = 1 << 16
"""Sniffed from the start of a file; preambles of recorders are a few thousand characters."""

MISSING = {"", "nan", "na", "n/a", "#n/a", "null", "none", "-", "--", "---", "?"}
"""Cells that stand for a missing value."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?|[+-]?(inf|infinity|nan)", re.I)
_PAIR = re.compile(r"\s*[+-]?\d+,\d+([eE][+-]?\d+)?\s*")
_FACT = re.compile(r"^[#%;/\s]*(?P<key>[^:=,;\t]{1,60}?)\s*[:=,;\t]+\s*(?P<value>.+?)[,;\s]*$")
_VALUE = re.compile(
    r"^(?P<number>[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?)\s*"
    r"((?P<unit>1/\w+|[^\d\s]\S*?)([.,;]?\s.*)?)?$"
)
_GROUPED = {  # digits in groups of three, as spreadsheets show them
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+"),
    ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+"),
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_GERMAN_DATE = re.compile(r"^(\d\d)\.(\d\d)\.(\d{4})")
_CHINESE = re.compile("时间|转速|加速度|速度|位移|振动|通道|采样|频率")
_WIDEST_SNIFF = 200  # cells of one row that are looked at; the rest is written like them
_SNIFFED_LINES = 60
_LONG_LINE = 4096  # characters; a line below is split as a whole


@dataclass(frozen=True)
class Dialect:
    """How one text table is written.

    Args:
        encoding: for `open`.
        delimiter: between cells; None for runs of blanks.
        decimal: "." or ",".
        skip: lines before the first row of numbers.
        columns: cells per row.
        names: one name per column, or empty without a header.
        closed: whether rows end with a delimiter.
        stamps: columns that hold dates or clock times rather than numbers.
        empty: columns without a value in the first rows, as spare delimiters leave them.
        facts: scalars named in the preamble or in the header ("sample rate" -> 12000.0).
    """

    encoding: str
    delimiter: str | None
    decimal: str
    skip: int
    columns: int
    names: tuple[str, ...]
    closed: bool
    stamps: frozenset[int]
    empty: frozenset[int]
    facts: tuple[tuple[str, float], ...]


def encoding_of(head: bytes) -> str:
    """The encoding of a text by its first bytes.

    Example:
        >>> encoding_of("Zeit;Größe".encode("latin-1")), encoding_of("\\ufefft".encode("utf-16-le"))
        ('latin-1', 'utf-16')
    """
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in head[:200]:
        return "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        # Any bytes are latin-1; Chinese only where words of the trade come out of it.
        chinese = head.decode("gb18030", "ignore")
        return "gb18030" if _CHINESE.search(chinese) else "latin-1"
    return "utf-8"


def dialect_of(head: bytes) -> Dialect:
    """Sniff how a text table is written.

    Args:
        head: the first bytes of the file.

    Raises:
        UnreadableFileError: no row of numbers among the first lines.

    Example:
        >>> found = dialect_of(b"# fs: 1000\\nZeit;Beschl. (g)\\n0,000;0,5\\n0,001;-0,5\\n")
        >>> found.delimiter, found.decimal, found.skip, found.names
        (';', ',', 2, ('Zeit', 'Beschl. (g)'))
    """
    encoding = encoding_of(head)
    decoder = codecs.getincrementaldecoder(encoding)("ignore")
    text = decoder.decode(head)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # The last line may be cut by the end of the head, unless it is the only one.
    whole = lines[:-1] if len(lines) > 1 and lines[-1] else lines
    # From the end, and no more than are looked at: a head holds thousands of lines.
    telling = (x for x in reversed(whole) if x.strip() and not x.lstrip().startswith("#"))
    sample = [*islice(telling, _SNIFFED_LINES)][::-1]
    two = _names_two(whole)
    found = [x for x in (_score(sample, d, p, two) for d, p in _candidates(text)) if x is not None]
    if not found:
        shown = next((x.strip() for x in whole if x.strip()), "")[:60]
        raise UnreadableFileError(
            f"The text holds no rows of numbers; it begins with '{shown}'. A recording has one row "
            "per sample, with cells separated by comma, semicolon, tab or blanks."
        )
    _, delimiter, decimal, columns = max(found, key=lambda x: x[0])
    skip = next(
        i for i, line in enumerate(whole) if _kinds(line, delimiter, decimal, columns) is not None
    )
    rows = [
        k
        for x in whole[skip : skip + _SNIFFED_LINES]
        if (k := _kinds(x, delimiter, decimal, columns)) is not None
    ]
    # A column of stamps has stamps in most rows; a number like 2024 alone is none.
    sniffed = range(min(columns, _WIDEST_SNIFF))
    stamps = frozenset(c for c in sniffed if sum(row[c] == "stamp" for row in rows) > len(rows) / 2)
    empty = frozenset(c for c in sniffed if all(row[c] == "missing" for row in rows))
    preamble = whole[:skip]
    names, header_at = _header(preamble, delimiter, columns)
    facts = tuple(
        fact for i, line in enumerate(preamble) if i not in header_at
        for fact in _facts(line)
    )  # fmt: skip
    closed = delimiter is not None and whole[skip].count(delimiter) >= columns
    return Dialect(encoding, delimiter, decimal, skip, columns, names, closed, stamps, empty, facts)


def cells_of(line: str, delimiter: str | None) -> list[str]:
    """The cells of one line, without quotes and outer blanks.

    Example:
        >>> cells_of('"a" ; 2', ";")
        ['a', '2']
    """
    if delimiter is None:
        return line.split()
    return [x.strip().strip('"').strip() for x in line.split(delimiter)]


def is_number(cell: str, decimal: str) -> bool:
    """Whether a cell holds a number.

    Example:
        >>> is_number("-1,5e-3", ","), is_number("1.5", ","), is_number("g", ".")
        (True, False, False)
    """
    if _GROUPED[decimal].fullmatch(cell):
        return True
    if decimal == ",":
        if "." in cell or cell.count(",") > 1:
            return False
        cell = cell.replace(",", ".")
    return _NUMBER.fullmatch(cell) is not None


def number_of(cell: str, decimal: str) -> float:
    """The number that a cell holds, digits in groups and exponents of Fortran (D) included.

    Raises:
        ValueError: it holds none.

    Example:
        >>> number_of("1.234,5", ","), number_of("1.5D-3", ".")
        (1234.5, 0.0015)
    """
    if _GROUPED[decimal].fullmatch(cell):
        cell = cell.replace("." if decimal == "," else ",", "")
    return float(cell.replace(",", ".").casefold().replace("d", "e"))


def stamp(cell: str) -> datetime | None:
    """The moment that a cell holds: ISO 8601, with slashes, dd.mm.yyyy, or a clock time; or None.

    Example:
        >>> stamp("2024/05/01 12:00:00.25").microsecond
        250000
    """
    text = _GERMAN_DATE.sub(r"\3-\2-\1", cell.strip().strip('"')).replace("/", "-")
    if ":" not in text and not _DATE.fullmatch(text):
        return None
    text = text.replace(",", ".")
    try:
        return datetime.fromisoformat(text if "-" in text[:8] else f"1970-01-01T{text}")
    except ValueError:
        return None


def _candidates(text: str) -> list[tuple[str | None, str]]:
    pairs: list[tuple[str | None, str]] = [
        (";", "."), ("\t", "."), (",", "."), (None, "."),
        (";", ","), ("\t", ","), (None, ","),
    ]  # fmt: skip
    return [(d, p) for d, p in pairs if (d is None or d in text) and (p == "." or "," in text)]


def _score(
    sample: Sequence[str], delimiter: str | None, decimal: str, two: bool
) -> tuple[tuple[float, ...], str | None, str, int] | None:
    widths: Counter[int] = Counter()
    filled: dict[int, Counter[int]] = {}
    for line in sample:
        parts, cells = _first_cells(line, delimiter)
        good = [i for i, x in enumerate(parts) if is_number(x, decimal)]
        # No number is a moment, and to find that out takes longer than all else here.
        known = len(good) + sum(
            x.casefold() in MISSING or (i not in good and stamp(x) is not None)
            for i, x in enumerate(parts)
        )
        if known == len(parts) and (good or known > 1):
            widths[cells] += 1
            filled.setdefault(cells, Counter()).update(good)
    if not widths:
        return None
    width, rows = widths.most_common(1)[0]
    if delimiter == "," and width == 2 and not two and _is_decimal_comma(sample):
        return None
    # Rows that fit first, then cells that are numbers rather than empty, then whole numbers only
    # where nothing better explains them, then the order of the candidates.
    share = rows / max(len(sample), 1)
    blanks_last = 0.0 if delimiter is None else 1.0
    # Columns that are empty from top to bottom are left by spare delimiters.
    seen = filled[width]
    numbers = sum(seen.values()) / (rows * len(seen)) if seen else 0.0
    return (round(share, 2), numbers, blanks_last), delimiter, decimal, width


def _names_two(lines: Sequence[str]) -> bool:
    """Whether the line above the first pair such as 0,512 names two columns."""
    for above, line in pairwise(x for x in lines if x.strip()):
        if _PAIR.fullmatch(line):
            # "Pump 7, hall 3" is a title, and "acc,g" one column with its unit.
            names = above.strip().lstrip("#%").strip().split(",")
            names = [x.strip('"') for x in names]
            return len(names) == 2 and all(
                re.match(r"[^\W\d]", x) and (not is_unit(x) or rpm_per_step(x)) for x in names
            )
    return False


def _is_decimal_comma(sample: Sequence[str]) -> bool:
    """Whether lines such as 0,512 are one number each rather than two whole ones."""
    pairs = [x.split(",") for x in sample if _PAIR.fullmatch(x)]
    if len(pairs) < sum("," in x for x in sample) or not pairs:
        return False
    if any(a.strip() == "-0" or (len(b.strip()) > 1 and b.startswith("0")) for a, b in pairs):
        return True
    tails = [b.strip() for _, b in pairs]
    if (
        len({len(b) for b in tails}) == 1
        and len(tails[0]) >= 6
        and all(b[-1] == "0" for b in tails)
    ):
        return True  # printed with more decimals than were measured; counts do not all end in 0
    heads = [int(a) for a, _ in pairs]
    counting = len(heads) > 1 and all(b - a == 1 for a, b in pairwise(heads))
    digits = Counter(map(len, tails)).most_common(1)[0]
    return not counting and digits[0] >= 3 and digits[1] >= 0.5 * len(pairs) and _small(heads)


def _small(heads: Sequence[int]) -> bool:
    return max(abs(x) for x in heads) < 100


def trimmed_cells(line: str, delimiter: str | None) -> list[str]:
    """The cells of one line without the empty one that a closing delimiter leaves.

    Example:
        >>> trimmed_cells("1;2;", ";")
        ['1', '2']
    """
    cells = cells_of(line, delimiter)
    # "1;2;" has two cells: many loggers end each row with a delimiter.
    return cells[:-1] if len(cells) > 1 and not cells[-1] and delimiter is not None else cells


def _first_cells(line: str, delimiter: str | None) -> tuple[list[str], int]:
    """The first `_WIDEST_SNIFF` trimmed cells, and how many there are: a row may hold millions."""
    if len(line) < _LONG_LINE:
        row = trimmed_cells(line, delimiter)
        return row[:_WIDEST_SNIFF], len(row)
    if delimiter is None:
        blanks = line.split(None, _WIDEST_SNIFF)
        return blanks[:_WIDEST_SNIFF], sum(1 for _ in re.finditer(r"\S+", line))
    closed = not line.rpartition(delimiter)[2].strip(' \t\r"')
    count = line.count(delimiter) + (0 if closed else 1)
    parts = [x.strip().strip('"').strip() for x in line.split(delimiter, _WIDEST_SNIFF)]
    return parts[: min(count, _WIDEST_SNIFF)], count


def _kinds(line: str, delimiter: str | None, decimal: str, columns: int) -> list[str] | None:
    """What the first `_WIDEST_SNIFF` cells are; None where the line is no row of numbers."""
    cells, count = _first_cells(line, delimiter)
    if count not in (columns, columns - 1) or line.lstrip().startswith("#"):
        return None
    kinds = [
        "number" if is_number(x, decimal) else "stamp" if stamp(x) else
        "missing" if x.casefold() in MISSING else "text"
        for x in cells
    ]  # fmt: skip
    if "text" in kinds or not {"number", "stamp"} & set(kinds):
        return None
    return [*kinds, *["missing"] * (columns - count)][:_WIDEST_SNIFF]


def _header(
    preamble: Sequence[str], delimiter: str | None, columns: int
) -> tuple[tuple[str, ...], set[int]]:
    """Names per column, joined with the row of units below them, and the lines that held them."""
    rows = []
    for number in range(len(preamble) - 1, -1, -1):
        text = preamble[number].strip().lstrip("#%").strip()
        if not text:
            continue
        cells = trimmed_cells(text, delimiter) if columns > 1 else [text.strip(' "')]
        if len(cells) == columns - 1 and delimiter is not None and preamble[number].strip():
            cells = cells_of(text, delimiter)
        if delimiter is None and len(cells) != columns:
            cells = re.split(r"\t|\s{2,}|,\s*", text)
        if len(cells) == columns + 1 and cells[-1].casefold() == "comment":
            cells.pop()  # LabVIEW heads its comments but writes none
        if len(cells) != columns or (columns == 1 and _facts(text)):
            break
        rows.append((number, cells))
        if not all(is_unit(x) or x == "" for x in cells):
            break
    if not rows:
        return (), set()
    names = rows[-1][1]
    if len(rows) > 1:
        names = [
            f"{n} ({u.strip('()[]')})" if u else n for n, u in zip(names, rows[-2][1], strict=True)
        ]
    return tuple(names), {number for number, _ in rows}


def _facts(line: str) -> list[tuple[str, float]]:
    pair = _FACT.match(line[:500].replace('"', ""))
    if not pair:
        return []
    value = _VALUE.match(pair["value"].strip().split(";")[0].split("\t")[0])
    if not value:
        return []
    unit = (value["unit"] or "").strip().strip("()[]")
    name = f"{pair['key'].strip()} ({unit})" if unit else pair["key"].strip()
    known = (hz_per_step(name), rpm_per_step(name), seconds_per_sample(name))
    return [(name, float(value["number"].replace(",", ".")))] if any(known) else []
