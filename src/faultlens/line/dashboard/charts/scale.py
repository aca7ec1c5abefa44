"""Scales: from a value to its place in a figure, and where its ticks stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True)
class Scale:
    """From values to shares of a height or width.

    Args:
        low: value at 0.
        high: value at 1, above `low`.
        ticks: values that are labelled, rising.
        is_log: whether equal ratios are equally far apart.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    is_log: bool = False

    def at(self, value: float) -> float:
        """Where a value stands, 0 to 1; what lies outside is put at the edge.

        Args:
            value: any.
        """
        if self.is_log:
            low, high = log10(self.low), log10(self.high)
            share = (log10(max(value, self.low)) - low) / (high - low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(max(share, 0.0), 1.0)


def linear_scale(
    values: Iterable[float],
    *,
    low: float | None = None,
    high: float | None = None,
    ticks: int = 4,
) -> Scale:
    """A scale that holds all values between two round numbers.

    Args:
        values: that must fit; none gives 0 to 1.
        low: a lower end that holds, round or not.
        high: an upper end that holds, round or not.
        ticks: about how many steps.

    Example:
        >>> linear_scale([3, 17]).ticks
        (0.0, 5.0, 10.0, 15.0, 20.0)
        >>> linear_scale([0.962, 0.99], high=1).ticks
        (0.96, 0.97, 0.98, 0.99, 1.0)
    """
    given = list(values) or [0.0, 1.0]
    bottom = min(given) if low is None else low
    top = max(given) if high is None else high
    if bottom > 0 and low is None and bottom < 0.5 * top:
        bottom = 0.0
    if top - bottom <= 1e-12 * max(1.0, abs(top)):
        size = max(abs(bottom), abs(top))
        reach = size if size > 1e-9 else 1.0
        bottom, top = (bottom, bottom + reach) if high is None else (top - reach, top)
    step = _round_step((top - bottom) / ticks)
    first, last = floor(bottom / step + 1e-9), ceil(top / step - 1e-9)
    rounded = tuple(round(step * k, 12) for k in range(first, last + 1))
    start = rounded[0] if low is None else low
    end = rounded[-1] if high is None else high
    return Scale(start, end, tuple(x for x in rounded if start - 1e-12 <= x <= end + 1e-12))


def count_scale(most: int) -> Scale:
    """A logarithmic scale of counts from below one, so that a single one can be seen.

    Args:
        most: greatest count.

    Example:
        >>> count_scale(86_400).ticks
        (1.0, 10.0, 100.0, 1000.0, 10000.0, 100000.0)
    """
    decades = max(1, ceil(log10(max(most, 1)) - 1e-9))
    return Scale(0.6, 10.0**decades, tuple(10.0**k for k in range(decades + 1)), is_log=True)


def _round_step(step: float) -> float:
    """The nearest larger of 1, 2, 2.5, 5 and 10 times a power of ten."""
    power = 10.0 ** floor(log10(step))
    return next(x * power for x in (1, 2, 2.5, 5, 10) if x * power >= step * (1 - 1e-9))
