"""`faultlens models`: the models of this machine, and the card of each."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from faultlens.cli import options
from faultlens.core.errors import BundleError, UnknownNameError, UsageError
from faultlens.runtimes.card import ModelCard
from faultlens.runtimes.hugging_face import exported_folder, is_hugging_face
from faultlens.runtimes.listed import ListedModel, list_bundle, list_models

NARROWEST = 60
"""Columns below which words would be cut letter by letter."""


def models(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A model, the folder of one, or hf:NAME of one that was exported; its card is "
            "shown."
        ),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """List the models of this machine, or show the card of one: training data, figures, limits."""
    if name is None:
        found = list_models()
        if as_json:
            typer.echo(json.dumps([asdict(x) for x in found], ensure_ascii=False))
        else:
            _print_rows(_list(found))
        for each in found:
            if each.problem:
                typer.echo(f"faultlens: {each.problem}", err=True)
        return
    known = _named(name)
    if known.card is None:
        raise BundleError(known.problem or name)
    if as_json:
        typer.echo(json.dumps(asdict(known), ensure_ascii=False))
    else:
        typer.secho(known.reference, bold=True)
        _print_rows(_card(known, known.card))


def _named(name: str) -> ListedModel:
    found = list_models()
    for each in found:
        if name in (each.name, each.reference, each.where):
            return each
    if is_hugging_face(name):
        exported = exported_folder(name)
        if not exported.is_dir():
            raise UsageError(
                f"'{name}' has not been exported on this machine yet, so it has no card. Export "
                f"it: faultlens export {quote(name)} --precision int8"
            )
        return list_bundle(exported)
    if Path(name).is_dir():
        return list_bundle(name)
    raise UnknownNameError(
        "model", name, {x.name for x in found}, advice="The folder of a bundle can be given too."
    )


def _list(found: Iterable[ListedModel]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for head in ("name", "hash", "kind"):
        table.add_column(head, no_wrap=True)
    table.add_column("MB", no_wrap=True, justify="right")
    table.add_column("summary", overflow="fold")
    for each in found:
        sha256 = (each.reference or "").rpartition("@")[2]
        told = each.card.summary if each.card else "damaged: see below"
        table.add_row(each.name, sha256, each.kind or "", _size(each), told)
    return table


def _card(known: ListedModel, card: ModelCard) -> Table:
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column(overflow="fold")
    for name, told in _told(known, card):
        rows.add_row(name, Text(told))
    return rows


def _told(known: ListedModel, card: ModelCard) -> Iterator[tuple[str, str]]:
    """Name and words of everything on a card."""
    yield "summary", card.summary
    yield "kind", f"{known.kind}, {_size(known)} MB, in {known.where}"
    yield "licence", card.licence
    yield "training data", card.training_data
    for result in card.results:
        yield "result", f"{result.what}: {result.value} ({result.command})"
    yield "limits", card.limits
    for source in card.sources:
        sha256 = f"; sha256 {source.sha256}" if source.sha256 else ""
        yield "source", f"{source.name}; {source.licence}{sha256}"


def _size(known: ListedModel) -> str:
    return f"{known.size_mb:.1f}" if known.size_mb >= 0.1 else "<0.1"


def _print_rows(table: Table) -> None:
    # Names are what they are: no markup, no emoji, no guessed highlights.
    console = Console(markup=False, emoji=False, highlight=False)
    console.width = max(console.width, NARROWEST)
    with console.capture() as shown:
        console.print(table)
    # rich fills tables up to the right edge; whoever copies the text wants none of that.
    for line in shown.get().splitlines():
        typer.echo(line.rstrip(), color=True)
