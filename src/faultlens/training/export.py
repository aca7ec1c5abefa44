"""From a checkpoint to a bundle that the base install runs in `diagnose` and `calibrate`."""

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from faultlens.inputs.vibration import WINDOWS
from faultlens.inputs.window_preparation import WindowPreparation, Windows, prepared
from faultlens.models.checkpoint import ZERO_SHOT, Checkpoint
from faultlens.models.contrastive import ContrastiveModel
from faultlens.models.restored import RestoredModel
from faultlens.runtimes.bundle import Bundle, TextLink, write_bundle
from faultlens.runtimes.card import CardSource
from faultlens.runtimes.golden import GOLDEN, golden_bytes
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.parity import parity
from faultlens.runtimes.to_onnx import export_onnx
from faultlens.runtimes.vibration import KIND
from faultlens.runtimes.window_bundle import POINTS, unit
from faultlens.runtimes.window_judge import NO_HEALTHY
from faultlens.signals.kinematics import FaultOrders
from faultlens.text.own_words import class_faults
from faultlens.training.class_sentences import class_sentences, sentence_features
from faultlens.training.export_card import AS_THE_DATA, checkpoint_card
from faultlens.training.held_windows import log_odds_scale, measured

TOWER = "builtin/text"
"""The text model that every installation has: with it an exported model is asked in words."""

GOLDEN_ROWS = 4

SAMPLES_PER_TURN, TURNS = 400, 12
"""Of the shaft in windows of noise: samples at most, and turns at least."""

GOLDEN_BEARING = FaultOrders(bpfo=3.585, bpfi=5.415, bsf=2.357, ftf=0.398)
"""Orders of a 6205, the bearing of those windows."""

SAME_POINT = 1e-3
"""Largest difference of a number of a class's point from what its sentences give again."""


@dataclass(frozen=True, eq=False)
class Asking:
    """What a bundle needs to be asked in words.

    Args:
        tower: the text model.
        centre: (dim,) what all classes share, taken off every sentence.
        meant: (class, dim) unit rows of the classes' own words.
    """

    tower: Model
    centre: NDArray[np.float32]
    meant: NDArray[np.float32]


