"""The bundle of a tuned encoder of surfaces: all of its base but weights, calibration and card."""

import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from faultlens.models.encoders.surface import SurfaceEncoder
from faultlens.runtimes.bundle import Bundle, write_bundle
from faultlens.runtimes.card import CardSource, ModelCard
from faultlens.runtimes.golden import GOLDEN, golden_bytes
from faultlens.runtimes.image_model import IMAGE, KIND
from faultlens.runtimes.loaded import Model
from faultlens.training.surface.exported import Run, filled

FILE = "image.onnx"

LIMITS = (
    "Tuned to the surface of one product by rendered defects: of other products it may know less "
    "than its base. Its threshold comes from rendered defects and windows of sound parts; "
    "calibrate a profile on pictures of sound parts."
)


def write_tuned(
    folder: str | Path,
    base: Model,
    encoder: SurfaceEncoder,
    calibration: Mapping[str, Any],
    *,
    on_what: str,
    seed: int,
) -> Bundle:
    """Write a tuned encoder as a bundle like its base.

    Args:
        folder: bundle to write; a folder that holds anything else is left alone.
        base: what it was tuned from.
        encoder: tuned.
        calibration: of the tuned one.
        on_what: what it learned from, for the card.
        seed: of the pixels of its golden file.

    Raises:
        UsageError: the folder holds something else.
        BundleError: the exported model computes something else.
        OSError: the folder cannot be written.

    Example:
        >>> write_tuned.__name__  # tests/training/surface/test_tune_rendered.py runs it
        'write_tuned'
    """
    told = base.bundle
    return write_beside(
        folder,
        base,
        encoder,
        calibration,
        card=ModelCard(
            told.card.summary,
            told.card.licence,
            on_what,
            (),
            LIMITS,
            (CardSource(base.reference, told.card.licence, told.sha256), *told.card.sources),
        ),
        seed=seed,
    )


def write_beside(
    folder: str | Path,
    base: Model,
    encoder: SurfaceEncoder,
    calibration: Mapping[str, Any],
    *,
    card: ModelCard,
    seed: int,
    name: str | None = None,
    classes: Sequence[str] | None = None,
    more: Mapping[str, bytes] | None = None,
) -> Bundle:
    """Write an encoder of surfaces as a bundle with all that its base has beside the encoder.

    Args:
        folder: bundle to write; a folder that holds anything else is left alone.
        base: has the text tower that the encoder was trained into.
        encoder: trained.
        calibration: of it.
        card: what a user must know of it.
        seed: of the pixels of its golden file.
        name: how results call it; None takes that of the folder.
        classes: what it tells apart; None takes those of the base.
        more: files of its own, name -> content.

    Raises:
        UsageError: the folder holds something else.
        BundleError: the exported model computes something else.
        OSError: the folder cannot be written.

    Example:
        >>> write_beside.__name__  # tests/cli/test_train_pictures.py runs it
        'write_beside'
    """
    told = base.bundle
    with tempfile.TemporaryDirectory() as scratch:
        made = filled(encoder, told.path(FILE), Path(scratch) / FILE, seed=seed)
        files: dict[str, Path | bytes] = {name: told.path(name) for name in told.files}
        files |= more or {}
        files[made.path.name] = made.path
        files[GOLDEN] = golden_bytes({**_runs(told, without=IMAGE), IMAGE: made.run})
        return write_bundle(
            folder,
            name=name or Path(folder).resolve().name,
            kind=KIND,
            card=card,
            preparation=told.preparation,
            classes=told.classes if classes is None else classes,
            calibration=calibration,
            text=told.text,
            files=files,
        )


def _runs(bundle: Bundle, *, without: str) -> dict[str, Run]:
    """The golden passes of the encoders that stay as they are."""
    runs: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    with np.load(io.BytesIO(bundle.path(GOLDEN).read_bytes()), allow_pickle=False) as arrays:
        for key in arrays.files:
            stem, way, name = key.split("/")
            if stem != without:
                run = runs.setdefault(stem, ({}, {}))
                run[0 if way == "in" else 1][name] = arrays[key]
    return dict(runs)
