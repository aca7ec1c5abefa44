"""Contenders timed in turns: whatever else runs on the machine slows all of them alike."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")

WARM_UP = 2
"""Rounds before the clock counts."""


def in_turns(names: Sequence[str], rounds: int) -> Iterator[str]:
    """Everybody once a round, each round begun by the next one.

    Whoever comes first finds the caches as the one before left them.

    Args:
        names: of the contenders.
        rounds: how many.

    Example:
        >>> list(in_turns(["a", "b"], 2))
        ['a', 'b', 'b', 'a']
    """
    for number in range(rounds if names else 0):
        first = number % len(names)
        yield from names[first:]
        yield from names[:first]


def taken(
    contenders: Mapping[str, Callable[[T], object]], given: Sequence[T], *, warm_up: int = WARM_UP
) -> dict[str, np.ndarray]:
    """Seconds that each takes for each thing given, in turns; the first do not count.

    Args:
        contenders: by name, what is to be done with a thing.
        given: more than `warm_up`.
        warm_up: of them that do not count.

    Returns:
        name -> (thing,) s, by the clock.

    Example:
        >>> len(taken({"nothing": lambda picture: None}, ["a picture"] * 4)["nothing"])
        2
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for name in in_turns(list(contenders), len(given)):
        thing = given[len(seconds[name])]
        start = time.perf_counter()
        contenders[name](thing)
        seconds[name].append(time.perf_counter() - start)
    return {name: np.array(x[warm_up:]) for name, x in seconds.items()}
