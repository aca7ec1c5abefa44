"""A bundle that judges windows: what its manifest says, and its points, read and checked."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError, UsageError
from faultlens.inputs.vibration import WINDOWS, VibrationInput
from faultlens.inputs.window_preparation import WindowPreparation
from faultlens.inputs.windowed import recording_windows
from faultlens.runtimes.fields import damaged
from faultlens.runtimes.window_threshold import WindowThreshold
from faultlens.signals.recording import Recording
from faultlens.signals.signal import Signal
from faultlens.text.knowledge import Fault

if TYPE_CHECKING:
    from faultlens.runtimes.loaded import Model

POINTS = "prototypes.npz"
"""File of the bundle: `classes` (class, dim), what windows are compared with; and where sentences
are understood, `centre` (dim,), taken off every sentence, and `meant` (class, dim), what the
classes' own words mean to the text tower."""

GAP = "{}"
"""Where a prompt takes the name of a class."""

ROWS_AT_ONCE = 256
LARGEST_POINTS_BYTES = 100_000_000
"""Unpacked; a few thousand classes are enough."""


@dataclass(frozen=True, eq=False)
class WindowFacts:
    """What a bundle of windows says of itself.

    Args:
        preparation: of its windows.
        prompts: templates that the names of its classes were put into.
        knowledge: whether what the knowledge base says of a class was added.
        scale: cosines to log-odds.
        unknown: cosine of a recording that is like no class; None where it was not measured.
        threshold: from which it alarms.
        classes: (class, dim) unit rows.
        centre: (dim,) taken off every sentence; None where the model is not asked in words.
        meant: (class, dim) unit rows of the classes' own words; None with `centre`.
    """

    preparation: WindowPreparation
    prompts: tuple[str, ...]
    knowledge: bool
    scale: float
    unknown: float | None
    threshold: WindowThreshold
    classes: NDArray[np.float32]
    centre: NDArray[np.float32] | None
    meant: NDArray[np.float32] | None


