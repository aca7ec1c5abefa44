"""How often somebody may ask: a token bucket each, in one number each."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import final

BURST_MINUTES = 0.25
"""A bucket holds a quarter of a minute's requests: a batch may come at once, a flood may not."""


def taken(full_at_s: float, now_s: float, per_minute: float) -> tuple[float, float]:
    """Take one token: when the bucket will be full again, and how long to wait if it was empty.

    A bucket that fills at a known pace is told by one number, the time at which it is full.

    Args:
        full_at_s: when the bucket is full, seconds of the same clock as `now_s`.
        now_s: now.
        per_minute: tokens that come in a minute, above 0.

    Returns:
        The new `full_at_s`, and seconds to wait: 0 where a token was there. Who has to wait takes
        nothing.

    Source: the generic cell rate algorithm, ITU-T I.371 (2004), annex A, figure A.1 (virtual
        scheduling), which equals a token bucket.

    Example:
        >>> taken(0.0, 100.0, 4.0)  # 1 token at most: a quarter of 4
        (115.0, 0.0)
        >>> taken(115.0, 105.0, 4.0)
        (115.0, 10.0)
    """
    pace_s = 60.0 / per_minute
    # One token at least: a bucket of less would never give any.
    depth_s = pace_s * max(1.0, BURST_MINUTES * per_minute)
    after_s = max(full_at_s, now_s) + pace_s
    wait_s = after_s - now_s - depth_s
    # The smallest wait that a clock of microseconds can tell; less is a rounding of the sums.
    return (after_s, 0.0) if wait_s <= 1e-6 else (full_at_s, wait_s)


@final
class Rates:
    """The buckets of everybody who asked lately; the table is bounded, the oldest is forgotten.

    Args:
        clock: seconds that only grow.
        most: buckets at most.

    Example:
        >>> rates = Rates(clock=lambda: 0.0)
        >>> [rates.wait_s("line-3", 8.0) for _ in range(3)]
        [0.0, 0.0, 7.5]
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = 10_000) -> None:
        self._clock = clock
        self._most = most
        self._full_at_s: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, who: str, per_minute: float) -> float:
        """Take a token of somebody's; seconds to wait for one where there is none, else 0.

        Args:
            who: a name or an address.
            per_minute: tokens that come in a minute; 0 for no limit.
        """
        if per_minute <= 0:
            return 0.0
        now_s = self._clock()
        full_at_s, wait_s = taken(self._full_at_s.get(who, now_s), now_s, per_minute)
        self._full_at_s[who] = full_at_s
        self._full_at_s.move_to_end(who)
        while len(self._full_at_s) > self._most:
            self._full_at_s.popitem(last=False)
        return wait_s

    def __len__(self) -> int:
        return len(self._full_at_s)
