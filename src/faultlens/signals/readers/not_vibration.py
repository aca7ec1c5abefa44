"""What the samples of a channel say against its being vibration, whatever its name says."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.core.notice import Notice

LOOKED_AT = 4096
"""Samples of each piece that is looked at: several turns of any shaft that turns."""

CONSTANT = Notice("constant", "数值恒定")
"""It stands still: a sensor that is not connected, a setting, a date."""

CLIMBS = Notice("only climbing", "数值单调变化")
"""It never turns back, or falls back to its start: a time, a counter, the angle of an encoder."""

SWITCHES = Notice("only two values", "仅有两个取值")
"""It switches between two values: a tacho, a trigger, a flag."""

_FEWEST = 32  # samples; noise climbs through that many once in 1e9 recordings at most
_FALL = 0.5  # of the whole range; a counter that wraps falls back to its start
_WRAPS = 0.1  # share of the steps; a counter climbs for longer than it falls


def why_not_vibration(pieces: Sequence[NDArray[np.floating]]) -> Notice | None:
    """`CONSTANT`, `CLIMBS` or `SWITCHES`, or None where nothing speaks against vibration.

    Args:
        pieces: (time,) windows of one channel, in the order of time.

    Example:
        >>> print(why_not_vibration([np.full(99, 9.0)]), why_not_vibration([np.arange(99) % 40]))
        constant only climbing
        >>> why_not_vibration([np.sin(np.arange(99))]) is None
        True
    """
    values = np.concatenate([np.asarray(x, dtype=np.float64) for x in pieces])
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return None
    lowest, highest = values.min(), values.max()
    if lowest == highest:
        return CONSTANT
    if len(values) < _FEWEST:
        return None
    if ((values == lowest) | (values == highest)).all():
        return SWITCHES
    return CLIMBS if any(_all_climb(pieces, sign) for sign in (1, -1)) else None


def _all_climb(pieces: Sequence[NDArray[np.floating]], sign: int) -> bool:
    # One by one: of a vibration the first piece says no, and the others are not looked at.
    if not all(climbs(sign * x[np.isfinite(x)]) for x in pieces):
        return False
    finite = [sign * x[np.isfinite(x)] for x in pieces]
    # Each window of a slow wave may happen to rise: then they do not follow on one another.
    return climbs(np.concatenate(finite)) or any(np.any(np.diff(x) < 0) for x in finite)


def climbs(values: NDArray[np.floating]) -> bool:
    """Whether values never turn back, but for falls back to the start as a full counter does.

    Args:
        values: (row,) values in the order of time.

    Example:
        >>> climbs(np.arange(90) % 60), climbs(np.arange(90) % 2)
        (True, False)
    """
    steps = np.diff(values)
    falls = steps[steps < 0]
    if len(falls) == 0:
        return len(values) > 0
    if len(falls) > _WRAPS * len(steps):
        return False
    # Pulses stay where they are and return at once; a counter keeps moving between its falls.
    rises = int(np.sum(steps > 0))
    back = -falls >= _FALL * (values.max() - values.min())
    return bool(np.all(back)) and rises > len(falls)