def window_facts(model: "Model") -> WindowFacts:
    """What the manifest and the points of a bundle of windows say.

    Args:
        model: loaded.

    Raises:
        BundleError: something is missing, or is not what it must be.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> window_facts(load_model("builtin/bearing"))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: builtin/bearing@... is a damaged bundle: ...
    """
    bundle = model.bundle
    points = _points(model)
    try:
        table = bundle.calibration[WINDOWS]
        unknown = table["unknown"]
        return WindowFacts(
            preparation=WindowPreparation.from_dict(bundle.preparation[WINDOWS]),
            prompts=tuple(str(x) for x in bundle.preparation["prompts"]),
            knowledge=bool(bundle.preparation["knowledge"]),
            scale=float(table["scale"]),
            unknown=None if unknown is None else float(unknown),
            threshold=WindowThreshold.from_dict(table),
            classes=points["classes"],
            centre=points.get("centre"),
            meant=points.get("meant"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"{model.reference} does not say how windows are judged: {error!r}. Export its "
            "checkpoint again: faultlens export CHECKPOINT"
        ) from error


def window_points(model: "Model", arrays: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where windows lie in the space of the model.

    Args:
        model: a bundle of windows.
        arrays: (window, ...) as its preparation makes them.

    Returns:
        (window, dim) unit rows.

    Raises:
        BundleError: its encoder is missing or damaged.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> window_points(load_model("builtin/bearing"), np.zeros((1, 8), np.float32))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown encoder of builtin/bearing 'windows'. ...
    """
    encoder, step = model.runtime(WINDOWS), ROWS_AT_ONCE
    starts = range(0, len(arrays), step)
    return np.concatenate([encoder.run({"x": arrays[i : i + step]}) for i in starts])


def encode_windowed(
    model: "Model", payloads: Sequence[Signal | Recording | VibrationInput]
) -> NDArray[np.float32]:
    """Points of recordings: of each, the mean direction of its windows.

    Args:
        model: a bundle of windows.
        payloads: recordings, or what its judge prepared of them.

    Returns:
        (recording, dim) unit rows.

    Raises:
        UsageError: a recording that was prepared for another model.
        InputError: a recording that cannot be read.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> encode_windowed(load_model("builtin/bearing"), [])
        Traceback (most recent call last):
            ...
        faultlens.core.errors.BundleError: builtin/bearing@... is a damaged bundle: ...
    """
    preparation = window_facts(model).preparation
    means = [window_points(model, _arrays(x, preparation)).mean(axis=0) for x in payloads]
    return unit(np.stack(means))


def windows_in(ready: VibrationInput) -> NDArray[np.float32]:
    """The windows of a recording that was prepared for a model of windows.

    Args:
        ready: what `inputs.windowed.prepare_windowed` made.

    Returns:
        (window, channel, time), or as the preparation makes them behind the first axis.

    Raises:
        UsageError: it was prepared for another model.

    Example:
        >>> from faultlens.inputs.vibration import prepare_vibration
        >>> windows_in(prepare_vibration(Signal(np.sin(np.arange(24000.0)), 12000)))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UsageError: The recording was prepared for a model of waveform, ...
    """
    if WINDOWS not in ready.arrays:
        raise UsageError(
            f"The recording was prepared for a model of {ready.reading}, and this one takes "
            "windows. Give the recording itself."
        )
    return ready.arrays[WINDOWS]


def placed(facts: WindowFacts, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sentences as the model compares windows with: what all its classes share is taken off.

    Args:
        facts: of the bundle.
        rows: (sentence, dim) unit rows by its text tower.

    Returns:
        (sentence, dim) unit rows.

    Example:
        >>> from types import SimpleNamespace
        >>> placed(SimpleNamespace(centre=np.array([0.0, 1.0])), np.array([[3.0, 1.0]])).tolist()
        [[1.0, 0.0]]
    """
    return unit(rows if facts.centre is None else rows - facts.centre)


def named_point(model: "Model", facts: WindowFacts, fault: Fault) -> NDArray[np.float32]:
    """The point of a fault that the model has no class for, from what is said of it.

    Args:
        model: a bundle of windows that is asked in words.
        facts: of it.
        fault: of the knowledge base.

    Returns:
        (dim,) unit length.

    Raises:
        BundleError: its text tower is not here.

    Example:
        >>> named_point.__name__
        'named_point'
    """
    said = [x.replace(GAP, fault.names.en) for x in facts.prompts]
    said += list(fault.sayings()) if facts.knowledge else []
    rows = model.text.encode_text(list(dict.fromkeys(said)))
    point: NDArray[np.float32] = placed(facts, unit(rows.mean(axis=0, keepdims=True)))[0]
    return point


def unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows scaled to length 1.

    Args:
        rows: (row, dim).

    Example:
        >>> unit(np.array([[3.0, 4.0]])).round(1).tolist()
        [[0.6..., 0.8...]]
    """
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = (rows / np.maximum(length, 1e-9)).astype(np.float32)
    return scaled


def _arrays(
    payload: Signal | Recording | VibrationInput, preparation: WindowPreparation
) -> NDArray[np.float32]:
    if isinstance(payload, VibrationInput):
        return windows_in(payload)
    return recording_windows(payload, preparation).arrays


def _points(model: "Model") -> dict[str, NDArray[np.float32]]:
    where, wanted = model.reference, len(model.bundle.classes)
    path = model.bundle.path(POINTS)
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(x.file_size for x in packed.infolist()) > LARGEST_POINTS_BYTES:
                raise ValueError("it unpacks to more than 100 MB")
        with np.load(path, allow_pickle=False) as arrays:
            found = {
                name: np.asarray(arrays[name], np.float32)
                for name in ("classes", "centre", "meant")
                if name in arrays.files
            }
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise damaged(where, f"{POINTS} cannot be read ({error})") from error
    asked = {"centre", "meant"} if model.bundle.text else set()
    shape = found["classes"].shape if "classes" in found else ()
    fits = (
        set(found) == {"classes", *asked}
        and len(shape) == 2
        and shape[0] == wanted > 0
        and found.get("centre", np.zeros(shape[1:])).shape == shape[1:]
        and found.get("meant", np.zeros(shape)).shape == shape
        and all(np.isfinite(x).all() for x in found.values())
    )
    if not fits:
        raise damaged(where, f"{POINTS} does not hold one point for each of its {wanted} classes")
    return found
