"""`faultlens promote`: let a source's candidate take over, on the evidence that is written down."""

from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.cli.line_actions import Comment, Reference, SourceName, StoreUrl, User, Wait, asked


def promote(
    source: SourceName,
    store: StoreUrl,
    comment: Comment = "",
    reference: Reference = "",
    user: User = None,
    wait: Wait = 30.0,
    show: Annotated[
        bool, typer.Option("--show", help="Only show the candidate and what speaks for it.")
    ] = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Let the candidate of a source take over; the line swaps it in between two frames.

    The line that watches the source does it; where it does not run, it does so when it starts.
    Who promoted what, when, why and on which evidence stays in the store.
    """
    asked("promote", source, store, comment, reference, user, wait,
          show=show, as_json=as_json, quiet=quiet)  # fmt: skip
