"""Files that gave no result, told with the reason; and what a found fault leaves with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from faultlens.inference.batch import Outcome
    from faultlens.inference.inspect_batch import PictureOutcome

FAULT_FOUND = 10
"""Exit code with --fail-on-fault."""


def print_failures(failed: "Sequence[Outcome[Any] | PictureOutcome]") -> None:
    """Print the files that gave no result, with the reason, on standard error."""
    for outcome in failed:
        reason = outcome.reason or ""
        named = "" if str(outcome.file) in reason else f"{outcome.file}: "
        typer.echo(f"faultlens: {named}{reason}", err=True)
