"""Named arrays and scalars, as MATLAB, NumPy and HDF5 files hold them, into channels."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.signals.readers.allowed import refuse_samples
from faultlens.signals.readers.column_names import (
    hz_per_step,
    is_index,
    rpm_per_step,
    seconds_per_sample,
    seconds_per_step,
    speed_column,
    spelt_unit,
    unit_of,
)
from faultlens.signals.readers.contents import Channel, Contents
from faultlens.signals.readers.shaft_speed import ShaftSpeed, speed_in
from faultlens.signals.readers.time_axis import (
    TimeAxis,
    counts_rows,
    extended,
    only_counts,
    rate_of,
    time_warnings,
)

LARGEST_BYTES = 2 * 1024**3
"""Largest array that a compressed or unsliceable file may unfold into, bytes."""

MOST_COLUMNS = 10_000
"""A table wider than this is not a table of channels."""


@dataclass(frozen=True, eq=False)
class StoredArray:
    """One array in a file, not loaded.

    Args:
        name: its name; parts of nested structures are joined by dots.
        shape: its shape as stored.
        take: index (a tuple of slices and integers, one per axis) -> array.
        numeric: whether it holds real numbers.
        unit: unit of the values, where the file says so.
        sample_rate_hz: samples per second, where the file says so of this array.
        place: the structure or group that holds it, where its name does not say.
        clock: what it was sampled by, where the file says so; arrays of one clock share one time.
    """

    name: str
    shape: tuple[int, ...]
    take: Callable[[tuple[Any, ...]], Any]
    numeric: bool = True
    unit: str | None = None
    sample_rate_hz: float | None = None
    place: str | None = None
    clock: str | None = None


def contents_of(
    format: str,
    arrays: Sequence[StoredArray],
    scalars: Mapping[str, float],
    *,
    rate_advice: str = "",
    warnings: tuple[Notice, ...] = (),
    largest_samples: int | None = None,
) -> Contents:
    """Sort arrays and scalars by their names into channels, rate and speed.

    A 2-D array gives one channel per column, its longer axis being time. An array named as a time
    gives the rate; a scalar named fs, sr, sample_rate or rpm is understood.

    Raises:
        UnreadableFileError: the only array, or the largest, has three axes or more.
        TooLargeError: an array is longer than `largest_samples`.

    Example:
        >>> wave = np.zeros((2, 500))
        >>> found = contents_of("npz", [StoredArray("acc", wave.shape, wave.__getitem__)],
        ...                     {"fs": 1000.0, "rpm": 1500.0})
        >>> [x.name for x in found.channels], found.channels[0].sample_rate_hz, found.shaft_rpm
        (['acc column 1', 'acc column 2'], 1000.0, 1500.0)
    """
    usable = [x for x in arrays if x.numeric and prod(x.shape) > 1]
    _refuse_volumes(format, usable)
    for array in usable:
        refuse_samples(max(array.shape), largest_samples, f"Array '{array.name}'")
    _, rpm = scalar_facts(scalars)
    flat = [x for x in usable if len(_long_axes(x.shape)) < 3]
    times = [x for x in flat if seconds_per_step(_last(x.name)) is not None and _lanes(x) == 1]
    measured = [x for x in flat if x not in times]
    beside = {x: _beside(x, times) for x in measured}
    clocks = {x: _rate_by(x) for x in times if any(x in y for y in beside.values())}
    warnings = (*warnings, *dict.fromkeys(x for _, said in clocks.values() for x in said))
    stated = {x: r for x, v in scalars.items() if (r := scalar_facts({x: v})[0]) is not None}
    rates = {
        x: x.sample_rate_hz or _stated_rate(x, stated) or _one({clocks[t][0] for t in ticks})
        for x, ticks in beside.items()
    }
    found = [
        replace(x, sample_rate_hz=rate) for array, rate in rates.items() for x in channels_of(array)
    ]
    found = [x for x in found if not _only_counts(x)] or found
    found = found or [x for time in times for x in channels_of(time)]
    turned = ShaftSpeed()
    speed = speed_column([_with_unit(x) for x in found])
    speeds = [x for i, x in enumerate(found) if i == speed or rpm_per_step(_with_unit(x))]
    if speed is not None and len(speeds) < len(found):
        turned = speed_in(found[speed], rpm_per_step(_with_unit(found[speed])) or 1.0)
        found = [x for x in found if x not in speeds]
    return Contents(
        format,
        tuple(found),
        shaft_rpm=turned.mean_rpm or rpm,
        speeds_rpm=turned.speeds_rpm,
        rate_advice=rate_advice,
        warnings=tuple(warnings),
    )


def channels_of(array: StoredArray) -> tuple[Channel, ...]:
    """One channel per column of an array with one or two axes longer than 1.

    Example:
        >>> column = np.arange(6.0).reshape(6, 1)
        >>> channels_of(StoredArray("DE", column.shape, column.__getitem__))[0].read(2, 4)
        array([2., 3.])
    """
    axes = _long_axes(array.shape) or (0,)
    time_axis = max(axes, key=lambda axis: array.shape[axis])
    lane_axis = next((axis for axis in axes if axis != time_axis), None)
    lanes = _lanes(array)
    if lanes > MOST_COLUMNS:
        return ()

    def channel(lane: int) -> Channel:
        def read(start: int, stop: int) -> NDArray[np.float64]:
            index = tuple(
                slice(start, stop) if axis == time_axis else lane if axis == lane_axis else 0
                for axis in range(len(array.shape))
            )
            return np.asarray(array.take(index), dtype=np.float64)

        name = array.name if lanes == 1 else f"{array.name} column {lane + 1}".strip()
        unit = spelt_unit(array.unit) if array.unit else unit_of(array.name)
        return Channel(name, array.shape[time_axis], read, array.sample_rate_hz, unit)

    return tuple(channel(lane) for lane in range(lanes))


def scalar_facts(scalars: Mapping[str, float]) -> tuple[float | None, float | None]:
    """Sampling rate, Hz, and shaft speed, rpm, among named scalars; a sampling step counts too.

    Example:
        >>> scalar_facts({"data.Fs": 25600.0, "shaft_rpm": 1480.0, "load": 3.0})
        (25600.0, 1480.0)
    """
    rate = rpm = None
    for name, value in scalars.items():
        if not (isfinite(value) and value > 0):
            continue
        if rate is None and (scale := hz_per_step(_last(name))) is not None:
            rate = float(value) * scale
        elif rate is None and (step := seconds_per_sample(name)) is not None:
            rate = 1 / (float(value) * step)
        elif rpm is None and (scale := rpm_per_step(_last(name))) is not None:
            rpm = float(value) * scale
    return rate, rpm


def _refuse_volumes(format: str, arrays: Sequence[StoredArray]) -> None:
    largest = max(arrays, key=lambda x: prod(x.shape), default=None)
    if largest is not None and len(_long_axes(largest.shape)) > 2:
        raise UnreadableFileError(
            f"Array '{largest.name}' in the {format} file has shape {largest.shape}; a recording "
            "has one axis (time) or two (time and channel). Save one 2-D piece of it."
        )


def _stated_rate(array: StoredArray, stated: Mapping[str, float]) -> float | None:
    """The sampling rate that stands nearest to an array; None where two stand equally near."""
    direct = {x: r for x, r in stated.items() if hz_per_step(_last(x)) is not None}
    place = array.name if array.place is None else array.place
    while stated:
        for rates in (direct, stated):
            near = {r for x, r in rates.items() if not place or x.startswith(f"{place}.")}
            if near:
                return _one(near)
        if not place:
            break
        place = place.rpartition(".")[0]
    return None


def _beside(array: StoredArray, times: Sequence[StoredArray]) -> list[StoredArray]:
    """The times that run along with an array: those of its clock, else those of its length."""
    return [
        x for x in times
        if (x.clock == array.clock if x.clock and array.clock
            else max(x.shape) == max(array.shape))
    ]  # fmt: skip


def _one(rates: Collection[float | None]) -> float | None:
    return next(iter(rates)) if len(rates) == 1 else None


def _rate_by(time: StoredArray) -> tuple[float | None, tuple[Notice, ...]]:
    channel = channels_of(time)[0]
    axis, block = TimeAxis(), 1_000_000
    for start in range(0, channel.length, block):
        axis = extended(axis, channel.read(start, min(start + block, channel.length)))
    scale = seconds_per_step(_last(time.name)) or 1.0
    if counts_rows(channel.read(0, min(100, channel.length))):
        return None, (only_counts(time.name),)
    return rate_of(axis, scale), time_warnings(axis)


def _only_counts(channel: Channel) -> bool:
    return is_index(_last(channel.name)) and counts_rows(channel.read(0, min(100, channel.length)))


def _lanes(array: StoredArray) -> int:
    axes = _long_axes(array.shape)
    return min(array.shape[axis] for axis in axes) if len(axes) == 2 else 1


def _long_axes(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(axis for axis, length in enumerate(shape) if length > 1)


def _with_unit(channel: Channel) -> str:
    name = _last(channel.name)
    return f"{name} ({channel.unit})" if channel.unit else name


def _last(name: str) -> str:
    return name.split(".")[-1]
