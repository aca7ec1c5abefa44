"""`faultlens train`: labelled recordings or pictures in, a model in words out."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from faultlens.cli import options
from faultlens.cli import workbench_options as workbench
from faultlens.core.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from faultlens.datasets.labelled import LabelledRecording
    from faultlens.models.checkpoint import Checkpoint
    from faultlens.training.experiment import Experiment
    from faultlens.training.loop import Hook
    from faultlens.training.stage import DataSource

MODES = ("zero_shot", "adapter")
TRAIN_SET = Path("bearingset") / "train_set"
WEIGHTS = Path("pretrained_weights")

ADAPTER_EPOCHS = 15
"""Of the second stage, as in the reference document."""


def train(
    mode: Annotated[
        str, typer.Option(help="zero_shot: contrast with text; adapter: its second stage.")
    ] = "zero_shot",
    train_data: Annotated[
        Path, typer.Option("--train-data", "--train_data_dir", help="Folder or manifest.")
    ] = TRAIN_SET,
    dataset: workbench.DatasetName = None,
    where: workbench.Where = None,
    sample_rate: options.SampleRate = None,
    encoder: Annotated[
        str | None, typer.Option(help="Vibration encoder; 'surface' for pictures.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            help="Of pictures: where weights come from: builtin/surface, the folder of a bundle "
            "that came from it, or scratch."
        ),
    ] = None,
    text_model: workbench.TextModel = None,
    text_encoder_type: workbench.TextEncoderType = None,
    text_lora: Annotated[
        int | None, typer.Option(min=1, help="Train low-rank additions to the text model: rank.")
    ] = None,
    prompt: Annotated[
        list[str] | None, typer.Option(help="Template; {} takes the class. May be repeated.")
    ] = None,
    save_suffix: Annotated[
        str, typer.Option("--save-suffix", "--save_suffix", help="Ends the checkpoint's name.")
    ] = "",
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "--save_path",
            help="Folder of checkpoints.",
            callback=options.writable_folder,
        ),
    ] = WEIGHTS,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the data.")] = None,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", "--batch_size", min=1, help="Examples per step.")
    ] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate at its peak.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of weights, order, split.")] = None,
    loss: Annotated[
        str | None, typer.Option(help="prototypes, captions, both, attributes.")
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option(help="TOML with any setting of a training.")
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any other setting, such as training.warmup=0.2."),
    ] = None,
    device: workbench.Device = "auto",
    tensorboard: Annotated[
        Path | None, typer.Option(help="Folder for TensorBoard's curves.")
    ] = None,
    mlflow: Annotated[str | None, typer.Option(help="MLflow experiment for the curves.")] = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Train a model that names faults by sentences, on your labelled recordings or pictures.

    Stage one, zero_shot, brings recordings and sentences together by contrast; stage two, adapter,
    loads the zero-shot model of the same suffix and trains a small adapter, nothing else. A run
    that was killed goes on where it was when it is started again.

    Pictures (a folder per class, a text file of captions beside each, a manifest with the column
    caption, COCO, what 'simulate surface' writes) train an encoder of surfaces, beside rendered
    ones; 'faultlens export' makes it a model for inspect. Pictures that nobody labelled have
    defects painted on. With --train-data rendered there are none but rendered ones.

    Settings without an option of their own (--set, --recipe) are listed in docs/settings.md.
    """
    if mode not in MODES:
        raise UnknownNameError("mode", mode, MODES)
    of_pictures = _takes_pictures(train_data, dataset, encoder)
    if not of_pictures and not train_data.exists():
        raise UsageError(
            f"There is no '{train_data}' here. Give your folder of labelled recordings with "
            "--train-data; 'faultlens data' lists the layouts that are read."
        )
    device = workbench.device_named(device)
    from faultlens.models.checkpoint import FOLDERS
    from faultlens.training.experiment import Experiment
    from faultlens.training.overrides import read_settings, table_of, with_table
    from faultlens.training.stage import DataSource

    suffix = _suffix(save_suffix, prompt)
    own: dict[str, object] = {
        "encoder": encoder,
        "start": start,
        "text": {"prompts": prompt},
        "training": {
            "epochs": epochs, "batch_size": batch_size, "learning_rate": lr, "seed": seed,
        },
        "loss": {"name": loss},
        "device": device,
    }  # fmt: skip
    tables = [read_settings(recipe) if recipe else {}, table_of(change or ())]
    if of_pictures:
        from faultlens.cli.train_pictures import train_pictures

        if text_model is not None or text_encoder_type is not None or text_lora is not None:
            raise UsageError(
                "Another text model was asked for; an encoder of pictures is trained into "
                "builtin/text, by which its bundle is asked in words. Leave it out."
            )
        if mode != "zero_shot" or sample_rate is not None:
            raise UsageError(
                "--mode adapter and --sample-rate are of recordings; pictures are trained in one "
                "stage, and 'faultlens tune' adapts the exported model to labelled ones. Leave "
                "them out."
            )
        train_pictures(
            train_data,
            dataset=dataset,
            where=where or (),
            tables=[*tables, _given(own)],
            folder=out / f"{FOLDERS[mode]}{suffix}",
            hooks=lambda x: _hooks(tensorboard, mlflow, x.to_dict()),
            as_json=as_json,
            quiet=quiet,
        )
        return
    first, experiment = None, Experiment()
    if mode == "adapter":
        first, experiment = _first_stage(out, suffix)
        workbench.refuse_other_text(first, text_model, prompt, text_encoder_type)
        text_model = prompt = None
    else:
        text_model = workbench.text_model_of(text_model, text_encoder_type)
    begun = experiment
    own["text"] = {"model": text_model, "prompts": prompt, "lora_rank": text_lora}
    for table in (*tables, _given(own)):
        experiment = with_table(experiment, table)
    if first is not None:
        _refuse_other_model(first, begun, experiment)
    read = workbench.open_labelled(train_data, dataset, where, sample_rate)
    workbench.print_warnings(read)
    folder = out / f"{FOLDERS[mode]}{suffix}"
    hooks = _hooks(tensorboard, mlflow, experiment.to_dict())
    source = DataSource(read.name, read.sha256, str(train_data))
    made = _trained(read.recordings, source, first, experiment, folder, hooks, quiet or as_json)
    if not workbench.is_first_process():
        return
    if as_json:
        typer.echo(json.dumps(_told(made), ensure_ascii=False))
    elif not quiet:
        _print(made)
    workbench.exit_for_failed(read)


