"""`faultlens data` on pictures: what is recognised of a set of them."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table
from rich.text import Text

from faultlens.cli.data_tables import listed, print_table, rows_of, told_of
from faultlens.core.errors import InputError

if TYPE_CHECKING:
    from faultlens.datasets.pictures.picture import LabelledPicture, PictureDataset


def show_pictures(folder: Path, name: str | None, *, as_json: bool, lang: str) -> None:
    """Show what a folder of pictures holds; leave with the code of bad input where files failed."""
    from faultlens.datasets.pictures.registry import open_pictures

    read = open_pictures(folder, name=name)
    if as_json:
        typer.echo(json.dumps(_as_json(read, lang), ensure_ascii=False))
    else:
        typer.secho(read.name, bold=True)
        print_table(rows_of(told_of(read.card, traps=True)))
        typer.echo()
        print_table(rows_of(_counted(read)))
        typer.echo()
        print_table(_labels(read))
    for warning in read.warnings:
        typer.echo(f"Note: {warning.of(lang)}", err=True)
    for failed in read.failed:
        typer.echo(f"faultlens: {failed.file}: {failed.reason}", err=True)
    if read.failed:
        raise typer.Exit(InputError.exit_code)


def _counted(read: "PictureDataset") -> Iterator[tuple[str, str]]:
    pictures = read.pictures
    yield "pictures", str(len(pictures))
    yield "sizes", listed(f"{x.width_px} x {x.height_px}" for x in pictures)
    yield "splits", listed(x.split for x in pictures)
    yield "subsets", listed(x.subset for x in pictures)
    groups = {x.group for x in pictures} - {""}
    yield "groups", str(len(groups)) if groups else "not said; near-duplicates are looked for"
    yield "sha256", read.sha256


def _labels(read: "PictureDataset") -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("label", overflow="fold")
    for head in ("pictures", "with mask", "with boxes", "groups"):
        table.add_column(head, no_wrap=True, justify="right")
    for label in sorted(read.labels):
        its = [x for x in read.pictures if x.label == label]
        table.add_row(
            Text(label),
            str(len(its)),
            str(sum(x.is_localised and x.defective for x in its)),
            str(sum(bool(x.boxes) for x in its)),
            str(len({x.group for x in its} - {""})),
        )
    return table


def _as_json(read: "PictureDataset", lang: str) -> dict[str, Any]:
    return {
        "name": read.name,
        "kind": "pictures",
        "card": asdict(read.card),
        "sha256": read.sha256,
        "labels": dict(read.labels),
        "pictures": [_picture(x) for x in read.pictures],
        "failed": [asdict(x) for x in read.failed],
        "warnings": [x.of(lang) for x in read.warnings],
    }


def _picture(picture: "LabelledPicture") -> dict[str, Any]:
    return {
        "file": picture.file,
        "label": picture.label,
        "called": picture.called,
        "defective": picture.defective,
        "height_px": picture.height_px,
        "width_px": picture.width_px,
        "localised": picture.is_localised,
        "boxes": [asdict(x) for x in picture.boxes],
        "group": picture.group,
        "split": picture.split,
        "subset": picture.subset,
    }
