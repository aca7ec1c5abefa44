"""A checkpoint asked about labelled windows: its answers, as predictions.

The sentences and the scale are those of the checkpoint. A class that it was not trained on is asked
for by the same prompts, through the same text model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from faultlens.core.errors import UsageError
from faultlens.core.notice import Notice
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.windows import LabelledWindows, cut_windows
from faultlens.evaluation.predictions import Predictions, predictions_of
from faultlens.inputs.window_preparation import WindowPreparation
from faultlens.models.checkpoint import Checkpoint, read_weights
from faultlens.models.restored import RestoredModel
from faultlens.training.adaptation import adapted
from faultlens.training.learnable import arrays_of
from faultlens.training.unseen import features_of


@dataclass(frozen=True)
class Noise:
    """White noise that is added to every window, as a harder test.

    Args:
        snr_db: power of the window over that of the noise.
        seed: of the noise.
    """

    snr_db: float
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Asked:
    """A checkpoint with the windows that it is asked about.

    Args:
        checkpoint: read.
        windows: cut as its preparation wants them.
        arrays: (window, channel, time) or whatever the encoder takes.
        classes: those of the checkpoint, then those that only the test has.
        features: (class, width) what the text model gives for them.
    """

    checkpoint: Checkpoint
    windows: LabelledWindows
    arrays: NDArray[np.float32]
    classes: tuple[str, ...]
    features: NDArray[np.float32]

    @property
    def unseen(self) -> tuple[str, ...]:
        """Classes that the checkpoint was not trained on."""
        return self.classes[len(self.checkpoint.classes) :]


def asked(
    checkpoint: Checkpoint,
    recordings: Sequence[LabelledRecording],
    *,
    noise: Noise | None = None,
) -> Asked:
    """Cut and prepare recordings as a checkpoint takes them.

    Args:
        checkpoint: read.
        recordings: labelled.
        noise: added to every window; None for none.

    Raises:
        UsageError: a lower sampling rate than the checkpoint was trained at.
        InputError: recordings that cannot be cut or prepared.

    Example:
        >>> from faultlens.models.checkpoint import read_checkpoint
        >>> asked(read_checkpoint("/nowhere"), [])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    windows, arrays = _prepared(checkpoint, recordings, noise)
    known = checkpoint.classes
    classes = (*known, *sorted(set(windows.labels) - set(known)))
    return Asked(
        checkpoint,
        windows,
        arrays,
        classes,
        features_of(checkpoint, read_weights(checkpoint), classes),
    )


def answers(question: Asked, model: RestoredModel, *, over: str = "recordings") -> Predictions:
    """What a checkpoint says of the windows.

    Args:
        question: the windows.
        model: the checkpoint, open.
        over: what intervals are drawn over, "recordings" or "bearings".

    Raises:
        UsageError: no such groups.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from faultlens.signals.signal import Signal
        >>> from faultlens.training.experiment import Experiment
        >>> from faultlens.training.zero_shot import open_text_for, train_zero_shot
        >>> noise = np.random.default_rng(0).normal(size=(2, 20480))
        >>> two = [LabelledRecording("rig", label, label, Signal(wave, 5120.0)) for label, wave
        ...        in {"healthy": noise[0], "inner race fault": noise[1].cumsum()}.items()]
        >>> made = train_zero_shot(two, Experiment(), open_text_for(Experiment(), two),
        ...                        Path(tempfile.mkdtemp()) / "model", quiet=True)
        >>> found = answers(asked(made, two), RestoredModel(made))
        >>> found.classes, bool(found.right.all())
        (('healthy', 'inner race fault'), True)
    """
    points = model.points(question.arrays)
    scores = softmax(model.logits(points, question.features), axis=1)
    return predictions_of(question.windows, question.classes, scores, embeddings=points, over=over)


