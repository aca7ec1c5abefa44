"""`faultlens export`: a checkpoint in, a bundle out that runs without torch."""

import json
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.core.optional import optional_import

BUNDLES = Path("bundles")


def export(
    checkpoint: Annotated[Path, typer.Argument(help="Folder that 'train' wrote.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "--save_path",
            help="Folder of the bundle; left out, bundles/ and the checkpoint's name.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="How results call the model; else the checkpoint's name.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option(help="Terms of the model; else 'as the training data'.")
    ] = None,
    evaluation: Annotated[
        Path | None, typer.Option(help="Folder of 'evaluate' whose figures go onto the card.")
    ] = None,
    train_data: Annotated[
        Path | None,
        typer.Option(
            "--train-data",
            "--train_data_dir",
            help="Where the training data lie now; the alarm threshold is measured on the windows "
            "of them that training held out.",
        ),
    ] = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Write a trained model as a bundle, which diagnose and calibrate take without torch.

    Encoder and adapter become ONNX in single precision and are held against the checkpoint; the
    card says what it was trained on, what was measured, and where the alarm threshold comes from.
    """
    optional_import("torch", extra="train")
    from faultlens.models.checkpoint import read_checkpoint
    from faultlens.training.export import export_bundle
    from faultlens.training.export_card import AS_THE_DATA

    read = read_checkpoint(checkpoint)
    folder = out or BUNDLES / read.folder.resolve().name
    options.writable_folder(folder.parent)
    made = export_bundle(
        read,
        folder,
        name=name,
        licence=licence or AS_THE_DATA,
        evaluation=evaluation,
        train_data=train_data,
    )
    if as_json:
        told = {
            "bundle": str(made.folder),
            "model": made.reference,
            "checkpoint": read.reference,
            "classes": list(made.classes),
            "asked_in_words": made.text is not None,
            **made.calibration["windows"],
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
    elif not quiet:
        where = quote(str(made.folder))
        words = "sentences" if made.text is not None else "the names of its classes"
        typer.echo(
            f"{made.folder}: {made.reference}, asked by {words}; it tells "
            f"{', '.join(made.classes)}.\n{made.card.limits}\n"
            f"Card: faultlens models {where}\nNext: faultlens diagnose FILES --model {where}"
        )
