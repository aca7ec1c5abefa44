"""Windows of recordings in, arrays of trained encoders out: the same in training and in serving.

A `WindowPreparation` is saved in every checkpoint and bundle; what it says is done, nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import BundleError, UnusableSignalError, UsageError
from faultlens.core.registry import Registry
from faultlens.inputs.modulation_array import modulation_arrays
from faultlens.inputs.spectrum_array import spectrum_arrays
from faultlens.signals.signal import Bearing

LARGEST = 8.0
"""Samples beyond this many standard deviations are cut: one shock shall not hide all others."""

FAINTEST = 1e-30
"""Level below which a window is silence, any unit."""

SHORTEST = 32
"""Samples of a window: below, no spectrum says anything."""


@dataclass(frozen=True)
class WindowPreparation:
    """How a window becomes an array.

    Args:
        kind: row of `KINDS`.
        window: samples of a window.
        sample_rate_hz: samples per second that the model was trained at.

    Raises:
        UsageError: a window or a rate that cannot be.
        UnknownNameError: no such kind.

    Example:
        >>> WindowPreparation("waveform", window=1024, sample_rate_hz=5120).window
        1024
    """

    kind: str
    window: int
    sample_rate_hz: float

    def __post_init__(self) -> None:
        KINDS[self.kind]
        if self.window < SHORTEST:
            raise UsageError(f"Windows of {self.window} samples; give {SHORTEST} or more.")
        if not (np.isfinite(self.sample_rate_hz) and self.sample_rate_hz > 0):
            raise UsageError(f"A rate of {self.sample_rate_hz} Hz; it must be a positive number.")

    def to_dict(self) -> dict[str, Any]:
        """As a table for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> "WindowPreparation":
        """From such a table.

        Args:
            table: what `to_dict` gave.

        Raises:
            BundleError: it is not one that this version can follow.

        Example:
            >>> made = WindowPreparation("waveform", 1024, 5120.0)
            >>> WindowPreparation.from_dict(made.to_dict()) == made
            True
        """
        try:
            return cls(str(table["kind"]), int(table["window"]), float(table["sample_rate_hz"]))
        except (KeyError, TypeError, ValueError, UsageError) as error:
            raise BundleError(
                f"The model's windows are prepared in a way that this faultlens does not know "
                f"({error}). Update it: pip install --upgrade faultlens"
            ) from error


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows to be prepared, with what is known of each.

    Args:
        samples: (window, time) any unit.
        shaft_hz: (window,) shaft speed, Hz; nan where it is not known.
        bearings: of each window, None where it is not known; empty where none is.
    """

    samples: NDArray[np.floating]
    shaft_hz: NDArray[np.floating]
    bearings: Sequence[Bearing | None] = ()


Prepare = Callable[[WindowPreparation, Windows], NDArray[np.float32]]
"""(window, ...) arrays of windows."""


def prepared(preparation: WindowPreparation, windows: Windows) -> NDArray[np.float32]:
    """The arrays of windows.

    Args:
        preparation: how.
        windows: of the preparation's length and rate.

    Returns:
        (window, channel, time) or whatever the kind makes; all windows have one shape.

    Raises:
        UnusableSignalError: windows of another length, or with values that are no numbers.
        MissingMetadataError: the kind needs something that is not known.

    Example:
        >>> wave = np.sin(np.arange(2048.0)).reshape(2, 1024)
        >>> ready = prepared(WindowPreparation("waveform", 1024, 5120.0),
        ...                  Windows(wave, np.full(2, np.nan)))
        >>> ready.shape, ready.dtype
        ((2, 1, 1024), dtype('float32'))
    """
    length = windows.samples.shape[1]
    if length != preparation.window:
        raise UnusableSignalError(
            f"Windows of {length} samples; the model takes {preparation.window}. Cut them so, or "
            f"train one for your length (--set window={length})."
        )
    if not np.isfinite(windows.samples).all():
        raise UnusableSignalError(
            "A window holds values that are no numbers. Repair the recording or leave it out."
        )
    return KINDS[preparation.kind](preparation, windows)


def centred(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """Windows without their mean, in standard deviations.

    A slow drift gives a class away where its recording alone has one; so the mean goes, per window.

    Args:
        samples: (window, time) any unit.

    Returns:
        (window, time).

    Example:
        >>> centred(np.array([[1.0, 3.0]])).tolist()
        [[-1.0, 1.0]]
    """
    flat = np.asarray(samples, dtype=np.float64)
    flat = flat - flat.mean(axis=1, keepdims=True)
    level = np.maximum(flat.std(axis=1, keepdims=True), FAINTEST)
    scaled: NDArray[np.float64] = flat / level
    return scaled


def waveform(preparation: WindowPreparation, windows: Windows) -> NDArray[np.float32]:
    """The waveform itself: (window, 1, time), in standard deviations.

    Args:
        preparation: not looked at.
        windows: any.

    Example:
        >>> made = WindowPreparation("waveform", 64, 100.0)
        >>> waveform(made, Windows(np.ones((1, 64)), np.ones(1))).max()
        np.float32(0.0)
    """
    cut: NDArray[np.float32] = np.clip(centred(windows.samples), -LARGEST, LARGEST).astype(
        np.float32
    )
    return cut[:, None, :]


def spectrum(preparation: WindowPreparation, windows: Windows) -> NDArray[np.float32]:
    """Log levels of bands: (window, 1, band), without gain.

    Args:
        preparation: not looked at.
        windows: any.

    Example:
        >>> made = WindowPreparation("spectrum", 64, 100.0)
        >>> spectrum(made, Windows(np.eye(2, 64), np.ones(2))).shape
        (2, 1, 128)
    """
    return spectrum_arrays(windows.samples)


def modulation(preparation: WindowPreparation, windows: Windows) -> NDArray[np.float32]:
    """Lines at the bearing's orders and powers of bands: (window, line and band).

    Args:
        preparation: says the rate.
        windows: with speed and bearing.

    Raises:
        MissingMetadataError: speed or bearing of a window is not known.
        UnusableSignalError: windows too short for the lines of their bearing.

    Example:
        >>> made = WindowPreparation("modulation", 24000, 12000.0)
        >>> modulation(made, Windows(np.ones((1, 24000)), np.array([30.0])))
        Traceback (most recent call last):
            ...
        faultlens.core.errors.MissingMetadataError: Lines are read at the bearing's orders, ...
    """
    bearings = windows.bearings or [None] * len(windows.samples)
    return modulation_arrays(
        windows.samples, preparation.sample_rate_hz, windows.shaft_hz, bearings
    )


KINDS: Registry[Prepare] = Registry("kind of preparation")
KINDS.add("waveform", waveform)
KINDS.add("spectrum", spectrum)
KINDS.add("modulation", modulation)
