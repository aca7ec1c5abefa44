"""`faultlens calibrate` on scans: those of a product's sound parts in, its profile out."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from shlex import quote

import typer

from faultlens.cli.failures import print_failures
from faultlens.cli.scan_options import spacing_of, wanted_scans
from faultlens.core.errors import InputError, UnusableSurfaceError
from faultlens.core.progress import progress
from faultlens.inference.batch import each_file
from faultlens.inference.calibrate_scans import scans_calibration, significance
from faultlens.inference.scan_files import ScanFiles
from faultlens.profiles.calibrate_scan import scan_doubts, scan_profile_of
from faultlens.runtimes.scan_model import SCAN_MODEL
from faultlens.surfaces.read import GivenIntrinsics


def calibrate_scans(
    files: Sequence[str],
    out: Path,
    *,
    false_alarms: float,
    reading: ScanFiles,
    reference: str | None,
    golden: str | None,
    golden_unit: str | None,
    defects: Sequence[str] | None,
    part: str | None,
    rules: str | None,
    least_depth_mm: float | None,
    cell_mm: float | None,
    model: str | None,
    quiet: bool,
) -> None:
    """Learn from scans of sound parts, write the profile, and say what it promises."""
    # What cannot be used is said before the first scan is read.
    ready, stated = scans_calibration(
        false_alarms=false_alarms,
        reference=reference or "auto",
        golden=golden,
        golden_unit=golden_unit,
        defects=defects,
        part=part,
        rules=rules,
        least_depth_mm=least_depth_mm or 0.0,
        cell_mm=cell_mm,
        unit=reading.unit,
        model=SCAN_MODEL if model is None else model,
        name=out.stem,
    )
    wanted = wanted_scans(files)
    work = each_file(wanted, lambda path: significance(ready, reading.read(path)))
    outcomes = list(progress(work, label="Measuring", total=len(wanted), quiet=quiet))
    failed = [x for x in outcomes if x.result is None]
    print_failures(failed)
    known = {x.file: x.result for x in outcomes if x.result is not None}
    if not known:
        raise UnusableSurfaceError("None of the scans could be measured; no profile was written.")
    profile = scan_profile_of(list(known.values()), stated)
    profile.save(out)
    for notice in scan_doubts(
        profile,
        defects=profile.defects,
        reference=profile.reference,
        golden_sha256=profile.golden_sha256,
        least_depth_mm=profile.least_depth_mm,
        cell_mm=profile.cell_mm,
    ):
        typer.echo(f"faultlens: {notice.en}", err=True)
    if profile.false_alarm_rate > false_alarms:
        needed = ceil(1 / false_alarms - 1 - 1e-9)
        typer.echo(f"faultlens: {false_alarms:g} takes {needed} scans of sound parts.", err=True)
    if not quiet:
        judge = "" if model in (None, SCAN_MODEL) else f" --model {quote(str(model))}"
        worst = max(known, key=lambda x: known[x])
        own = profile.significance_threshold in profile.significances
        origin = "theirs" if own else "that of the simulation, which theirs does not exceed"
        typer.echo(
            f"{out}: {profile.parts} part{'' if profile.parts == 1 else 's'}; they stand out of "
            f"their roughness by {min(known.values()):.3g} to {known[worst]:.3g} standard "
            f"deviations, most on {worst}.\n"
            f"Alarm from {profile.significance_threshold:.3g} ({origin}), false-alarm rate "
            f"{profile.false_alarm_rate:.3g}.\n"
            f"Use it: faultlens measure FILES --profile {quote(str(out))}{judge}"
        )
    if failed:
        raise typer.Exit(InputError.exit_code)


def reading_of(
    unit: str | None, spacing_mm: str | None, intrinsics: GivenIntrinsics | None
) -> ScanFiles:
    """How the files of sound parts are read, from the options as they were given.

    Args:
        unit: of the numbers in the files; None for what they say themselves.
        spacing_mm: between points of height maps, mm.
        intrinsics: of a depth camera, as a JSON file.

    Raises:
        UsageError: a spacing that is no number.

    Example:
        >>> reading_of("m", "0.1", None).spacing_mm
        0.1
    """
    spacing = None if spacing_mm is None else spacing_of(spacing_mm)
    return ScanFiles(unit=unit, spacing_mm=spacing, intrinsics=intrinsics)
