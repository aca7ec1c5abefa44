"""Whether a recording can carry a conclusion: missing values, clipping, the length it needs.

Works over one array or window by window over a long file: `count_flaws`, `merged`, `judged`.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnusableSignalError
from faultlens.core.notice import Notice

MOST_MISSING = 0.05
"""Share of missing values above which filling them would be inventing the signal."""

PERIODS_NEEDED = 8
"""Periods of the slowest line that a recording must hold: the line then lies in bin 8 of its
spectrum, clear of the main lobe of a Hann window at zero (4 bins) with as many bins left around it
for the local median that it is measured against."""

_CLIPPED_RUN = 3  # equal extreme samples in a row; chance hardly ever gives them in noise
_CLIPPED_LEAST = 5  # samples in such runs before it is said
# How many times fuller the extreme must be than the level next to it: the crest of a whole sine in
# coarse counts reaches 1 / (sqrt(2) - 1) = 2.4.
_CLIPPED_CROWD = 3.0

_STILL_RUN = 500  # equal samples in a row; vibration is never so still, even in coarse counts

LARGEST, SMALLEST = 1e30, 1e-30
"""Values beyond, and ranges below, that no unit of vibration explains; their squares overflow."""


@dataclass(frozen=True)
class Extreme:
    """One end of the range: how crowded it is.

    Args:
        value: the extreme value.
        count: samples equal to it.
        in_runs: those of them in runs of 3 or more.
        next_to_it: samples at the level next to it, or within 0.2 % of the range.
    """

    value: float
    count: int
    in_runs: int
    next_to_it: int


@dataclass(frozen=True)
class Flaws:
    """Counts of what is wrong with samples.

    Args:
        samples: samples looked at.
        nan: samples that are not a number.
        infinite: samples that are infinite.
        low: the lowest end of the range.
        high: the highest end of the range.
        still: samples in runs of 500 or more equal ones.
    """

    samples: int = 0
    nan: int = 0
    infinite: int = 0
    low: Extreme = Extreme(np.inf, 0, 0, 0)
    high: Extreme = Extreme(-np.inf, 0, 0, 0)
    still: int = 0

    @property
    def clipped_share(self) -> float:
        """Share of the samples that stand at a crowded end of the range."""
        clipped = sum(
            end.count
            for end in (self.low, self.high)
            if end.in_runs >= _CLIPPED_LEAST and end.count > _CLIPPED_CROWD * end.next_to_it
        )
        return clipped / max(self.samples, 1)


def count_flaws(samples: NDArray[np.floating]) -> Flaws:
    """Count what is wrong with samples.

    Args:
        samples: (time,) float, in any unit.

    Example:
        >>> count_flaws(np.array([0.0, 1.0, np.nan, 2.0])).nan
        1
    """
    samples = samples.astype(np.float64, copy=False)
    if not len(samples):
        return Flaws()
    nan = infinite = 0
    good = samples
    bottom, top = float(good.min()), float(good.max())
    # NaN anywhere makes both of them NaN, and NaN compares false.
    if not (bottom > -LARGEST and top < LARGEST):
        finite = _usable(samples)
        nan = int(np.isnan(samples).sum())
        infinite = int(len(samples) - finite.sum() - nan)
        good = samples[finite]
        if not len(good):
            return Flaws(len(samples), nan, infinite)
        bottom, top = float(good.min()), float(good.max())
    half_spread = top / 2 - bottom / 2
    return Flaws(
        len(samples),
        nan,
        infinite,
        low=replace(_extreme(-good, -bottom, half_spread), value=bottom),
        high=_extreme(good, top, half_spread),
        still=_in_runs(np.flatnonzero(good[1:] == good[:-1]), _STILL_RUN),
    )


def merged(a: Flaws, b: Flaws) -> Flaws:
    """The counts of two windows together.

    Example:
        >>> merged(count_flaws(np.arange(3.0)), count_flaws(np.arange(5.0))).samples
        8
    """
    return Flaws(
        a.samples + b.samples,
        a.nan + b.nan,
        a.infinite + b.infinite,
        low=_outer(a.low, b.low, sign=-1),
        high=_outer(a.high, b.high, sign=1),
        still=a.still + b.still,
    )


def judged(flaws: Flaws, *, name: str = "The recording") -> tuple[Notice, ...]:
    """Warnings in words, or the reason why nothing can be concluded.

    Args:
        flaws: counts over everything that will be used.
        name: what to call it at the start of a message.

    Raises:
        UnusableSignalError: empty, constant, or more than 5 % of the values missing.

    Example:
        >>> judged(count_flaws(np.sin(np.arange(1000.0))))
        ()
    """
    if flaws.samples == 0:
        raise UnusableSignalError(f"{name} is empty: it holds no samples.")
    missing = flaws.nan + flaws.infinite
    if missing == flaws.samples:
        raise UnusableSignalError(
            f"{name} holds no usable number: all {missing} values are {_missing_words(flaws)}. "
            "Check the sensor and the export."
        )
    share = missing / flaws.samples
    if share > MOST_MISSING:
        raise UnusableSignalError(
            f"{name} misses {missing} of {flaws.samples} values ({100 * share:.2g} % are "
            f"{_missing_words(flaws)}); at most {100 * MOST_MISSING:g} % can be filled. "
            "Export it again or cut out a whole stretch."
        )
    if flaws.high.value - flaws.low.value < SMALLEST:
        raise UnusableSignalError(
            f"{name} is constant: every value is {flaws.low.value:g}. Check the sensor, its cable "
            "and the chosen channel."
        )
    found = []
    if missing:
        found.append(
            Notice(
                en=f"{missing} of {flaws.samples} values ({100 * share:.2g} %) are "
                f"{_missing_words(flaws)}; filled by straight lines.",
                zh=f"{flaws.samples} 个采样值中有 {missing} 个（{100 * share:.2g} %）缺失"
                f"（{_missing_words(flaws).zh}）；已用线性插值填补。",
            )
        )
    if clipped := flaws.clipped_share:
        found.append(
            Notice(
                en=f"The signal is clipped: {100 * clipped:.2g} % of the samples stand at the end "
                "of the range. Impacts look smaller than they are; record with a larger range.",
                zh=f"信号有削波（限幅）：{100 * clipped:.2g} % 的采样点停在量程端点。"
                "冲击幅值会被低估；请用更大的量程重新采集。",
            )
        )
    if flaws.still:
        still = f"{100 * flaws.still / flaws.samples:.2g}"
        found.append(
            Notice(
                en=f"The signal stands still for {still} % of its samples, {_STILL_RUN} or more "
                "of them in a row: sensor, cable or logger dropped out. Lines look weaker than "
                "they are; record again.",
                zh=f"信号有 {still} % 的采样点静止不变（连续 {_STILL_RUN} 点以上）："
                "传感器、电缆或记录仪曾中断。谱线会被低估；请重新采集。",
            )
        )
    return tuple(found)


def filled(samples: NDArray[np.floating]) -> NDArray[np.floating]:
    """Samples with NaN, infinite and absurd values replaced by lines between their neighbours.

    Args:
        samples: (time,) float; at least one value is finite.

    Example:
        >>> filled(np.array([0.0, np.nan, 2.0]))
        array([0., 1., 2.])
    """
    good = _usable(samples)
    if good.all() or not good.any():
        return samples
    at = np.arange(len(samples))
    return np.asarray(np.interp(at, at[good], samples[good]))


def _usable(samples: NDArray[np.floating]) -> NDArray[np.bool_]:
    # NaN compares false; so does what no sensor measures and a wrong byte order makes.
    with np.errstate(invalid="ignore"):
        usable: NDArray[np.bool_] = np.abs(samples) < LARGEST
    return usable


def required_seconds(slowest_line_hz: float) -> float:
    """Length that a recording needs to show its slowest line, seconds.

    Example:
        >>> required_seconds(10.0)
        0.8
    """
    return PERIODS_NEEDED / slowest_line_hz


def _extreme(samples: NDArray[np.floating], top: float, half_spread: float) -> Extreme:
    """How crowded the upper end of the range is; `top` is the highest sample."""
    places = np.flatnonzero(samples == top)
    if len(places) == len(samples):
        return Extreme(top, 0, 0, 0)
    # A smooth crest in coarse counts also stands still for some samples, but then the level next
    # to it is as crowded; a clipped one has its crowd at the very end.
    next_to_it = np.count_nonzero(samples >= top - 0.004 * half_spread) - len(places)
    if not next_to_it:
        below = samples[samples < top]
        next_to_it = np.count_nonzero(below == below.max())
    return Extreme(top, len(places), _in_runs(places, _CLIPPED_RUN), int(next_to_it))


def _in_runs(places: NDArray[np.int_], least: int) -> int:
    """How many of the places stand in runs of `least` neighbours or more."""
    if len(places) < least:
        return 0
    ends = np.flatnonzero(np.diff(places) > 1)
    runs = np.diff(ends, prepend=-1, append=len(places) - 1)
    return int(runs[runs >= least].sum())


def _outer(a: Extreme, b: Extreme, *, sign: int) -> Extreme:
    if a.value == b.value:
        return Extreme(
            a.value, a.count + b.count, a.in_runs + b.in_runs, a.next_to_it + b.next_to_it
        )
    return a if sign * a.value > sign * b.value else b


def _missing_words(flaws: Flaws) -> Notice:
    """NaN or infinite, in words; beyond `LARGEST` counts as infinite."""
    if flaws.nan and flaws.infinite:
        return Notice("NaN or infinite", "NaN 或无穷大")
    return Notice("NaN", "非数值 NaN") if flaws.nan else Notice("infinite", "无穷大")
