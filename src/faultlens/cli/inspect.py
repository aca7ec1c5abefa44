"""`faultlens inspect`: pictures and sentences in, defects named and shown on the picture out."""

import json
import time as clock
from collections.abc import Sequence
from os.path import abspath
from pathlib import Path
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.cli.asked_sentences import asked_sentences
from faultlens.cli.failures import FAULT_FOUND, print_failures
from faultlens.cli.inspect_table import print_inspections
from faultlens.core.errors import InputError
from faultlens.core.interrupts import noted_interrupts
from faultlens.core.progress import progress
from faultlens.inference.inspect import inspector
from faultlens.inference.inspect_batch import PictureFiles, expand_pictures, inspect_files
from faultlens.inference.inspect_out import InspectedBatch
from faultlens.profiles.surface_profile import read_surface_profile
from faultlens.runtimes.devices import CPU
from faultlens.runtimes.picture_model import SURFACE_MODEL


def inspect(
    files: options.Pictures,
    defects: options.Defects = None,
    part: options.Part = None,
    references: Annotated[
        str | None,
        typer.Option(
            "--references",
            help="Folder, glob or file of pictures of normal parts to hold each against.",
        ),
    ] = None,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="Profile of the product, from calibrate.")
    ] = None,
    scales: options.Scales = None,
    mm_per_pixel: options.MmPerPixel = None,
    infrared: Annotated[
        str | None, typer.Option("--infrared", help="Not supported yet.", hidden=True)
    ] = None,
    roi: Annotated[
        str | None, typer.Option("--roi", help="Not supported yet.", hidden=True)
    ] = None,
    allow_private: options.AllowPrivate = False,
    model: options.PictureModelName = SURFACE_MODEL,
    device: options.Device = CPU,
    out: options.OutFolder = None,
    as_json: options.AsJson = False,
    fail_on_fault: Annotated[
        bool, typer.Option("--fail-on-fault", help="Exit with 10 when a defect alarms.")
    ] = False,
    lang: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Name the defects on pictures by sentences, and show where they are.

    Sizes and places in a sentence ("crack longer than 0.5 mm", "pit near the edge") are measured on
    the picture; millimetres need --mm-per-pixel.

    With pictures of normal parts (--references, or better a --profile from calibrate) also what no
    sentence names stands out, and the threshold is that of your own product.
    """
    wanted = expand_pictures(files)
    held_against = None if references is None else expand_pictures([references])
    _warn_of_themselves(wanted, held_against or ())
    ready = inspector(
        defects=None if defects is None else asked_sentences(defects),
        part=part,
        infrared=infrared,
        references=None
        if held_against is None
        else PictureFiles(held_against, mm_per_pixel, allow_private),
        roi=roi,
        scales=None if scales is None else options.scales_of(scales),
        model=model,
        profile=None if profile is None else read_surface_profile(profile),
        mm_per_pixel=mm_per_pixel,
        lang=lang,
    )
    batch = InspectedBatch(out, lang=lang)
    started = clock.perf_counter()
    try:
        with noted_interrupts() as check:
            for outcome in progress(
                inspect_files(ready, wanted, allow_private=allow_private),
                label="Inspecting",
                total=len(wanted),
                quiet=quiet,
            ):
                check()
                # Written as soon as it is known, so that an interrupted batch loses nothing.
                batch.add(outcome)
                if as_json and outcome.result is not None:
                    typer.echo(json.dumps(outcome.result.to_dict(), ensure_ascii=False))
    except KeyboardInterrupt:
        batch.write(seconds=clock.perf_counter() - started)
        raise
    seconds = clock.perf_counter() - started
    print_failures(batch.failed)
    page = batch.write(seconds=seconds)
    if not (as_json or quiet):
        print_inspections(batch.results, seconds=seconds)
        if page is not None:
            typer.echo(f"Report: {page}")
    if fail_on_fault and any(x.alarm for x in batch.results):
        raise typer.Exit(FAULT_FOUND)
    if batch.failed:
        raise typer.Exit(InputError.exit_code)


def _warn_of_themselves(wanted: Sequence[str], references: Sequence[str]) -> None:
    themselves = {abspath(x) for x in wanted} & {abspath(x) for x in references}
    if themselves:
        typer.echo(
            f"faultlens: {len(themselves)} of the pictures are references as well; held against "
            "themselves they look normal. Leave them out of one of the two.",
            err=True,
        )
