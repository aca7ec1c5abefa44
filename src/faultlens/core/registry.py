"""A table of names: ours and outsiders' rows come in by the same door."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from faultlens.core.errors import DuplicateNameError, FaultlensError, UnknownNameError

T = TypeVar("T")


class Registry(Generic[T]):
    """A table, name -> thing. An unknown name lists the known ones; a duplicate is an error.

    Outsiders' rows are looked up when the table is first read; one that cannot be loaded is an
    error that names its package, each time, until it is mended.

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
        # Set first: a plugin may look into the table while it is imported.
        self._outsiders_loaded = True
        before = dict(self._rows)
        try:
            for point in entry_points(group=self._group or ""):
                self.add(point.name, self._loaded(point))
        except BaseException:
            # All or none, so that the next look says the same instead of lacking rows in silence.
            self._rows, self._outsiders_loaded = before, False
            raise

    def _loaded(self, point: EntryPoint) -> T:
        try:
            thing: T = point.load()
        # Whatever an outsider's code does wrong, its user must learn whose it is.
        except Exception as error:
            package = "an installed package" if point.dist is None else f"'{point.dist.name}'"
            raise FaultlensError(
                f"The {self._kind} '{point.name}' of {package} ({point.value}) cannot be loaded: "
                f"{type(error).__name__}: {error}. Update that package or uninstall it."
            ) from error
        return thing
