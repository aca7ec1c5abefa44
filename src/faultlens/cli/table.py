"""What the terminal shows: one result in full, many as a table; failures on standard error."""

from collections.abc import Sequence
from typing import Any

import typer

from faultlens.inference.batch import Outcome
from faultlens.inference.findings import Diagnosis

BAR = 24
"""Width of a score bar, characters."""


def print_results(results: Sequence[Diagnosis]) -> None:
    """Print one result in full, or many as a table."""
    if len(results) == 1:
        _print_one(results[0])
    elif results:
        _print_table(results)


def print_failures(failed: Sequence[Outcome[Any]]) -> None:
    """Print the files that gave no result, with the reason, on standard error."""
    for outcome in failed:
        reason = outcome.reason or ""
        named = "" if str(outcome.file) in reason else f"{outcome.file}: "
        typer.echo(f"faultlens: {named}{reason}", err=True)


def _print_one(result: Diagnosis) -> None:
    view = result.view
    typer.secho(result.sentence, bold=True, fg="red" if result.alarm else None)
    typer.echo("")
    for finding in result.findings:
        bar = "█" * round(BAR * finding.score)
        typer.echo(f"  {finding.score:6.3f}  {bar:<{BAR}}  {finding.label}")
    alarm = "alarm" if result.alarm else "no alarm"
    typer.echo(f"\n  {alarm} (threshold {result.threshold:.3f}, {result.model})")
    if view.evidence is not None:
        typer.echo(
            f"  bearing {view.bearing}; shaft {view.stated_rpm:g} rpm stated, "
            f"{view.measured_rpm:.1f} rpm measured"
        )
    for warning in result.warnings:
        typer.echo(f"  ! {warning}")


def _print_table(results: Sequence[Diagnosis]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("file", "verdict", "score", "alarm", "what was seen"):
        table.add_column(heading, overflow="fold")
    for result in results:
        style = "red" if result.alarm else None
        table.add_row(
            result.view.file,
            result.verdict,
            f"{result.findings[0].score:.3f}",
            "yes" if result.alarm else "no",
            result.sentence,
            style=style,
        )
    console = Console(markup=False)
    console.print(table)
    shared = set.intersection(*(set(result.warnings) for result in results))
    for warning in results[0].warnings:
        if warning in shared:
            console.print(f"! {warning}")
    own = sum(bool(set(result.warnings) - shared) for result in results)
    if own:
        console.print(f"! {own} of {len(results)} files have warnings of their own; see --json.")