def _takes_pictures(path: Path, dataset: str | None, encoder: str | None) -> bool:
    """Whether pictures are to be learned from: asked for, or there and no recordings."""
    from faultlens.datasets.dataset import files_below
    from faultlens.datasets.kinds import holds_pictures
    from faultlens.datasets.pictures.stated import pictures_below

    if encoder == "surface" or (encoder is None and path == Path("rendered")):
        return True
    if holds_pictures(path, name=dataset):
        return True
    alone = path.is_dir() and dataset is None and not any(True for _ in files_below(path))
    return alone and any(True for _ in pictures_below(path))


def _trained(
    recordings: "Sequence[LabelledRecording]",
    source: "DataSource",
    first: "Checkpoint | None",
    experiment: "Experiment",
    folder: Path,
    hooks: "Sequence[Hook]",
    quiet: bool,
) -> "Checkpoint":
    if first is not None:
        from faultlens.training.adapter_stage import train_adapter

        return train_adapter(
            recordings, first, experiment, folder, source=source, hooks=hooks, quiet=quiet
        )
    from faultlens.training.zero_shot import open_text_for, train_zero_shot

    text = open_text_for(experiment, recordings)
    return train_zero_shot(
        recordings, experiment, text, folder, source=source, hooks=hooks, quiet=quiet
    )


