"""Text tables: csv, tsv and kin, with or without header, in the dialects that loggers write."""

import tempfile
import weakref
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.signals.readers.allowed import refuse_samples
from faultlens.signals.readers.column_names import rpm_per_step, unit_of
from faultlens.signals.readers.contents import Channel, Contents, Window
from faultlens.signals.readers.csv_columns import Roles, roles_of
from faultlens.signals.readers.csv_dialect import HEAD_BYTES, Dialect, dialect_of
from faultlens.signals.readers.csv_parser import LONGEST_ROW, TableParser
from faultlens.signals.readers.shaft_speed import ShaftSpeed, speed_of
from faultlens.signals.readers.stored_arrays import MOST_COLUMNS, scalar_facts
from faultlens.signals.readers.time_axis import TimeAxis, extended, rate_of, time_warnings

SPOOLED_ABOVE_BYTES = 64 * 1024**2
"""Text files above this are parsed into a temporary file instead of into memory."""

_SPEEDS_PER_BLOCK = 5000  # of a large file: enough for the course of a speed


def read_csv(path: Path, largest_samples: int | None = None) -> Contents:
    """Open a text table; above 64 MB it is parsed into a temporary file.

    Args:
        path: the file.
        largest_samples: of all columns together; None for no limit.

    Raises:
        UnreadableFileError: no rows of numbers, or a row that does not fit; its line is named.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.csv"
        >>> _ = path.write_text("time (ms);acc (g)\\n0,0;0,1\\n0,5;0,3\\n1,0;-0,2\\n")
        >>> channel = read_csv(path).channels[0]
        >>> channel.name, channel.unit, channel.sample_rate_hz, channel.read(0, 3)
        ('acc (g)', 'g', 2000.0, array([ 0.1,  0.3, -0.2]))
    """
    head = _head(path)
    if largest_samples is not None:
        refuse_samples(_widest(head, largest_samples), largest_samples, "A row")
    dialect = dialect_of(head)
    refuse_samples(dialect.columns, largest_samples, "The table")
    parser = TableParser(path, dialect)
    blocks = parser.blocks()
    first = next(blocks, np.empty((0, dialect.columns)))
    large = path.stat().st_size > SPOOLED_ABOVE_BYTES
    refuse_samples(first.size, largest_samples, "The table")
    if len(first) == 1 and dialect.columns > 1 and not large:
        return _one_row(first[0], dialect, parser)
    if dialect.columns > MOST_COLUMNS:
        raise UnreadableFileError(
            f"The table has {dialect.columns} columns; at most {MOST_COLUMNS} are read. "
            "Samples must run down the rows."
        )
    roles = roles_of(dialect, first)
    axis, rows = TimeAxis(), 0
    speeds: list[NDArray[np.float64]] = []
    store: IO[bytes] | list[NDArray[np.float64]]
    store = tempfile.TemporaryFile() if large else []  # noqa: SIM115
    for block in chain([first], blocks):
        rows += len(block)
        refuse_samples(rows * dialect.columns, largest_samples, "The table")
        axis = extended(axis, roles.times(block))
        if roles.speed is not None:
            stride = len(block) // _SPEEDS_PER_BLOCK + 1 if large else 1
            speeds.append(block[::stride, roles.speed])
        kept = block[:, roles.channels]
        if isinstance(store, list):
            store.append(kept)
        else:
            # 24 significant bits: as many as any converter gives.
            kept.astype(np.float32).tofile(store)
    width = len(roles.channels)
    if isinstance(store, list):
        windows = _in_memory(np.concatenate(store), width)
    else:
        store.flush()
        windows = _in_file(store, width)
    return _contents(dialect, parser, roles, axis, speeds, rows, windows)


def _contents(
    dialect: Dialect,
    parser: TableParser,
    roles: Roles,
    axis: TimeAxis,
    speeds: Sequence[NDArray[np.float64]],
    rows: int,
    windows: Sequence[Window],
) -> Contents:
    stated_rate, rpm = scalar_facts(dict(dialect.facts))
    measured = rate_of(axis, roles.seconds) if roles.time is not None else None
    said = [*parser.warnings(), *roles.warnings, *time_warnings(axis)]
    if stated_rate and measured and abs(stated_rate - measured) > 1e-3 * measured:
        said.append(
            Notice(
                en=f"The header states {stated_rate:g} Hz, the time column runs at {measured:g} "
                "Hz; the time column is used.",
                zh=f"文件头给出的采样率为 {stated_rate:g} Hz，由时间列得出的为 {measured:g} Hz；"
                "以时间列为准。",
            )
        )
        stated_rate = None
    turned = ShaftSpeed()
    if roles.speed is not None and speeds:
        name = roles.names[roles.speed]
        turned = speed_of(np.concatenate(speeds) * (rpm_per_step(name) or 1.0))
    channels = tuple(
        Channel(roles.names[i], rows, window, stated_rate or measured, unit_of(roles.names[i]))
        for i, window in zip(roles.channels, windows, strict=True)
    )
    start = parser.start(roles.time) if roles.time is not None else None
    return Contents(
        "csv", channels, shaft_rpm=turned.mean_rpm or rpm, speeds_rpm=turned.speeds_rpm,
        time=start, warnings=tuple(said),
    )  # fmt: skip


def _one_row(values: NDArray[np.float64], dialect: Dialect, parser: TableParser) -> Contents:
    rate, rpm = scalar_facts(dict(dialect.facts))
    window = _in_memory(values.reshape(-1, 1), 1)[0]
    channel = Channel("row 1", len(values), window, rate)
    return Contents("csv", (channel,), shaft_rpm=rpm, warnings=parser.warnings())


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        if head.count(b"\n") + head.count(b"\r") < 3:
            # One row that holds the whole recording: its width shows only at its end.
            head += stream.read(LONGEST_ROW)
    return head


def _widest(head: bytes, most: int) -> int:
    """Cells of the widest row by its delimiters, counted before any cell becomes an object.

    Rows of fewer characters than `most` cannot hold more cells, and are not counted.
    """
    rows = [x for x in head.split(b"\n") if len(x) >= most]
    return 1 + max((row.count(x) for row in rows for x in (b",", b";", b"\t")), default=0)


def _in_memory(values: NDArray[np.float64], width: int) -> list[Window]:
    return [lambda start, stop, lane=lane: values[start:stop, lane] for lane in range(width)]  # type: ignore[misc]


def _in_file(spool: IO[bytes], width: int) -> list[Window]:
    def table(start: int, stop: int) -> NDArray[np.float32]:
        spool.seek(start * width * 4)
        raw = spool.read((stop - start) * width * 4)
        return np.frombuffer(raw, np.float32).reshape(-1, width)

    # The file has no name and goes when the last window onto it goes.
    weakref.finalize(table, spool.close)
    return [lambda start, stop, lane=lane: table(start, stop)[:, lane] for lane in range(width)]  # type: ignore[misc]
