"""One window as two things beside each other: lines at the bearing's orders, and levels of bands.

Lines travel between machines, and are absent in some faults; the levels of bands say the rest as
long as the machine stays the same. An encoder weighs the two by how far the lines stand out.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import MissingMetadataError
from faultlens.inputs.line_array import LINES
from faultlens.inputs.vibration import prepare_vibration
from faultlens.signals.signal import Bearing, Signal

CONTRASTS = len(LINES)
"""Numbers of the first part: contrast of every line, nats."""

BANDS = 64
"""Numbers of the second part: mean power of equal bands from 0 to half the rate, their mean 1."""

LENGTH = CONTRASTS + BANDS

FRAME = 512
"""Samples of a frame of the band powers: four lines of its spectrum make a band."""

WINDOW_S = 2.0
"""Length of a window, s: lines a hundredth of an order apart are told from each other."""


def modulation_arrays(
    samples: NDArray[np.floating],
    sample_rate_hz: float,
    shaft_hz: NDArray[np.floating],
    bearings: Sequence[Bearing | None],
) -> NDArray[np.float32]:
    """Contrast of every line and power of every band, window by window.

    Args:
        samples: (window, time) any unit.
        sample_rate_hz: samples per second.
        shaft_hz: (window,) shaft speed, Hz; nan where nobody stated it.
        bearings: of each window; None where nobody stated it.

    Returns:
        (window, line and band) `CONTRASTS` numbers, then `BANDS`.

    Raises:
        MissingMetadataError: speed or bearing of a window is not known.
        UnusableSignalError: windows too short for the lines of their bearing.

    Example:
        >>> from faultlens.signals.kinematics import FaultOrders
        >>> noise = np.random.default_rng(0).normal(size=(1, 24000))
        >>> found = modulation_arrays(noise, 12000.0, np.array([30.0]),
        ...                           [FaultOrders(3.58, 5.42, 2.36, 0.4)])
        >>> found.shape == (1, LENGTH)
        True
    """
    missing = [
        name
        for name, known in (
            ("the shaft speed", bool(np.isfinite(shaft_hz).all())),
            ("the bearing", all(x is not None for x in bearings)),
        )
        if not known
    ]
    if missing:
        raise MissingMetadataError(
            f"Lines are read at the bearing's orders, and {' and '.join(missing)} of a recording "
            "is not known. State it (a sidecar, or columns of a manifest), or take an encoder "
            "that needs neither, such as --encoder spectrum."
        )
    rows = []
    for window, hz, bearing in zip(samples, shaft_hz, bearings, strict=True):
        signal = Signal(window, sample_rate_hz, shaft_rpm=60 * float(hz), bearing=bearing)
        lines = prepare_vibration(signal).arrays["lines"][:CONTRASTS]
        rows.append(np.concatenate([lines, band_powers(window)]))
    stacked: NDArray[np.float32] = np.stack(rows).astype(np.float32)
    return stacked


def band_powers(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    """Mean power of equal bands from 0 to half the rate, over the mean of all.

    Args:
        samples: (time,) at least `FRAME` of them.

    Returns:
        (band,) their mean is 1.

    Example:
        >>> tone = np.sin(2 * np.pi * 0.25 * np.arange(4096))
        >>> int(band_powers(tone).argmax()), round(float(band_powers(tone).mean()), 3)
        (31, 1.0)
    """
    centred = np.asarray(samples, dtype=np.float64) - np.mean(samples)
    frames = np.lib.stride_tricks.sliding_window_view(centred, FRAME)[:: FRAME // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME), axis=1)) ** 2
    bands = power[:, 1:].mean(axis=0).reshape(BANDS, -1).mean(axis=1)
    scaled: NDArray[np.float64] = bands / max(float(bands.mean()), 1e-30)
    return scaled
