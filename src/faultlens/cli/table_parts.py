"""What the tables of recordings, of pictures and of scans share."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from faultlens.reports.phrases import phrase

BAR = 20
"""Width of a score bar, characters."""

NARROWEST = 60
"""Columns below which words would be cut letter by letter."""

SHOWN_FROM = 0.0005
"""Scores below it read 0.000: they share one row."""


class Scored(Protocol):
    """A sentence that was asked for, with its score from 0 to 1."""

    @property
    def label(self) -> str:
        """The sentence."""

    @property
    def score(self) -> float:
        """Its score."""


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


def print_in_full(
    console: Console,
    sentence: str,
    rows: Table | None,
    facts: Iterable[tuple[str, str]],
    warnings: Sequence[str],
    *,
    colour: str,
) -> None:
    """Print one result: its sentence, its rows, what an engineer checks next, and warnings.

    Args:
        console: where to.
        sentence: the verdict in one sentence.
        rows: scores or sizes; None for none.
        facts: name and words of each.
        warnings: in the language of the result.
        colour: of the sentence.
    """
    console.print(sentence, style=f"bold {colour}")
    console.print()
    if rows is not None:
        console.print(rows)
        console.print()
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, told in facts:
        table.add_row(name, told)
    console.print(table)
    if warnings:
        console.print()
    print_warnings(console, warnings)


def score_rows(findings: Sequence[Scored], verdict: str, *, colour: str) -> Table:
    """Scores with a bar each, best first; those that read 0.000 share one row.

    Args:
        findings: every sentence asked for, best first.
        verdict: label of the verdict, which is told from the others.
        colour: of its bar.
    """
    rows = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(2):
        rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    for finding in (x for x in findings if x.score >= SHOWN_FROM):
        told = finding.label == verdict
        bar = Text("█" * max(1, round(BAR * finding.score)), style=colour if told else "dim")
        rows.add_row(f"{finding.score:.3f}", bar, Text(finding.label, "bold" if told else ""))
    if rest := [x.label for x in findings if x.score < SHOWN_FROM]:
        rows.add_row(Text("0.000", "dim"), " " * BAR, Text(", ".join(rest), "dim"))
    return rows


def table_of(columns: Iterable[tuple[str, int | None]]) -> Table:
    """An empty table of results, with a column for the mark of an alarm before all others.

    Args:
        columns: title of each and its share of the width; None for as wide as its widest cell.

    Example:
        >>> len(table_of([("file", 2), ("score", None)]).columns)
        3
    """
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("")
    for title, share in columns:
        table.add_column(title, overflow="fold", ratio=share, no_wrap=share is None)
    return table


def print_shared_warnings(console: Console, warnings: Sequence[Sequence[str]], lang: str) -> None:
    """Print what holds for every result of a batch, and how many have more of their own.

    Args:
        console: where to.
        warnings: of each result.
        lang: of the results.
    """
    shared = set.intersection(*(set(x) for x in warnings))
    print_warnings(console, [x for x in dict.fromkeys(warnings[0]) if x in shared])
    if own := sum(bool(set(x) - shared) for x in warnings):
        told = phrase("own_warnings", lang).format(own=own, count=len(warnings))
        print_warnings(console, [told])
