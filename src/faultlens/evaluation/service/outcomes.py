"""What became of requests, each of them, and what can be said of many."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COMPLETE = "complete"
"""One whole answer, of whatever status."""

REFUSED = "refused"
"""No connection: nobody listens."""

RESET = "reset"
"""The connection ended before the first byte of an answer."""

CUT = "cut"
"""The connection ended within the answer."""

SURPLUS = "surplus"
"""More came than one answer."""

TIMEOUT = "timeout"
"""No whole answer in time."""

KINDS = (COMPLETE, REFUSED, RESET, CUT, SURPLUS, TIMEOUT)

OK, BUSY = 200, 503


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request.

    Args:
        intended_s: when it was meant to be sent, from the start of the load, s.
        sent_s: when it was sent, s; later where no connection was free.
        ended_s: when its answer was whole, or its failure known, s.
        kind: of `KINDS`.
        status: of HTTP; 0 where no answer came.
        reused: whether its connection had served a request before.
        retry_after: whether the answer said when to come again.
        body: of the answer; empty where nobody wanted it.
    """

    intended_s: float
    sent_s: float
    ended_s: float
    kind: str
    status: int = 0
    reused: bool = False
    retry_after: bool = False
    body: bytes = b""

    @property
    def latency_s(self) -> float:
        """From the moment at which it was meant to be sent, s."""
        return self.ended_s - self.intended_s

    @property
    def answered(self) -> bool:
        """Whether it has its result."""
        return self.kind == COMPLETE and self.status == OK

    @property
    def refused_well(self) -> bool:
        """Whether it was told that the server is busy, and when to come again."""
        return self.kind == COMPLETE and self.status == BUSY and self.retry_after


def counted(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many requests ended in which way: "200", "503", "reset", ...

    Args:
        outcomes: of any load.

    Example:
        >>> counted([Outcome(0, 0, 1, COMPLETE, 200), Outcome(0, 0, 1, RESET)])
        {'200': 1, 'reset': 1}
    """
    names = (str(x.status) if x.kind == COMPLETE else x.kind for x in outcomes)
    return dict(sorted(Counter(names).items()))


def latencies_s(outcomes: Iterable[Outcome]) -> NDArray[np.float64]:
    """(request,) s, of those that have their result, from the moment they were meant to be sent.

    Args:
        outcomes: of any load.

    Example:
        >>> latencies_s([Outcome(0.5, 0.7, 1.5, COMPLETE, 200), Outcome(0, 0, 9, RESET)])
        array([1.])
    """
    return np.array([x.latency_s for x in outcomes if x.answered], dtype=np.float64)


def quantile_s(outcomes: Sequence[Outcome], share: float) -> float:
    """The latency that this share of the requests with a result stays within, s.

    Args:
        outcomes: of any load.
        share: 0.99 for the 99th percentile.

    Returns:
        Infinity where no request has its result.

    Example:
        >>> quantile_s([Outcome(0, 0, x, COMPLETE, 200) for x in range(101)], 0.99)
        99.0
    """
    known = latencies_s(outcomes)
    return float(np.quantile(known, share)) if len(known) else float("inf")


def per_second(outcomes: Sequence[Outcome]) -> float:
    """Results per second, from the first request meant to be sent to the last result.

    Args:
        outcomes: of one load.

    Example:
        >>> per_second([Outcome(0, 0, 1, COMPLETE, 200), Outcome(1, 1, 2, COMPLETE, 200)])
        1.0
    """
    done = [x.ended_s for x in outcomes if x.answered]
    if not done:
        return 0.0
    return len(done) / max(max(done) - min(x.intended_s for x in outcomes), 1e-9)
