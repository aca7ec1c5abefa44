"""`faultlens export`: a model in, a bundle out that runs without torch, in the bits asked for."""

from pathlib import Path
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.cli.export_told import Wanted
from faultlens.core.errors import UsageError


def export(
    model: Annotated[
        str,
        typer.Argument(
            help="Folder that 'train' wrote; a built-in model or the folder of a bundle; or a "
            "model of pictures and words of Hugging Face: hf:NAME "
            "(hf:openai/clip-vit-base-patch32), an alias (ViT-B/32), its folder."
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
            help="fp32; fp16, half the size; int8, a third to a quarter, and two to three times "
            "as fast. What is lost is measured and written on the card."
        ),
    ] = "fp32",
    calibration: Annotated[
        list[str] | None,
        typer.Option(
            "--calibration",
            help="Pictures or recordings like those that it will see, a file, glob or folder; "
            "again for more. They show the ranges for int8; left out, simulated ones do.",
        ),
    ] = None,
    largest_drop: Annotated[
        float,
        typer.Option(
            "--largest-drop",
            help="Points that accuracy and AUROC on held-out simulated inputs may fall by; a "
            "model that loses more is not written.",
        ),
    ] = 1.0,
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

    In fp16 or int8 any of them, a built-in model too, is made smaller and held against its source:
    outputs, and figures on simulated inputs whose truth is known.
    """
    from faultlens.runtimes.hugging_face import is_hugging_face
    from faultlens.runtimes.precisions import checked_precision
    from faultlens.runtimes.trial import checked_drop

    checked_precision(precision)
    if calibration and precision != "int8":
        raise UsageError(
            f"--calibration shows the ranges of whole numbers, and {precision} has none; give "
            "--precision int8, or leave it out."
        )
    wanted = Wanted(
        model=model,
        out=out,
        name=name,
        licence=licence,
        precision=precision,
        calibration=tuple(calibration or ()),
        largest_drop=checked_drop(largest_drop),
        as_json=as_json,
        quiet=quiet,
    )
    if is_hugging_face(model):
        _refuse_of_training(model, "a model of Hugging Face", evaluation, train_data)
        from faultlens.cli.export_published import export_published

        export_published(wanted)
    elif _is_bundle(model):
        _refuse_of_training(model, "a bundle", evaluation, train_data)
        from faultlens.cli.export_again import export_again

        export_again(wanted)
    else:
        from faultlens.cli.export_trained import export_trained

        export_trained(wanted, evaluation=evaluation, train_data=train_data)


def _is_bundle(model: str) -> bool:
    from faultlens.runtimes.bundle import MANIFEST
    from faultlens.runtimes.loaded import BUILTIN

    return model.startswith(BUILTIN) or (Path(model) / MANIFEST).is_file()


def _refuse_of_training(model: str, what: str, *given: Path | None) -> None:
    if any(x is not None for x in given):
        raise UsageError(
            f"--evaluation and --train-data are of a checkpoint; '{model}' is {what}. "
            "Leave them out."
        )
