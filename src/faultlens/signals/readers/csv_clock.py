"""Leading columns of whole numbers that are a clock: hour, minute, second, microsecond."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.readers.not_vibration import climbs

_LIMITS = (24, 60, 60, 1_000_000)  # hours, minutes, seconds, microseconds
_SCALES = (3.6e9, 6e7, 1e6, 1.0)  # of the same, microseconds
_MILLISECONDS = 1000  # below that the last column may be counted in something coarser
_FEWEST = 8  # rows; fewer prove nothing


@dataclass(frozen=True)
class Clock:
    """Columns that count time.

    Args:
        columns: how many of them lead the table.
        microseconds: one weight per column, where the columns can only be read in one way.
    """

    columns: int
    microseconds: tuple[float, ...] = ()


def clock_of(rows: NDArray[np.float64]) -> Clock | None:
    """The clock that leads a table, or None.

    Args:
        rows: (row, column) the first rows.

    Example:
        >>> t = 986_000 + 39.0625 * np.arange(800)
        >>> table = np.stack([t * 0 + 9, t * 0 + 39, 5 + t // 1e6, t % 1e6 // 1, np.sin(t)], axis=1)
        >>> clock_of(table)
        Clock(columns=4, microseconds=(3600000000.0, 60000000.0, 1000000.0, 1.0))
    """
    columns = 0
    while columns < min(rows.shape[1] - 1, len(_LIMITS)) and _counts(rows[:, columns]):
        columns += 1
    while columns and np.all(rows[:, columns - 1] == rows[0, columns - 1]):
        columns -= 1  # the finest column moves; what stands still behind it is a dead input
    # A count of rows alone is no clock: that has a coarse and a fine column.
    if (
        columns < 2
        or len(rows) < _FEWEST
        or not any(np.ptp(rows[:, i]) > 0 for i in range(columns))
    ):
        return None
    clock = rows[:, :columns]
    fine = clock[:, -1]
    plain = columns == len(_LIMITS) and bool(np.all(clock < _LIMITS))
    if plain and fine.max() >= _MILLISECONDS and climbs(clock @ _SCALES):
        return Clock(columns, _SCALES)
    return Clock(columns)


def _counts(values: NDArray[np.float64]) -> bool:
    whole = bool(np.all(np.isfinite(values)) and np.all(values == np.round(values)))
    return whole and values.min() >= 0 and climbs(values)
