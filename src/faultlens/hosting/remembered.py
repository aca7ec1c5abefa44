"""What was made lately, by what it was made of; bounded by what it weighs."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar, final

T = TypeVar("T")


@final
class Remembered(Generic[T]):
    """The things that were asked for last.

    Args:
        most: weight of all together.
    """

    def __init__(self, most: int) -> None:
        self._most, self._weight = most, 0
        self._kept: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: Hashable) -> T | None:
        """What was made of `key`; None where it was not, or was forgotten.

        Args:
            key: what it was made of.
        """
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def put(self, key: Hashable, thing: T, *, weight: int = 1) -> T:
        """Keep a thing; those that were not asked for longest go.

        Args:
            key: what it was made of.
            thing: to keep; one that weighs more than all may is given back and forgotten.
            weight: of it.
        """
        if key in self._kept:
            self._weight -= self._kept.pop(key)[1]
        self._kept[key] = (thing, weight)
        self._weight += weight
        while self._weight > self._most:
            self._weight -= self._kept.popitem(last=False)[1][1]
        return thing
