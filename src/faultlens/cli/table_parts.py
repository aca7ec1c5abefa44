"""What the tables of recordings, of pictures and of scans share."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

BAR = 20
"""Width of a score bar, characters."""

NARROWEST = 60
"""Columns below which words would be cut letter by letter."""

SHOWN_FROM = 0.0005
"""Scores below it read 0.000: they share one row."""


@contextmanager
def printed_plainly() -> Iterator[Console]:
    """A console whose lines come out once the block ends, fit to be copied.

    Example:
        >>> with printed_plainly() as console:
        ...     console.print("[1] :warning:   ")
        [1] :warning:
    """
    # Files are called what they are called: no markup, no emoji, no guessed highlights.
    console = Console(markup=False, emoji=False, highlight=False)
    console.width = max(console.width, NARROWEST)
    with console.capture() as shown:
        yield console
    # rich fills tables up to the right edge; whoever copies the text wants none of that.
    for line in shown.get().splitlines():
        typer.echo(line.rstrip(), color=True)


def print_warnings(console: Console, warnings: Sequence[str]) -> None:
    """Print warnings, a mark before each.

    Args:
        console: where to.
        warnings: in the language of the result.
    """
    rows = Table.grid(padding=(0, 1, 0, 0))
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    for warning in warnings:
        rows.add_row("!", Text(warning, "dim"))
    if warnings:
        console.print(rows)
