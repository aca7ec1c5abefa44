"""`faultlens evaluate`: a model held against recordings or pictures that it has not seen."""

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from faultlens.cli import options
from faultlens.cli import workbench_options as workbench
from faultlens.cli.evaluate_pictures import PictureOptions, evaluate_pictures
from faultlens.core.errors import UsageError
from faultlens.core.files import write_text

if TYPE_CHECKING:
    from faultlens.datasets.dataset import Dataset
    from faultlens.evaluation.evaluate import Trial
    from faultlens.models.checkpoint import Checkpoint

TEST_SET = Path("bearingset") / "test_set"
MODEL = Path("pretrained_weights") / "adapter_tuned_model"
RESULTS = Path("results") / "evaluation"

SURFACE = "builtin/surface"


def evaluate(
    model: Annotated[
        Path,
        typer.Option(
            "--model",
            "--model_path",
            help="Checkpoint folder of 'train'; for pictures a bundle, builtin/surface by default.",
        ),
    ] = MODEL,
    test_data: Annotated[
        Path, typer.Option("--test-data", "--test_data_dir", help="Folder or manifest CSV.")
    ] = TEST_SET,
    dataset: workbench.DatasetName = None,
    where: workbench.Where = None,
    sample_rate: options.SampleRate = None,
    train_data: Annotated[
        Path | None,
        typer.Option(
            "--train-data",
            "--train_data_dir",
            help="Where the training data lies now, for the floor.",
        ),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(help="Rung of the protocol ladder; a split that leaks is refused."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Property that the protocol holds out, such as size or load.")
    ] = None,
    over: Annotated[
        str, typer.Option(help="What intervals are drawn over: recordings or bearings.")
    ] = "recordings",
    snr: Annotated[
        str | None, typer.Option(help="Noise added: signal-to-noise in dB, comma between several.")
    ] = None,
    adapt: Annotated[
        bool, typer.Option("--adapt", help="Adapt to the test's windows first, never by labels.")
    ] = False,
    adapt_data: Annotated[
        Path | None, typer.Option(help="Adapt to these recordings instead of those of the test.")
    ] = None,
    shots: Annotated[
        int | None,
        typer.Option(min=1, help="Labelled windows per class of the test to learn from."),
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(
            min=1, help="Draws of the shots (10 without it), or of the references (1 without it)."
        ),
    ] = None,
    references: Annotated[
        int,
        typer.Option(min=0, help="Of pictures: clean ones to calibrate on first, drawn by group."),
    ] = 0,
    profile: Annotated[
        Path | None, typer.Option(help="Of pictures: profile to judge with, from calibrate.")
    ] = None,
    false_alarms: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Wanted rate, with --references.")
    ] = 0.01,
    defects: options.Defects = None,
    part: options.Part = None,
    scales: options.Scales = None,
    mm_per_pixel: options.MmPerPixel = None,
    text_model: workbench.TextModel = None,
    text_encoder_type: workbench.TextEncoderType = None,
    prompt: Annotated[
        list[str] | None, typer.Option(help="Must be the checkpoint's: it comes with it.")
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            "--out", "--save_path", help="Folder to write.", callback=options.writable_folder
        ),
    ] = RESULTS,
    seed: options.Seed = 0,
    device: workbench.Device = "auto",
    as_json: options.AsJson = False,
    lang: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Measure a model on labelled recordings or pictures: figures with intervals, floors, pictures.

    Prompts and scale are those of the checkpoint. Recordings that it was trained on are refused;
    without --protocol the hardest rung that the test fulfils is told.

    With --shots the model is builtin/bearing, or a bundle like it: it is tuned on a few labelled
    windows of the test's own machine, drawn several times, and tested on all other recordings.

    Pictures (layouts of MVTec AD, VisA, COCO, a folder per class, a manifest: see 'faultlens data')
    are inspected, by text alone or with --references or --profile: image and pixel AUROC, AUPRO,
    names per defect, false alarms and misses at the threshold that ships.
    """
    of_recordings = {
        "--sample-rate": sample_rate, "--train-data": train_data, "--protocol": protocol,
        "--by": by, "--snr": snr, "--adapt": adapt or None, "--adapt-data": adapt_data,
        "--shots": shots, "--text-model": text_model, "--prompt": prompt,
    }  # fmt: skip
    of_pictures = {
        "--references": references or None, "--profile": profile, "--defects": defects,
        "--part": part, "--scales": scales, "--mm-per-pixel": mm_per_pixel,
    }  # fmt: skip
    if _are_pictures(test_data, dataset):
        _refuse("pictures", of_recordings)
        evaluate_pictures(
            PictureOptions(
                test_data=test_data,
                dataset=dataset,
                where=where,
                model=SURFACE if model == MODEL else str(model),
                defects=defects,
                part=part,
                references=references,
                profile=profile,
                false_alarms=false_alarms,
                scales=scales,
                mm_per_pixel=mm_per_pixel,
                draws=draws or 1,
                out=out,
                seed=seed,
                lang=lang,
            ),
            as_json=as_json,
            quiet=quiet,
        )
        return
    _refuse("recordings", of_pictures)
    levels = noise_levels(snr)
    device = workbench.device_named(device)
    from faultlens.evaluation.answers import Noise
    from faultlens.evaluation.evaluate import Trial
    from faultlens.models.checkpoint import read_checkpoint, refuse_pictures

    if shots is not None:
        read = workbench.open_labelled(test_data, dataset, where, sample_rate)
        _few_shots(str(model), read, shots, draws or 10, seed, out, as_json, quiet)
        return

    checkpoint = read_checkpoint(model)
    refuse_pictures(checkpoint)
    workbench.refuse_other_text(checkpoint, text_model, prompt, text_encoder_type)
    if not test_data.exists():
        raise UsageError(
            f"There is no '{test_data}' here. Give your folder of labelled recordings with "
            "--test-data; 'faultlens data' lists the layouts that are read."
        )
    read = workbench.open_labelled(test_data, dataset, where, sample_rate)
    workbench.print_warnings(read, lang=lang)
    adapted_to = read if adapt else None
    if adapt_data is not None:
        adapted_to = workbench.open_labelled(adapt_data, dataset, where, sample_rate)
        workbench.print_warnings(adapted_to, lang=lang)
    rows = []
    for level in (None, *levels):
        trial = Trial(
            protocol,
            by,
            None if level is None else Noise(level, seed),
            over,
            None if adapted_to is None else adapted_to.recordings,
        )
        place = out if level is None else out / f"snr_{level:g}dB"
        record = _measured(checkpoint, read, trial, place, train_data, device, lang, quiet)
        rows.append({"snr_db": level, "out": str(place), **_headline(record)})
        _say(rows[-1], record, as_json or quiet)
    told = rows[0] if not levels else {**rows[0], "noise": rows[1:]}
    if levels:
        write_text(out / "noise.json", json.dumps(rows, indent=1) + "\n")
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    workbench.exit_for_failed(read)


def _are_pictures(path: Path, name: str | None) -> bool:
    from faultlens.datasets.kinds import holds_pictures

    return holds_pictures(path, name=name)


def _refuse(kind: str, others: Mapping[str, object]) -> None:
    if odd := [name for name, value in others.items() if value is not None]:
        raise UsageError(
            f"The test data are {kind}, which take no {', '.join(odd)}; leave it out, or give "
            "other data with --test-data."
        )


def noise_levels(text: str | None) -> tuple[float, ...]:
    """The levels of --snr.

    Args:
        text: numbers with commas between them; None for none.

    Raises:
        UsageError: something that is no number.

    Example:
        >>> noise_levels("10, 0,-5")
        (10.0, 0.0, -5.0)
    """
    advice = f"--snr '{text}'; give decibels with commas between them, such as --snr 10,0,-5."
    try:
        levels = tuple(float(x) for x in (text or "").split(",") if x.strip())
    except ValueError as error:
        raise UsageError(advice) from error
    if not all(map(isfinite, levels)):
        raise UsageError(advice)
    return levels


def _few_shots(
    model: str,
    read: "Dataset",
    shots: int,
    draws: int,
    seed: int,
    out: Path,
    as_json: bool,
    quiet: bool,
) -> None:
    """What a few labelled windows per class are worth, over several draws of them."""
    from faultlens.evaluation.few_shot import few_shot

    workbench.print_warnings(read)
    found = few_shot(
        model, read.recordings, shots=shots, draws=draws, seed=seed, quiet=quiet or as_json
    )
    told = json.dumps(found.to_dict(), ensure_ascii=False)
    write_text(out / "few_shot.json", told + "\n")
    if as_json:
        typer.echo(told)
    elif not quiet:
        typer.echo(found.in_words)
    workbench.exit_for_failed(read)


def _measured(
    checkpoint: "Checkpoint",
    read: "Dataset",
    trial: "Trial",
    out: Path,
    train_data: Path | None,
    device: str,
    lang: str,
    quiet: bool,
) -> dict[str, Any]:
    """Figures, pictures and report of one trial, written into its folder."""
    from faultlens.evaluation.evaluate import evaluate as evaluated
    from faultlens.evaluation.written import write_evaluation

    found = evaluated(
        checkpoint, read.recordings, trial, train_data=train_data, device=device, quiet=quiet
    )
    about = {
        **found.about,
        "data": {"name": read.name, "sha256": read.sha256, "recordings": len(read.recordings)},
        "warnings": [*found.about["warnings"], *read.warnings],
        "failed": [(x.file, x.reason) for x in read.failed],
    }
    return write_evaluation(out, found.predictions, about, found.floors, lang)


def _headline(record: dict[str, Any]) -> dict[str, Any]:
    figures = ("accuracy", "expected_calibration_error", "windows", "protocol")
    macro = {f"macro_{x}": record[x]["macro"] for x in ("precision", "recall", "f1", "auroc")}
    return {**{x: record[x] for x in figures}, **macro}


def _say(row: dict[str, Any], record: dict[str, Any], silent: bool) -> None:
    if silent:
        return
    low, high = record["intervals"]["accuracy"]
    noise = "" if row["snr_db"] is None else f" at {row['snr_db']:g} dB noise"
    typer.echo(
        f"{row['protocol']}{noise}: accuracy {row['accuracy']:.3f} [{low:.3f}, {high:.3f}], macro "
        f"F1 {row['macro_f1']:.3f}, calibration error {row['expected_calibration_error']:.3f}, "
        f"{row['windows']} windows."
    )
    for name, floor in record["floors"].items():
        typer.echo(f"  {floor.get('in_words') or name + ': ' + floor['left_out']}")
    typer.echo(f"  Report: {row['out']}/report.html")
