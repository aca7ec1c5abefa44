"""What kind of change it was: a fault of the sensor, or a change of the process itself.

A sensor changes in ways of its own. Gain moves all bands of a spectrum, and light all sizes of
detail, by the same ratio; blur takes fine detail and leaves coarse detail and brightness; noise
adds the same power everywhere. What fits none of these is the process: another load, speed, part or
material. A lamp and a brighter surface, or a gain and a machine that is louder in every band alike,
cannot be told apart by what was measured; the sensor is named, since it is cheaper to look at.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PROCESS = "process"
CAUSES = (
    "process", "gain", "noise", "blur", "dark", "bright", "frozen", "dead", "saturated",
)  # fmt: skip
"""All that can be named: the process, and faults of the sensor."""

_CLEAR_DB = 0.3
"""Change that counts as one: a third of what a tenth of gain makes."""
_ERRORS = 3.0
"""Standard errors within which a change is none."""
_UNEVEN = 0.25
"""Share of a change by which its parts may differ and still be the same ratio: light near the end
of the range, and noise that does not grow with it, bend it so far."""
_STRANGE = 5.0
"""Standard errors at which a band does not fit: of a hundred one in 10,000 windows would."""
_BENT_DB = 0.05
"""Error of a band that no number of windows takes away: how a gain depends on frequency."""
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

    @property
    def clear(self) -> bool:
        """Whether it has moved at all."""
        return abs(self.step) > max(_CLEAR_DB, _ERRORS * self.error)


def cause_of_pictures(changes: Mapping[str, Change]) -> str:
    """What has changed a camera's pictures.

    Args:
        changes: of "brightness" and "detail_1" to "detail_8", dB.

    Example:
        >>> sharp = {f"detail_{x}": Change(0.0, 0.05) for x in (1, 2, 4, 8)}
        >>> cause_of_pictures({**sharp, "brightness": Change(-0.9, 0.05)})
        'dark'
        >>> soft = {f"detail_{x}": Change(-3 / x, 0.05) for x in (1, 2, 4, 8)}
        >>> cause_of_pictures({**soft, "brightness": Change(0.0, 0.05)})
        'blur'
    """
    light = changes.get("brightness", Change(0.0, 0.0))
    sizes = [changes[name] for name in sorted(changes) if name.startswith("detail_")]
    steps = np.array([x.step for x in sizes])
    room = max([_CLEAR_DB, *(_ERRORS * x.error for x in sizes)])
    if light.clear:
        even = not len(steps) or np.ptp(steps) <= max(room, _UNEVEN * float(np.abs(steps).max()))
        small = not len(steps) or np.abs(steps).max() <= max(room, abs(light.step))
        return PROCESS if not (even and small) else "bright" if light.step > 0 else "dark"
    if not any(x.clear for x in sizes) or len(steps) < 3:
        return PROCESS
    most = steps[np.argmax(np.abs(steps))]
    fine_rules = abs(steps[-1]) <= max(room, abs(most) / 2)
    if most < 0 and steps.max() <= room and fine_rules:
        return "blur"
    falling = bool((np.diff(steps) <= room / 2).all())
    return "noise" if most > 0 and most == steps[0] and falling and fine_rules else PROCESS


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


def _is_white(reference: NDArray[np.float64], now: NDArray[np.float64]) -> bool:
    """Whether the same power came to every band: only the quiet ones show it."""
    before, after = (np.mean(10 ** (x / 10), axis=0) for x in (reference, now))
    rise_db = 10 * np.log10(np.maximum(after, 1e-30) / np.maximum(before, 1e-30))
    quiet = before <= np.quantile(before, 0.5)
    if not (rise_db[quiet] > _CLEAR_DB).all():
        return False
    came = (after - before)[quiet]
    return bool(np.quantile(came, 0.9) <= 2 * np.quantile(came, 0.1) and np.median(came) > 0)
