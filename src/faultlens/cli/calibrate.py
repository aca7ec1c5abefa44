"""`faultlens calibrate`: healthy recordings of one asset, or pictures or scans of a product, in."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from faultlens.cli import options, scan_options
from faultlens.cli.asked_sentences import asked_sentences
from faultlens.cli.calibrate_classes import teach_profile, writable_png
from faultlens.cli.calibrate_pictures import calibrate_pictures, refuse_given, split_names
from faultlens.cli.failures import print_failures
from faultlens.core.errors import InputError, UnusableSignalError, UsageError
from faultlens.core.progress import progress
from faultlens.inference.batch import each_file, expand
from faultlens.inference.diagnose_file import described
from faultlens.inference.inspect_batch import are_pictures
from faultlens.inference.scan_files import are_scans
from faultlens.inputs.vibration import SPEED_TOLERANCE, VibrationInput
from faultlens.models.shipped import DEFAULT
from faultlens.profiles.calibrate import judgements_of, profile_of
from faultlens.runtimes.asking import understood
from faultlens.runtimes.devices import CPU
from faultlens.runtimes.judge import Judgement
from faultlens.runtimes.judges import judge_named
from faultlens.runtimes.picture_model import SURFACE_MODEL
from faultlens.signals.catalogue import parse_bearing
from faultlens.signals.signal import Bearing
from faultlens.text.sentences import split_sentences


def calibrate(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "--save_path",
            help="Profile to write, such as pump-7.profile.",
            callback=options.writable_file,
        ),
    ],
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Healthy recordings, or pictures or scans of normal parts: files, globs or "
            "folders.",
            show_default=False,
        ),
    ] = None,
    false_alarms: Annotated[
        float,
        typer.Option(
            "--false-alarms", min=0.0, max=1.0, help="Share of healthy recordings that may alarm."
        ),
    ] = 0.01,
    rpm: options.Rpm = None,
    bearing: options.BearingText = None,
    speed_tolerance: options.SpeedTolerance = SPEED_TOLERANCE,
    sample_rate: options.SampleRate = None,
    channel: options.ChannelName = None,
    faults: options.Faults = None,
    defects: options.Defects = None,
    part: options.Part = None,
    scales: options.Scales = None,
    mm_per_pixel: options.MmPerPixel = None,
    enhance: Annotated[
        str | None,
        typer.Option(
            "--enhance",
            help="What is done to every picture first, comma between: clahe, contrast, glare.",
        ),
    ] = None,
    roi: options.Roi = None,
    zoom: Annotated[
        int | None,
        typer.Option(
            "--zoom", help="How many of the hottest places are looked at again, enlarged."
        ),
    ] = None,
    labelled: Annotated[
        Path | None,
        typer.Option(
            "--labelled",
            help="Labelled pictures of defects, such as the set of faultlens correct: the profile "
            "learns which of them are confused, and when a name is believed.",
        ),
    ] = None,
    missed: Annotated[
        float | None,
        typer.Option(
            "--missed",
            help="With --labelled: share of its pictures whose own name a defect may miss; left "
            "out, 0.1. Fewer missed names are more doubts.",
        ),
    ] = None,
    matrix: Annotated[
        Path | None,
        typer.Option(
            "--matrix",
            help="With --labelled: picture to write of what is confused with what, a .png.",
            callback=writable_png,
        ),
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option(
            "--profile", help="With --labelled, instead of files: the profile that learns from it."
        ),
    ] = None,
    screen: Annotated[
        bool,
        typer.Option(
            "--screen",
            help="The files are frames of one camera of a line (pictures, a video, or a stack, "
            ".npy): the profile of its fast screen, for faultlens watch.",
        ),
    ] = False,
    scans: Annotated[
        bool,
        typer.Option(
            "--scans",
            help="The files are scans of sound parts, for faultlens measure; files that can be "
            "nothing else (.ply, .pcd, .stl, .obj, .xyz, .x3p) need no --scans.",
        ),
    ] = False,
    unit: scan_options.Unit = None,
    reference: scan_options.Reference = None,
    golden: scan_options.Golden = None,
    golden_unit: scan_options.GoldenUnit = None,
    rules: scan_options.Rules = None,
    least_depth_mm: scan_options.LeastDepth = None,
    cell_mm: scan_options.CellSize = None,
    spacing_mm: scan_options.Spacing = None,
    intrinsics: scan_options.IntrinsicsFile = None,
    allow_private: options.AllowPrivate = False,
    model: options.AnyModelName = None,
    device: options.Device = CPU,
    quiet: options.Quiet = False,
) -> None:
    """Learn from healthy recordings, or pictures of normal parts, how high their scores are.

    The wanted rate holds per recording or part, not per window; with n of them no rate below
    1/(n+1) can be promised, and the profile says which one it promises.

    Of pictures, the profile remembers what normal parts look like, and `inspect` holds new ones
    against it. With --labelled it also learns when the name of a defect is believed: where several
    fit, inspect names none and says which.
    """
    if profile is not None:
        _refuse_with_profile(files, labelled)
        assert labelled is not None  # refused otherwise
        teach_profile(
            profile, labelled, out, missed=missed, matrix=matrix, model=model, quiet=quiet
        )
        return
    if not files:
        raise UsageError(
            "Give healthy recordings or pictures of normal parts; or a profile to go on with, "
            "--profile, and labelled pictures, --labelled."
        )
    of_scans = {
        "--unit": unit, "--reference": reference, "--golden": golden, "--golden-unit": golden_unit,
        "--rules": rules, "--least-depth-mm": least_depth_mm, "--cell-mm": cell_mm,
        "--spacing-mm": spacing_mm, "--intrinsics": intrinsics,
    }  # fmt: skip
    if not screen and (scans or are_scans(files)):
        refuse_given(
            "scans",
            {"--rpm": rpm, "--bearing": bearing, "--sample-rate": sample_rate,
             "--channel": channel, "--faults": faults, "--scales": scales,
             "--mm-per-pixel": mm_per_pixel, "--enhance": enhance, "--roi": roi, "--zoom": zoom,
             "--labelled": labelled, "--missed": missed, "--matrix": matrix},
        )  # fmt: skip
        # Scans are no part of every calibration.
        from faultlens.cli.calibrate_scans import calibrate_scans, reading_of

        calibrate_scans(
            files,
            out,
            false_alarms=false_alarms,
            reading=reading_of(unit, spacing_mm, intrinsics),
            reference=reference,
            golden=golden,
            golden_unit=golden_unit,
            defects=None if defects is None else asked_sentences(defects),
            part=part,
            rules=rules,
            least_depth_mm=least_depth_mm,
            cell_mm=cell_mm,
            model=model,
            quiet=quiet,
        )
        return
    refuse_given("recordings or pictures (say --scans where they are scans)", of_scans)
    if screen:
        refuse_given(
            "frames of a camera",
            {"--rpm": rpm, "--bearing": bearing, "--sample-rate": sample_rate,
             "--channel": channel, "--faults": faults, "--defects": defects, "--scales": scales,
             "--mm-per-pixel": mm_per_pixel, "--enhance": enhance, "--roi": roi, "--zoom": zoom,
             "--labelled": labelled, "--missed": missed, "--matrix": matrix, "--model": model},
        )  # fmt: skip
        # The line is no part of every calibration.
        from faultlens.cli.calibrate_screen import calibrate_screen

        calibrate_screen(files, out, false_alarms=false_alarms, part=part, quiet=quiet)
        return
    if are_pictures(files):
        refuse_given(
            "pictures",
            {"--rpm": rpm, "--bearing": bearing, "--sample-rate": sample_rate,
             "--channel": channel, "--faults": faults},
        )  # fmt: skip
        calibrate_pictures(
            files,
            out,
            false_alarms=false_alarms,
            defects=None if defects is None else asked_sentences(defects),
            part=part,
            scales=None if scales is None else options.scales_of(scales),
            mm_per_pixel=mm_per_pixel,
            enhance=() if enhance is None else split_names(enhance),
            roi=roi,
            zoom=zoom or 0,
            labelled=labelled,
            missed=missed,
            matrix=matrix,
            allow_private=allow_private,
            model=SURFACE_MODEL if model is None else model,
            quiet=quiet,
        )
        return
    refuse_given(
        "recordings",
        {"--defects": defects, "--part": part, "--scales": scales,
         "--mm-per-pixel": mm_per_pixel, "--enhance": enhance, "--roi": roi, "--zoom": zoom,
         "--labelled": labelled, "--missed": missed, "--matrix": matrix},
    )  # fmt: skip
    model = DEFAULT if model is None else model
    judge_named(model)
    sentences = None if faults is None else split_sentences(faults)
    if sentences is not None:
        # What nobody knows is said before the first file is read.
        understood(sentences, judge_named(model))
    paths = expand(files)
    work = partial(
        _read,
        sample_rate_hz=sample_rate,
        channel=channel,
        shaft_rpm=rpm,
        bearing=None if bearing is None else parse_bearing(bearing),
        speed_tolerance=speed_tolerance,
        faults=sentences,
        model=model,
    )
    outcomes = list(
        progress(each_file(paths, work), label="Reading", total=len(paths), quiet=quiet)
    )
    failed = [x for x in outcomes if x.result is None]
    print_failures(failed)
    known = {x.file: x.result for x in outcomes if x.result is not None}
    if not known:
        raise UnusableSignalError("None of the recordings could be read; no profile was written.")
    inputs, judgements = zip(*known.values(), strict=True)
    made = profile_of(
        inputs,
        false_alarms=false_alarms,
        faults=sentences,
        speed_tolerance=speed_tolerance,
        model=model,
        name=out.stem,
        judgements=judgements,
    )
    made.save(out)
    # The profile's own doubt, with the names that only we know.
    for file, judgement in zip(known, judgements, strict=True):
        if judgement.looks_faulty:
            typer.echo(f"faultlens: {file} looks faulty itself; is it a healthy machine?", err=True)
    if made.false_alarm_rate > false_alarms:
        typer.echo(
            f"faultlens: {_recordings(made.recordings, 'healthy ')} cannot promise a "
            f"false-alarm rate of {false_alarms:g}, which takes {_needed(false_alarms)}; "
            f"this profile promises {made.false_alarm_rate:.3g}.",
            err=True,
        )
    if not quiet:
        judge = "" if model == DEFAULT else f" --model {quote(model)}"
        typer.echo(
            f"{out}: threshold {made.threshold:.4f} from {_recordings(made.recordings)}, "
            f"false-alarm rate {made.false_alarm_rate:.3g}.\n"
            f"Use it: faultlens diagnose FILES --profile {quote(str(out))}{judge}"
        )
    if failed:
        raise typer.Exit(InputError.exit_code)


def _refuse_with_profile(files: Sequence[str] | None, labelled: Path | None) -> None:
    if files:
        raise UsageError(
            "Files and --profile were given; a profile keeps its own normal parts. Leave out one "
            "of the two."
        )
    if labelled is None:
        raise UsageError("--profile goes with --labelled, the pictures that it learns from.")


def _recordings(count: int, kind: str = "") -> str:
    return f"{count} {kind}recording{'' if count == 1 else 's'}"


def _needed(false_alarms: float) -> int:
    from math import ceil

    return ceil(1 / false_alarms - 1 - 1e-9)


def _read(
    path: Path,
    *,
    sample_rate_hz: float | None,
    channel: str | None,
    shaft_rpm: float | None,
    bearing: Bearing | None,
    speed_tolerance: float,
    faults: Sequence[str] | None,
    model: str,
) -> tuple[VibrationInput, Judgement]:
    recording = described(
        path, sample_rate_hz=sample_rate_hz, channel=channel, shaft_rpm=shaft_rpm, bearing=bearing
    )
    ready = judge_named(model).prepare(recording, speed_tolerance=speed_tolerance)
    judgement = judgements_of([ready], faults=faults, model=model)[0]
    return ready.emptied(), judgement
