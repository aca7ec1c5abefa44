"""Robust least squares of a form with a few parameters: weights and a step, again and again."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from faultlens.surfaces.reference.robust import robust_scale, tukey_weights

STEPS = 40
"""Gauss-Newton steps at most; five are usual."""

Array = NDArray[np.float64]
Form = Callable[[Array, Array], tuple[Array, Array]]
"""Parameters and (point, 3) points -> (point,) residuals, (point, parameter) their derivatives."""


def refined(
    parameters: Array, form: Form, points_mm: Array, floor: float, steps: int = STEPS
) -> tuple[Array, float]:
    """Parameters that fit most of the points, and the robust standard deviation about them.

    Args:
        parameters: (parameter,) to start from.
        form: gives residuals and derivatives.
        points_mm: (point, 3) mm.
        floor: least standard deviation, mm.
        steps: at most.

    Returns:
        (parameter,) and mm; what it came to before it went astray, if it did.

    Source: Holland and Welsch, Robust regression using iteratively reweighted least-squares (1977).

    Example:
        >>> def height(p, points):
        ...     return points[:, 2] - p[0], -np.ones((len(points), 1))
        >>> refined(np.array([1.0]), height, np.array([[0, 0, 3.0]] * 4), 1e-9)[0].round(6).tolist()
        [3.0]
    """
    residuals, slopes = form(parameters, points_mm)
    scale = robust_scale(residuals, floor)
    for _ in range(steps):
        weights = tukey_weights(residuals, scale)
        weighted = slopes * weights[:, None]
        square = weighted.T @ slopes
        # Parameters differ in size by as much as a radius and an angle do.
        size = np.sqrt(np.maximum(np.diag(square), 1e-300))
        scaled = square / np.outer(size, size) + 1e-12 * np.eye(len(size))
        step = np.linalg.solve(scaled, -(weighted.T @ residuals) / size) / size
        moved = parameters + step
        residuals, slopes = form(moved, points_mm)
        new_scale = robust_scale(residuals, floor)
        if not np.isfinite(new_scale) or new_scale > 2 * scale:
            break
        done = float(np.abs(step * size).max()) < 1e-4 * scale * np.sqrt(weights.sum())
        parameters, scale = moved, new_scale
        if done:
            break
    return parameters, scale
