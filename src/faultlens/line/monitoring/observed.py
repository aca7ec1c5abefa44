"""What monitoring sees of one judged frame: a row per measure, in units in which shifts add up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.line.judged import Judged

Row = NDArray[np.float32]

EMBEDDING, SPECTRUM, SCORE, ALARMS = "embedding", "spectrum", "score", "alarms"
"""Measures that every detector may give besides those of the sensor's quality."""

FINGERPRINT = "fingerprint"
"""Says whether two pictures or scans are the same; no measure of anything."""

_DECIBELS = {
    "brightness": 20.0,
    "contrast": 20.0,
    "rms": 20.0,
    "kurtosis": 10.0,
    "points": 20.0,
    "relief_mm": 20.0,
    "noise_mm": 20.0,
}
"""Ratios matter in them: ten per cent are the same step wherever they stand."""
_TINY = 1e-12

LEAST = {
    "brightness": 0.25, "contrast": 0.4, "rms": 0.4, "kurtosis": 0.5,
    "detail_1": 0.4, "detail_2": 0.4, "detail_4": 0.4, "detail_8": 0.4,
    "points": 0.2, "missing": 0.02, "relief_mm": 0.8, "noise_mm": 0.8,
    "dark": 0.01, "saturated": 0.01, "clipped": 0.01, "dead": 0.01,
    ALARMS: 0.1, SPECTRUM: 0.25,
}  # fmt: skip
"""Shift of each measure below which nobody has to come, however surely it is there: dB, or shares.
A tenth of gain is 0.83 dB; a lamp that has warmed up still wanders by some 2 %, 0.17 dB."""


@dataclass(frozen=True, eq=False)
class Observed:
    """One frame as rows.

    Args:
        key: equal for frames that can be held against each other: same model, same profile.
        rows: measure -> (dim,) its value; of one number for all but embedding and spectrum.
        fingerprint: of picture or scan; None without one.
    """

    key: str
    rows: dict[str, Row]
    fingerprint: float | None = None


def observed(judged: Judged) -> Observed | None:
    """The rows of one frame; None where there is nothing to hold against anything.

    Args:
        judged: a frame with its verdict.

    Example:
        >>> from datetime import UTC, datetime
        >>> from faultlens.line.frame import Frame
        >>> from faultlens.signals.signal import Signal
        >>> frame = Frame("1", "hall", datetime.now(UTC), Signal(np.ones(9), 9))
        >>> seen = observed(Judged(frame, "healthy", False, 0.1, 0.5, "m", {}, quality={"rms": 10}))
        >>> {name: row.tolist() for name, row in seen.rows.items()}
        {'score': [0.10000000149011612], 'alarms': [0.0], 'rms': [20.0]}
    """
    if judged.error:
        return None
    rows = {SCORE: _row([judged.score]), ALARMS: _row([float(judged.alarm)])}
    if judged.embedding is not None:
        rows[EMBEDDING] = _row(judged.embedding)
    if judged.spectrum is not None:
        rows[SPECTRUM] = _row(judged.spectrum)
    for name, value in judged.quality.items():
        if name != FINGERPRINT:
            rows[name] = _row([in_steps(name, value)])
    if not all(np.isfinite(x).all() for x in rows.values()):
        return None
    key = f"{judged.model} {judged.profile}"
    return Observed(key, rows, judged.quality.get(FINGERPRINT))


def in_steps(name: str, value: float) -> float:
    """A measure of quality in the unit in which it is watched: dB where ratios matter.

    Args:
        name: of the measure.
        value: as the detector gives it.

    Example:
        >>> round(in_steps("brightness", 0.5), 2), in_steps("clipped", 0.5)
        (-6.02, 0.5)
    """
    factor = _DECIBELS.get(name)
    return float(value) if factor is None else float(factor * np.log10(max(value, _TINY)))


def _row(values: Sequence[float] | NDArray[np.floating]) -> Row:
    return np.asarray(values, dtype=np.float32).reshape(-1)
