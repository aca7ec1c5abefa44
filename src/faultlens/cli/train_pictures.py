"""`faultlens train` on pictures: labelled, captioned, unlabelled and rendered ones."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import typer

from faultlens.core.errors import InputError, UnreadableFileError, UsageError

if TYPE_CHECKING:
    from faultlens.datasets.pictures.picture import PictureDataset
    from faultlens.models.checkpoint import Checkpoint
    from faultlens.training.loop import Hook
    from faultlens.training.stage import DataSource
    from faultlens.training.surface.experiment import PictureExperiment

RENDERED = "rendered"
"""Given in the place of a folder: learn from rendered pictures alone."""


def train_pictures(
    train_data: Path,
    *,
    dataset: str | None,
    where: Sequence[str],
    tables: Sequence[Mapping[str, object]],
    folder: Path,
    hooks: "Callable[[PictureExperiment], list[Hook]]",
    as_json: bool,
    quiet: bool,
) -> None:
    """Read pictures, train an encoder of surfaces, write its checkpoint and tell of it.

    Args:
        train_data: folder, manifest or JSON of pictures; `RENDERED` for none.
        dataset: its layout; None recognises it.
        where: "field=value" texts, all of which hold.
        tables: settings, later ones over earlier ones.
        folder: of the checkpoint.
        hooks: of the experiment, called after every epoch.
        as_json: one JSON object on standard output.
        quiet: no progress, nothing told.

    Raises:
        UsageError: settings or data that do not fit each other.
        InputError: nothing there can be read.
        Exit: some picture failed; the rest was used.

    Example:
        >>> train_pictures.__name__
        'train_pictures'
    """
    from faultlens.training.overrides import with_table
    from faultlens.training.surface.experiment import usual_experiment
    from faultlens.training.surface.material import gathered
    from faultlens.training.surface.pretrain import picture_cache, pretrain_pictures, started_from

    start = [str(x["start"]) for x in tables if "start" in x]
    experiment = usual_experiment(start[-1]) if start else usual_experiment("builtin/surface")
    for table in tables:
        experiment = with_table(experiment, table)
    started_from(experiment)  # a slip in its name ends here, not after minutes of rendering
    still = quiet or as_json
    read, unlabelled = _opened(train_data, dataset, where)
    unusable = [x for x in read.failed if x.file not in read.unlabelled] if read else []
    pictures = read.pictures if read else ()
    material = gathered(pictures, unlabelled, experiment, picture_cache(folder), quiet=still)
    for notice in (*(read.warnings if read else ()), *material.notices):
        typer.echo(f"Note: {notice.en}", err=True)
    for each in (*unusable, *material.failed):
        typer.echo(f"faultlens: {each.file}: {each.reason}", err=True)
    made = pretrain_pictures(
        material,
        experiment,
        folder,
        source=_source(read, unlabelled, train_data),
        hooks=hooks(experiment),
        quiet=still,
    )
    if as_json:
        typer.echo(json.dumps(_told(made), ensure_ascii=False))
    elif not quiet:
        _print(made)
    if material.failed or unusable:
        raise typer.Exit(InputError.exit_code)


def _opened(
    path: Path, name: str | None, where: Sequence[str]
) -> "tuple[PictureDataset | None, tuple[Path, ...]]":
    """Labelled pictures, and those that nobody labelled."""
    from dataclasses import replace

    from faultlens.datasets.pictures.registry import fitting_layouts, open_pictures
    from faultlens.datasets.pictures.selection import pictures_where
    from faultlens.datasets.pictures.stated import pictures_below

    if path == Path(RENDERED) and not path.exists():
        return None, ()
    if name is None and path.is_dir() and not fitting_layouts(path):
        found = tuple(pictures_below(path))
        if not found:
            raise UnreadableFileError(
                f"{path} holds no pictures. Give pictures in a folder per class, or with a text "
                f"file beside each, or '{RENDERED}' for rendered ones alone."
            )
        return None, found
    wanted = {}
    for text in where:
        field, equals, value = text.partition("=")
        if not equals:
            raise UsageError(
                f"--where '{text}' says nothing; write field=value, such as subset=bottle."
            )
        wanted[field.strip()] = value.strip().strip("'\"")
    read = open_pictures(path, name=name)
    if not wanted:
        return read, tuple(read.unlabelled.values())
    return replace(read, pictures=pictures_where(read.pictures, wanted)), ()


def _source(read: "PictureDataset | None", unlabelled: Sequence[Path], where: Path) -> "DataSource":
    from faultlens.training.hashes import hash_of
    from faultlens.training.stage import UNNAMED, DataSource

    if read is None and not unlabelled:
        return UNNAMED
    name = read.name if read else "unlabelled pictures"
    files = sorted((x.name, x.stat().st_size) for x in unlabelled)
    return DataSource(name, hash_of([read.sha256 if read else "", files]), str(where))


def _told(made: "Checkpoint") -> dict[str, object]:
    """What a program wants to know of a finished training."""
    from faultlens.training.state import Epoch, best_of

    epochs = [Epoch(**{k: v for k, v in x.items() if k != "stage"}) for x in made.history]
    best = best_of(epochs)
    return {
        "checkpoint": str(made.folder),
        "model": made.reference,
        "stage": made.stage,
        "classes": list(made.classes),
        "encoder": made.encoder.name,
        "start": made.settings[made.stage]["start"],
        "text": made.text.reference,
        "pictures": len(made.trained_on.origins),
        "windows": made.settings[made.stage]["windows"],
        "validation_windows": made.trained_on.validation_windows,
        "epochs": len(epochs),
        "best_epoch": best.number,
        "validation_balanced_accuracy": best.validation_score,
        "seconds": round(sum(x.seconds for x in epochs), 2),
    }


def _print(made: "Checkpoint") -> None:
    told = _told(made)
    windows = made.settings[made.stage]["windows"]
    counts = ", ".join(f"{count} {name}" for name, count in windows.items())
    typer.echo(
        f"{made.folder}: {made.encoder.name} from {told['start']}, {len(made.classes)} classes; "
        f"learned from {told['pictures']} labelled pictures ({counts} windows) in "
        f"{told['seconds']} s, {told['validation_windows']} windows held out, best epoch "
        f"{told['best_epoch']} of {told['epochs']}, balanced accuracy "
        f"{told['validation_balanced_accuracy']:.3f} there."
    )
    typer.echo(f"Next: faultlens export {quote(str(made.folder))}")
