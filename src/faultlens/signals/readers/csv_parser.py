"""Rows of a text table into numbers, block by block, with a clear word for every bad row."""

import io
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.signals.readers.csv_dialect import (
    MISSING,
    Dialect,
    cells_of,
    is_number,
    number_of,
    stamp,
    trimmed_cells,
)
from faultlens.signals.readers.plain_decimals import plain_table

BLOCK_CHARACTERS = 1 << 23
"""Characters parsed at once: large enough for speed, small enough for memory."""

LONGEST_ROW = 1 << 25
"""Characters of one row; a longer one is no text table."""

_COMMENT = re.compile("#(?!n/a)", re.IGNORECASE)  # "#N/A" is what Excel writes for no value


class TableParser:
    """Reads one text table from top to bottom, once.

    Args:
        path: the file.
        dialect: how it is written.

    Example:
        >>> import tempfile
        >>> from faultlens.signals.readers.csv_dialect import dialect_of
        >>> path = Path(tempfile.mkdtemp()) / "a.csv"
        >>> _ = path.write_text("1;2\\n3;\\n5;6\\n")
        >>> parser = TableParser(path, dialect_of(path.read_bytes()))
        >>> next(parser.blocks())
        array([[ 1.,  2.], [ 3., nan], [ 5.,  6.]])
        >>> print(*parser.warnings())
        1 cell is empty or not a number, the first in line 2; read as missing.
    """

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self._path = path
        self._dialect = dialect
        self._missing = 0
        self._first_missing = 0
        self._cut_line = 0
        self._starts: dict[int, datetime] = {}

    def blocks(self) -> Iterator[NDArray[np.float64]]:
        """Yield (row, column) blocks; missing cells are NaN, stamps are seconds since the first.

        Raises:
            UnreadableFileError: text among the numbers or a row of another width.
        """
        dialect = self._dialect
        with self._path.open(encoding=dialect.encoding, errors="replace") as stream:
            for _ in range(dialect.skip):
                stream.readline()
            line, text = dialect.skip + 1, ""
            while following := stream.read(BLOCK_CHARACTERS):
                line += text.count("\n")
                text = following + stream.readline(LONGEST_ROW)
                block = self._parsed(text, line)
                if len(block):
                    yield block

    def warnings(self) -> tuple[Notice, ...]:
        """What was odd in the rows read so far, in words."""
        found = []
        if self._missing:
            cells = "1 cell is" if self._missing == 1 else f"{self._missing} cells are"
            found.append(
                Notice(
                    en=f"{cells} empty or not a number, the first in line {self._first_missing}; "
                    "read as missing.",
                    zh=f"有 {self._missing} 个单元格为空或不是数字，首个位于第 "
                    f"{self._first_missing} 行；按缺失值处理。",
                )
            )
        if self._cut_line:
            found.append(
                Notice(
                    en=f"The last row (line {self._cut_line}) is incomplete and was left out.",
                    zh=f"最后一行（第 {self._cut_line} 行）不完整，已舍去。",
                )
            )
        return tuple(found)

    def start(self, column: int) -> str | None:
        """ISO 8601 moment of the first stamp of a column, None where it is a clock time alone."""
        first = self._starts.get(column)
        return None if first is None or first.year == 1970 else first.isoformat()

    def _parsed(self, text: str, line: int) -> NDArray[np.float64]:
        dialect = self._dialect
        tidy = text.replace(",", ".") if dialect.decimal == "," else text
        if not (dialect.stamps or dialect.empty or dialect.closed):
            plain = plain_table(tidy, dialect.delimiter, dialect.columns)
            if plain is not None:
                return plain
        converters: dict[int | str, Callable[[str], float]] = {
            column: lambda cell, column=column: self._seconds(cell, column)  # type: ignore[misc]
            for column in dialect.stamps
        }
        converters |= dict.fromkeys(dialect.empty, _number_or_nothing)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of blocks without a row
                values = np.loadtxt(
                    io.StringIO(tidy),
                    delimiter=dialect.delimiter,
                    ndmin=2,
                    converters=converters or None,
                    usecols=range(dialect.columns) if dialect.closed else None,
                    quotechar='"',
                )
        except ValueError:
            return self._read_by_row(text, line)
        if values.shape[1] != dialect.columns:
            return self._read_by_row(text, line)
        return values

    def _read_by_row(self, text: str, first_line: int) -> NDArray[np.float64]:
        """Slower than numpy, but it knows which cell of which line is bad."""
        columns = self._dialect.columns
        rows = []
        lines = text.split("\n")
        for line, raw in enumerate(lines, start=first_line):
            content = _COMMENT.split(raw)[0].strip(" \r")
            if not content.strip():
                continue
            is_last = line - first_line == len(lines) - 1
            cells = trimmed_cells(content, self._dialect.delimiter)
            if len(cells) == columns - 1 < len(cells_of(content, self._dialect.delimiter)):
                cells.append("")
            if len(cells) != columns:
                if is_last and len(cells) < columns:
                    self._cut_line = line
                    continue
                raise UnreadableFileError(
                    f"Line {line} has {len(cells)} cells where the rows have {columns}: "
                    f"'{content[:60]}'. Correct or remove it."
                )
            rows.append([self._value(cell, lane, line) for lane, cell in enumerate(cells)])
        return np.array(rows, dtype=np.float64).reshape(-1, columns)

    def _value(self, cell: str, column: int, line: int) -> float:
        if column in self._dialect.stamps and stamp(cell) is not None:
            return self._seconds(cell, column)
        if is_number(cell, self._dialect.decimal):
            return number_of(cell, self._dialect.decimal)
        if cell.casefold() in MISSING:
            if column in self._dialect.empty:
                return float("nan")
            self._missing += 1
            self._first_missing = self._first_missing or line
            return float("nan")
        raise UnreadableFileError(
            f"Line {line} holds '{cell[:40]}' where a number was expected. Correct or remove it."
        )

    def _seconds(self, cell: str, column: int) -> float:
        moment = stamp(cell)
        if moment is None:
            raise ValueError(cell)
        first = self._starts.setdefault(column, moment)
        if (moment.tzinfo is None) != (first.tzinfo is None):
            raise UnreadableFileError(
                f"The times {first} and {moment} mix zones with none; write all of them alike."
            )
        return (moment - first).total_seconds()


def _number_or_nothing(cell: str) -> float:
    return float(cell) if cell.strip() else float("nan")
