"""`faultlens data`: the data sets that are known, and what is recognised of one in a folder."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from faultlens.cli import options
from faultlens.cli import workbench_options as workbench

if TYPE_CHECKING:
    from faultlens.datasets.dataset import DataCard, Dataset

NARROWEST = 60
"""Columns below which words would be cut letter by letter."""

LISTED = 10
"""As many values of one kind as one reads in a row; more are only counted."""


def data(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder or manifest; what is recognised in it.", show_default=False),
    ] = None,
    dataset: workbench.DatasetName = None,
    sample_rate: options.SampleRate = None,
    as_json: options.AsJson = False,
    lang: options.Language = "en",
) -> None:
    """List the data sets that are known, with terms and split rule, or show what a folder holds."""
    from faultlens.datasets.registry import open_dataset

    if folder is None:
        _show_known(dataset, as_json)
        return
    read = open_dataset(folder, name=dataset, sample_rate_hz=sample_rate)
    if as_json:
        typer.echo(json.dumps(_as_json(read, lang), ensure_ascii=False))
    else:
        typer.secho(read.name, bold=True)
        _print(_rows(_told(read.card, traps=True)))
        typer.echo()
        _print(_rows(_counted(read)))
        typer.echo()
        _print(_classes(read))
    workbench.print_warnings(read, lang=lang)
    workbench.exit_for_failed(read)


def _show_known(dataset: str | None, as_json: bool) -> None:
    from faultlens.datasets.registry import DATASETS

    names = DATASETS if dataset is None else [dataset]
    known = {name: DATASETS[name] for name in names}
    if as_json:
        rows = [
            {"name": name, "looks_for": x.looks_for, **asdict(x.card)} for name, x in known.items()
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for number, (name, layout) in enumerate(known.items()):
        if number:
            typer.echo()
        typer.secho(name, bold=True)
        told = [("layout", layout.looks_for), *_told(layout.card, traps=dataset is not None)]
        _print(_rows(told))


def _told(card: "DataCard", *, traps: bool) -> Iterator[tuple[str, str]]:
    yield "title", card.title
    yield "terms", card.terms
    yield "citation", card.citation
    yield "split rule", card.split_rule
    if traps:
        yield from (("trap", trap) for trap in card.traps)


def _counted(read: "Dataset") -> Iterator[tuple[str, str]]:
    """What there is of everything that recordings can be chosen and split by."""
    recordings = read.recordings
    seconds = sum(x.signal.duration_s for x in recordings)
    keys = {x.key for x in recordings}
    yield "recordings", f"{len(keys)}, in {len(recordings)} pieces or channels"
    yield "together", f"{seconds:.0f} s"
    yield "rates", _listed(f"{x.signal.sample_rate_hz:g} Hz" for x in recordings)
    speeds = (x.signal.shaft_rpm for x in recordings)
    yield "speeds", _listed(f"{x:g} rpm" if x else "" for x in speeds)
    yield "windows", _listed(f"{x.window} samples" if x.window else "not cut" for x in recordings)
    yield "machines", _listed(x.machine for x in recordings)
    yield "conditions", _listed(x.condition for x in recordings)
    yield "specimens", _listed(x.specimen for x in recordings)
    for name in sorted({key for x in recordings for key in x.attributes}):
        yield name, _listed(x.attributes.get(name, "") for x in recordings)
    yield "sha256", read.sha256


def _listed(values: Iterable[str]) -> str:
    """Values with the number of recordings of each."""
    counts = Counter(values)
    unknown = counts.pop("", 0)
    shown = [f"{value} ({n})" for value, n in counts.items()]
    if len(counts) > LISTED:
        first, *_, last = sorted(counts)
        shown = [f"{len(counts)} different, {first} to {last}"]
    if unknown:
        shown.append(f"not said ({unknown})")
    return ", ".join(shown)


def _classes(read: "Dataset") -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("label", overflow="fold")
    for head in ("recordings", "seconds", "conditions", "specimens"):
        table.add_column(head, no_wrap=True, justify="right")
    for label in sorted(read.labels):
        its = [x for x in read.recordings if x.label == label]
        table.add_row(
            Text(label),
            str(len({x.key for x in its})),
            f"{sum(x.signal.duration_s for x in its):.0f}",
            str(len({x.condition for x in its} - {""})),
            str(len({(x.machine, x.specimen) for x in its if x.specimen})),
        )
    return table


def _as_json(read: "Dataset", lang: str) -> dict[str, Any]:
    return {
        "name": read.name,
        "card": asdict(read.card),
        "sha256": read.sha256,
        "labels": dict(read.labels),
        "recordings": [
            {
                "file": x.file,
                "key": x.key,
                "label": x.label,
                "machine": x.machine,
                "condition": x.condition,
                "specimen": x.specimen,
                "attributes": dict(x.attributes),
                "window": x.window,
                "samples": len(x.signal.samples),
                "sample_rate_hz": x.signal.sample_rate_hz,
                "shaft_rpm": x.signal.shaft_rpm,
                "sha256": x.sha256,
            }
            for x in read.recordings
        ],
        "failed": [asdict(x) for x in read.failed],
        "warnings": [x.of(lang) for x in read.warnings],
    }


def _rows(told: Iterable[tuple[str, str]]) -> Table:
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column(overflow="fold")
    for name, words in told:
        rows.add_row(name, Text(words))
    return rows


def _print(table: Table) -> None:
    # Names are what they are: no markup, no emoji, no guessed highlights.
    console = Console(markup=False, emoji=False, highlight=False)
    console.width = max(console.width, NARROWEST)
    with console.capture() as shown:
        console.print(table)
    # rich fills tables up to the right edge; whoever copies the text wants none of that.
    for line in shown.get().splitlines():
        typer.echo(line.rstrip(), color=True)
