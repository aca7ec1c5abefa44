"""Fusion of decisions: visible and infrared are each judged, and their odds are averaged."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from faultlens.core.errors import UsageError
from faultlens.runtimes.looking import Seen
from faultlens.runtimes.surface_scores import log_odds


def decided(visible: Seen, infrared: Seen, weight: float) -> Seen:
    """What was seen of both together, place by place; the weighted mean of the log-odds.

    Log-odds averaged with weights that sum to 1 never claim more than the surer of the two: nothing
    is assumed of how far the two depend on each other.

    Args:
        visible: of the picture; its distances from what is normal stay its own.
        infrared: of the infrared in the same frame; NaN where it does not reach.
        weight: of the infrared, 0 to 1.

    Raises:
        UsageError: maps of other sizes.

    Source: Genest and Zidek, Combining Probability Distributions, Statistical Science 1 (1986):
    the logarithmic opinion pool.

    Example:
        >>> names = np.ones((1, 1, 2), np.float32)
        >>> def seen(*heat):
        ...     grid = np.array([heat], np.float32)
        ...     return Seen(8, 16, grid, names, (), float(log_odds(heat[0])), np.ones(1), 1.0, 4, 1)
        >>> decided(seen(0.5, 0.5), seen(0.9, np.nan), 0.5).anomalous.round(2)
        array([[0.75, 0.5 ]], dtype=float32)
    """
    if visible.anomalous.shape != infrared.anomalous.shape:
        raise UsageError(
            f"The map of the picture has {visible.anomalous.shape} places and that of the infrared "
            f"{infrared.anomalous.shape}; look at both at the same scales, in the same frame."
        )
    reached = np.isfinite(infrared.anomalous)
    share = np.where(reached, np.float32(weight), np.float32(0))
    there = np.where(reached, infrared.anomalous, np.float32(0.5))
    odds = (1 - share) * _odds(visible.anomalous) + share * _odds(there)
    names = (1 - share) * visible.names + share * np.where(reached, infrared.names, 0)
    whole = weight * float(reached.mean())
    return replace(
        visible,
        anomalous=np.asarray(expit(odds), dtype=np.float32),
        names=names.astype(visible.names.dtype),
        whole_log_odds=(1 - whole) * visible.whole_log_odds + whole * infrared.whole_log_odds,
        whole_names=np.asarray(
            (1 - whole) * visible.whole_names + whole * infrared.whole_names, dtype=np.float32
        ),
        known=(1 - whole) * visible.known + whole * infrared.known,
    )


def _odds(probability: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.asarray(log_odds(probability.astype(np.float32)), dtype=np.float32)
