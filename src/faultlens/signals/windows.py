"""Stretches of a recording: where they start, and the trend taken out of one."""

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnusableSignalError, UsageError


def window_starts(
    length: int,
    sample_rate_hz: float,
    seconds: float,
    *,
    overlap: float = 0.0,
    most: int | None = None,
) -> tuple[int, ...]:
    """First samples of the windows of a recording, the same ones every time.

    Args:
        length: samples of the recording.
        sample_rate_hz: samples per second.
        seconds: length of a window, s.
        overlap: share of a window that the next one repeats, 0 to below 1.
        most: at most so many windows, evenly spread from the first to the last; None is all.

    Returns:
        first sample of each window, rising.

    Raises:
        UsageError: overlap, length of a window or number that cannot be.
        UnusableSignalError: the recording is shorter than one window.

    Example:
        >>> window_starts(100, sample_rate_hz=10, seconds=2, most=3)
        (0, 40, 80)
    """
    if not 0 <= overlap < 1:
        raise UsageError(f"Overlap {overlap}; it must lie in 0 to below 1 (0.5 is half a window).")
    if most is not None and most < 1:
        raise UsageError(f"At most {most} windows; ask for 1 or more.")
    size = round(seconds * sample_rate_hz)
    if size < 1:
        raise UsageError(f"Windows of {seconds} s; a window holds at least one sample.")
    if length < size:
        raise UnusableSignalError(
            f"The recording is {length / sample_rate_hz:.3g} s long, a window {seconds:.3g} s. "
            "Give a longer recording or ask for shorter windows."
        )
    starts = np.arange(0, length - size + 1, max(1, round(size * (1 - overlap))))
    if most is not None and len(starts) > most:
        starts = starts[np.rint(np.linspace(0, len(starts) - 1, most)).astype(int)]
    return tuple(int(start) for start in starts)


def detrend(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """Samples without their mean and linear trend.

    Args:
        samples: (time,) in any unit.

    Returns:
        (time,) what is left of the least-squares line.

    Example:
        >>> detrend(np.array([1.0, 2.0, 3.0])).round(9) + 0.0
        array([0., 0., 0.])
    """
    centred = np.array(samples, dtype=np.float64)
    centred -= centred.mean()
    if len(centred) < 2:
        return centred
    time = np.arange(len(centred)) - (len(centred) - 1) / 2
    slope = np.sum(time * centred) / np.sum(time**2)
    flat: NDArray[np.float64] = centred - slope * time
    return flat
