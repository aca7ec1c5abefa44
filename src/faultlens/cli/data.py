"""`faultlens data`: the data sets that are known, and what is recognised of one in a folder."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from faultlens.cli import options
from faultlens.cli import workbench_options as workbench
from faultlens.cli.data_pictures import show_pictures
from faultlens.cli.data_tables import listed, print_table, rows_of, told_of
from faultlens.core.errors import UnknownNameError

if TYPE_CHECKING:
    from faultlens.datasets.dataset import Dataset, Layout
    from faultlens.datasets.pictures.picture import PictureLayout


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
    from faultlens.datasets.kinds import holds_pictures
    from faultlens.datasets.registry import open_dataset

    if folder is None:
        _show_known(dataset, as_json)
        return
    if holds_pictures(folder, name=dataset):
        show_pictures(folder, dataset, as_json=as_json, lang=lang)
        return
    read = open_dataset(folder, name=dataset, sample_rate_hz=sample_rate)
    if as_json:
        typer.echo(json.dumps(_as_json(read, lang), ensure_ascii=False))
    else:
        typer.secho(read.name, bold=True)
        print_table(rows_of(told_of(read.card, traps=True)))
        typer.echo()
        print_table(rows_of(_counted(read)))
        typer.echo()
        print_table(_classes(read))
    workbench.print_warnings(read, lang=lang)
    workbench.exit_for_failed(read)


def _show_known(dataset: str | None, as_json: bool) -> None:
    from faultlens.datasets.pictures.registry import PICTURE_DATASETS
    from faultlens.datasets.registry import DATASETS

    known: dict[str, Layout | PictureLayout] = {name: DATASETS[name] for name in DATASETS}
    known |= {name: PICTURE_DATASETS[name] for name in PICTURE_DATASETS}
    if dataset is not None:
        if dataset not in known:
            raise UnknownNameError("data set", dataset, known)
        known = {dataset: known[dataset]}
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
        told = [("layout", layout.looks_for), *told_of(layout.card, traps=dataset is not None)]
        print_table(rows_of(told))


def _counted(read: "Dataset") -> Iterator[tuple[str, str]]:
    """What there is of everything that recordings can be chosen and split by."""
    recordings = read.recordings
    seconds = sum(x.signal.duration_s for x in recordings)
    keys = {x.key for x in recordings}
    yield "recordings", f"{len(keys)}, in {len(recordings)} pieces or channels"
    yield "together", f"{seconds:.0f} s"
    yield "rates", listed(f"{x.signal.sample_rate_hz:g} Hz" for x in recordings)
    speeds = (x.signal.shaft_rpm for x in recordings)
    yield "speeds", listed(f"{x:g} rpm" if x else "" for x in speeds)
    yield "windows", listed(f"{x.window} samples" if x.window else "not cut" for x in recordings)
    yield "machines", listed(x.machine for x in recordings)
    yield "conditions", listed(x.condition for x in recordings)
    yield "specimens", listed(x.specimen for x in recordings)
    for name in sorted({key for x in recordings for key in x.attributes}):
        yield name, listed(x.attributes.get(name, "") for x in recordings)
    yield "sha256", read.sha256


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
