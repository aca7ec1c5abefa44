"""`faultlens rollback`: go back to the model that judged before."""

from faultlens.cli import options
from faultlens.cli.line_actions import Comment, Reference, SourceName, StoreUrl, User, Wait, asked


def rollback(
    source: SourceName,
    store: StoreUrl,
    comment: Comment = "",
    reference: Reference = "",
    user: User = None,
    wait: Wait = 30.0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Go back to the model that judged a source before; the line swaps it between two frames.

    The line that watches the source does it; where it does not run, it does so when it starts.
    """
    asked("rollback", source, store, comment, reference, user, wait, as_json=as_json, quiet=quiet)
