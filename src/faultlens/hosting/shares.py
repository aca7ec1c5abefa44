"""Seconds of a pass, shared out among the pictures that it was for."""

from collections.abc import Collection, Mapping
from typing import final

from faultlens.core.stages import POST, STAGES, stage


@final
class Shares:
    """What was done for several is paid by them in equal parts; what is each's own, by each itself.

    Args:
        seconds: of each stage, growing while the work goes on.
        own: stages that are gone through one by one.
    """

    def __init__(self, seconds: Mapping[str, float], own: Collection[str] = (POST,)) -> None:
        self._seconds, self._own = seconds, own
        self._paid = dict.fromkeys(STAGES, 0.0)

    def of_next(self, waiting: int) -> dict[str, float]:
        """Seconds of the next picture that is done.

        Args:
            waiting: pictures that were begun and are not done, the next one among them.

        Example:
            >>> Shares({"decode": 4.0, "prepare": 0.0, "model": 2.0, "post": 1.0}).of_next(2)
            {'decode': 2.0, 'prepare': 0.0, 'model': 1.0, 'post': 1.0}
        """
        # Entering a stage brings the table up to now.
        with stage(POST):
            pass
        share = {
            x: (self._seconds[x] - self._paid[x]) / (1 if x in self._own else waiting)
            for x in STAGES
        }
        for x in STAGES:
            self._paid[x] += share[x]
        return share
