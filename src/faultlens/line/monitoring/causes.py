"""What kind of change it was: a fault of the sensor, or a change of the process itself.

A sensor changes in ways of its own. Gain moves all bands of a spectrum, and light all sizes of
detail, by the same ratio; blur takes fine detail and leaves coarse detail and brightness; noise
adds the same power everywhere. What fits none of these is the process: another load, speed, part or
material. A lamp and a brighter surface, or a gain and a machine that is louder in every band alike,
cannot be told apart by what was measured; the sensor is named, since it is cheaper to look at.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Array = NDArray[np.float64]

PROCESS = "process"
CAUSES = (
    "process", "gain", "noise", "blur", "dark", "bright", "frozen", "dead", "saturated",
    "blind",
)  # fmt: skip
"""All that can be named: the process, and faults of the sensor."""

PICTURE_PARTS = ("brightness", "detail_1", "detail_2", "detail_4", "detail_8")
"""Measures that light, blur and noise are told by, in this order."""

# Noise of the sensor does not grow as light does: detail that is noise falls against it.
_LIGHT = (
    (1.0, 0.0, 0.0, 0.0, 0.0), (0.0, -1.0, -0.3, 0.0, 0.0), (0.0, -1.0, -1.0, -0.3, 0.0),
    (0.0, -1.0, -1.0, -1.0, -0.3),
)  # fmt: skip
# Blur takes power with the square of frequency, a quarter per octave; of an octave that is the
# sensor's noise it takes nothing, so the finest ones may stay.
_BLUR = (
    (0.0, -1.0, -0.25, -0.06, -0.02), (0.0, 0.0, -1.0, -0.25, -0.06), (0.0, 0.0, 0.0, -1.0, -0.25),
)  # fmt: skip
# White noise has a quarter of its power in the next octave, over detail that is stronger there.
_NOISE = ((0.0, 1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.4, 0.1, 0.02), (0.0, 1.0, 0.8, 0.4, 0.1))
_SHAPES = {
    "bright": np.array(_LIGHT).T,
    "dark": -np.array(_LIGHT).T,
    "blur": np.array(_BLUR).T,
    "noise": np.array(_NOISE).T,
}
"""Cause -> (part, shape) steps that it makes, each with a weight of zero or more."""

_LEFT = 16.3
"""Weighted square that a cause may leave unexplained; chi-square of three: once in 1000 more."""
_MOVED = 13.8
"""Weighted square of a change; less is none. Chi-square of two passes it once in 1000."""
_INEXACT = 0.15
"""Share of a change by which it may differ from its shape: light near the end of the range, noise
that does not grow with it, and detail that is not self-similar bend it so far."""
_BENT_DB = 0.05
"""Error of a step that no number of frames takes away."""

_CLEAR_DB = 0.3
"""Gain that counts as one: a third of what a tenth makes."""
_NOISY_DB = 1.0
"""Rise of the quietest bands that is taken for noise of the sensor; a load may move them less."""
_STRANGE = 5.0
"""Standard errors at which a band does not fit: of a hundred one in 10,000 windows would."""
_FACTORS = 4
"""Ways in which spectra of a healthy machine move together that are taken into account."""


@dataclass(frozen=True)
class Change:
    """How far one measure has moved.

    Args:
        step: from its reference, in the unit in which it is watched.
        error: standard error of that.
    """

    step: float
    error: float


def cause_of_pictures(
    reference: NDArray[np.floating], now: NDArray[np.floating], correlation: float
) -> str:
    """What has changed a camera's pictures.

    Parts scatter, but all octaves of a part together, so steps are weighed by how they scatter.

    Args:
        reference: (frame, part) measures of `PICTURE_PARTS`, dB.
        now: (frame, part) since the change, dB.
        correlation: frames that count as one.

    Source: generalised least squares with weights of zero or more (Lawson and Hanson, 1974).

    Example:
        >>> rng = np.random.default_rng(0)
        >>> before, same = (rng.normal(0, 0.4, (n, 5)) for n in (300, 60))
        >>> cause_of_pictures(before, same + [-0.9, 0, 0, 0, 0], 1.0)
        'dark'
        >>> cause_of_pictures(before, same + [0, -1.5, -0.4, -0.1, 0], 1.0)
        'blur'
    """
    step = now.astype(np.float64).mean(axis=0) - reference.astype(np.float64).mean(axis=0)
    share = correlation * (1 / len(now) + 1 / len(reference))
    bent = np.hypot(_BENT_DB, _INEXACT * float(np.abs(step).max()))
    covariance = share * np.cov(reference.T.astype(np.float64)) + bent**2 * np.eye(len(step))
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    if float(np.sum((root @ step) ** 2)) < _MOVED:
        return PROCESS
    left = {
        name: nnls(root @ shape, root @ step)[1] ** 2
        for name, shape in _SHAPES.items()
        if _may_be(name, step[0], step[1:])
    }
    best = min(left, key=lambda x: left[x], default=PROCESS)
    return best if left.get(best, _LEFT) < _LEFT else PROCESS


def _may_be(cause: str, light: float, details: Array) -> bool:
    """Whether the sizes of steps allow a cause.

    Blur and noise leave coarse detail nearly as it was, noise is the finest of all, and light moves
    no detail by more than itself.
    """
    if cause == "blur":
        return bool(details.min() < 0 and details[-1] > details.min() / 2)
    if cause == "noise":
        return bool(details[0] == details.max() and details[-1] < details[0] / 2)
    return bool(abs(light) > _CLEAR_DB and np.abs(details).max() < abs(light))


def cause_of_spectra(
    reference: NDArray[np.floating], now: NDArray[np.floating], correlation: float
) -> str:
    """What has changed the spectra of an accelerometer.

    Args:
        reference: (window, band) levels, dB.
        now: (window, band) since the change, dB.
        correlation: windows that count as one.

    Source: the whitened residual of generalised least squares, the covariance from a factor model.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> before = rng.normal(0, 0.4, (300, 64)); same = rng.normal(0, 0.4, (60, 64))
        >>> cause_of_spectra(before, same + 0.83, 1.0)
        'gain'
        >>> cause_of_spectra(before, same + np.linspace(0, 1.6, 64), 1.0)
        'process'
    """
    before, after = reference.astype(np.float64), now.astype(np.float64)
    step = after.mean(axis=0) - before.mean(axis=0)
    share = correlation * (1 / len(after) + 1 / len(before))
    values, ways = _scatter(before, share)
    ones = ways.T @ np.ones(len(step))
    moved = ways.T @ step
    weights = 1 / values
    gain = float(np.sum(ones * moved * weights) / np.sum(ones * ones * weights))
    left = (moved - gain * ones) / np.sqrt(values)
    bent = np.sum(left**2) / len(left)
    if abs(gain) > _CLEAR_DB and np.abs(left).max() < _STRANGE and bent < 2:
        return "gain"
    return "noise" if _is_white(before, after) else PROCESS


def _scatter(reference: NDArray[np.float64], share: float) -> tuple[NDArray[np.float64], ...]:
    """Variances of the mean of a window along the ways in which it scatters, and these ways."""
    centred = reference - reference.mean(axis=0)
    _, sizes, ways = np.linalg.svd(centred, full_matrices=False)
    kept = ways[:_FACTORS].T * (sizes[:_FACTORS] / np.sqrt(len(reference)))
    own = centred.var(axis=0) - np.sum(kept**2, axis=1)
    covariance = share * (kept @ kept.T + np.diag(np.maximum(own, 0))) + np.eye(len(own)) * (
        _BENT_DB**2
    )
    values, found = np.linalg.eigh(covariance)
    return values, found


def _is_white(reference: Array, now: Array) -> bool:
    """Whether the same power came to every band: the quiet ones show it, the loud ones do not."""
    before, after = (np.mean(10 ** (x / 10), axis=0) for x in (reference, now))
    rise_db = 10 * np.log10(np.maximum(after, 1e-30) / np.maximum(before, 1e-30))
    quiet = before <= np.quantile(before, 0.25)
    loud = before >= np.quantile(before, 0.75)
    came = (after - before)[quiet]
    if float(np.median(rise_db[quiet])) < _NOISY_DB or came.min() <= 0:
        return False
    even = np.quantile(came, 0.9) <= 2 * np.quantile(came, 0.1)
    return bool(even and np.median(rise_db[loud]) < np.median(rise_db[quiet]) / 2)
