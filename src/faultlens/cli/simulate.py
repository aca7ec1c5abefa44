"""`faultlens simulate`: recordings, pictures or scans with known truth, as ordinary files."""

from pathlib import Path
from typing import Annotated, Any

import typer

from faultlens.cli import options, scan_options
from faultlens.cli.calibrate_pictures import refuse_given
from faultlens.cli.simulate_scan import SCAN_KINDS, simulate_scan
from faultlens.cli.simulate_surface import simulate_surface, size_of
from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.signals.catalogue import find_bearing, parse_bearing
from faultlens.signals.simulator.simulate import SimulatedRecording
from faultlens.signals.simulator.simulate import simulate as simulated
from faultlens.signals.write import write_signal
from faultlens.text.matching import match_faults
from faultlens.text.sentences import split_sentences

RECORDING, SURFACE, SCAN = "recording", "surface", "scan"
KINDS = ("csv", "mat", "npz", "wav")
"""Formats that are written, by suffix."""


def simulate(
    what: Annotated[
        str, typer.Argument(metavar="[WHAT]", help=f"{RECORDING}, {SURFACE} or {SCAN}.")
    ] = RECORDING,
    fault: Annotated[
        str, typer.Option("--fault", help="A sentence, such as 'inner race fault' or 'healthy'.")
    ] = "healthy",
    bearing: options.BearingText = "6205",
    rpm: Annotated[float, typer.Option("--rpm", "--shaft-rpm", help="Shaft speed, rpm.")] = 1772.0,
    seconds: Annotated[float, typer.Option("--seconds", help="Length, s.")] = 10.0,
    sample_rate: Annotated[float, typer.Option("--sample-rate", help="Samples per s.")] = 12000.0,
    snr: Annotated[
        float,
        typer.Option(
            "--snr", min=-60.0, max=60.0, help="Power of the fault over its background, dB."
        ),
    ] = 0.0,
    defect: Annotated[
        str | None,
        typer.Option(
            "--defect",
            help="Of a surface: sentences, such as 'hairline crack'. Of a scan: dent, scratch, "
            "pit, crack, bump, several with commas.",
        ),
    ] = None,
    process: Annotated[
        str | None,
        typer.Option("--process", help="How the surface is made: ground, cast, hot-rolled, ..."),
    ] = None,
    part: Annotated[
        str | None, typer.Option("--part", help="What is seen of the part: sheet, edge, weld, ...")
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(
            "--size",
            help="A side, or width x height: of a picture, px (256); of a scan, mm (60x40).",
        ),
    ] = None,
    grey: Annotated[bool, typer.Option("--grey", help="Pictures without colour.")] = False,
    body: Annotated[
        str | None,
        typer.Option("--body", help="Of a scan: plane, cylinder, sphere or free form."),
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", help="A real scan that the defects are carved into.")
    ] = None,
    unit: scan_options.Unit = None,
    depth_mm: Annotated[
        float | None, typer.Option("--depth-mm", help="Of each defect of a scan, mm (0.3).")
    ] = None,
    length_mm: Annotated[
        float | None, typer.Option("--length-mm", help="Of each defect of a scan, mm; else drawn.")
    ] = None,
    width_mm: Annotated[
        float | None, typer.Option("--width-mm", help="Of each defect of a scan, mm; else drawn.")
    ] = None,
    spacing_mm: Annotated[
        float | None, typer.Option("--spacing-mm", help="Between points of a scan, mm (0.2).")
    ] = None,
    roughness_mm: Annotated[
        float | None, typer.Option("--roughness-mm", help="Sq of a scan's surface, mm (0.005).")
    ] = None,
    outliers: Annotated[
        float | None, typer.Option("--outliers", help="Share of a scan's points that lie anywhere.")
    ] = None,
    missing: Annotated[
        float | None, typer.Option("--missing", help="Share of a scan's points that are lost.")
    ] = None,
    tilt_deg: Annotated[
        float | None, typer.Option("--tilt", help="Of the scanned body, degrees.")
    ] = None,
    count: Annotated[
        int, typer.Option("--count", min=1, help="Number of recordings, pictures or scans.")
    ] = 1,
    kind: Annotated[
        str | None,
        typer.Option(
            "--format", help=f"{', '.join(KINDS)} (csv); of a scan {', '.join(SCAN_KINDS)} (ply)."
        ),
    ] = None,
    seed: options.Seed = 0,
    out: options.NewFolder = Path("simulated"),
    quiet: options.Quiet = False,
) -> None:
    """Simulate recordings with a known fault, pictures or scans of metal with a known defect.

    A recording comes with its sidecar. Pictures come with their masks, captions.csv,
    annotations.json (COCO) and settings.json; scans with the exact sizes of their defects in
    truth.json.
    """
    of_scans: dict[str, Any] = {
        "body": body,
        "depth_mm": depth_mm,
        "length_mm": length_mm,
        "width_mm": width_mm,
        "spacing_mm": spacing_mm,
        "roughness_mm": roughness_mm,
        "outliers": outliers,
        "missing": missing,
        "tilt_deg": tilt_deg,
        "into": into,
        "unit": unit,
    }
    if what == SCAN:
        refuse_given("scans", {"--process": process, "--part": part})
        simulate_scan(
            defect or "",
            size_mm=size_of("60x40" if size is None else size),
            kind="ply" if kind is None else kind,
            count=count,
            seed=seed,
            out=out,
            quiet=quiet,
            **{name: x for name, x in of_scans.items() if x is not None},
        )
        return
    options_of_scans = {_option(name): x for name, x in of_scans.items()}
    if what == SURFACE:
        refuse_given("pictures", options_of_scans)
        simulate_surface(
            defect or "",
            process=process,
            part=part,
            size_px=size_of("256" if size is None else size),
            colour=False if grey else None,
            count=count,
            seed=seed,
            out=out,
            quiet=quiet,
        )
        return
    if what != RECORDING:
        raise UnknownNameError("kind of sample", what, (RECORDING, SURFACE, SCAN))
    given: dict[str, object] = {"--defect": defect, "--process": process, "--part": part}
    refuse_given("recordings", given | options_of_scans)
    suffix = ("csv" if kind is None else kind).strip().lstrip(".").lower()
    if suffix not in KINDS:
        raise UnknownNameError("recording format", suffix, KINDS)
    asked = [each.fault for each in match_faults(split_sentences(fault))]
    families = {name for each in asked for name in each.families}
    if families and not all(each.families for each in asked):
        raise UsageError(f"'{fault}' asks for a healthy machine with a fault; choose one of them.")
    for number in range(count):
        made = make_recording(
            tuple(sorted(families)),
            bearing or "6205",
            rpm=rpm,
            seconds=seconds,
            sample_rate=sample_rate,
            snr=snr,
            seed=seed + number,
        )
        name = "-".join(made.truth.families) or "healthy"
        path = write_signal(out / f"{name}-{seed + number}.{suffix}", made.signal)
        if not quiet:
            typer.echo(path)


def _option(name: str) -> str:
    """How a parameter is called on the command line."""
    return {"tilt_deg": "--tilt"}.get(name, f"--{name.replace('_', '-')}")


def make_recording(
    families: tuple[str, ...],
    bearing: str,
    *,
    rpm: float,
    seconds: float,
    sample_rate: float,
    snr: float,
    seed: int,
) -> SimulatedRecording:
    """A simulated recording whose signal names its bearing as the user wrote it."""
    from dataclasses import replace

    asked = parse_bearing(bearing)
    geometry = find_bearing(asked).geometry if isinstance(asked, str) else asked
    made = simulated(
        families,
        bearing=geometry,
        shaft_rpm=rpm,
        sample_rate_hz=sample_rate,
        seconds=seconds,
        seed=seed,
        snr_db=snr,
    )
    return replace(made, signal=replace(made.signal, bearing=asked))
