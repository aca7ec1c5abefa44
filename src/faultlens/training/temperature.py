"""From scaled cosines to probabilities: one number, chosen by likelihood."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax


def best_temperature(logits: NDArray[np.float64], truth: NDArray[np.integer]) -> float:
    """What log-odds are divided by, so that stated probabilities come true.

    Args:
        logits: (window, class) of windows that were not learned from.
        truth: (window,) true class of each.

    Returns:
        temperature; 1 where there is no window.

    Source: Guo et al., On calibration of modern neural networks, ICML 2017, section 4.2.

    Example:
        >>> sure = np.array([[9.0, 0.0]] * 4)
        >>> round(best_temperature(sure, np.array([0, 0, 0, 1])), 1)  # three of four: ln 3 apart
        8.2
    """
    if not len(truth):
        return 1.0
    each = np.arange(len(truth))

    def misfit(log_temperature: float) -> float:
        odds = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-odds[each, truth].mean())

    return float(np.exp(minimize_scalar(misfit, bounds=(-3.0, 4.0), method="bounded").x))
