"""`faultlens tune`: recordings of a machine or pictures of a product in, a model of it out."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from faultlens.cli import options
from faultlens.cli import workbench_options as workbench
from faultlens.cli.asked_sentences import asked_sentences
from faultlens.cli.calibrate_pictures import refuse_given
from faultlens.cli.tune_pictures import tune_labelled_pictures
from faultlens.cli.tune_rendered import tune_rendered_pictures
from faultlens.cli.tune_told import tell_tuned
from faultlens.core.errors import UsageError
from faultlens.datasets.kinds import holds_pictures
from faultlens.models.shipped import DEFAULT
from faultlens.runtimes.bundle import refuse_other_folder
from faultlens.runtimes.picture_model import SURFACE_MODEL

if TYPE_CHECKING:
    from faultlens.runtimes.bundle import Bundle
    from faultlens.training.tune import TunedOn

TUNED = Path("tuned_model")


def tune(
    train_data: Annotated[
        Path | None,
        typer.Option(
            "--train-data",
            "--train_data_dir",
            help="Folder or manifest CSV of labelled recordings of a machine, or of labelled "
            "pictures of a product; also a set of corrections.",
        ),
    ] = None,
    render: Annotated[
        str | None,
        typer.Option(
            "--render",
            help="Folder, glob or file of pictures of sound parts: defects are rendered onto them.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "--model_path",
            help="Model to tune, or the folder of a bundle like it; left out, builtin/bearing of "
            "recordings, builtin/surface of pictures.",
        ),
    ] = None,
    defects: options.Defects = None,
    part: options.Part = None,
    steps: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="With --render: steps of 32 crops, 300 if left out; with --method lora: passes "
            "over the pictures, 30 if left out.",
        ),
    ] = None,
    dataset: workbench.DatasetName = None,
    where: workbench.Where = None,
    sample_rate: options.SampleRate = None,
    shots: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Labelled windows, or pictures, per class, from as many recordings or parts as "
            "there are; left out, all.",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="Of pictures: auto (the default) leaves each out and takes what fits best; or "
            "prototypes, cache, residual, lora."
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "--save_path", help="Folder of the bundle to write.")
    ] = TUNED,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Tune a model to your machine or product: by a few labelled windows, or by sound parts alone.

    --train-data: labelled recordings with speed and bearing, of one sampling rate, or labelled
    pictures, a folder per class; in seconds, without torch. Each is left out in turn to see whether
    tuning helps; where it does not, that is said. diagnose, inspect and calibrate take the result.

    --render: pictures of sound parts. Defects are rendered onto them and learned, in minutes, with
    no picture of a defect at all. inspect and calibrate take the result.
    """
    if (train_data is None) == (render is None):
        raise UsageError(
            "Give either --train-data, labelled recordings of a machine, or --render, pictures of "
            "sound parts."
        )
    options.writable_folder(out.parent)
    # It is refused again when the bundle is written; here, before anything is read or learned.
    refuse_other_folder(out)
    if render is not None:
        refuse_given(
            "pictures",
            {
                "--dataset": dataset,
                "--where": where,
                "--sample-rate": sample_rate,
                "--shots": shots,
                "--method": method,
            },
        )
        tune_rendered_pictures(
            render,
            out,
            defects=None if defects is None else asked_sentences(defects),
            part=part,
            model=model or SURFACE_MODEL,
            steps=steps,
            seed=seed,
            as_json=as_json,
            quiet=quiet,
        )
        return
    assert train_data is not None  # one of the two is given
    if not train_data.exists():
        raise UsageError(
            f"There is no '{train_data}' here. Give your folder of labelled recordings or pictures "
            "with --train-data; 'faultlens data' lists the layouts that are read."
        )
    if holds_pictures(train_data, name=dataset):
        refuse_given("pictures", {"--defects": defects, "--sample-rate": sample_rate})
        tune_labelled_pictures(
            train_data,
            out,
            dataset=dataset,
            where=where,
            model=model or SURFACE_MODEL,
            part=part,
            method=method,
            shots=shots,
            steps=steps,
            seed=seed,
            as_json=as_json,
            quiet=quiet,
        )
        return
    refuse_given(
        "recordings",
        {"--defects": defects, "--part": part, "--steps": steps, "--method": method},
    )
    from faultlens.training.shots import tunable_judge
    from faultlens.training.tune import tune as tuned

    # What cannot be tuned is said before the first file is read.
    tunable_judge(model or DEFAULT)
    read = workbench.open_labelled(train_data, dataset, where, sample_rate)
    workbench.print_warnings(read)
    bundle, on = tuned(
        read.recordings,
        out,
        model=model or DEFAULT,
        shots=shots,
        seed=seed,
        dataset=read.name,
        terms=read.card.terms,
        quiet=quiet or as_json,
    )
    tell_tuned(on.notices, _told(bundle, on), _words(bundle, on), as_json=as_json, quiet=quiet)
    workbench.exit_for_failed(read)


def _told(bundle: "Bundle", on: "TunedOn") -> dict[str, object]:
    """What a program wants to know of it."""
    difference = on.difference
    return {
        "bundle": str(bundle.folder),
        "model": bundle.reference,
        "base": on.base,
        "classes": list(on.classes),
        "windows": on.windows,
        "recordings": on.recordings,
        "left_out": on.left_out,
        "balanced_accuracy_before": on.before,
        "balanced_accuracy_after": on.after,
        "difference": [difference.value, difference.low, difference.high],
        "helps": on.helps,
        "sharpness": on.sharpness,
        "data_sha256": on.sha256,
        "warnings": [x.en for x in on.notices],
    }


def _words(bundle: "Bundle", on: "TunedOn") -> str:
    difference = on.difference
    return (
        f"{bundle.folder}: {bundle.reference}, tuned on {on.windows} windows of {on.recordings} "
        f"recordings to tell {', '.join(on.classes)} apart.\n"
        f"With {on.left_out} left out in turn: balanced accuracy {on.after:.3f}; "
        f"{on.base.partition('@')[0]} {on.before:.3f}; difference {difference.value:+.3f} "
        f"[{difference.low:+.3f}, {difference.high:+.3f}].\n"
        f"Next: faultlens diagnose FILES --model {quote(str(bundle.folder))}"
    )
