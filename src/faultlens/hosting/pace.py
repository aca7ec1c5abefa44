"""How long tasks take, learned while they are done."""

from typing import final

from faultlens.hosting.task import CHECK_PROFILE, DIAGNOSE, INSPECT, MATCH, MEASURE

Key = tuple[str, str | None]
"""Verb and model of tasks that can share a pass."""

FIRST_GUESS_S = {
    MATCH: 0.02, INSPECT: 0.03, DIAGNOSE: 0.005, MEASURE: 0.3, CHECK_PROFILE: 0.005,
}  # fmt: skip
"""Seconds of a task before one was measured, of the built-in models on a core of 2020s servers."""

NEWEST_SHARE = 0.2
"""Weight of the newest batch in the mean: five batches are as long as it remembers."""

LEAST_S = 1e-5
"""No task takes less."""

MOST_TIMES = 4.0
"""A batch counts as so many times the mean at most: one huge picture shall not turn away a hundred
small ones, and a change that stays is learned within a dozen batches."""


@final
class Pace:
    """Seconds that a task takes, by verb and model; a running mean."""

    def __init__(self) -> None:
        self._seconds: dict[Key, float] = {}

    def of(self, key: Key) -> float:
        """Seconds that the next task of this kind should take."""
        known = self._seconds.get(key)
        return FIRST_GUESS_S.get(key[0], 0.01) if known is None else known

    def expect(self, key: Key, seconds: float) -> None:
        """Forget what was learned: another model does it now.

        Args:
            key: verb and model.
            seconds: of a task, as its worker measured them when it was warmed up, s.
        """
        self._seconds[key] = max(seconds, LEAST_S)

    def saw(self, key: Key, tasks: int, seconds: float) -> None:
        """Learn from a batch.

        Args:
            key: verb and model.
            tasks: of the batch, at least one.
            seconds: that it took, s.
        """
        each = max(seconds / tasks, LEAST_S)
        known = self._seconds.get(key, each)
        newest = min(each, MOST_TIMES * known)
        self._seconds[key] = known + NEWEST_SHARE * (newest - known)
