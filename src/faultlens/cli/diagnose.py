"""`faultlens diagnose`: recordings and a bearing number in, faults named with evidence out."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.cli.batch_run import Resume, run_batch, settings_of
from faultlens.cli.table import print_results
from faultlens.core.errors import UnreadableFileError
from faultlens.inference.batch import each_file, expand
from faultlens.inference.diagnose_file import diagnose_file
from faultlens.inference.diagnose_out import DiagnosedBatch, DiagnosedRecording
from faultlens.inference.resume import Unfinished
from faultlens.inputs.vibration import SPEED_TOLERANCE
from faultlens.models.shipped import DEFAULT
from faultlens.profiles.profile import read_profile
from faultlens.runtimes.asking import understood
from faultlens.runtimes.devices import CPU
from faultlens.runtimes.judges import judge_named
from faultlens.signals.catalogue import parse_bearing
from faultlens.signals.sidecar import sidecar_path
from faultlens.text.sentences import split_sentences


def diagnose(
    context: typer.Context,
    files: options.Files,
    rpm: options.Rpm = None,
    bearing: options.BearingText = None,
    speed_tolerance: options.SpeedTolerance = SPEED_TOLERANCE,
    sample_rate: options.SampleRate = None,
    channel: options.ChannelName = None,
    faults: options.Faults = None,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="Profile of the asset, from calibrate.")
    ] = None,
    machine_group: options.MachineGroup = None,
    asset: options.Asset = None,
    model: options.ModelName = DEFAULT,
    device: options.Device = CPU,
    out: options.OutFolder = None,
    resume: Resume = False,
    as_json: options.AsJson = False,
    fail_on_fault: Annotated[
        bool, typer.Option("--fail-on-fault", help="Exit with 10 when a fault alarms.")
    ] = False,
    lang: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Name the fault of a bearing in recordings, with the evidence beside it.

    Speed and bearing need not be known: the result says what is lost without them. With both, the
    training-free rule gives a second opinion, and a disagreement is said.

    A sidecar beside a recording (pump7.toml beside pump7.csv: shaft_rpm, sample_rate_hz, unit,
    bearing, asset, time, channel) beats the options; the result says where they differ.
    """
    sentences = None if faults is None else split_sentences(faults)
    if sentences is not None:
        # What nobody knows is said before the first file is read.
        understood(sentences, judge_named(model))
    work = partial(
        diagnose_file,
        sample_rate_hz=sample_rate,
        channel=channel,
        faults=sentences,
        shaft_rpm=rpm,
        bearing=None if bearing is None else parse_bearing(bearing),
        asset=asset,
        speed_tolerance=speed_tolerance,
        model=model,
        profile=None if profile is None else read_profile(profile),
        machine_group=machine_group,
        lang=lang,
    )
    paths = expand(files)
    batch = DiagnosedBatch(out, lang=lang)
    settings = settings_of(context, model=judge_named(model).reference)
    run_batch(
        batch,
        paths,
        lambda wanted: each_file(wanted, work),
        Unfinished[DiagnosedRecording](out, settings, resume=resume),
        files_of=_files_of,
        label="Diagnosing",
        show=lambda seconds: print_results(batch.results),
        fails=lambda result: fail_on_fault and result.alarm,
        as_json=as_json,
        quiet=quiet,
    )


def _files_of(path: Path) -> tuple[Path, ...]:
    """The recording and what lies beside it."""
    try:
        beside = sidecar_path(path)
    except UnreadableFileError:
        return (path,)  # it fails for that, and is not kept
    return (path,) if beside is None else (path, beside)
