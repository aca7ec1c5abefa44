"""How often a sink is tried again, and when one alarm is given up."""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Waits that grow, with half of each drawn, so that sinks do not all come at once.

    Args:
        first_s: wait after the first failure, s; each further one is twice as long.
        most_s: longest wait, s.
        refused_s: an alarm that the receiver itself refuses is given up after so long, s.
        alone_s: an alarm that has failed for so long, while the one behind it goes through, is
            given up, s. One that fails as all others do is kept for ever.
        told_s: a sink that fails for so long is told of as an event, s.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("equal
    jitter").

    Example:
        >>> [Pace().wait_s(tries, draw=max) for tries in (1, 2, 3, 20)]
        [1.0, 2.0, 4.0, 60.0]
    """

    first_s: float = 1.0
    most_s: float = 60.0
    refused_s: float = 60.0
    alone_s: float = 600.0
    told_s: float = 5.0

    def wait_s(
        self, tries: int, *, draw: Callable[[float, float], float] = random.uniform
    ) -> float:
        """Seconds until the next attempt.

        Args:
            tries: failures in a row so far, 1 or more.
            draw: a number between two bounds.
        """
        bound = min(self.most_s, self.first_s * 2.0 ** min(tries - 1, 32))
        return draw(bound / 2, bound)
