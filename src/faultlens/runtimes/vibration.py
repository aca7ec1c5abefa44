"""A vibration model at work: what was read of a recording, to a point in the shared space."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError, UsageError
from faultlens.inputs.vibration import READINGS, WINDOWS, VibrationInput, prepare_vibration
from faultlens.signals.recording import Recording
from faultlens.signals.signal import Signal

if TYPE_CHECKING:
    from faultlens.runtimes.loaded import Model

KIND = "vibration"

Payload = Signal | Recording | VibrationInput


def encode_vibration(model: "Model", payloads: Payload | Sequence[Payload]) -> NDArray[np.float32]:
    """Points of recordings in the space of a vibration model.

    Args:
        model: of the kind "vibration".
        payloads: recordings that state their own speed and bearing, as far as these are known; or
            what `prepare_vibration` made of them; or one of these alone.

    Returns:
        (recording, 256) unit rows.

    Raises:
        UsageError: the model takes something else, or there is no recording.
        InputError: a recording that cannot be read.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> hum = Signal(np.sin(np.arange(24000.0)), 12000)
        >>> encode_vibration(load_model("builtin/bearing"), [hum, hum]).shape
        (2, 256)
    """
    if model.kind != KIND:
        raise UsageError(
            f"{model.reference} takes {model.kind}, not recordings; ask it with encode_text, or "
            "give a model of vibration."
        )
    given: list[object] = [payloads] if isinstance(payloads, Payload) else list(payloads)
    known = [x for x in given if isinstance(x, Payload)]
    if not given:
        raise UsageError("No recording to encode; give at least one.")
    if odd := [x for x in given if not isinstance(x, Payload)]:
        raise UsageError(
            f"A recording is a Signal, not a {type(odd[0]).__name__}: read a file with "
            "read_signal(path), or wrap an array as Signal(samples, sample_rate_hz=...)."
        )
    if WINDOWS in model.bundle.preparation:
        from faultlens.runtimes.window_bundle import encode_windowed

        return encode_windowed(model, known)
    return points_by_reading(
        model, [x if isinstance(x, VibrationInput) else prepare_vibration(x) for x in known]
    )


def points_by_reading(model: "Model", ready: Sequence[VibrationInput]) -> NDArray[np.float32]:
    """Points of recordings of which not all could be read in the same way.

    Args:
        model: of the kind "vibration".
        ready: what was read of each recording.

    Returns:
        (recording, 256) unit rows.

    Raises:
        BundleError: its manifest does not say how such recordings are encoded.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> hum = prepare_vibration(Signal(np.sin(np.arange(24000.0)), 12000))
        >>> points_by_reading(load_model("builtin/bearing"), [hum, hum]).shape
        (2, 256)
    """
    points = np.zeros((len(ready), 256), dtype=np.float32)
    for reading in READINGS:
        rows = [i for i, x in enumerate(ready) if x.reading == reading]
        if rows:
            points[rows] = points_of(model, reading, [ready[i].arrays for i in rows])
    return points


def points_of(
    model: "Model", reading: str, arrays: Sequence[Mapping[str, NDArray[np.float32]]]
) -> NDArray[np.float32]:
    """Points of recordings that were read in one way.

    Where the bearing is known, what its lines say and what the combs over all orders say are added:
    they are points of one space, and a wrong geometry misleads only one of them.

    Args:
        model: of the kind "vibration".
        reading: "lines", "orders" or "waveform".
        arrays: of each recording, by name: "lines" (feature,), "orders" (channel, order) or
            "waveform" (time,).

    Returns:
        (recording, 256) unit rows.

    Raises:
        BundleError: its manifest does not say how such recordings are encoded.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> hum = prepare_vibration(Signal(np.sin(np.arange(24000.0)), 12000))
        >>> point = points_of(load_model("builtin/bearing"), hum.reading, [hum.arrays])
        >>> round(float(np.linalg.norm(point)), 3)
        1.0
    """
    weights = mixture(model, reading)
    total = sum(
        weight * model.runtime(name).run({"x": np.stack([x[name] for x in arrays])})
        for name, weight in weights.items()
    )
    points: NDArray[np.float32] = total / np.linalg.norm(total, axis=1, keepdims=True)
    return points.astype(np.float32)


def mixture(model: "Model", reading: str) -> dict[str, float]:
    """Weight of each encoder in the point of a recording that was read so.

    Args:
        model: of the kind "vibration".
        reading: "lines", "orders" or "waveform".

    Raises:
        BundleError: the manifest does not say it.

    Example:
        >>> from faultlens.runtimes.loaded import load_model
        >>> sorted(mixture(load_model("builtin/bearing"), "lines"))
        ['lines', 'orders']
    """
    try:
        weights = model.bundle.preparation["mixtures"][reading]
        return {str(name): float(weight) for name, weight in weights.items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BundleError(
            f"{model.reference}: its manifest does not say how recordings read by {reading} are "
            "encoded. Fetch it or make it again."
        ) from error
