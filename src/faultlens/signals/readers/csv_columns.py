"""What the columns of a text table are: time, row count, shaft speed, or channels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice
from faultlens.signals.readers.column_names import is_index, seconds_per_step, speed_column
from faultlens.signals.readers.csv_clock import Clock, clock_of
from faultlens.signals.readers.csv_dialect import Dialect
from faultlens.signals.readers.time_axis import counts_rows, only_counts, runs_evenly

_SLOWEST_STEP_S = 0.1  # a nameless column that runs in larger steps is no time of vibration
_BACKWARD = 0.25  # share of the steps; joined or damaged times stay far below, noise is at 0.5
_LOOKED_AT = 20_000  # rows that decide what a nameless column is


@dataclass(frozen=True)
class Roles:
    """What the columns of a table are.

    Args:
        names: one per column.
        time: the column of times, if any.
        seconds: seconds per unit of it.
        clock: (column, units of time) of the coarser columns of a clock, such as its hours.
        speed: the column of shaft speeds, if any.
        channels: the columns left, in order.
        warnings: what was inferred rather than read, in words.
    """

    names: tuple[str, ...]
    time: int | None
    seconds: float
    clock: tuple[tuple[int, float], ...]
    speed: int | None
    channels: tuple[int, ...]
    warnings: tuple[Notice, ...]

    def times(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(row,) times of (row, column) rows; nothing where no column holds them."""
        if self.time is None:
            return rows[:0, 0]
        coarse = [weight * rows[:, column] for column, weight in self.clock]
        return np.asarray(sum(coarse, start=rows[:, self.time]))


def roles_of(dialect: Dialect, first: NDArray[np.float64]) -> Roles:
    """Tell the columns apart, by their names where there are any, else by how they run.

    Args:
        dialect: how the table is written.
        first: (row, column) its first rows.

    Example:
        >>> from faultlens.signals.readers.csv_dialect import dialect_of
        >>> dialect = dialect_of(b"no,t (ms),acc (g),rpm\\n1,0,0.5,1500\\n2,1,0.7,1500\\n")
        >>> roles = roles_of(dialect, np.array([[1, 0, 0.5, 1500], [2, 1, 0.7, 1500.0]]))
        >>> roles.time, roles.seconds, roles.speed, roles.channels
        (1, 0.001, 3, (2,))
    """
    columns = dialect.columns
    rows = first[:_LOOKED_AT]
    names = tuple(
        (dialect.names[i] if dialect.names else "") or f"column {i + 1}" for i in range(columns)
    )
    named = dialect.names or ("?",) * columns
    scales = {
        i: scale for i, x in enumerate(named)
        if (scale := seconds_per_step(x)) is not None and not _wanders(rows[:, i])
    }  # fmt: skip
    warnings: list[Notice] = []
    counting = {i for i, x in enumerate(named) if is_index(x) and counts_rows(rows[:, i])}
    stamps = set(dialect.stamps)
    nothing = {i for i in dialect.empty if np.all(np.isnan(rows[:, i]))}
    times = [i for i in scales if i not in stamps and not _is_count(rows, i, named[i])]
    for i in scales:
        if i not in stamps and i not in times:
            counting.add(i)
            warnings.append(only_counts(names[i]))
    # A date beside a clock time stands still; the one that moves is the time.
    moving = [i for i in sorted(stamps) if len(rows) and np.ptp(np.nan_to_num(rows[:, i])) > 0]
    time = next(iter([*times, *moving]), None)
    seconds = scales.get(time, 1.0) if time in times else 1.0
    clock = None if stamps or time is not None else clock_of(rows)
    coarse: tuple[tuple[int, float], ...] = ()
    # Named columns that only climb are left to be chosen by name, unless they are plainly a clock.
    if clock is not None and (clock.microseconds or not dialect.names):
        counting |= set(range(clock.columns))
        if clock.microseconds:
            *hours_down, _ = enumerate(clock.microseconds)
            time, seconds, coarse = clock.columns - 1, 1e-6, tuple(hours_down)
        warnings.append(_clock_notice(clock))
    elif time is None and columns > 1 and 0 not in counting | stamps | nothing:
        if counts_rows(rows[:, 0]):
            counting.add(0)
        elif _runs_like_time(rows[:, 0]):
            time = 0
            warnings.append(
                Notice(
                    en=f"'{names[0]}' runs in even steps; it was read as the time in seconds.",
                    zh=f"“{names[0]}”等步长递增，已作为时间（秒）读取。",
                )
            )
    speed = speed_column(named)
    if columns - len(counting | stamps | nothing) == 1:
        speed = None
    out = counting | stamps | nothing | set(times) | {time, speed}
    channels = tuple(i for i in range(columns) if i not in out)
    return Roles(names, time, seconds, coarse, speed, channels, tuple(warnings))


def _clock_notice(clock: Clock) -> Notice:
    if clock.microseconds:
        return Notice(
            en=f"Columns 1 to {clock.columns} run like a clock: read as hour, minute, second and "
            "microsecond, which give the sampling rate.",
            zh=f"第 1 至 {clock.columns} 列按时钟规律变化：已作为时、分、秒、微秒读取，"
            "由此得出采样率。",
        )
    return Notice(
        en=f"Columns 1 to {clock.columns} run like a clock; what they count is not known, so they "
        "give no sampling rate.",
        zh=f"第 1 至 {clock.columns} 列按时钟规律变化；其计时单位未知，不能给出采样率。",
    )


def _is_count(rows: NDArray[np.float64], column: int, name: str) -> bool:
    # Whole steps of one in a column called "time" are row numbers: no vibration is sampled at 1 Hz.
    return seconds_per_step(name) == 1.0 and counts_rows(rows[:, column])


def _wanders(values: NDArray[np.float64]) -> bool:
    # "t" may be the tangential direction: its values turn back, those of a time hardly ever do.
    return bool(np.mean(np.diff(values) < 0) > _BACKWARD) if len(values) > 1 else False


def _runs_like_time(values: NDArray[np.float64]) -> bool:
    if not runs_evenly(values):
        return False
    return bool((values[-1] - values[0]) / (len(values) - 1) <= _SLOWEST_STEP_S)
