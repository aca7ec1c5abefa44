"""`faultlens calibrate --labelled`: when the name of a defect is believed, and what is confused."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from faultlens.cli.options import writable_file
from faultlens.core.errors import InputError, UsageError

if TYPE_CHECKING:
    from faultlens.datasets.pictures.picture import PictureDataset
    from faultlens.profiles.class_thresholds import ClassThresholds
    from faultlens.profiles.labelled_classes import Taught
    from faultlens.profiles.surface_profile import SurfaceProfile


def writable_png(file: Path | None) -> Path | None:
    """The path of a picture, if one can be written there.

    Raises:
        UsageError: it is no .png, or its folder cannot be written.

    Example:
        >>> writable_png(Path("matrix.svg"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: 'matrix.svg' is no name of a PNG; end it with .png.
    """
    if file is None:
        return None
    if file.suffix.lower() != ".png":
        raise UsageError(f"'{file}' is no name of a PNG; end it with .png.")
    return writable_file(file)


def teach_profile(
    path: Path,
    labelled: Path,
    out: Path,
    *,
    missed: float | None,
    matrix: Path | None,
    model: str | None,
    quiet: bool,
) -> None:
    """Give a profile that there is its class thresholds, write it, and say what was told apart."""
    from faultlens.profiles.surface_profile import read_surface_profile
    from faultlens.runtimes.picture_model import SURFACE_MODEL

    profile = read_surface_profile(path)
    taught = taught_by(profile, opened_labelled(labelled), model or SURFACE_MODEL, missed=missed)
    taught.profile.save(out)
    if not quiet:
        typer.echo(f"{out}: as {path}, and when the name of a defect is believed.")
    tell_classes(taught, matrix, quiet=quiet)
    if taught.failed:
        raise typer.Exit(InputError.exit_code)


def opened_labelled(folder: Path) -> "PictureDataset":
    """Labelled pictures, with what is odd about them told.

    Raises:
        InputError: nothing there can be read.
    """
    from faultlens.datasets.pictures.registry import open_pictures

    found = open_pictures(folder)
    for each in found.failed:
        typer.echo(f"faultlens: {each.file}: {each.reason}", err=True)
    return found


def taught_by(
    profile: "SurfaceProfile", labelled: "PictureDataset", model: str, *, missed: float | None
) -> "Taught":
    """A profile with the class thresholds that labelled pictures teach.

    Raises:
        UsageError: the profile is of another model, or there is nothing to learn.
    """
    from faultlens.profiles.calibrate_classes import MISSED
    from faultlens.profiles.labelled_classes import learn_classes
    from faultlens.runtimes.defect_question import defect_question
    from faultlens.runtimes.picture_model import load_image_model

    opened = load_image_model(model)
    if profile.model != opened.reference:
        raise UsageError(
            f"The profile '{profile.name}' was made with {profile.model}; this is "
            f"{opened.reference}. Give the model that it was made with: --model."
        )
    question = defect_question(profile.defects or None, part=profile.part, model=opened)
    return learn_classes(
        profile, labelled.pictures, opened, question, missed=MISSED if missed is None else missed
    )


def refuse_alone(labelled: Path | None, missed: float | None, matrix: Path | None) -> None:
    """Refuse options of labelled pictures where there are none.

    Raises:
        UsageError: one of them was given.

    Example:
        >>> refuse_alone(None, 0.2, None)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: --missed goes with --labelled, ...
    """
    given = {"--missed": missed, "--matrix": matrix}
    if labelled is None and (odd := [x for x, value in given.items() if value is not None]):
        raise UsageError(
            f"{', '.join(odd)} goes with --labelled, the pictures of defects to learn from."
        )


def tell_classes(taught: "Taught", matrix: Path | None, *, quiet: bool) -> None:
    """Print what was left out, and, unless quiet, what is confused with what; draw it if wanted."""
    from faultlens.profiles.surface_doubts import class_doubts

    classes = taught.profile.classes
    assert classes is not None  # it was just learned
    for each in taught.failed:
        typer.echo(f"faultlens: {each.file}: {each.reason}", err=True)
    for notice in (*taught.notices, *class_doubts(classes, classes.labels, taught.profile.name)):
        typer.echo(f"faultlens: {notice.en}", err=True)
    if matrix is not None:
        import numpy as np

        from faultlens.reports.confusions_figure import confusions_figure
        from faultlens.reports.picture import write_picture

        write_picture(
            matrix,
            confusions_figure(
                np.array(classes.said), classes.labels, classes.thresholds, classes.missed
            ),
        )
    if not quiet:
        for line in matrix_lines(classes):
            typer.echo(line)
        for offer in taught.offers:
            typer.echo(
                f"--missed {offer.missed:g}: {offer.named} of {taught.pictures} given a name, "
                f"{offer.wrong} a wrong one"
            )


def matrix_lines(classes: "ClassThresholds") -> Iterator[str]:
    """What is said of labelled pictures of each class, as a table of text.

    Args:
        classes: of a profile.

    Example:
        >>> from faultlens.profiles.calibrate_classes import class_thresholds
        >>> names = [[0.9, 0.1]] * 9 + [[0.2, 0.8]] * 9
        >>> made = class_thresholds(names, [0] * 9 + [1] * 9, ["crack", "dent"])
        >>> print(*matrix_lines(made), sep="\\n")
        What is said of 18 labelled pictures, each by thresholds that it had no part in:
                   crack  dent  several  none  believed from  promised
            crack      9     0        0     0           0.50      0.90
             dent      0     9        0     0           0.50      0.90
    """
    from faultlens.profiles.class_thresholds import NONE, SEVERAL

    taught = [i for i, n in enumerate(classes.samples) if n]
    head = ["", *(classes.labels[i] for i in taught), "several", "none", "believed from",
            "promised"]  # fmt: skip
    rows = [head]
    for i in taught:
        told = [str(classes.said[i][j]) for j in (*taught, SEVERAL, NONE)]
        sure = [f"{classes.thresholds[i]:.2f}", f"{1 - classes.missed[i]:.2f}"]
        rows.append([classes.labels[i], *told, *sure])
    total = sum(classes.samples)
    yield f"What is said of {total} labelled pictures, each by thresholds that it had no part in:"
    widths = [max(len(x[k]) for x in rows) for k in range(len(head))]
    for row in rows:
        yield "    " + "  ".join(x.rjust(w) for x, w in zip(row, widths, strict=True))
