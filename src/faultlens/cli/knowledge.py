"""`faultlens knowledge`: the faults that can be asked for, and what is known of them."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.text.knowledge import Fault, load_faults
from faultlens.text.matching import match_fault


def knowledge(
    sentence: Annotated[
        str | None, typer.Argument(help="A sentence; the fault it means is shown.")
    ] = None,
    as_json: options.AsJson = False,
    lang: options.Language = "en",
) -> None:
    """Show the faults that can be asked for, or what is known of one, found by any sentence."""
    faults = load_faults() if sentence is None else (match_fault(sentence),)
    if as_json:
        rows = [asdict(each) for each in faults]
        typer.echo(json.dumps(rows if sentence is None else rows[0], ensure_ascii=False))
    elif sentence is None:
        for each in faults:
            typer.echo(f"{each.names.of(lang):<42} {each.signature.of(lang)}")
    else:
        _print_fault(faults[0], lang)


def _print_fault(known: Fault, lang: str) -> None:
    typer.secho(known.names.of(lang), bold=True)
    typer.echo(known.signature.of(lang))
    for cause in known.causes.of(lang):
        typer.echo(f"  - {cause}")
    for level in known.levels:
        typer.echo(f"  {level}: {known.action(level).of(lang)}")
    typer.echo("; ".join(known.source))
