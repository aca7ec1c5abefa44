"""How long each stage of the line takes."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import numpy as np

LATEST = 1000
"""Passes through a stage whose times are kept."""


class Stages:
    """Times of the latest passes through each stage; any thread may add.

    Example:
        >>> stages = Stages()
        >>> stages.took("judge", 0.02)
        >>> stages.took("judge", 0.02)
        >>> stages.listed()
        {'judge': (0.02, 0.02)}
    """

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}

    def took(self, stage: str, seconds: float) -> None:
        """Add one pass.

        Args:
            stage: its name.
            seconds: that it took, s.
        """
        self._times.setdefault(stage, deque(maxlen=LATEST)).append(seconds)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Measure what is done within.

        Args:
            stage: its name.
        """
        start = perf_counter()
        try:
            yield
        finally:
            self.took(stage, perf_counter() - start)

    def listed(self) -> dict[str, tuple[float, float]]:
        """Stage -> median and 99th percentile of the latest passes, s."""
        return {name: middle_and_worst(tuple(x)) for name, x in list(self._times.items())}


def middle_and_worst(seconds: tuple[float, ...]) -> tuple[float, float]:
    """Median and 99th percentile; zeros of nothing.

    Args:
        seconds: s.

    Example:
        >>> middle_and_worst((0.1, 0.2, 0.3))
        (0.2, 0.298)
    """
    if not seconds:
        return 0.0, 0.0
    middle, worst = np.percentile(seconds, (50, 99))
    return round(float(middle), 6), round(float(worst), 6)
