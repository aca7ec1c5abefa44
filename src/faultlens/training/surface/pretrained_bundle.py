"""From a checkpoint of pictures to a bundle that `inspect` and `calibrate` run without torch."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from faultlens.core.errors import BundleError
from faultlens.models.checkpoint import ZERO_SHOT, Checkpoint
from faultlens.models.encoders.surface_points import SurfacePoints
from faultlens.models.restored import RestoredModel
from faultlens.runtimes.bundle import Bundle
from faultlens.runtimes.card import CardResult, CardSource, ModelCard
from faultlens.runtimes.picture_model import SURFACE_MODEL, load_image_model
from faultlens.runtimes.tuned_pictures import TUNED_ON
from faultlens.training.export_card import AS_THE_DATA
from faultlens.training.surface.experiment import SCRATCH
from faultlens.training.surface.pretrain import OF_PICTURES
from faultlens.training.surface.tuned_bundle import write_beside

NONE = "none"
"""Name of the data of a model that learned from rendered pictures alone."""


def export_pictures(
    checkpoint: Checkpoint,
    folder: str | Path,
    *,
    name: str | None = None,
    licence: str = AS_THE_DATA,
) -> Bundle:
    """Write a trained encoder of pictures as a bundle; its ONNX file is held against the module.

    Args:
        checkpoint: of pictures, read.
        folder: bundle to write; one that holds anything but a bundle is left alone.
        name: how results call it; None takes that of the checkpoint's folder.
        licence: the terms of the model.

    Raises:
        BundleError: the checkpoint is damaged, its ONNX file computes something else, or the text
            tower here is another than that of the training.
        UsageError: the folder holds something else.
        OSError: the folder cannot be written.

    Example:
        >>> from faultlens.models.checkpoint import read_checkpoint
        >>> export_pictures(read_checkpoint("/nowhere"), "/tmp/mine")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    base = load_image_model(SURFACE_MODEL)
    if base.text.reference != checkpoint.text.reference:
        raise BundleError(
            f"{checkpoint.folder} was trained into {checkpoint.text.reference}; here is "
            f"{base.text.reference}, whose sentences mean nothing to it. Install the faultlens "
            "that it was made with, or train it again."
        )
    points = cast(SurfacePoints, RestoredModel(checkpoint).model.encoder)
    numbers: dict[str, Any] = {
        k.removeprefix(OF_PICTURES): v
        for k, v in checkpoint.calibration.items()
        if k.startswith(OF_PICTURES)
    }
    return write_beside(
        folder,
        base,
        points.surface.eval(),
        {"score": "softmax", **numbers},
        card=_card(checkpoint, licence),
        seed=0,
        name=name or checkpoint.folder.resolve().name,
        classes=checkpoint.classes,
        more={TUNED_ON: _learned_from(checkpoint)},
    )


def _learned_from(checkpoint: Checkpoint) -> bytes:
    """The labelled pictures, that no threshold is taken from what the model knows by heart."""
    listed = [
        {"file": x.file, "label": x.label, "sha256": x.sha256}
        for x in checkpoint.trained_on.origins
    ]
    return json.dumps({"pictures": listed}, ensure_ascii=False).encode()


def _card(checkpoint: Checkpoint, licence: str) -> ModelCard:
    seen, how = checkpoint.trained_on, checkpoint.settings[ZERO_SHOT]
    data = seen.dataset or NONE
    sources = [CardSource(data, "not stated; ask whoever owns the pictures", seen.sha256)]
    if how["start"] != SCRATCH:
        base = load_image_model(SURFACE_MODEL)
        sources.append(CardSource(str(how["start"]), base.card.licence, ""))
    told = ", ".join(checkpoint.classes)
    return ModelCard(
        summary="Pictures of metal surfaces, grey or colour and of any size, to points of the "
        f"space of {checkpoint.text.reference}; it learned to tell {told}.",
        licence=licence,
        training_data=_story(checkpoint, how),
        results=_validated(checkpoint),
        limits="Trained by its owner, and measured on nothing but what training held out: that "
        "chose its epoch and is no test. Its threshold comes from rendered pictures and from what "
        "was held out; calibrate a profile on pictures of sound parts, and evaluate on pictures of "
        "other parts (faultlens evaluate).",
        sources=tuple(x for x in sources if x.name != NONE),
    )


def _story(checkpoint: Checkpoint, how: Mapping[str, Any]) -> str:
    seen = checkpoint.trained_on
    labels = Counter(x.label for x in seen.origins)
    own = ", ".join(f"{label} ({count})" for label, count in sorted(labels.items()))
    windows = ", ".join(f"{count} {name}" for name, count in how["windows"].items())
    start = "fresh weights" if how["start"] == SCRATCH else str(how["start"])
    return (
        f"From {start}: {seen.dataset or 'no pictures of its own'}"
        f"{f', {len(seen.origins)} labelled pictures: {own}' if own else ''}; {windows} windows, "
        f"epochs: {len(checkpoint.history)}. Checkpoint {checkpoint.reference}."
    )


def _validated(checkpoint: Checkpoint) -> tuple[CardResult, ...]:
    scores = [x["validation_score"] for x in checkpoint.history]
    known = [x for x in scores if x is not None]
    if not known:
        return ()
    return (
        CardResult(
            f"balanced accuracy on the {checkpoint.trained_on.validation_windows} windows that "
            "training held out and chose its epoch by: no test",
            f"{max(known):.3f}",
            "faultlens train --mode zero_shot --encoder surface",
        ),
    )
