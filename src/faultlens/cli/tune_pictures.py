"""`faultlens tune --train-data` on pictures: few labelled ones in, a model that names them out."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import typer

from faultlens.cli import workbench_options as workbench
from faultlens.cli.tune_told import tell_tuned
from faultlens.core.errors import InputError

if TYPE_CHECKING:
    from faultlens.datasets.pictures.picture import PictureDataset
    from faultlens.runtimes.bundle import Bundle
    from faultlens.training.few_pictures.tuned_on import TunedOnPictures


def tune_labelled_pictures(
    train_data: Path,
    out: Path,
    *,
    dataset: str | None,
    where: list[str] | None,
    model: str,
    part: str | None,
    method: str | None,
    shots: int | None,
    steps: int | None,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Read the pictures, learn, write the bundle, and say which method was taken and why."""
    from faultlens.datasets.pictures.registry import open_pictures
    from faultlens.datasets.pictures.selection import pictures_where
    from faultlens.runtimes.defect_question import PART
    from faultlens.runtimes.picture_model import load_image_model
    from faultlens.training.few_pictures.tune_pictures import AUTO, tune_pictures

    # What cannot be tuned is said before the first picture is read.
    load_image_model(model)
    read = open_pictures(train_data, name=dataset)
    _print_warnings(read)
    pictures = pictures_where(read.pictures, workbench.wanted_of(where, "split=train"))
    bundle, on = tune_pictures(
        pictures,
        out,
        model=model,
        part=part or PART,
        method=method or AUTO,
        epochs=steps,
        shots=shots,
        seed=seed,
        dataset=read.name,
        terms=read.card.terms,
        quiet=quiet or as_json,
    )
    tell_tuned(on.notices, _told(bundle, on), _words(bundle, on), as_json=as_json, quiet=quiet)
    if read.failed:
        raise typer.Exit(InputError.exit_code)


def _print_warnings(read: "PictureDataset") -> None:
    for notice in read.warnings:
        typer.echo(f"Note: {notice.en}", err=True)
    for file in read.failed:
        typer.echo(f"Left out: {file.file}: {file.reason}", err=True)


def _told(bundle: "Bundle", on: "TunedOnPictures") -> dict[str, object]:
    """What a program wants to know of it."""
    gain = on.difference
    return {
        "bundle": str(bundle.folder),
        "model": bundle.reference,
        "base": on.base,
        "method": on.method,
        "why": on.why.en,
        "classes": list(on.classes),
        "pictures": on.pictures,
        "left_out": on.left_out,
        "named_rightly_before": on.before,
        "named_rightly_after": on.after,
        "difference": None if gain is None else [gain.value, gain.low, gain.high],
        "helps": on.helps,
        "tried": [{"method": x.method, "right": x.right, "loss": x.loss} for x in on.tried],
        "data_sha256": on.sha256,
        "warnings": [x.en for x in on.notices],
    }


def _words(bundle: "Bundle", on: "TunedOnPictures") -> str:
    folder = quote(str(bundle.folder))
    return (
        f"{bundle.folder}: {bundle.reference}, tuned on {on.pictures} pictures to tell "
        f"{', '.join(on.classes)} apart.\n"
        f"Method: {on.why.en}\n"
        f"{on.sentence()}\n"
        f"Next: faultlens inspect FILES --model {folder}\n"
        f"      faultlens calibrate SOUND_PICTURES --model {folder} --out product.profile"
    )
