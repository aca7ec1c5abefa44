"""`faultlens export` of a checkpoint, the folder that `train` wrote."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from faultlens.cli.export_told import Wanted, tell, write_reduced
from faultlens.core.optional import optional_import

if TYPE_CHECKING:
    from faultlens.runtimes.bundle import Bundle


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
            write_reduced(wanted, source, name, read.reference)
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
