"""`faultlens export`: a trained or a published model in, a bundle out that runs without torch."""

import json
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import

BUNDLES = Path("bundles")


def export(
    model: Annotated[
        str,
        typer.Argument(
            help="Folder that 'train' wrote; or a model of pictures and words of Hugging Face: "
            "hf:NAME (hf:openai/clip-vit-base-patch32), an alias (ViT-B/32), its folder."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "--save_path",
            help="Folder of the bundle; left out, bundles/ and the model's name.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="How results call the model; else its own name.")
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(
            help="Terms of the model; else 'as the training data', or what its folder states."
        ),
    ] = None,
    precision: Annotated[
        str,
        typer.Option(
            help="Of a model of pictures and words: fp32; fp16, half the size; int8, a quarter, "
            "and some three times as fast."
        ),
    ] = "fp32",
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
    """Write a model as a bundle, which runs without torch.

    Of a trained model, encoder and adapter become ONNX in single precision and are held against the
    checkpoint; diagnose and calibrate take it. The card says what it was trained on, what was
    measured, and where the alarm threshold comes from. Of a model of pictures and words (CLIP,
    SigLIP, Chinese-CLIP), both sides do, with maps and windows; inspect takes it.
    """
    from faultlens.runtimes.hugging_face import is_hugging_face

    if is_hugging_face(model):
        if evaluation is not None or train_data is not None:
            raise UsageError(
                f"--evaluation and --train-data are of a checkpoint; '{model}' is a model of "
                "Hugging Face. Leave them out."
            )
        _export_published(
            model,
            out,
            name=name,
            licence=licence,
            precision=precision,
            as_json=as_json,
            quiet=quiet,
        )
        return
    if precision != "fp32":
        raise UsageError(
            f"--precision {precision} is of models of pictures and words (hf:NAME); a checkpoint "
            "is small, and is exported as fp32. Leave it out."
        )
    optional_import("torch", extra="train")
    from faultlens.models.checkpoint import read_checkpoint
    from faultlens.training.export import export_bundle
    from faultlens.training.export_card import AS_THE_DATA

    read = read_checkpoint(model)
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


def _export_published(
    model: str,
    out: Path | None,
    as_json: bool,
    quiet: bool,
    *,
    precision: str,
    name: str | None,
    licence: str | None,
) -> None:
    from faultlens.models.vision_language.names import vision_language_name

    # Before the slow imports: a wrong name is told at once.
    vision_language_name(model)
    for package in ("torch", "transformers", "onnxscript"):
        optional_import(package, extra="train")
    from faultlens.models.vision_language.load import load_vision_language
    from faultlens.runtimes.vision_to_onnx import (
        bundle_name,
        checked_precision,
        export_vision_language,
    )

    checked_precision(precision)
    loaded = load_vision_language(model)
    folder = out or BUNDLES / bundle_name(loaded, precision).replace("/", "--")
    options.writable_folder(folder.parent)
    made = export_vision_language(loaded, folder, precision=precision, name=name, licence=licence)
    kept = made.card.results[0]
    if as_json:
        told = {
            "bundle": str(made.folder),
            "model": made.reference,
            "source": loaded.name,
            "precision": precision,
            "licence": made.card.licence,
            "kept": kept.value,
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
    elif not quiet:
        where = quote(str(made.folder))
        typer.echo(
            f"{made.folder}: {made.reference}. {made.card.summary}\n"
            f"{kept.what[0].upper()}{kept.what[1:]}: {kept.value}.\n"
            f"Licence: {made.card.licence}.\n"
            f"Card: faultlens models {where}\nNext: faultlens inspect FILES --model {where}"
        )
