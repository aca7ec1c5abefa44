"""Progress bars on standard error, and none where it is no terminal."""

import sys
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")


def progress(
    items: Iterable[T], *, label: str, total: int | None = None, quiet: bool = False
) -> Iterator[T]:
    """Yield `items` with a bar on standard error; silent when `quiet` or not a terminal.

    Args:
        items: what to go through.
        label: what the bar says.
        total: number of items, where `items` does not know it.
        quiet: no bar.

    Example:
        >>> list(progress([1, 2], label="windows"))
        [1, 2]
    """
    if quiet or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    if total is None and isinstance(items, Sized):
        total = len(items)
    console = Console(stderr=True)
    yield from track(items, description=label, total=total, console=console, transient=True)
