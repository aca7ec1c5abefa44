"""A request that is refused where nothing is computed: keys, rates, queues, sizes."""

from collections.abc import Mapping
from typing import final

from faultlens.hosting.task import Problem


@final
class Refused(Exception):
    """Ends a request with a problem document; the application's handler writes it.

    Args:
        problem: what the client is told.
        headers: of the answer: WWW-Authenticate, Retry-After.

    Example:
        >>> busy = Problem(503, "busy", "Busy", "The queue is full; ask again in 2 s.")
        >>> Refused(busy, {"Retry-After": "2"}).problem.slug
        'busy'
    """

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.headers = dict(headers or {})
