"""Tables of `faultlens data`: names, words and counts on standard output."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from faultlens.datasets.dataset import DataCard

NARROWEST = 60
"""Columns below which words would be cut letter by letter."""

LISTED = 10
"""As many values of one kind as one reads in a row; more are only counted."""


def told_of(card: "DataCard", *, traps: bool) -> Iterator[tuple[str, str]]:
    """The card of a data set, row by row."""
    yield "title", card.title
    yield "terms", card.terms
    yield "citation", card.citation
    yield "split rule", card.split_rule
    if traps:
        yield from (("trap", trap) for trap in card.traps)


def listed(values: Iterable[str]) -> str:
    """Values with the number of samples of each."""
    counts = Counter(values)
    unknown = counts.pop("", 0)
    shown = [f"{value} ({n})" for value, n in counts.items()]
    if len(counts) > LISTED:
        first, *_, last = sorted(counts)
        shown = [f"{len(counts)} different, {first} to {last}"]
    if unknown:
        shown.append(f"not said ({unknown})")
    return ", ".join(shown)


def rows_of(told: Iterable[tuple[str, str]]) -> Table:
    """Name and words, row by row."""
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column(overflow="fold")
    for name, words in told:
        rows.add_row(name, Text(words))
    return rows


def print_table(table: Table) -> None:
    """A table on standard output, as plain as its words are."""
    # Names are what they are: no markup, no emoji, no guessed highlights.
    console = Console(markup=False, emoji=False, highlight=False)
    console.width = max(console.width, NARROWEST)
    with console.capture() as shown:
        console.print(table)
    # rich fills tables up to the right edge; whoever copies the text wants none of that.
    for line in shown.get().splitlines():
        typer.echo(line.rstrip(), color=True)
