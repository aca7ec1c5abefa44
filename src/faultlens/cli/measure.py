"""`faultlens measure`: scans and sentences in; sizes, names and severity of every defect out."""

from pathlib import Path
from typing import Annotated

import typer

from faultlens.cli import options, scan_options
from faultlens.cli.asked_sentences import asked_sentences
from faultlens.cli.batch_run import Resume, run_batch, settings_of
from faultlens.cli.measure_table import print_measurements
from faultlens.core.errors import UsageError
from faultlens.inference.measure import measurer
from faultlens.inference.measure_batch import measure_files
from faultlens.inference.measure_out import MeasuredBatch, MeasuredScan
from faultlens.inference.resume import Unfinished
from faultlens.inference.scan_files import ScanFiles
from faultlens.profiles.scan_profile import read_scan_profile
from faultlens.profiles.severity_file import sample_rules
from faultlens.runtimes.devices import CPU
from faultlens.runtimes.scan_model import SCAN_MODEL


def measure(
    context: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(help="Scans, globs or folders.", show_default=False)
    ] = None,
    unit: scan_options.Unit = None,
    reference: scan_options.Reference = None,
    golden: scan_options.Golden = None,
    golden_unit: scan_options.GoldenUnit = None,
    defects: Annotated[
        str | None,
        typer.Option(
            "--defects",
            help="Sentences to look for, comma between them, English or Chinese, also with sizes "
            "('scratch deeper than 0.05 mm'); or @FILE, a text file with one a line.",
        ),
    ] = None,
    part: Annotated[
        str | None, typer.Option("--part", help="What was scanned, in any words; for the report.")
    ] = None,
    rules: scan_options.Rules = None,
    asset: options.Asset = None,
    print_rules: Annotated[
        bool, typer.Option("--print-rules", help="Print the sample of rules, and measure nothing.")
    ] = False,
    least_depth_mm: scan_options.LeastDepth = None,
    cell_mm: scan_options.CellSize = None,
    spacing_mm: scan_options.Spacing = None,
    intrinsics: scan_options.IntrinsicsFile = None,
    photograph: Annotated[
        str | None,
        typer.Option(
            "--photograph",
            help="Photograph of the part, draped on the scan: a file, or a folder of files named "
            "as the scans. Needs --camera.",
        ),
    ] = None,
    camera: Annotated[
        str | None,
        typer.Option(
            "--camera",
            help="Camera of the photograph and where it stood (fx, fy, cx, cy, pose): a JSON file, "
            "or a folder of files named as the scans.",
        ),
    ] = None,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="Profile of the product, from calibrate.")
    ] = None,
    model: Annotated[
        str,
        typer.Option("--model", help="Model that names: builtin/scan, or the folder of a bundle."),
    ] = SCAN_MODEL,
    device: options.Device = CPU,
    seed: options.Seed = 0,
    out: options.OutFolder = None,
    resume: Resume = False,
    as_json: options.AsJson = False,
    fail_on_fault: Annotated[
        bool,
        typer.Option(
            "--fail-on-fault",
            help="Exit with 10 when a defect alarms; with rules, when they say rework or scrap: "
            "what they accept does not fail.",
        ),
    ] = False,
    fail_on: scan_options.FailOn = None,
    lang: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Measure the defects on scans: how deep, how wide, how bad, each with its uncertainty.

    What deviates from the form that the part should have is measured and named by sentences; a
    size in a sentence is held against the measured one, and what is smaller counts for no defect.

    With rules (--rules) every defect and the part are accepted, reworked or scrapped, and the
    result says which rule decided and where the uncertainty leaves it open.
    """
    if print_rules:
        typer.echo(sample_rules(), nl=False)
        return
    if not files:
        raise UsageError("No scan was given: name files, globs or folders.")
    known = None if profile is None else read_scan_profile(profile)
    reading = ScanFiles(
        unit=unit or (None if known is None else known.unit or None),
        spacing_mm=None if spacing_mm is None else scan_options.spacing_of(spacing_mm),
        intrinsics=intrinsics,
        photograph=photograph,
        camera=camera,
    )
    wanted = scan_options.wanted_scans(files)
    ready = measurer(
        reference=reference,
        golden=golden,
        golden_unit=golden_unit,
        defects=None if defects is None else asked_sentences(defects),
        part=part,
        asset=asset,
        rules=rules,
        least_depth_mm=least_depth_mm,
        cell_mm=cell_mm,
        profile=known,
        model=model,
        lang=lang,
        seed=seed,
    )
    least = scan_options.least_failure(fail_on, fail_on_fault, by_rules=ready.rules is not None)
    batch = MeasuredBatch(out, lang=lang, scans=len(wanted))
    run_batch(
        batch,
        wanted,
        lambda scans: measure_files(ready, scans, reading),
        Unfinished[MeasuredScan](
            out, settings_of(context, model=ready.model.reference), resume=resume
        ),
        files_of=lambda scan: (scan,),
        label="Measuring",
        show=lambda seconds: print_measurements(batch.results, seconds=seconds),
        fails=lambda result: scan_options.fails(result, least),
        as_json=as_json,
        quiet=quiet,
    )