def export_bundle(
    checkpoint: Checkpoint,
    folder: str | Path,
    *,
    name: str | None = None,
    licence: str = AS_THE_DATA,
    evaluation: Path | None = None,
    train_data: Path | None = None,
) -> Bundle:
    """Write a trained model as a bundle: encoder and adapter as ONNX, points, numbers, card.

    The ONNX file is run and held against the torch module before the bundle is written. The alarm
    threshold is measured on the windows that the training held out, where its data still lie; else
    it is a default, and the card says so.

    Args:
        checkpoint: read.
        folder: bundle to write; one that holds anything but a bundle is left alone.
        name: how results call it; None takes that of the checkpoint's folder.
        licence: the terms of the model.
        evaluation: folder or `metrics.json` of an evaluation of this checkpoint, for the card.
        train_data: where its training data lie now; None looks where they lay then.

    Raises:
        BundleError: the checkpoint is damaged, or its ONNX file computes something else.
        UsageError: the folder holds something else, or the evaluation is of another model.
        UnreadableFileError: the evaluation cannot be read.
        MissingPackageError: the packages of the extra `train` are missing.
        OSError: the folder cannot be written.

    Example:
        >>> from faultlens.models.checkpoint import read_checkpoint
        >>> export_bundle(read_checkpoint("/nowhere"), "/tmp/mine")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    restored = RestoredModel(checkpoint)
    found = measured(restored, train_data)
    with torch.inference_mode():
        classes: NDArray[np.float32] = restored.model.sentences(restored.prototypes).numpy()
    asking = _asking(checkpoint, classes)
    healthy = any(x is not None and x.is_healthy for x in class_faults(checkpoint.classes))
    doubts = [found.threshold.told.en, *([] if healthy else [NO_HEALTHY.en])]
    doubts += [] if asking else ["It is asked by the names of its classes alone."]
    card = checkpoint_card(
        checkpoint,
        licence=licence,
        terms=found.terms,
        doubts=" ".join(doubts),
        evaluation=evaluation,
        sources=_text_sources(checkpoint, asking),
    )
    text = checkpoint.settings[ZERO_SHOT]["text"]
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / f"{WINDOWS}.onnx"
        preparation = WindowPreparation.from_dict(checkpoint.preparation)
        golden = _exported(restored.model, _noise(preparation, 2 * GOLDEN_ROWS + 1), path)
        return write_bundle(
            folder,
            name=name or checkpoint.folder.resolve().name,
            kind=KIND,
            card=card,
            preparation={
                WINDOWS: dict(checkpoint.preparation),
                "prompts": list(checkpoint.text.prompts),
                "knowledge": bool(text["knowledge"]),
            },
            classes=checkpoint.classes,
            calibration={
                WINDOWS: {
                    "scale": log_odds_scale(restored),
                    "unknown": found.unknown,
                    **found.threshold.to_dict(),
                }
            },
            text=None if asking is None else TextLink(TOWER, asking.tower.bundle.sha256),
            files={path.name: path, POINTS: _points(classes, asking), GOLDEN: golden},
        )


class _Points(nn.Module):
    """Encoder and adapter as one module."""

    def __init__(self, model: ContrastiveModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        """Points of the shared space (batch, dim)."""
        return self.model.points(x)


def _noise(preparation: WindowPreparation, rows: int) -> Tensor:
    """Prepared windows of noise (row, ...): a user's recordings stay the user's.

    The shaft turns often enough in a window, and slowly enough for the rate, that lines of a
    bearing can be read where the preparation reads some.
    """
    size, rate_hz = preparation.window, preparation.sample_rate_hz
    samples = np.random.default_rng(0).normal(size=(rows, size))
    shaft_hz = max(rate_hz / SAMPLES_PER_TURN, TURNS * rate_hz / size)
    windows = Windows(samples, np.full(rows, shaft_hz), [GOLDEN_BEARING] * rows)
    return torch.from_numpy(prepared(preparation, windows))


def _exported(model: ContrastiveModel, noise: Tensor, path: Path) -> bytes:
    """Write the ONNX file, hold it against the module, and give its golden outputs."""
    module = _Points(model).eval()
    few = noise[:GOLDEN_ROWS]
    export_onnx(module, {"x": few}, path, dynamic={"x": {0: "batch"}})
    parity(module, path, {"x": noise})
    with torch.inference_mode():
        return golden_bytes({WINDOWS: ({"x": few.numpy()}, module(few).numpy())})


def _asking(checkpoint: Checkpoint, classes: NDArray[np.float32]) -> Asking | None:
    """None where the text model is not the built-in one, or no class came from its sentences."""
    text = checkpoint.text
    tower = load_model(TOWER)
    if not text.shared or text.reference != tower.reference:
        return None
    how = checkpoint.settings[ZERO_SHOT]["text"]
    said = class_sentences(checkpoint.classes, text.prompts, knowledge=how["knowledge"])
    plain = sentence_features(said, tower.encode_text).prototypes
    centre = plain.mean(axis=0) if how["centred"] else np.zeros(plain.shape[1], np.float32)
    if np.abs(unit(plain - centre) - classes).max() > SAME_POINT:
        return None
    meant = []
    for each, sentences, name in zip(
        class_faults(checkpoint.classes), said, checkpoint.classes, strict=True
    ):
        own = [name, *sentences] if each is None or each.is_word else list(each.sayings())
        meant.append(tower.encode_text(own).mean(axis=0))
    return Asking(tower, centre, unit(np.stack(meant)))


def _points(classes: NDArray[np.float32], asking: Asking | None) -> bytes:
    packed = io.BytesIO()
    words = {} if asking is None else {"centre": asking.centre, "meant": asking.meant}
    np.savez(packed, classes=classes, **words)  # type: ignore[arg-type]
    return packed.getvalue()


def _text_sources(checkpoint: Checkpoint, asking: Asking | None) -> tuple[CardSource, ...]:
    if asking is not None:
        return asking.tower.card.sources
    name = checkpoint.text.reference
    return (CardSource(name, "that of this text model; none of its weights are within", ""),)
