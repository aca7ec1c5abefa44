"""`faultlens evaluate` on pictures: `inspect` held against labelled ones."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from faultlens.cli.asked_sentences import asked_sentences
from faultlens.cli.options import scales_of
from faultlens.cli.workbench_options import wanted_of
from faultlens.core.errors import InputError, UsageError
from faultlens.core.files import write_text

if TYPE_CHECKING:
    from faultlens.datasets.pictures.picture import PictureDataset
    from faultlens.evaluation.surface.tested import PictureTest
    from faultlens.evaluation.surface.trial import PictureTrial


OF_OBJECTS = ("mvtec", "visa")
"""Layouts whose subsets are objects, and so say what is on the pictures."""

FIGURES = ("image_auroc", "pixel_auroc", "aupro", "naming_accuracy", "false_alarms", "missed")
"""Figures that a mean over objects makes sense of."""


@dataclass(frozen=True)
class PictureOptions:
    """What the command line says of a test on pictures.

    Args:
        test_data: folder, manifest or JSON of instances.
        dataset: its layout; None recognises it.
        where: "field=value" texts, all of which hold.
        model: "builtin/surface", or the folder of a bundle.
        defects: sentences with commas between them; None for the data set's own names.
        part: what is on the pictures.
        references: clean pictures to calibrate on, drawn by group.
        profile: file of a profile, instead.
        false_alarms: share of clean parts that may alarm, with references.
        scales: numbers with commas between them.
        mm_per_pixel: size of a pixel on the part, mm.
        draws: how often references are drawn.
        out: folder to write.
        seed: of the first draw.
        lang: language of the report.
    """

    test_data: Path
    dataset: str | None
    where: Sequence[str] | None
    model: str
    defects: str | None
    part: str | None
    references: int
    profile: Path | None
    false_alarms: float
    scales: str | None
    mm_per_pixel: float | None
    draws: int
    out: Path
    seed: int
    lang: str


def evaluate_pictures(options: PictureOptions, *, as_json: bool, quiet: bool) -> None:
    """Judge labelled pictures, write figures, predictions and a report, and tell them.

    A set of several objects is judged object by object, each into a folder of its own: a threshold
    or a ranking over all of them together would be of none of them.

    Args:
        options: as the command line gave them.
        as_json: one JSON object on standard output.
        quiet: no progress, nothing told.

    Raises:
        UsageError: options that do not fit each other or the data.
        InputError: nothing there can be read or judged.
        Exit: some picture failed; the rest was done.

    Example:
        >>> evaluate_pictures.__name__
        'evaluate_pictures'
    """
    dataset = opened(options, quiet=quiet or as_json)
    for warning in dataset.warnings:
        typer.echo(f"Note: {warning.of(options.lang)}", err=True)
    for failed in dataset.failed:
        typer.echo(f"faultlens: {failed.file}: {failed.reason}", err=True)
    objects = sorted({x.subset for x in dataset.pictures})
    if len(objects) > 1 and options.profile is not None:
        raise UsageError(
            f"A profile is of one product, and {options.test_data} holds {len(objects)}: "
            f"{', '.join(objects)}. Choose one with --where subset=..."
        )
    rows = []
    failures = len(dataset.failed)
    for name in objects:
        its = tuple(x for x in dataset.pictures if x.subset == name)
        place = options.out / name if len(objects) > 1 else options.out
        part = options.part
        if part is None and dataset.name in OF_OBJECTS and name:
            part = name.replace("_", " ")
        record = _measured(
            replace(dataset, pictures=its),
            replace(options, out=place, part=part),
            quiet=quiet or as_json,
        )
        failures += len(record["failed"]) - len(dataset.failed)
        rows.append({"subset": name, **headline(record), "out": str(place)})
        if not (as_json or quiet):
            _say(record, place, name)
    told = rows[0] if len(rows) == 1 else {"mean": _mean(rows), "subsets": rows}
    if len(rows) > 1:
        write_text(options.out / "subsets.json", json.dumps(told, indent=1) + "\n")
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    if failures:
        raise typer.Exit(InputError.exit_code)


def _measured(dataset: "PictureDataset", options: PictureOptions, *, quiet: bool) -> dict[str, Any]:
    from faultlens.datasets.pictures.meant import meant_by
    from faultlens.evaluation.surface.tested import asked_sentences as asked_of
    from faultlens.evaluation.surface.trial import run_trial
    from faultlens.evaluation.surface.written import write_picture_evaluation

    trial = _trial(options)
    tests = run_trial(dataset, trial, quiet=quiet)
    asked = asked_of(dataset, trial.defects)
    sentences = tests[0].judgement.judged.sentences if asked is None else asked
    meant = meant_by(dataset.defects, sentences)
    about = _about(dataset, trial, tests, options)
    for failed in tests[0].judgement.failed:
        typer.echo(f"faultlens: {failed.file}: {failed.reason}", err=True)
    return write_picture_evaluation(options.out, dataset, tests, meant, about, options.lang)


def _mean(rows: Sequence[dict[str, Any]]) -> dict[str, float | None]:
    """The mean of each figure over the objects that have it."""
    found: dict[str, float | None] = {}
    for name in FIGURES:
        known = [x[name] for x in rows if x[name] is not None]
        found[name] = sum(known) / len(known) if known else None
    return found


def opened(options: PictureOptions, *, quiet: bool) -> "PictureDataset":
    """The pictures of the test, with a group each.

    Args:
        options: as the command line gave them.
        quiet: no progress bar.

    Raises:
        UsageError: a text without "=", or a field or value that no picture has.
        InputError: nothing there can be read.

    Example:
        >>> opened.__name__
        'opened'
    """
    from faultlens.datasets.pictures.duplicates import grouped
    from faultlens.datasets.pictures.registry import open_pictures
    from faultlens.datasets.pictures.selection import pictures_where

    wanted = wanted_of(options.where, "subset=bottle")
    read = open_pictures(options.test_data, name=options.dataset)
    chosen = pictures_where(read.pictures, wanted)
    return replace(read, pictures=grouped(chosen, quiet=quiet))


def headline(record: dict[str, Any]) -> dict[str, Any]:
    """The figures that come first, flat, for standard output.

    Args:
        record: what `metrics.json` holds.

    Example:
        >>> headline({"image": {}, "pixel": {}, "naming": {}, "pictures": 3, "protocol": "all",
        ...           "alarms": {"false_alarms": 0.0, "missed": None}})["pictures"]
        3
    """
    return {
        "protocol": record["protocol"],
        "pictures": record["pictures"],
        "image_auroc": record["image"].get("auroc"),
        "pixel_auroc": record["pixel"].get("auroc"),
        "aupro": record["pixel"].get("region_overlap_area"),
        "naming_accuracy": record["naming"].get("accuracy"),
        "false_alarms": record["alarms"]["false_alarms"],
        "missed": record["alarms"]["missed"],
    }


def _trial(options: PictureOptions) -> "PictureTrial":
    from faultlens.evaluation.surface.trial import PictureTrial
    from faultlens.profiles.surface_profile import read_surface_profile

    return PictureTrial(
        defects=None if options.defects is None else tuple(asked_sentences(options.defects)),
        part=options.part,
        references=options.references,
        false_alarms=options.false_alarms,
        scales=None if options.scales is None else scales_of(options.scales),
        model=options.model,
        profile=None if options.profile is None else read_surface_profile(options.profile),
        mm_per_pixel=options.mm_per_pixel,
        draws=options.draws,
        seed=options.seed,
    )


def _about(
    dataset: "PictureDataset",
    trial: "PictureTrial",
    tests: Sequence["PictureTest"],
    options: PictureOptions,
) -> dict[str, Any]:
    name, _, digest = tests[0].model.rpartition("@")
    settings = {
        "part": tests[0].part,
        "defects": ", ".join(tests[0].judgement.judged.sentences),
        "references": str(trial.references),
        "profile": "" if options.profile is None else str(options.profile),
        "scales": "" if trial.scales is None else ", ".join(f"{x:g}" for x in trial.scales),
    }
    return {
        "protocol": tests[0].split.protocol,
        "seeds": [x.split.seed for x in tests],
        "model": {"reference": tests[0].model, "name": name, "sha256": digest},
        "data": {
            "name": dataset.name,
            "sha256": dataset.sha256,
            "pictures": len(dataset.pictures),
        },
        "settings": {k: v for k, v in settings.items() if v},
        "warnings": dataset.warnings,
        "failed": [(x.file, x.reason) for x in dataset.failed],
    }


def _say(record: dict[str, Any], out: Path, name: str) -> None:
    of = f"{name}, " if name else ""
    typer.echo(f"{of}{record['protocol']}: {record['pictures']} pictures.")
    rows = (
        ("image AUROC", ("image", "auroc")),
        ("pixel AUROC", ("pixel", "auroc")),
        ("AUPRO", ("pixel", "region_overlap_area")),
        ("defects named rightly", ("naming", "accuracy")),
        ("given one name by class thresholds", ("naming", "named")),
        ("given a wrong name", ("naming", "named_wrongly")),
        ("false alarms on clean pictures", ("alarms", "false_alarms")),
        ("defects missed", ("alarms", "missed")),
    )
    for told, (table, name) in rows:
        value, span = (x[table].get(name) for x in (record, record["intervals"]))
        if value is not None:
            interval = "" if span is None else f" [{span[0]:.3f}, {span[1]:.3f}]"
            typer.echo(f"  {told} {value:.3f}{interval}")
    for name, floor in record["floors"].items():
        if "left_out" in floor:
            typer.echo(f"  {name}: {floor['left_out']}")
        elif (area := floor["image"].get("auroc")) is not None:
            typer.echo(f"  {name}: image AUROC {area:.3f}")
    typer.echo(f"  Report: {out}/report.html")
