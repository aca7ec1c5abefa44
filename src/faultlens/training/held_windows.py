"""The windows that a training held out, found again where its data lie, and what they measure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from faultlens.core.errors import FaultlensError
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.registry import open_dataset
from faultlens.inputs.window_preparation import WindowPreparation
from faultlens.metrics.conformal import conformal_threshold
from faultlens.models.checkpoint import Checkpoint
from faultlens.models.restored import TEMPERATURE, RestoredModel
from faultlens.runtimes.window_threshold import (
    DEFAULT_THRESHOLD,
    HELD_OUT,
    NO_DATA,
    NO_HEALTHY,
    NOTHING_HELD,
    TOO_FEW,
    WindowThreshold,
)
from faultlens.text.own_words import class_faults
from faultlens.training.experiment import Experiment
from faultlens.training.learnable import Learnable, learnable
from faultlens.training.overrides import with_table

WANTED_RATE = 0.01
"""Share of healthy windows that may exceed the threshold."""

FEWEST_HEALTHY = 19
"""Healthy windows below which no rate of 1 in 20 could be promised: then nothing is."""

FEWEST_HELD = 20
"""Windows below which nothing is said of how alike a window must be to its class."""

UNLIKE_SHARE = 0.01
"""Share of the windows held out that are as unlike every class as an unknown recording."""


@dataclass(frozen=True)
class Measured:
    """What the windows held out say of a model's answers.

    Args:
        threshold: from which it alarms.
        unknown: cosine of what is like no class; None where too few windows were held out.
        terms: of the data set, as its makers state them; empty where nobody does.
    """

    threshold: WindowThreshold
    unknown: float | None = None
    terms: str = ""


def measured(model: RestoredModel, train_data: Path | None = None) -> Measured:
    """Threshold and likeness of a model, from the windows that its own training held out.

    Args:
        model: restored.
        train_data: where its training data lie now; None looks where they lay then.

    Example:
        >>> from types import SimpleNamespace
        >>> from faultlens.models.checkpoint import TrainedOn
        >>> gone = SimpleNamespace(trained_on=TrainedOn("mine", "", "/nowhere", (), 80, 20))
        >>> measured(SimpleNamespace(checkpoint=gone)).threshold.origin
        'no training data'
    """
    checkpoint = model.checkpoint
    if not checkpoint.trained_on.validation_windows:
        return Measured(_default(NOTHING_HELD))
    found, terms = _training_data(checkpoint, train_data)
    ready = _same(checkpoint, found)
    if ready is None:
        return Measured(_default(NO_DATA), terms=terms)
    target = ready.target[ready.held]
    logits = model.logits(model.points(ready.arrays[ready.held]))
    scale = log_odds_scale(model)
    unknown = _unknown(logits / scale)
    return Measured(_threshold(checkpoint.classes, logits, target, scale, unknown), unknown, terms)


def windows_of_training(checkpoint: Checkpoint, train_data: Path | None = None) -> Learnable | None:
    """The windows of a training, parted as then; None where its data are not here any more.

    Args:
        checkpoint: read.
        train_data: where its training data lie now; None looks where they lay then.

    Example:
        >>> from types import SimpleNamespace
        >>> from faultlens.models.checkpoint import TrainedOn
        >>> gone = TrainedOn("mine", "", "/nowhere", (), 80, 20)
        >>> windows_of_training(SimpleNamespace(trained_on=gone)) is None
        True
    """
    return _same(checkpoint, _training_data(checkpoint, train_data)[0])


def log_odds_scale(model: RestoredModel) -> float:
    """From cosines to log-odds, calibrated.

    Args:
        model: restored.

    Example:
        >>> log_odds_scale.__name__
        'log_odds_scale'
    """
    return float(model.model.scale) / model.checkpoint.calibration.get(TEMPERATURE, 1.0)


def _training_data(
    checkpoint: Checkpoint, given: Path | None
) -> tuple[Sequence[LabelledRecording], str]:
    """Recordings and their terms; none where they cannot be read."""
    seen = checkpoint.trained_on
    place = given or (Path(seen.folder) if seen.folder else None)
    if place is None or not place.exists():
        return (), ""
    rate_hz = float(checkpoint.preparation["sample_rate_hz"])
    try:
        read = open_dataset(place, name=seen.dataset or None, sample_rate_hz=rate_hz)
    except FaultlensError:
        # Whatever lies there now, it is not what was trained on.
        return (), ""
    return read.recordings, read.card.terms


def _same(checkpoint: Checkpoint, found: Sequence[LabelledRecording]) -> Learnable | None:
    """The training's windows, parted as then; None where they are not what was learned from."""
    seen = checkpoint.trained_on
    wanted = {(x.sha256, x.label) for x in seen.origins}
    chosen = [x for x in found if (x.sha256, x.label) in wanted]
    if not wanted or {(x.sha256, x.label) for x in chosen} != wanted:
        return None
    try:
        parted = [
            learnable(
                chosen,
                with_table(Experiment(), settings),
                classes=checkpoint.classes,
                preparation=WindowPreparation.from_dict(checkpoint.preparation),
            )
            for settings in checkpoint.settings.values()
        ]
    except FaultlensError:
        # Settings of another version, or windows that are cut otherwise now.
        return None
    first = parted[0]
    if (len(first.learned), len(first.held)) != (seen.windows, seen.validation_windows):
        return None
    held = first.held
    for later in parted[1:]:
        if not np.array_equal(later.windows.start, first.windows.start):
            return None
        # What a later stage learned from is not held out any more.
        held = np.intersect1d(held, later.held)
    return Learnable(
        first.windows,
        first.classes,
        first.preparation,
        first.arrays,
        first.target,
        first.learned,
        held,
    )


def _unknown(cosines: NDArray[np.float64]) -> float | None:
    """Cosine with the nearest class that hardly any window held out falls below."""
    if len(cosines) < FEWEST_HELD:
        return None
    return float(np.floor(np.quantile(cosines.max(axis=1), UNLIKE_SHARE) * 1e4) / 1e4)


def _threshold(
    classes: Sequence[str],
    logits: NDArray[np.float64],
    target: NDArray[np.int64],
    scale: float,
    unknown: float | None,
) -> WindowThreshold:
    meant = class_faults(classes)
    is_healthy = np.array([x is not None and x.is_healthy for x in meant])
    is_fault = np.array([x is not None and not x.is_healthy for x in meant])
    if not is_healthy.any():
        return _default(NO_HEALTHY)
    healthy = is_healthy[target]
    if healthy.sum() < FEWEST_HEALTHY:
        return _default(TOO_FEW, int(healthy.sum()))
    rows = logits[healthy]
    if unknown is not None:
        rows = np.column_stack([rows, np.full(len(rows), scale * unknown)])
        is_fault = np.append(is_fault, False)
    scores = softmax(rows, axis=1)[:, is_fault].sum(axis=1)
    chosen = conformal_threshold(scores, false_alarms=WANTED_RATE)
    # Up, never down: neither a rounded threshold nor the lowest allowed alarms more often.
    rounded = float(np.ceil(min(1.0, chosen.threshold) * 1e4) / 1e4)
    return WindowThreshold(
        max(DEFAULT_THRESHOLD, rounded), chosen.false_alarm_rate, chosen.samples, HELD_OUT
    )


def _default(origin: str, healthy: int = 0) -> WindowThreshold:
    return WindowThreshold(DEFAULT_THRESHOLD, None, healthy, origin)
