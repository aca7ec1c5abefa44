"""Results as files for other programs: CSV, and Parquet."""

import csv
import io
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from faultlens.core.errors import UsageError
from faultlens.core.files import written_whole
from faultlens.core.optional import optional_import
from faultlens.store.questions.filters import EVERYTHING, Filters
from faultlens.store.questions.pages import MOST_ROWS
from faultlens.store.questions.results import ResultRow, results
from faultlens.store.store import Store

COLUMNS = tuple(x.name for x in fields(ResultRow))
"""Of a file of results."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is run by a spreadsheet. Source: OWASP, CSV Injection."""


def result_pages(store: Store, filters: Filters = EVERYTHING) -> Iterator[tuple[ResultRow, ...]]:
    """Results, newest first, a page at a time: nothing is held open between two pages.

    Args:
        store: asked.
        filters: which.

    Example:
        >>> from faultlens.store.example import example_store
        >>> [len(page) for page in result_pages(example_store())]
        [3]
    """
    cursor: str | None = None
    while True:
        page = results(store, filters, limit=MOST_ROWS, cursor=cursor)
        if page.rows:
            yield page.rows
        if page.next is None:
            return
        cursor = page.next


def csv_lines(store: Store, filters: Filters = EVERYTHING) -> Iterator[str]:
    """Results as CSV with a head, in pieces of many lines, as a download sends them.

    Args:
        store: asked.
        filters: which.

    Example:
        >>> from faultlens.store.example import example_store
        >>> "".join(csv_lines(example_store())).splitlines()[0].split(",")[:3]
        ['source', 'frame', 'channel']
    """
    yield _written([COLUMNS])
    for page in result_pages(store, filters):
        yield _written([[_cell(getattr(row, name)) for name in COLUMNS] for row in page])


def export(store: Store, filters: Filters, path: Path) -> int:
    """Write results into a file of the kind that its name ends in; how many they are.

    Args:
        store: asked.
        filters: which.
        path: ends in .csv or .parquet.

    Raises:
        UsageError: another ending.
        MissingPackageError: pyarrow is not installed.
        OSError: the file cannot be written; none is there then.

    Example:
        >>> import tempfile
        >>> from faultlens.store.example import example_store
        >>> export(example_store(), EVERYTHING, Path(tempfile.mkdtemp()) / "results.csv")
        3
    """
    writers = {".csv": write_csv, ".parquet": write_parquet}
    if path.suffix.lower() not in writers:
        raise UsageError(f"'{path.name}' ends in neither .csv nor .parquet; results are both.")
    return writers[path.suffix.lower()](store, filters, path)


def write_csv(store: Store, filters: Filters, path: Path) -> int:
    """Write results as CSV in UTF-8, with a mark by which spreadsheets know that.

    Args:
        store: asked.
        filters: which.
        path: of the file.

    Raises:
        OSError: it cannot be written.

    Example:
        >>> import tempfile
        >>> from faultlens.store.example import example_store
        >>> write_csv(example_store(), Filters(alarm=True), Path(tempfile.mkdtemp()) / "a.csv")
        1
    """
    rows = 0
    with (
        written_whole(path) as temporary,
        temporary.open("w", encoding="utf-8-sig", newline="") as stream,
    ):
        stream.write(_written([COLUMNS]))
        for page in result_pages(store, filters):
            stream.write(_written([[_cell(getattr(x, name)) for name in COLUMNS] for x in page]))
            rows += len(page)
    return rows


def write_parquet(store: Store, filters: Filters, path: Path) -> int:
    """Write results as Parquet, with times of microseconds in UTC.

    Args:
        store: asked.
        filters: which.
        path: of the file.

    Raises:
        MissingPackageError: pyarrow is not installed.
        OSError: it cannot be written.

    Example:
        >>> import tempfile
        >>> from faultlens.store.example import example_store
        >>> write_parquet(example_store(), Filters(), Path(tempfile.mkdtemp()) / "a.parquet")
        3
    """
    arrow: Any = optional_import("pyarrow", extra="formats")
    parquet: Any = optional_import("pyarrow.parquet", extra="formats")
    kinds = {
        "datetime": arrow.timestamp("us", tz="UTC"),
        "float": arrow.float64(),
        "bool": arrow.bool_(),
        "str": arrow.string(),
    }
    schema = arrow.schema(
        [(x.name, kinds[_named(x.type).partition(" ")[0]]) for x in fields(ResultRow)]
    )
    rows = 0
    with written_whole(path) as temporary, parquet.ParquetWriter(temporary, schema) as writer:
        for page in result_pages(store, filters):
            table = {name: [getattr(x, name) for x in page] for name in COLUMNS}
            writer.write_table(arrow.table(table, schema=schema))
            rows += len(page)
    return rows


def _named(kind: Any) -> str:
    return kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))


def _written(rows: Any) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else value
