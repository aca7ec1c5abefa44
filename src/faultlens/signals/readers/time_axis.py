"""A column of times: the rate it says, and how evenly it runs. Works block by block."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice

JITTER_WARNED = 0.01
"""Share of a step by which steps may differ before it is said; above it orders begin to smear."""

_GAP_STEPS = 1.5  # a step this many times the usual one has lost at least one sample
_FEW_BREAKS = 0.01  # share of the steps; more of them are how the clock runs, and no breaks in it
_LARGEST_TIME = 1e20  # beyond any clock, nanoseconds since 1970 included
_EVEN_STEPS = 8  # fewer rows than this prove nothing about a column without a name


@dataclass(frozen=True)
class TimeAxis:
    """What is known of a column of times so far.

    Args:
        rows: finite times seen.
        first: first time, in the column's own unit.
        last: last time.
        step: usual step: the median over the first block.
        shortest: shortest step.
        longest: longest step.
        gaps: steps longer than 1.5 times the usual one.
        backward: steps that do not go forward.
        lost: what the gaps and the backward steps span.
        resolution: last printed decimal of the latest times.
    """

    rows: int = 0
    first: float = 0.0
    last: float = 0.0
    step: float = 0.0
    shortest: float = np.inf
    longest: float = -np.inf
    gaps: int = 0
    backward: int = 0
    lost: float = 0.0
    resolution: float = 0.0

    @property
    def mean_step(self) -> float:
        """Mean step; where gaps or backward steps spoil it, that of the others or the usual."""
        broken = self.gaps + self.backward
        steps = self.rows - 1 - broken
        if steps <= 0 or broken > _FEW_BREAKS * steps:
            return self.step
        mean = (self.last - self.first - self.lost) / steps
        # The usual step is as coarse as its decimals: finer is the mean, where they explain all.
        return mean if not broken or abs(mean - self.step) <= self.resolution else self.step


def extended(axis: TimeAxis, times: NDArray[np.floating]) -> TimeAxis:
    """The axis with a further block of times.

    Args:
        axis: what is known so far.
        times: (row,) times, in the column's own unit; values that are not finite are passed over.

    Example:
        >>> extended(TimeAxis(), np.arange(4) / 8).mean_step
        0.125
    """
    times = np.asarray(times, dtype=np.float64)
    times = times[np.isfinite(times)]
    if len(times) == 0:
        return axis
    known = times if axis.rows == 0 else np.concatenate(([axis.last], times))
    steps = np.diff(known)
    resolution = _resolution(times[-1000:])
    merged = replace(
        axis,
        rows=axis.rows + len(times),
        first=axis.first if axis.rows else float(times[0]),
        last=float(times[-1]),
        resolution=max(resolution, axis.resolution),
    )
    if len(steps) == 0:
        return merged
    step = axis.step or _usual_step(steps)
    # Printed decimals move a step by up to one unit of the last place: that is not a gap.
    gaps, backward = steps > _GAP_STEPS * step + resolution, steps < 0
    return replace(
        merged,
        step=step,
        shortest=min(axis.shortest, float(steps.min())),
        longest=max(axis.longest, float(steps.max())),
        gaps=axis.gaps + int(np.sum(gaps)),
        backward=axis.backward + int(np.sum(backward)),
        lost=axis.lost + float(np.sum(steps[gaps | backward])),
    )


def rate_of(axis: TimeAxis, seconds_per_unit: float) -> float | None:
    """Samples per second that the axis says, or None if it does not run forward.

    A rate that lies as close to a whole number of Hz as the printed decimals can tell is that
    number.

    Example:
        >>> rate_of(extended(TimeAxis(), np.round(np.arange(1200) / 12000, 6)), 1.0)
        12000.0
    """
    step = axis.mean_step
    if not step > 0:
        return None
    rate = 1 / (step * seconds_per_unit)
    span = max(axis.last - axis.first - axis.lost, step)
    pieces = 1 + axis.gaps + axis.backward
    doubt = rate * max(1e-9, min(pieces * axis.resolution / span, 1e-3))
    return float(round(rate)) if rate > 1 and abs(rate - round(rate)) <= doubt else float(rate)


def time_warnings(axis: TimeAxis) -> tuple[Notice, ...]:
    """What a careful engineer would want to know about the column of times, in words.

    Example:
        >>> print(*time_warnings(extended(TimeAxis(), np.array([0.0, 1.0, 2.0, 5.0, 6.0]))))
        The time column has 1 gap (longest step 3 times the usual one); read as if there were none.
    """
    if axis.rows < 3 or not axis.step > 0:
        return ()
    found = []
    if axis.backward:
        found.append(
            Notice(
                en=f"The time column runs backward (rows where it does: {axis.backward}); the rate "
                "is taken from its usual step. Check whether recordings were joined.",
                zh=f"时间列有倒退（共 {axis.backward} 行）；采样率按其通常步长确定。"
                "请检查是否拼接了多段记录。",
            )
        )
    if axis.gaps:
        times = f"{axis.longest / axis.step:.3g}"
        found.append(
            Notice(
                en=f"The time column has {axis.gaps} gap{'s' if axis.gaps > 1 else ''} (longest "
                f"step {times} times the usual one); read as if there were none.",
                zh=f"时间列有 {axis.gaps} 处间断（最长步长为通常步长的 {times} 倍）；"
                "按无间断读取。",
            )
        )
    elif not axis.backward:
        mean = axis.mean_step
        jitter = max(axis.longest - mean, mean - axis.shortest) - axis.resolution
        if jitter > JITTER_WARNED * mean:
            found.append(
                Notice(
                    en=f"The steps of the time column vary by up to {100 * jitter / mean:.2g} % "
                    "around their mean; the samples are read as evenly spaced.",
                    zh=f"时间列的步长偏离其平均值最多 {100 * jitter / mean:.2g} %；"
                    "按等间隔采样读取。",
                )
            )
    return tuple(found)


def only_counts(name: str) -> Notice:
    """What to say of a time that turned out to be the number of the sample.

    Example:
        >>> print(only_counts("t"))
        't' only counts samples; it gives no sampling rate.
    """
    return Notice(
        en=f"'{name}' only counts samples; it gives no sampling rate.",
        zh=f"“{name}”只是采样点序号，不能给出采样率。",
    )


def runs_evenly(times: NDArray[np.floating]) -> bool:
    """Whether the values go forward in even steps, as times do and vibration never does.

    Args:
        times: (row,) values of a column without a name.

    Example:
        >>> runs_evenly(np.arange(20) / 12000), runs_evenly(np.sin(np.arange(20)))
        (True, False)
    """
    if len(times) < _EVEN_STEPS or not np.all(np.isfinite(times)):
        return False
    axis = extended(TimeAxis(), times)
    if axis.backward or axis.shortest < 0 or not axis.mean_step > 0:
        return False
    line = axis.first + axis.mean_step * np.arange(axis.rows)
    off = float(np.max(np.abs(times - line)))
    return off <= 0.02 * axis.mean_step + axis.resolution


def counts_rows(values: NDArray[np.floating]) -> bool:
    """Whether the values are whole numbers that go up by one: 0, 1, 2, ...

    Args:
        values: (row,) the first values of a column.

    Example:
        >>> counts_rows(np.arange(5.0)), counts_rows(np.arange(5) / 4)
        (True, False)
    """
    if len(values) < 2 or not np.all(np.isfinite(values)):
        return False
    return float(values[0]).is_integer() and bool(np.all(np.diff(values) == 1))


def _usual_step(steps: NDArray[np.float64]) -> float:
    median = float(np.median(steps))
    if median > 0:
        return median
    forward = steps[steps > 0]
    return float(forward.mean()) * len(forward) / len(steps) if len(forward) else 0.0


def _resolution(times: NDArray[np.floating]) -> float:
    largest = float(np.max(np.abs(times)))
    if largest > _LARGEST_TIME:
        return 4e-16 * largest
    for decimals in range(13):
        scaled = times * 10.0**decimals
        # 1e-6 of a unit: the rounding of binary fractions, far below a printed decimal.
        if np.all(np.abs(scaled - np.round(scaled)) < 1e-6 + 4e-16 * np.abs(scaled)):
            return float(10.0**-decimals)
    return float(4e-16 * largest)
