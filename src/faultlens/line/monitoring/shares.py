"""The population stability index: how differently scores fall into the tenths of a reference.

Source: Siddiqi, Credit Risk Scorecards (2006): sum over bins of (p - q) ln(p / q).
"""

import numpy as np
from numpy.typing import NDArray

_BINS = 10
_EMPTY = 0.5
"""Counted into every bin, so that an empty one has no infinite weight."""


def score_edges(reference: NDArray[np.floating]) -> NDArray[np.float64]:
    """Inner edges of the bins: tenths of the reference; fewer where many scores are equal.

    Args:
        reference: (row,) scores.

    Example:
        >>> score_edges(np.arange(100.0)).round(1).tolist()[:3]
        [9.9, 19.8, 29.7]
    """
    inner = np.linspace(0, 1, _BINS + 1)[1:-1]
    return np.unique(np.quantile(reference.astype(np.float64), inner))


def binned(scores: NDArray[np.floating], edges: NDArray[np.float64]) -> NDArray[np.intp]:
    """Bin of each score.

    Args:
        scores: (row,).
        edges: (edge,) rising.

    Example:
        >>> binned(np.array([0.1, 0.5, 0.9]), np.array([0.5])).tolist()
        [0, 0, 1]
    """
    return np.searchsorted(edges, scores.astype(np.float64), side="left")


def stability_index(now: NDArray[np.floating], before: NDArray[np.floating]) -> NDArray[np.float64]:
    """The index of counts against counts.

    Args:
        now: (bin,) counts, or (draw, bin).
        before: (bin,) counts, or (draw, bin).

    Example:
        >>> float(stability_index(np.array([10.0, 10.0]), np.array([50.0, 50.0])))
        0.0
        >>> bool(stability_index(np.array([2.0, 18.0]), np.array([50.0, 50.0])) > 0.25)
        True
    """
    p, q = (
        (x + _EMPTY) / (x.sum(axis=-1, keepdims=True) + _EMPTY * x.shape[-1]) for x in (now, before)
    )
    found: NDArray[np.float64] = np.sum((p - q) * np.log(p / q), axis=-1)
    return found
