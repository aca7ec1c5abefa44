"""How often and how long a request is tried again."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from faultlens.client.failures import asked_to_wait_s, is_worth_repeating


@dataclass(frozen=True)
class Retries:
    """Exponential back-off with full jitter, bounded in number and in time.

    Every request of this client may be sent twice: a picture or a recording is judged and nothing
    is changed by it, and a profile or a model that is put in place twice is in place. So a request
    whose answer was lost is simply sent again.

    Args:
        attempts: of one request, the first included; 1 never repeats.
        within_s: from the first attempt on, nothing is tried later than this, s.
        base_s: the first wait is drawn between 0 and this; each later bound is twice as far, s.
        cap_s: farthest bound of a wait, s.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("full
    jitter").

    Example:
        >>> retries = Retries(base_s=0.2, cap_s=1.0)
        >>> refused = httpx2.ConnectError("refused")
        >>> [retries.wait_s(refused, tried=n, spent_s=0, draw=max) for n in (1, 2, 3, 4, 16)]
        [0.2, 0.4, 0.8, 1.0, None]
    """

    attempts: int = 16
    within_s: float = 60.0
    base_s: float = 0.2
    cap_s: float = 5.0

    def wait_s(
        self,
        answer: httpx2.Response | httpx2.TransportError,
        *,
        tried: int,
        spent_s: float,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> float | None:
        """Seconds until the next attempt; None where there is none.

        Args:
            answer: what the last attempt brought.
            tried: attempts so far.
            spent_s: since the first attempt began, s.
            draw: a number between two bounds.
        """
        if tried >= self.attempts or not is_worth_repeating(answer):
            return None
        bound = min(self.cap_s, self.base_s * 2 ** (tried - 1))
        # On top of what the service asked for, so that all who were told "1 s" do not come at once.
        wait_s = asked_to_wait_s(answer) + draw(0.0, bound)
        return wait_s if spent_s + wait_s <= self.within_s else None


NEVER = Retries(attempts=1)
"""For a question about the moment: whether the service is healthy."""
