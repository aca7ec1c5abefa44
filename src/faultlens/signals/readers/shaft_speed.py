"""A column of shaft speeds in a file: its mean, and its course where the speed varies."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from faultlens.signals.readers.contents import Channel

VARIES_FROM = 0.01
"""Range (5th to 95th percentile) over mean from which a speed varies: lines at 20 orders smear."""

POINTS = 2000
"""Points kept of the course of a speed: no shaft changes its speed faster within a recording."""

_READ_AT_POINT = 1000  # samples; enough to average the ripple of a tacho


@dataclass(frozen=True, eq=False)
class ShaftSpeed:
    """What a column of speeds says.

    Args:
        mean_rpm: mean speed, revolutions per minute; None where no value is a speed.
        speeds_rpm: (point,) speeds evenly spread over the recording; None where it is steady.
    """

    mean_rpm: float | None = None
    speeds_rpm: NDArray[np.float64] | None = None


def speed_of(rpm: NDArray[np.floating]) -> ShaftSpeed:
    """Mean and course of speeds.

    Args:
        rpm: (row,) speeds evenly spread over the recording, revolutions per minute.

    Example:
        >>> speed_of(np.array([1500.0, 1501.0])).speeds_rpm is None
        True
        >>> speed_of(np.array([1500.0, 1600.0])).speeds_rpm
        array([1500., 1600.])
    """
    good = np.isfinite(rpm) & (rpm > 0)
    mean = float(rpm[good].mean()) if good.any() else 0.0
    if not (isfinite(mean) and mean > 0):
        return ShaftSpeed()
    groups = np.array_split(np.interp(np.arange(len(rpm)), np.flatnonzero(good), rpm[good]),
                            min(POINTS, len(rpm)))  # fmt: skip
    course = np.array([group.mean() for group in groups])
    # Not the extremes: the ripple of a tacho has some in every recording.
    low, high = np.percentile(course, [5, 95])
    varies = high - low > VARIES_FROM * mean
    return ShaftSpeed(mean, course if varies else None)


def speed_in(channel: Channel, rpm_per_unit: float) -> ShaftSpeed:
    """Mean and course of the speeds in a channel, read here and there through its whole length.

    Args:
        channel: of speeds.
        rpm_per_unit: revolutions per minute of one unit of the channel.

    Example:
        >>> speed_in(Channel("Hz", 2, lambda a, b: np.array([25.0, 26.0])[a:b]), 60.0).mean_rpm
        1530.0
    """
    starts = np.linspace(0, channel.length, min(POINTS, channel.length), endpoint=False).astype(int)
    ends = np.append(starts[1:], channel.length)
    pieces = [
        channel.read(start, min(end, start + _READ_AT_POINT))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    # A gap is a gap only where nothing at all was measured.
    means = [x[np.isfinite(x)].mean() if np.isfinite(x).any() else np.nan for x in pieces]
    return speed_of(np.array(means) * rpm_per_unit)
