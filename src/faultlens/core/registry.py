"""A table of names: ours and outsiders' rows come in by the same door."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from faultlens.core.errors import DuplicateNameError, UnknownNameError

T = TypeVar("T")


class Registry(Generic[T]):
    """A table, name -> thing. An unknown name lists the known ones; a duplicate is an error.

    Args:
        kind: what the table holds, in words ("signal format"), for messages.
        group: entry-point group through which installed packages add rows of their own.

    Example:
        >>> colours: Registry[str] = Registry("colour")
        >>> colours.add("red", "#f00")
        >>> colours["red"]
        '#f00'
        >>> colours["rad"]
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown colour 'rad'. Nearest: red. Known: red.
    """

    def __init__(self, kind: str, *, group: str | None = None) -> None:
        self._kind = kind
        self._group = group
        self._rows: dict[str, T] = {}
        self._outsiders_loaded = group is None

    def add(self, name: str, thing: T) -> None:
        """Add a row.

        Raises:
            DuplicateNameError: the name is taken.

        Example:
            >>> Registry("colour").add("red", "#f00")
        """
        if name in self._rows:
            raise DuplicateNameError(
                f"The {self._kind} '{name}' exists already; choose another name for the new one."
            )
        self._rows[name] = thing

    def __getitem__(self, name: str) -> T:
        self._load_outsiders()
        if name not in self._rows:
            raise UnknownNameError(self._kind, name, self._rows)
        return self._rows[name]

    def __contains__(self, name: object) -> bool:
        self._load_outsiders()
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        self._load_outsiders()
        return iter(sorted(self._rows))

    def _load_outsiders(self) -> None:
        if self._outsiders_loaded:
            return
        self._outsiders_loaded = True
        for point in entry_points(group=self._group or ""):
            self.add(point.name, point.load())
