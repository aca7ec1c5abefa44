"""Figures of a classifier: recall per class, balanced accuracy, area under the ROC."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError


def recalls(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    """Share of each true class that was recognised.

    Args:
        truth: (sample,) true labels.
        predicted: (sample,) given labels.

    Raises:
        UsageError: the two differ in length or are empty.

    Example:
        >>> recalls(["inner", "inner", "outer"], ["inner", "outer", "outer"])
        {'inner': 0.5, 'outer': 1.0}
    """
    if len(truth) != len(predicted) or not truth:
        raise UsageError(
            f"{len(truth)} true and {len(predicted)} given labels; both need the same number, "
            "at least one."
        )
    hits: dict[str, list[bool]] = {}
    for true, given in zip(truth, predicted, strict=True):
        hits.setdefault(true, []).append(true == given)
    return {label: float(np.mean(hits[label])) for label in sorted(hits)}


def balanced_accuracy(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Mean of the recalls over the classes that occur.

    Args:
        truth: (sample,) true labels.
        predicted: (sample,) given labels.

    Example:
        >>> balanced_accuracy(["inner", "inner", "outer"], ["inner", "outer", "outer"])
        0.75
    """
    return float(np.mean(list(recalls(truth, predicted).values())))


def auroc(positive: NDArray[np.floating], negative: NDArray[np.floating]) -> float:
    """Chance that a positive scores above a negative; ties count half.

    Args:
        positive: (sample,) scores of the positives.
        negative: (sample,) scores of the negatives.

    Raises:
        UsageError: one of the two is empty.

    Source:
        Hanley, McNeil, Radiology 143 (1982): area under the ROC as the Mann-Whitney statistic.

    Example:
        >>> auroc(np.array([0.9, 0.8]), np.array([0.1, 0.8]))
        0.875
    """
    n, m = len(positive), len(negative)
    if not n or not m:
        raise UsageError(f"{n} positives and {m} negatives; at least one of each is needed.")
    ordered = np.sort(negative)
    if np.isnan(ordered[-1]) or np.isnan(positive).any():
        return float("nan")
    below, up_to = (np.searchsorted(ordered, positive, side) for side in ("left", "right"))
    return float((below.sum() + up_to.sum()) / 2 / (n * m))
