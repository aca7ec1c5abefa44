"""Where the time of one piece of work goes: decoding, preparing, the model, and what follows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

DECODE, PREPARE, MODEL, POST = "decode", "prepare", "model", "post"

STAGES = (DECODE, PREPARE, MODEL, POST)
"""In the order of the work: a file read, its array made, the encoders run, their answer weighed."""


class _Clock:
    """Seconds of each stage; a stage inside another takes its time away from that."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._within = [POST]
        self._since = time.perf_counter()

    def enter(self, name: str) -> None:
        self._count()
        self._within.append(name)

    def leave(self) -> None:
        self._count()
        self._within.pop()

    def _count(self) -> None:
        now = time.perf_counter()
        self.seconds[self._within[-1]] += now - self._since
        self._since = now


_running: ContextVar[_Clock | None] = ContextVar("_running", default=None)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Count what is done inside to a stage; free of cost where nobody counts.

    Args:
        name: of `STAGES`.

    Example:
        >>> with timed_stages() as seconds:
        ...     with stage(MODEL):
        ...         _ = sum(range(1000))
        >>> seconds[MODEL] > 0, seconds[DECODE]
        (True, 0.0)
    """
    clock = _running.get()
    if clock is None:
        yield
        return
    clock.enter(name)
    try:
        yield
    finally:
        clock.leave()


@contextmanager
def timed_stages() -> Iterator[dict[str, float]]:
    """Count the seconds of every stage of the work inside; what is in no stage is "post".

    The table is complete when the block is left.

    Example:
        >>> with timed_stages() as seconds:
        ...     pass
        >>> list(seconds)
        ['decode', 'prepare', 'model', 'post']
    """
    clock = _Clock()
    token = _running.set(clock)
    try:
        yield clock.seconds
    finally:
        clock.enter(POST)
        clock.leave()
        _running.reset(token)
