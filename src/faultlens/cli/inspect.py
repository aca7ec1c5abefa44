"""`faultlens inspect`: pictures and sentences in, defects named and shown on the picture out."""

from collections.abc import Sequence
from os.path import abspath
from pathlib import Path
from typing import Annotated

import typer

from faultlens.cli import options
from faultlens.cli.asked_sentences import asked_sentences
from faultlens.cli.batch_run import Resume, run_batch, settings_of
from faultlens.cli.calibrate_pictures import split_names
from faultlens.cli.inspect_table import print_inspections
from faultlens.core.errors import UsageError
from faultlens.inference.inspect import inspector
from faultlens.inference.inspect_batch import PictureFiles, expand_pictures, inspect_shots
from faultlens.inference.inspect_out import InspectedBatch, InspectedPicture
from faultlens.inference.preprocessing import VIEWS_BY
from faultlens.inference.resume import Unfinished
from faultlens.inference.shot_files import ShotFiles, expand_infrared, shot_files
from faultlens.profiles.surface_profile import read_surface_profile
from faultlens.runtimes.devices import CPU
from faultlens.runtimes.picture_model import SURFACE_MODEL


def inspect(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Pictures, globs, folders or http(s) URLs; none where --infrared is all there is.",
            show_default=False,
        ),
    ] = None,
    defects: options.Defects = None,
    part: options.Part = None,
    asset: options.Asset = None,
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
    views: Annotated[
        list[str] | None,
        typer.Option(
            "--views",
            help="Further pictures of the part under other light or angle: files, globs or a "
            "folder; of several pictures, those whose name begins with the picture's. Repeatable.",
        ),
    ] = None,
    views_by: Annotated[
        str, typer.Option("--views-by", help="How views are fused: minimum, median, photometric.")
    ] = VIEWS_BY,
    views_fixed: Annotated[
        bool,
        typer.Option("--views-fixed", help="The camera stood: views are not aligned, only fused."),
    ] = False,
    infrared: Annotated[
        str | None,
        typer.Option(
            "--infrared",
            help="Infrared of the part: a file, or a folder of files named as the pictures.",
        ),
    ] = None,
    fusion: Annotated[
        str | None,
        typer.Option(
            "--fusion",
            help="How the verdict uses the infrared: input, feature or decision, also with its "
            "weight from 0 to 1, as feature:0.3. Without it hot spots only stand beside it.",
        ),
    ] = None,
    celsius_per_step: Annotated[
        float | None,
        typer.Option("--celsius-per-step", help="degC per number of a 16-bit infrared picture."),
    ] = None,
    celsius_at_zero: Annotated[
        float | None, typer.Option("--celsius-at-zero", help="degC of the number 0 of it.")
    ] = None,
    roi: options.Roi = None,
    enhance: Annotated[
        str | None,
        typer.Option(
            "--enhance",
            help="What is done to pictures first, comma between: glare (not judged), glare-repair, "
            "clahe, contrast.",
        ),
    ] = None,
    zoom: Annotated[
        int | None,
        typer.Option(
            "--zoom",
            help="How many of the hottest places are looked at again, enlarged, such as 8: for "
            "small defects on large pictures.",
        ),
    ] = None,
    adapt: Annotated[
        bool,
        typer.Option("--adapt", help="Fit the model to each picture by itself first; slower."),
    ] = False,
    allow_private: options.AllowPrivate = False,
    model: options.PictureModelName = SURFACE_MODEL,
    device: options.Device = CPU,
    out: options.OutFolder = None,
    resume: Resume = False,
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
    wanted = _shots(files or (), views or (), infrared)
    held_against = None if references is None else expand_pictures([references])
    _warn_of_themselves([x.name for x in wanted], held_against or ())
    ready = inspector(
        views_by=views_by,
        views_fixed=views_fixed,
        fusion=fusion,
        roi=roi,
        enhance=None if enhance is None else split_names(enhance),
        defects=None if defects is None else asked_sentences(defects),
        part=part,
        asset=asset,
        references=None
        if held_against is None
        else PictureFiles(held_against, mm_per_pixel, allow_private),
        scales=None if scales is None else options.scales_of(scales),
        zoom=zoom,
        adapt=adapt,
        model=model,
        profile=None if profile is None else read_surface_profile(profile),
        mm_per_pixel=mm_per_pixel,
        lang=lang,
    )
    batch = InspectedBatch(out, lang=lang)
    settings = settings_of(context, model=ready.model.reference)
    run_batch(
        batch,
        wanted,
        lambda shots: inspect_shots(
            ready,
            shots,
            allow_private=allow_private,
            celsius_per_step=celsius_per_step,
            celsius_at_zero=celsius_at_zero,
        ),
        Unfinished[InspectedPicture](out, settings, resume=resume),
        files_of=lambda shot: shot.files,
        label="Inspecting",
        show=lambda seconds: print_inspections(batch.results, seconds=seconds),
        fails=lambda result: fail_on_fault and result.alarm,
        as_json=as_json,
        quiet=quiet,
    )


def _shots(
    files: Sequence[str], views: Sequence[str], infrared: str | None
) -> tuple[ShotFiles, ...]:
    if not files and infrared is None:
        raise UsageError("No picture was given: name files, globs, folders or URLs.")
    return shot_files(
        expand_pictures(files),
        views=expand_pictures(views),
        infrared=() if infrared is None else expand_infrared(infrared),
    )


def _warn_of_themselves(wanted: Sequence[str], references: Sequence[str]) -> None:
    themselves = {abspath(x) for x in wanted} & {abspath(x) for x in references}
    if themselves:
        typer.echo(
            f"faultlens: {len(themselves)} of the pictures are references as well; held against "
            "themselves they look normal. Leave them out of one of the two.",
            err=True,
        )
