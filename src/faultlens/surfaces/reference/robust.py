"""Fitting that defects and outliers do not move: thinning, robust scale, weights."""

import numpy as np
from numpy.typing import NDArray

TUKEY = 4.685
"""Residuals beyond so many standard deviations count for nothing; 95 % efficient."""

EXACT = 1e-9
"""Share of the extent of a scan below which residuals are the rounding of numbers."""

MAD_TO_SIGMA = 1.4826
"""Standard deviation of normal noise, in medians of absolute deviations."""


def robust_scale(residuals: NDArray[np.floating], floor: float = 0.0) -> float:
    """Standard deviation of the greater, well-behaved part of residuals about zero.

    Args:
        residuals: (point,) numbers, about zero.
        floor: least scale, so that a surface without noise still gives weights.

    Returns:
        Scale in the unit of the residuals.

    Source: Rousseeuw and Croux, Alternatives to the median absolute deviation, JASA (1993).

    Example:
        >>> noise = np.random.default_rng(0).standard_normal(10_000)
        >>> noise[:2_000] += 100
        >>> 1 < robust_scale(noise) < 1.4
        True
    """
    return max(MAD_TO_SIGMA * float(np.median(np.abs(residuals))), floor)


def tukey_weights(residuals: NDArray[np.floating], scale: float) -> NDArray[np.float64]:
    """Weights for the next least-squares step: 1 for small residuals, 0 for those of defects.

    Args:
        residuals: (point,) about zero.
        scale: their standard deviation, in the same unit.

    Returns:
        (point,) from 0 to 1.

    Source: Beaton and Tukey, The fitting of power series, Technometrics (1974).

    Example:
        >>> tukey_weights(np.array([0.0, 2.0, 50.0]), scale=1.0).round(2).tolist()
        [1.0, 0.67, 0.0]
    """
    ratio = np.minimum(np.abs(residuals) / (TUKEY * scale), 1.0)
    return np.asarray((1 - ratio**2) ** 2, np.float64)


def thinned(
    points_mm: NDArray[np.float64], most: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """At most so many of the points, drawn by chance, without NaN.

    Args:
        points_mm: (point, 3) mm.
        most: points to keep.
        rng: draws them.

    Returns:
        (point, 3).

    Example:
        >>> thinned(np.zeros((1000, 3)), 50, np.random.default_rng(0)).shape
        (50, 3)
    """
    if len(points_mm) > 2 * most:
        # Twice as many, drawn with some twice, are cheaper than a permutation of a million.
        points_mm = points_mm[rng.integers(0, len(points_mm), 2 * most)]
    points_mm = points_mm[np.isfinite(points_mm @ np.ones(3))]
    return points_mm[rng.permutation(len(points_mm))[:most]]
