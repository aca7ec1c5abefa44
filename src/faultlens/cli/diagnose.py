"""`faultlens diagnose`: recordings and a bearing number in, faults named with evidence out."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.cli.failures import FAULT_FOUND, print_failures
from faultlens.cli.table import print_results
from faultlens.core.errors import InputError
from faultlens.core.interrupts import noted_interrupts
from faultlens.core.progress import progress
from faultlens.inference.batch import Outcome, each_file, expand, write_batch_report
from faultlens.inference.diagnose_file import diagnose_file
from faultlens.inference.findings import Diagnosis
from faultlens.inference.output_names import output_name
from faultlens.inputs.vibration import SPEED_TOLERANCE
from faultlens.models.shipped import DEFAULT
from faultlens.profiles.profile import read_profile
from faultlens.runtimes.asking import understood
from faultlens.runtimes.devices import CPU
from faultlens.runtimes.judges import judge_named
from faultlens.signals.catalogue import parse_bearing
from faultlens.text.sentences import split_sentences


def diagnose(
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
    model: options.ModelName = DEFAULT,
    device: options.Device = CPU,
    out: options.OutFolder = None,
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
        speed_tolerance=speed_tolerance,
        model=model,
        profile=None if profile is None else read_profile(profile),
        machine_group=machine_group,
        lang=lang,
    )
    paths = expand(files)
    results: list[tuple[Diagnosis, str]] = []
    failed: list[Outcome[Diagnosis]] = []
    taken: set[str] = {"report", "results"}
    try:
        with noted_interrupts() as check:
            for outcome in progress(
                each_file(paths, work), label="Diagnosing", total=len(paths), quiet=quiet
            ):
                check()
                if outcome.result is None:
                    failed.append(outcome)
                    continue
                name = output_name(outcome.file, taken)
                if out is not None:
                    # Written as soon as it is known, so that an interrupted batch loses nothing.
                    outcome.result.save(out / f"{name}.png")
                if as_json:
                    typer.echo(json.dumps(outcome.result.to_dict(), ensure_ascii=False))
                results.append((outcome.result, name))
    except KeyboardInterrupt:
        if out is not None:
            write_batch_report(out, results, failed, lang=lang)
        raise
    print_failures(failed)
    if not (as_json or quiet):
        print_results([result for result, _ in results])
    if out is not None:
        page = write_batch_report(out, results, failed, lang=lang)
        if not (as_json or quiet):
            typer.echo(f"Report: {page}")
    if fail_on_fault and any(result.alarm for result, _ in results):
        raise typer.Exit(FAULT_FOUND)
    if failed:
        raise typer.Exit(InputError.exit_code)
