"""Figures of a score that ranks: average precision, and the best F1 with its threshold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError


@dataclass(frozen=True)
class BestF1:
    """The highest F1 that any threshold reaches, and that threshold.

    It is chosen with the truth in view, and so says how well scores rank, not how a fixed threshold
    will do.

    Args:
        f1: harmonic mean of precision and recall.
        threshold: the lowest score that is still called positive.
    """

    f1: float
    threshold: float


def average_precision(scores: NDArray[np.floating], positive: NDArray[np.bool_]) -> float:
    """Precision at every threshold, weighted by the recall that it adds; ties fall together.

    Args:
        scores: (sample,) the higher, the likelier.
        positive: (sample,) whether it is so.

    Raises:
        UsageError: no positives, lengths that differ, or scores that are no numbers.

    Source:
        Manning, Raghavan, Schütze, Introduction to Information Retrieval (2008), section 8.4, on
        distinct thresholds and without interpolation.

    Example:
        >>> average_precision(np.array([0.9, 0.8, 0.3]), np.array([True, False, True])).__round__(3)
        0.833
    """
    true, false, _ = _alarms(scores, positive)
    gained = np.diff(true, prepend=0) / true[-1]
    return float((gained * true / (true + false)).sum())


def best_f1(scores: NDArray[np.floating], positive: NDArray[np.bool_]) -> BestF1:
    """The highest F1 over all thresholds; the highest threshold that reaches it.

    Args:
        scores: (sample,) the higher, the likelier.
        positive: (sample,) whether it is so.

    Raises:
        UsageError: no positives, lengths that differ, or scores that are no numbers.

    Source:
        van Rijsbergen, Information Retrieval (1979), chapter 7: F1 at each distinct threshold.

    Example:
        >>> best_f1(np.array([0.9, 0.8, 0.3]), np.array([True, True, False]))
        BestF1(f1=1.0, threshold=0.8)
    """
    true, false, thresholds = _alarms(scores, positive)
    f1 = 2 * true / (true + false + true[-1])
    best = int(f1.argmax())
    return BestF1(float(f1[best]), float(thresholds[best]))


def _alarms(
    scores: NDArray[np.floating], positive: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.floating]]:
    """True and false alarms at and above each distinct score, highest first."""
    if scores.shape != positive.shape or scores.ndim != 1 or not positive.any():
        raise UsageError(
            f"Scores of shape {scores.shape} and truth of shape {positive.shape} with "
            f"{int(positive.sum())} positives; give one score per sample, and one positive at "
            "least."
        )
    if not np.isfinite(scores).all():
        raise UsageError("Scores hold values that are no numbers; give a finite score per sample.")
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.r_[np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1]
    true = np.cumsum(positive[order], dtype=np.float64)[ends]
    return true, 1 + ends - true, ranked[ends]


def drawn_rankings(
    scores: NDArray[np.floating],
    positive: NDArray[np.bool_],
    weights: NDArray[np.floating],
) -> dict[str, NDArray[np.float64]]:
    """Area under the ROC, average precision and best F1, for many draws of the samples at once.

    Args:
        scores: (sample,) the higher, the likelier.
        positive: (sample,) whether it is so.
        weights: (draw, sample) how often each sample is drawn.

    Returns:
        "auroc", "average_precision" and "best_f1", (draw,) each; not a number where a draw has
        samples of one kind only.

    Raises:
        UsageError: lengths that differ, or scores that are no numbers.

    Source:
        As `metrics.classification.auroc`, `average_precision` and `best_f1`, of weighted samples.

    Example:
        >>> found = drawn_rankings(np.array([0.9, 0.8, 0.3]), np.array([True, False, True]),
        ...                        np.array([[1, 1, 1], [1, 1, 0]]))
        >>> found["auroc"].tolist(), found["best_f1"].round(2).tolist()
        ([0.5, 1.0], [0.8, 1.0])
    """
    if scores.shape != positive.shape or weights.shape[1:] != scores.shape:
        raise UsageError(
            f"Scores of shape {scores.shape}, truth of shape {positive.shape} and draws of shape "
            f"{weights.shape}; give one score per sample, and (draw, sample)."
        )
    if not np.isfinite(scores).all():
        raise UsageError("Scores hold values that are no numbers; give a finite score per sample.")
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    drawn = weights[:, order].astype(np.float64)
    hits = np.add.reduceat(drawn * positive[order], starts, axis=1)
    misses = np.add.reduceat(drawn * ~positive[order], starts, axis=1)
    true, false = np.cumsum(hits, axis=1), np.cumsum(misses, axis=1)
    all_true, all_false = true[:, -1:], false[:, -1:]
    both = ((all_true > 0) & (all_false > 0))[:, 0]
    safe_true, safe_false = np.maximum(all_true, 1e-300), np.maximum(all_false, 1e-300)
    called = np.maximum(true + false, 1e-300)
    found = {
        "auroc": (misses * (true - hits / 2)).sum(axis=1) / (safe_true * safe_false)[:, 0],
        "average_precision": (hits / safe_true * true / called).sum(axis=1),
        "best_f1": (2 * true / (called + safe_true)).max(axis=1),
    }
    return {name: np.where(both, x, np.nan) for name, x in found.items()}
