"""`faultlens export` of a checkpoint, the folder that `train` wrote."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.cli.export_told import Wanted, tell, write_reduced
from faultlens.core.errors import UsageError
from faultlens.core.optional import optional_import

if TYPE_CHECKING:
    from faultlens.models.checkpoint import Checkpoint
    from faultlens.runtimes.bundle import Bundle
    from faultlens.runtimes.trial import Trial


def export_trained(wanted: Wanted, *, evaluation: Path | None, train_data: Path | None) -> None:
    """Write a trained model as a bundle.

    Args:
        wanted: what was asked for.
        evaluation: folder of 'evaluate' whose figures go onto the card.
        train_data: where the training data lie now.

    Raises:
        BundleError: no checkpoint, a damaged one, or one that loses too much.
        UsageError: the evaluation is of another model.
        MissingPackageError: the packages of the extra `train` are missing.
    """
    optional_import("torch", extra="train")
    from faultlens.models.checkpoint import read_checkpoint
    from faultlens.runtimes.loaded import load_model
    from faultlens.training.export import export_bundle
    from faultlens.training.export_card import AS_THE_DATA

    read = read_checkpoint(wanted.model)
    if read.takes_pictures:
        _export_pictures(wanted, read, evaluation=evaluation, train_data=train_data)
        return
    plain = read.folder.resolve().name

    def export_to(folder: Path) -> "Bundle":
        return export_bundle(
            read,
            folder,
            name=wanted.name,
            licence=wanted.licence or AS_THE_DATA,
            evaluation=evaluation,
            train_data=train_data,
        )

    if not wanted.is_single:
        name = f"{plain}-{wanted.precision}"
        wanted.folder(name)
        with tempfile.TemporaryDirectory() as folder:
            source = load_model(export_to(Path(folder) / "fp32").folder)
            trial = None if wanted.calibration else _own_trial(read, train_data)
            write_reduced(wanted, source, name, called=read.reference, trial=trial)
        return
    made = export_to(wanted.folder(plain))
    words = "sentences" if made.text is not None else "the names of its classes"
    lines = [
        f", asked by {words}; it tells {', '.join(made.classes)}.",
        made.card.limits,
    ]
    more = {
        "checkpoint": read.reference,
        "classes": list(made.classes),
        "asked_in_words": made.text is not None,
        **made.calibration["windows"],
    }
    tell(wanted, made, lines, more)


def _export_pictures(
    wanted: Wanted, read: "Checkpoint", *, evaluation: Path | None, train_data: Path | None
) -> None:
    from faultlens.runtimes.loaded import load_model
    from faultlens.training.export_card import AS_THE_DATA
    from faultlens.training.surface.pretrained_bundle import export_pictures

    if evaluation is not None or train_data is not None:
        raise UsageError(
            "--evaluation and --train-data are of checkpoints of recordings: pictures are "
            "evaluated by the bundle, and a threshold comes from training or from calibrate. "
            "Leave them out."
        )
    plain = read.folder.resolve().name
    licence = wanted.licence or AS_THE_DATA
    if not wanted.is_single:
        name = f"{plain}-{wanted.precision}"
        wanted.folder(name)
        with tempfile.TemporaryDirectory() as folder:
            made = export_pictures(read, Path(folder) / "fp32", name=wanted.name, licence=licence)
            write_reduced(wanted, load_model(made.folder), name, called=read.reference)
        return
    made = export_pictures(read, wanted.folder(plain), name=wanted.name, licence=licence)
    lines = [f", asked by sentences; it learned {', '.join(made.classes)}.", made.card.limits]
    more = {"checkpoint": read.reference, "classes": list(made.classes), "asked_in_words": True}
    tell(wanted, made, lines, more)


def _own_trial(read: "Checkpoint", train_data: Path | None) -> "Trial | None":
    """On the windows of its training, where they are still here and some were held out."""
    from faultlens.evaluation.trials.windows import labelled_trial
    from faultlens.training.held_windows import FEWEST_HELD, windows_of_training

    found = windows_of_training(read, train_data)
    if found is None or len(found.held) < FEWEST_HELD:
        return None
    arrays, held = found.arrays, found.held
    return labelled_trial(arrays[found.learned], arrays[held], found.target[held])