def condition_arrays(
    checkpoint: Checkpoint,
    recordings: Sequence[LabelledRecording],
    *,
    noise: Noise | None = None,
) -> NDArray[np.float32]:
    """Windows of a condition to adapt to; labels are left behind here.

    Args:
        checkpoint: read.
        recordings: of the condition.
        noise: that the windows of the test are given too; None for none.

    Returns:
        (window, channel, time) or whatever the encoder takes.

    Raises:
        UsageError: a lower sampling rate than the checkpoint was trained at.
        InputError: recordings that cannot be cut or prepared.

    Example:
        >>> from faultlens.models.checkpoint import read_checkpoint
        >>> condition_arrays(read_checkpoint("/nowhere"), [])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: /nowhere is no checkpoint: ...
    """
    return _prepared(checkpoint, recordings, noise)[1]


def adapted_answers(
    question: Asked,
    model: RestoredModel,
    condition: NDArray[np.float32],
    *,
    over: str = "recordings",
) -> tuple[Predictions, tuple[Notice, ...]]:
    """What a checkpoint says of the windows after it adapted to a condition, without labels.

    Args:
        question: the windows.
        model: the checkpoint, open.
        condition: (window, channel, time) arrays of the condition, from `condition_arrays`.
        over: what intervals are drawn over, "recordings" or "bearings".

    Returns:
        the answers, and what to know of them.

    Raises:
        UnusableSignalError: too few windows to adapt to.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from faultlens.signals.signal import Signal
        >>> from faultlens.training.experiment import Experiment
        >>> from faultlens.training.zero_shot import open_text_for, train_zero_shot
        >>> noise = np.random.default_rng(0).normal(size=(2, 20480))
        >>> two = [LabelledRecording("rig", label, label, Signal(wave, 5120.0)) for label, wave
        ...        in {"healthy": noise[0], "inner race fault": noise[1].cumsum()}.items()]
        >>> made = train_zero_shot(two, Experiment(), open_text_for(Experiment(), two),
        ...                        Path(tempfile.mkdtemp()) / "model", quiet=True)
        >>> found, notices = adapted_answers(
        ...     asked(made, two), RestoredModel(made), condition_arrays(made, two))
        >>> bool(found.right.all()), notices[0].en
        (True, 'Adapted to the new condition without labels: this takes for granted that ...')
    """
    places = model.points(condition)
    # Where preparation leaves gain and unit out, the arrays say more than the points do.
    by_arrays = question.checkpoint.preparation["kind"] == "spectrum"
    seen = condition.reshape(len(places), -1) if by_arrays else places
    found = adapted(seen, model.logits(places, question.features))
    points = model.points(question.arrays)
    rows = question.arrays.reshape(len(points), -1) if by_arrays else points
    scores = softmax(found.log_odds(rows), axis=1)
    told = predictions_of(question.windows, question.classes, scores, embeddings=points, over=over)
    return told, found.notices


def noisy(windows: LabelledWindows, noise: Noise) -> LabelledWindows:
    """Windows with white noise of a stated level.

    Args:
        windows: clean ones.
        noise: how much, relative to each window's own power about its mean.

    Raises:
        UsageError: the level is no number.

    Example:
        >>> from faultlens.signals.signal import Signal
        >>> tone = Signal(np.sin(np.arange(4096.0)), 4096.0)
        >>> clean = cut_windows([LabelledRecording("a", "b", "healthy", tone)], window=1024)
        >>> added = noisy(clean, Noise(snr_db=0.0)).samples - clean.samples
        >>> round(float(added.std() / clean.samples.std()), 1)
        1.0
    """
    if not np.isfinite(noise.snr_db):
        raise UsageError(f"A signal-to-noise ratio of {noise.snr_db} dB; give a number, such as 0.")
    level = windows.samples.std(axis=1, keepdims=True) * 10 ** (-noise.snr_db / 20)
    added = np.random.default_rng(noise.seed).standard_normal(windows.samples.shape)
    samples = (windows.samples + level * added).astype(np.float32)
    return LabelledWindows(samples, windows.recording, windows.start, windows.recordings)


def _prepared(
    checkpoint: Checkpoint, recordings: Sequence[LabelledRecording], noise: Noise | None
) -> tuple[LabelledWindows, NDArray[np.float32]]:
    preparation = WindowPreparation.from_dict(checkpoint.preparation)
    windows = cut_windows(
        recordings, window=preparation.window, sample_rate_hz=preparation.sample_rate_hz
    )
    if noise is not None:
        windows = noisy(windows, noise)
    return windows, arrays_of(preparation, windows)
