"""`faultlens simulate`: recordings of a machine with a known fault, written as ordinary files."""

from pathlib import Path
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.core.errors import UsageError
from faultlens.signals.catalogue import find_bearing, parse_bearing
from faultlens.signals.simulator import SimulatedRecording
from faultlens.signals.simulator import simulate as simulated
from faultlens.signals.write import write_signal
from faultlens.text.matching import match_faults
from faultlens.text.sentences import split_sentences


def simulate(
    fault: Annotated[
        str, typer.Option("--fault", help="A sentence, such as 'inner race fault' or 'healthy'.")
    ] = "healthy",
    bearing: options.BearingText = "6205",
    rpm: Annotated[float, typer.Option("--rpm", help="Shaft speed, rpm.")] = 1772.0,
    seconds: Annotated[float, typer.Option("--seconds", help="Length, s.")] = 10.0,
    sample_rate: Annotated[float, typer.Option("--sample-rate", help="Samples per s.")] = 12000.0,
    snr: Annotated[
        float, typer.Option("--snr", help="Power of the fault over its background, dB.")
    ] = 0.0,
    count: Annotated[int, typer.Option("--count", help="Number of recordings.")] = 1,
    kind: Annotated[str, typer.Option("--format", help="csv, wav, npz or mat.")] = "csv",
    seed: options.Seed = 0,
    out: Annotated[Path, typer.Option("--out", "--save_path", help="Folder.")] = Path("simulated"),
    quiet: options.Quiet = False,
) -> None:
    """Simulate recordings with a known fault and write them as files, each with its sidecar."""
    if count < 1:
        raise UsageError(f"{count} recordings; ask for 1 or more.")
    sentences = split_sentences(fault)
    families = {name for each in match_faults(sentences) for name in each.fault.families}
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
        path = write_signal(out / f"{name}-{seed + number}.{kind.lstrip('.')}", made.signal)
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
