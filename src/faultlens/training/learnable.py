"""Labelled recordings, cut and prepared: what a training learns from and what it holds out."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.datasets.labelled import LabelledRecording
from faultlens.datasets.splits import validation_windows
from faultlens.datasets.windows import LabelledWindows, cut_windows
from faultlens.inputs.window_preparation import WindowPreparation, Windows, prepared
from faultlens.models.encoders.registry import ENCODERS
from faultlens.training.experiment import Experiment
from faultlens.training.loop import Examples

SLOW = ("modulation",)
"""Kinds of preparation that are worth remembering."""

_REMEMBERED: dict[WindowPreparation, dict[tuple[bytes, float, str], NDArray[np.float32]]] = {}


@dataclass(frozen=True, eq=False)
class Learnable:
    """What a training learns from.

    Args:
        windows: all of them, with their recordings.
        classes: names of the classes, sorted.
        preparation: how windows became arrays.
        arrays: (window, channel, time) or whatever the encoder takes.
        target: (window,) class of each.
        learned: (window,) indices of the windows learned from.
        held: (window,) indices of those that choose the best epoch; may be empty.
    """

    windows: LabelledWindows
    classes: tuple[str, ...]
    preparation: WindowPreparation
    arrays: NDArray[np.float32]
    target: NDArray[np.int64]
    learned: NDArray[np.intp]
    held: NDArray[np.intp]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one array."""
        return self.arrays.shape[1:]

    def examples(self) -> Examples:
        """The windows learned from; classes weigh alike, and in a class its bearings do."""
        own = [self.windows.recordings[x] for x in self.windows.recording[self.learned]]
        groups = [(x.label, x.machine, x.specimen or x.key) for x in own]
        return Examples(self.arrays[self.learned], self.target[self.learned], even_weights(groups))

    def held_out(self) -> Examples:
        """The windows that choose the epoch and the temperature; may be none."""
        return Examples(self.arrays[self.held], self.target[self.held])


def learnable(
    recordings: Sequence[LabelledRecording],
    experiment: Experiment,
    *,
    classes: Sequence[str] | None = None,
    preparation: WindowPreparation | None = None,
) -> Learnable:
    """Cut and prepare recordings, and set some windows aside.

    Args:
        recordings: labelled; all of one sampling rate.
        experiment: which encoder, windows and validation share.
        classes: of a model that is trained on; None takes those of the recordings.
        preparation: of a model that is trained on; None makes the encoder's.

    Raises:
        UsageError: fewer than two classes, or a class that the model has not.
        InputError: recordings that cannot be cut or prepared.

    Example:
        >>> from faultlens.signals.signal import Signal
        >>> noise = np.random.default_rng(0).normal(size=(2, 4096))
        >>> two = [LabelledRecording("rig", f"r{i}", label, Signal(noise[i], 5120.0), window=1024)
        ...        for i, label in enumerate(["healthy", "inner race fault"])]
        >>> ready = learnable(two, Experiment(validation=0.25))
        >>> ready.shape, ready.classes
        ((1, 128), ('healthy', 'inner race fault'))
    """
    window = _window(recordings, experiment) if preparation is None else preparation.window
    cut = cut_windows(recordings, window=window, hop=experiment.hop)
    found = tuple(sorted(set(cut.labels)))
    if classes is None and len(found) < 2:
        raise UsageError(
            f"All {len(recordings)} recordings are '{found[0] if found else 'none'}'; a training "
            "tells classes apart and needs two or more. Add recordings of another class."
        )
    known = found if classes is None else tuple(classes)
    if odd := [x for x in found if x not in known]:
        raise UsageError(
            f"The recordings hold '{odd[0]}', which the model was not trained on; it knows "
            f"{', '.join(known)}. Leave these recordings out, or train it again."
        )
    made = preparation or WindowPreparation(
        ENCODERS[experiment.encoder].takes, cut.samples.shape[1], cut.sample_rate_hz
    )
    arrays = arrays_of(made, cut)
    target = np.array([known.index(x) for x in cut.labels], dtype=np.int64)
    if experiment.validation > 0:
        learned, held = validation_windows(
            cut, share=experiment.validation, seed=experiment.training.seed
        )
    else:
        learned, held = np.arange(len(target)), np.arange(0)
    return Learnable(cut, known, made, arrays, target, learned, held)


def even_weights(groups: Sequence[tuple[str, ...]]) -> NDArray[np.float64]:
    """How often each window is drawn, so that classes count alike, and in a class its groups do.

    Args:
        groups: class and bearing of each window.

    Returns:
        (window,) shares that sum to 1.

    Example:
        >>> even_weights([("a", "1"), ("a", "1"), ("a", "2"), ("b", "3")]).round(3)
        array([0.125, 0.125, 0.25 , 0.5  ])
    """
    size = Counter(groups)
    of_class = Counter(label for label, *_ in size)
    weight = np.array([1 / size[x] / of_class[x[0]] for x in groups])
    shares: NDArray[np.float64] = weight / weight.sum()
    return shares


def arrays_of(preparation: WindowPreparation, cut: LabelledWindows) -> NDArray[np.float32]:
    """The prepared arrays of cut windows; what was prepared a moment ago is taken from there.

    Folds and seeds prepare the same recordings over and over, and lines take 25 ms a window.

    Args:
        preparation: how.
        cut: labelled.

    Returns:
        (window, channel, time) or whatever the preparation makes.

    Raises:
        InputError: windows that cannot be prepared.

    Example:
        >>> from faultlens.signals.signal import Signal
        >>> one = LabelledRecording("rig", "a", "x", Signal(np.ones(64), 64.0))
        >>> arrays_of(WindowPreparation("waveform", 64, 64.0), cut_windows([one], window=64)).shape
        (1, 1, 64)
    """
    windows = windows_of(cut)
    if preparation.kind not in SLOW:
        return prepared(preparation, windows)
    known = _REMEMBERED.setdefault(preparation, {})
    names = [hashlib.sha256(x.tobytes()).digest() for x in windows.samples]
    told = [
        (x, float(hz), str(b))
        for x, hz, b in zip(names, windows.shaft_hz, windows.bearings, strict=True)
    ]
    fresh = np.array([i for i, x in enumerate(told) if x not in known], dtype=np.intp)
    if len(fresh):
        made = prepared(preparation, windows_of(cut.take(fresh)))
        known.update({told[i]: row for i, row in zip(fresh, made, strict=True)})
    stacked: NDArray[np.float32] = np.stack([known[x] for x in told])
    return stacked


def windows_of(cut: LabelledWindows) -> Windows:
    """Cut windows as a preparation takes them: without their labels.

    Args:
        cut: labelled.

    Example:
        >>> from faultlens.signals.signal import Signal
        >>> one = LabelledRecording("rig", "a", "x", Signal(np.ones(64), 64.0, shaft_rpm=60.0))
        >>> windows_of(cut_windows([one], window=64)).shaft_hz
        array([1.])
    """
    rpm = [x.signal.shaft_rpm for x in cut.recordings]
    shaft_hz = np.array([np.nan if x is None else x / 60 for x in rpm])
    bearings = [cut.recordings[x].signal.bearing for x in cut.recording]
    return Windows(cut.samples, shaft_hz[cut.recording], bearings)


def _window(recordings: Sequence[LabelledRecording], experiment: Experiment) -> int | None:
    """Samples of a window: as asked for, or as the encoder needs them; None is the data's own."""
    seconds = ENCODERS[experiment.encoder].window_s
    if experiment.window is not None or seconds is None or not recordings:
        return experiment.window
    return round(seconds * recordings[0].signal.sample_rate_hz)
