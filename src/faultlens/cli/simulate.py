"""`faultlens simulate`: recordings or pictures with known truth, written as ordinary files."""

from pathlib import Path
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.cli.calibrate_pictures import refuse_given
from faultlens.cli.simulate_surface import simulate_surface, size_of
from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.signals.catalogue import find_bearing, parse_bearing
from faultlens.signals.simulator.simulate import SimulatedRecording
from faultlens.signals.simulator.simulate import simulate as simulated
from faultlens.signals.write import write_signal
from faultlens.text.matching import match_faults
from faultlens.text.sentences import split_sentences

RECORDING, SURFACE = "recording", "surface"
KINDS = ("csv", "mat", "npz", "wav")
"""Formats that are written, by suffix."""


def simulate(
    what: Annotated[
        str, typer.Argument(metavar="[WHAT]", help=f"{RECORDING} or {SURFACE}.")
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
        typer.Option("--defect", help="Of a surface: sentences, such as 'hairline crack'."),
    ] = None,
    process: Annotated[
        str | None,
        typer.Option("--process", help="How the surface is made: ground, cast, hot-rolled, ..."),
    ] = None,
    part: Annotated[
        str | None, typer.Option("--part", help="What is seen of the part: sheet, edge, weld, ...")
    ] = None,
    size: Annotated[
        str, typer.Option("--size", help="Of a picture: a side, or width x height, px.")
    ] = "256",
    grey: Annotated[bool, typer.Option("--grey", help="Pictures without colour.")] = False,
    count: Annotated[
        int, typer.Option("--count", min=1, help="Number of recordings or pictures.")
    ] = 1,
    kind: Annotated[str, typer.Option("--format", help=f"{', '.join(KINDS)}.")] = "csv",
    seed: options.Seed = 0,
    out: options.NewFolder = Path("simulated"),
    quiet: options.Quiet = False,
) -> None:
    """Simulate recordings with a known fault, or pictures of metal with a known defect.

    A recording comes with its sidecar. Pictures come with their masks, captions.csv,
    annotations.json (COCO) and settings.json.
    """
    if what == SURFACE:
        simulate_surface(
            defect or "",
            process=process,
            part=part,
            size_px=size_of(size),
            colour=False if grey else None,
            count=count,
            seed=seed,
            out=out,
            quiet=quiet,
        )
        return
    if what != RECORDING:
        raise UnknownNameError("kind of sample", what, (RECORDING, SURFACE))
    refuse_given("recordings", {"--defect": defect, "--process": process, "--part": part})
    suffix = kind.strip().lstrip(".").lower()
    if suffix not in KINDS:
        raise UnknownNameError("recording format", kind, KINDS)
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
