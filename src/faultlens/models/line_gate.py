"""How far the lines of a window are believed, and its bands as features: numbers without torch."""

import numpy as np
from numpy.typing import NDArray

from faultlens.inputs.line_array import harmonic_index

FLOORS = (0.01, 0.1, 1.0)
"""Of the mean power, under the logarithm: each hides what broadband noise of its level would."""

HALF_BELIEVED = 0.94
"""Nats: evidence that 1 % of 675 simulated healthy machines exceed; lines count half there."""

STEEPNESS = 4

FAMILIES = ("outer", "inner", "ball")

HARMONICS = tuple(tuple(harmonic_index(x, k) for k in range(1, 5)) for x in FAMILIES)
"""Where the contrast of each family's first four harmonics stands."""


def belief(contrast: NDArray[np.floating]) -> NDArray[np.float64]:
    """How far the lines of each window are to be believed, 0 to 1.

    Args:
        contrast: (window, line) nats, lines as in `inputs.line_array`.

    Returns:
        (window,).

    Source: own; a Hill function of the strongest family's mean contrast over four harmonics.

    Example:
        >>> belief(np.array([[0.0] * 89, [0.94] * 89, [3.0] * 89])).round(2)
        array([0.  , 0.5 , 0.99])
    """
    rows = np.asarray(contrast, dtype=np.float64)
    strongest = np.maximum(rows[:, np.array(HARMONICS)], 0.0).mean(axis=2).max(axis=1)
    evidence = strongest**STEEPNESS
    believed: NDArray[np.float64] = evidence / (evidence + HALF_BELIEVED**STEEPNESS)
    return believed


def floored_bands(bands: NDArray[np.floating]) -> NDArray[np.float64]:
    """Logarithm of band powers over several floors.

    Args:
        bands: (window, band) power; nan where nothing was recorded.

    Returns:
        (window, floor and band) nan where the power is.

    Example:
        >>> floored_bands(np.ones((1, 2))).shape
        (1, 6)
    """
    power = np.asarray(bands, dtype=np.float64)
    level = power / np.nanmean(power, axis=1, keepdims=True)
    return np.concatenate([np.log(level + floor) for floor in FLOORS], axis=1)
