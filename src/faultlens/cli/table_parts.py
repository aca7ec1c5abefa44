"""What the tables of recordings and of pictures share."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

BAR = 20
"""Width of a score bar, characters."""

NARROWEST = 60
"""Columns below which words would be cut letter by letter."""

SHOWN_FROM = 0.0005
"""Scores below it read 0.000: they share one row."""


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
