"""What every way of `faultlens tune` says at its end: notices, then words or JSON."""

import json
from collections.abc import Mapping, Sequence

import typer

from faultlens.core.notice import Notice


def tell_tuned(
    notices: Sequence[Notice],
    told: Mapping[str, object],
    words: str,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say what came of a tuning.

    Args:
        notices: what a careful engineer would want to know; always said, beside the result.
        told: what a program wants to know of it.
        words: what a reader wants to know of it.
        as_json: whether a program reads.
        quiet: whether a reader does not.

    Example:
        >>> tell_tuned([], {}, "bundles/pump: tuned.", as_json=False, quiet=False)
        bundles/pump: tuned.
    """
    for notice in notices:
        typer.echo(f"Note: {notice.en}", err=True)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    elif not quiet:
        typer.echo(words)