def _first_stage(out: Path, suffix: str) -> "tuple[Checkpoint, Experiment]":
    """The zero-shot model of the same suffix, and the settings that its adapter starts from."""
    from faultlens.models.checkpoint import FOLDERS, ZERO_SHOT, read_checkpoint, refuse_pictures
    from faultlens.training.experiment import Experiment
    from faultlens.training.overrides import with_table

    first = read_checkpoint(out / f"{FOLDERS[ZERO_SHOT]}{suffix}")
    refuse_pictures(first)
    kept = with_table(Experiment(), first.settings[ZERO_SHOT])
    return first, with_table(kept, {"training": {"epochs": ADAPTER_EPOCHS}})


def _refuse_other_model(first: "Checkpoint", begun: "Experiment", wanted: "Experiment") -> None:
    """Settings of the first stage's model: nothing of it moves in the second one."""
    from faultlens.training.trackers import flat

    had, asked = flat(begun.to_dict()), flat(wanted.to_dict())
    fixed = ("encoder", "text", "window", "dim")
    for name in (x for x in asked if x.partition(".")[0] in fixed):
        if asked[name] != had[name]:
            raise UsageError(
                f"{name} = {asked[name]} was asked for; {first.folder} was trained with "
                f"{had[name]}, and the second stage trains its adapter alone. Leave it out, or "
                "train the first stage again."
            )


def _hooks(
    tensorboard: Path | None, mlflow: str | None, settings: Mapping[str, object]
) -> "list[Hook]":
    from faultlens.training import trackers

    if not workbench.is_first_process():
        return []
    hooks = [trackers.tensorboard(tensorboard)] if tensorboard else []
    return [*hooks, trackers.mlflow(mlflow, settings)] if mlflow else hooks


def _suffix(given: str, prompt: list[str] | None) -> str:
    """The suffix of a checkpoint; the bare label as prompt marks it, as in the reference."""
    from faultlens.training.experiment import SIMPLE_PROMPT, SIMPLE_SUFFIX

    simple = prompt == [SIMPLE_PROMPT] and not given.endswith(SIMPLE_SUFFIX)
    return f"{given}{SIMPLE_SUFFIX}" if simple else given


def _given(table: Mapping[str, object]) -> dict[str, object]:
    """The options that were given: None leaves what recipe or default say."""
    inside = {k: _given(v) if isinstance(v, Mapping) else v for k, v in table.items()}
    return {k: v for k, v in inside.items() if v is not None and v != {}}


def _told(made: "Checkpoint") -> dict[str, object]:
    """What a program wants to know of a finished training."""
    from faultlens.training.state import Epoch, best_of

    rows = [dict(x) for x in made.history]
    epochs = [Epoch(**x) for x in rows if x.pop("stage") == made.stage]
    best = best_of(epochs)
    return {
        "checkpoint": str(made.folder),
        "model": made.reference,
        "stage": made.stage,
        "classes": list(made.classes),
        "encoder": made.encoder.name,
        "text": made.text.reference,
        "windows": made.trained_on.windows,
        "validation_windows": made.trained_on.validation_windows,
        "epochs": len(epochs),
        "best_epoch": best.number,
        "validation_balanced_accuracy": best.validation_score,
        "seconds": round(sum(x.seconds for x in epochs), 2),
    }


def _print(made: "Checkpoint") -> None:
    told = _told(made)
    held = told["validation_balanced_accuracy"]
    score = "nothing was held out" if held is None else f"balanced accuracy {held:.3f} there"
    typer.echo(
        f"{made.folder}: {made.encoder.name} with {made.text.reference}, "
        f"{len(made.classes)} classes ({', '.join(made.classes)}); "
        f"{told['windows']} windows learned from in {told['seconds']} s, "
        f"{told['validation_windows']} held out, best epoch {told['best_epoch']} of "
        f"{told['epochs']}, {score}."
    )
    typer.echo(f"Next: faultlens evaluate --model {made.folder} --test-data FOLDER --out results")
