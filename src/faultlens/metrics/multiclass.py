"""Figures of a classifier of many classes, for the data as they are and for many draws at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.metrics.resamples import Resamples

FIGURES = ("precision", "recall", "f1", "auroc")
"""Figures that have a macro mean, a mean weighted by class size, and a value per class."""

Array = NDArray[np.float64]
Key = tuple[str, ...]
"""("accuracy",), ("f1", "macro"), ("f1", "weighted") or ("f1", "per_class", label)."""

LARGEST_CHUNK = 4_000_000
"""Entries of (sample, unit) tables that are held at once: 32 MB."""


@dataclass(frozen=True, eq=False)
class Tally:
    """What was called what, in every draw; a class that does not occur counts nowhere.

    Args:
        confusion: (draw, true, given) number of samples.
        auroc: (draw, class) area under the ROC of one class against the rest.
    """

    confusion: Array
    auroc: Array

    @property
    def accuracy(self) -> Array:
        """(draw,) share of all samples that is right."""
        right = np.einsum("dii->d", self.confusion)
        shares: Array = right / self.confusion.sum(axis=(1, 2))
        return shares

    @property
    def support(self) -> Array:
        """(draw, class) samples of each true class."""
        rows: Array = self.confusion.sum(axis=2)
        return rows

    @property
    def recall(self) -> Array:
        """(draw, class) share of each class that was recognised."""
        return _ratio(self._hits, self.support)

    @property
    def precision(self) -> Array:
        """(draw, class) share right of what was called so; 0 for a class never called."""
        called = self.confusion.sum(axis=1)
        return np.where(self.support > 0, self._hits / np.maximum(called, 1e-300), np.nan)

    @property
    def f1(self) -> Array:
        """(draw, class) harmonic mean of precision and recall."""
        called = self.confusion.sum(axis=1)
        both = 2 * self._hits / np.maximum(called + self.support, 1e-300)
        return np.where(self.support > 0, both, np.nan)

    @property
    def _hits(self) -> Array:
        diagonal: Array = np.einsum("dii->di", self.confusion)
        return diagonal

    def macro(self, figure: str) -> Array:
        """(draw,) mean over the classes that occur."""
        return _mean(getattr(self, figure), np.ones_like(self.support))

    def weighted(self, figure: str) -> Array:
        """(draw,) mean over the classes, weighted by their samples."""
        return _mean(getattr(self, figure), self.support)

    def figures(self, classes: Sequence[str]) -> Iterator[tuple[Key, Array]]:
        """Every figure by its key, (draw,) each.

        Args:
            classes: names of the classes, in their order.
        """
        yield ("accuracy",), self.accuracy
        for name in FIGURES:
            yield (name, "macro"), self.macro(name)
            yield (name, "weighted"), self.weighted(name)
            for column, label in enumerate(classes):
                yield (name, "per_class", label), getattr(self, name)[:, column]


def tally(
    truth: NDArray[np.integer],
    scores: NDArray[np.floating],
    drawn: Resamples | None = None,
) -> Tally:
    """Count what was called what, and take areas under the ROC, for all draws at once.

    Args:
        truth: (sample,) index of the true class.
        scores: (sample, class) one score per class; the highest is what the sample is called.
        drawn: draws; None for the data as they are, as one draw.

    Raises:
        UsageError: no samples, or lengths differ.

    Source:
        Hanley, McNeil, Radiology 143 (1982): area as the Mann-Whitney statistic, ties count half.

    Example:
        >>> scores = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])
        >>> found = tally(np.array([0, 0, 1]), scores)
        >>> found.confusion[0].tolist(), found.macro("recall").tolist()
        ([[1.0, 1.0], [0.0, 1.0]], [0.75])
    """
    if not len(truth) or scores.ndim != 2 or len(truth) != len(scores):
        raise UsageError(
            f"{len(truth)} true classes and scores of shape {scores.shape}; give one row of "
            "scores per sample, at least one."
        )
    classes = scores.shape[1]
    unit_of = np.zeros(len(truth), dtype=np.intp) if drawn is None else drawn.unit_of
    counts = np.ones((1, 1)) if drawn is None else drawn.counts
    by_unit = np.zeros((counts.shape[1], classes, classes))
    np.add.at(by_unit, (unit_of, truth, scores.argmax(axis=1)), 1)
    confusion = np.tensordot(counts, by_unit, axes=1)
    areas = [_areas(truth == x, scores[:, x], unit_of, counts) for x in range(classes)]
    return Tally(confusion, np.stack(areas, axis=1))


def harmonic_mean(first: Array, second: Array) -> Array:
    """The mean that is high only where both are.

    Args:
        first: (draw,) recall over the classes seen in training.
        second: (draw,) recall over those not seen.

    Source:
        Xian et al., IEEE TPAMI 41 (2019), equation 19: generalised zero-shot learning.

    Example:
        >>> harmonic_mean(np.array([0.9, 1.0]), np.array([0.3, 0.0]))
        array([0.45, 0.  ])
    """
    return 2 * first * second / np.maximum(first + second, 1e-300)


def seen_and_unseen(
    found: Tally, classes: Sequence[str], unseen: Sequence[str]
) -> Mapping[str, Array]:
    """Recall over the classes seen in training, over the others, and their harmonic mean.

    Args:
        found: counts.
        classes: names of the classes, in their order.
        unseen: those that no training sample had.

    Raises:
        UsageError: no class of the truth is unseen, or none is seen.

    Example:
        >>> found = tally(np.array([0, 1]), np.eye(2))
        >>> {k: v.tolist() for k, v in seen_and_unseen(found, ("a", "b"), ("b",)).items()}
        {'seen': [1.0], 'unseen': [1.0], 'harmonic_mean': [1.0]}
    """
    apart = np.array([x in unseen for x in classes])
    there = found.support[0] > 0
    if not (apart & there).any() or not (~apart & there).any():
        raise UsageError(
            f"Unseen are {', '.join(unseen) or 'none'} of the classes {', '.join(classes)}; the "
            "test data need windows of seen and of unseen classes."
        )
    recall = found.recall
    seen = _mean(recall[:, ~apart], np.ones_like(recall[:, ~apart]))
    rest = _mean(recall[:, apart], np.ones_like(recall[:, apart]))
    return {"seen": seen, "unseen": rest, "harmonic_mean": harmonic_mean(seen, rest)}


def roc_curve(scores: NDArray[np.floating], positive: NDArray[np.bool_]) -> tuple[Array, Array]:
    """False and true alarms at every threshold, from none to all.

    Args:
        scores: (sample,) the higher, the likelier.
        positive: (sample,) whether it is so.

    Returns:
        (point,) share of the negatives, and (point,) share of the positives at or above each
        threshold.

    Raises:
        UsageError: no positives or no negatives.

    Source: Fawcett, Pattern Recognit. Lett. 27 (2006), algorithm 1.

    Example:
        >>> false, true = roc_curve(np.array([0.9, 0.8, 0.3]), np.array([True, False, True]))
        >>> false.tolist(), true.tolist()
        ([0.0, 0.0, 1.0, 1.0], [0.0, 0.5, 0.5, 1.0])
    """
    if positive.all() or not positive.any():
        raise UsageError(
            f"{int(positive.sum())} positives of {len(positive)}; a curve needs one of each."
        )
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.diff(scores[order], append=np.nan) != 0)
    true = np.cumsum(positive[order])[ends]
    false = 1 + ends - true
    return np.r_[0, false / false[-1]], np.r_[0, true / true[-1]]


def _areas(
    positive: NDArray[np.bool_],
    scores: NDArray[np.floating],
    unit_of: NDArray[np.intp],
    counts: Array,
) -> Array:
    """(draw,) area of one class against the rest, from pairs won between units, counted once."""
    order = np.argsort(scores, kind="stable")
    is_positive, units = positive[order], unit_of[order]
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) != 0])
    tie = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(scores)]))
    winners = np.flatnonzero(is_positive)
    winners = winners[np.argsort(units[winners], kind="stable")]
    of_unit = np.flatnonzero(np.r_[True, np.diff(units[winners]) != 0])[: len(winners)]
    count = counts.shape[1]
    wins = np.zeros(len(counts))
    pairs = np.zeros(len(counts))
    sizes = np.bincount(units[is_positive], minlength=count)
    others = np.bincount(units[~is_positive], minlength=count)
    if len(winners):
        pairs = (counts @ sizes) * (counts @ others)
        drawn = counts[:, units[winners[of_unit]]]
        step = max(1, LARGEST_CHUNK // len(scores))
        for first in range(0, count, step):
            chunk = np.arange(first, min(first + step, count))
            beaten = (units[:, None] == chunk) & ~is_positive[:, None]
            in_tie = np.add.reduceat(beaten, starts, axis=0, dtype=np.float64)
            below = np.cumsum(in_tie, axis=0) - in_tie / 2
            won = np.add.reduceat(below[tie[winners]], of_unit, axis=0)
            wins += ((drawn @ won) * counts[:, chunk]).sum(axis=1)
    return _ratio(wins, pairs)


def _ratio(part: Array, whole: Array) -> Array:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)


def _mean(values: Array, weights: Array) -> Array:
    known = np.isfinite(values)
    return _ratio(
        np.where(known, values * weights, 0).sum(axis=1), np.where(known, weights, 0).sum(axis=1)
    )
