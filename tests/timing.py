"""Claims about time that a busy machine cannot break: waits for an event, the quickest of tries.

A machine that is shared only ever adds to the time that a piece of work takes: a test that says
"in less than" takes the quickest of several tries, and ends at the first one that is good enough.
A test that waits for something waits long, and no longer than until it happened.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 60.0
"""Longest wait for what another thread or process does; only a test that fails waits so long."""

PAUSE_S = 0.5
"""Between two tries: what slowed the first may be over by then."""


def eventually(
    true: Callable[[], object], what: object = "it", *, longest_s: float = PATIENCE_S
) -> None:
    """Wait until something is true.

    Args:
        true: asked again and again.
        what: named where it never is; what a function returns then, if it is one.
        longest_s: longest wait, s.

    Example:
        >>> rows = iter([False, True])
        >>> eventually(lambda: next(rows))
    """
    end = time.monotonic() + longest_s
    while not true():
        if time.monotonic() > end:
            told = what() if callable(what) else what
            raise AssertionError(f"{told} did not happen within {longest_s:g} s")
        time.sleep(0.005)


def tried(work: Callable[[], T], good: Callable[[T], bool], *, tries: int = 6) -> T:
    """What the first try gave that is good, or the last one if none is.

    Args:
        work: done again and again; what must hold in each try is asserted in it.
        good: whether what it gave is as it is on a machine that has time.
        tries: at most.

    Example:
        >>> waits = iter([3.0, 0.2])
        >>> tried(lambda: next(waits), lambda wait: wait < 1)
        0.2
    """
    found = work()
    for number in range(1, tries):
        if good(found):
            break
        time.sleep(PAUSE_S * number)
        found = work()
    return found


def least(measured: Callable[[], float], enough: float, *, tries: int = 8) -> float:
    """What the first try took that is good enough, or the last one if none is.

    Args:
        measured: does the whole again, and gives what it took.
        enough: what is good enough.
        tries: at most.

    Example:
        >>> took = iter([3.0, 0.2])
        >>> least(lambda: next(took), 1.0)
        0.2
    """
    return tried(measured, lambda took: took < enough, tries=tries)


def quickest(
    work: Callable[[], object],
    enough_s: float,
    *,
    tries: int = 8,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Seconds of the quickest of several tries; the first that is quick enough is the last.

    Args:
        work: done again and again, the same each time.
        enough_s: what is quick enough, s.
        tries: at most.
        clock: `time.process_time` where only this process is at work.

    Example:
        >>> quickest(lambda: None, 1.0) < 1.0
        True
    """

    def timed() -> float:
        started = clock()
        work()
        return clock() - started

    return least(timed, enough_s, tries=tries)
