"""Thresholds of each class from labelled pictures; none is judged by what it taught."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.profiles.class_thresholds import (
    LEAST_SHARE,
    NONE,
    SEVERAL,
    ClassThresholds,
    calibrated_names,
    possible_names,
)

MISSED = 0.1
"""Share of a class whose own name may be missed, where nobody says."""

MAJORITY = 0.5
"""No threshold is higher: a name that has more than all others together is possible."""

OFFSET_GUESS, TEMPERATURE_GUESS = 1.0, 0.5
"""Standard deviations of an offset and of the log of the temperature before any picture was
labelled, nats: a handful of pictures move them little, dozens as far as they must."""

FOLDS = 10

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Labelled:
    """Labelled pictures of the classes that have any."""

    logs: Array
    truth: NDArray[np.intp]
    weights: Array

    def chosen(self, which: NDArray[np.bool_]) -> "_Labelled":
        return _labelled(self.logs[which], self.truth[which])


def class_thresholds(
    names: NDArray[np.floating],
    truth: Sequence[int] | NDArray[np.integer],
    labels: Sequence[str],
    *,
    missed: float = MISSED,
) -> ClassThresholds:
    """Thresholds of each class from what a model says of labelled pictures.

    Offsets and temperature first make shares of names out of those of the model (classes count
    alike, however many pictures each has). Then each class takes the threshold below which its own
    pictures lie with chance `missed` at most; with n < 1 / missed - 1 of them none can promise
    that, so the lowest share is taken and 1 / (n + 1) promised. All shares are held out: of folds
    whose pictures had no part in offsets and temperature.

    Args:
        names: (picture, label) probability of each name, given an anomaly.
        truth: (picture,) index of the true label.
        labels: sentences that are asked for.
        missed: share of its pictures whose own name a class may miss.

    Raises:
        UsageError: labelled pictures of fewer than two classes, or a share outside 0 to 1.

    Source:
        Vovk, Conditional validity of inductive conformal predictors, ACML 2012: one threshold per
        class; Sadinle, Lei, Wasserman (2019).

    Example:
        >>> names = np.array([[0.9, 0.1]] * 9 + [[0.2, 0.8]] * 9)
        >>> made = class_thresholds(names, [0] * 9 + [1] * 9, ["crack", "scratch"])
        >>> made.samples, made.missed, made.candidates({"crack": 0.7, "scratch": 0.1})
        ((9, 9), (0.1, 0.1), ('crack',))
    """
    if not 0 < missed < 1:
        raise UsageError(
            f"The share of names that may be missed is {missed}; it must lie between 0 and 1, such "
            "as 0.1."
        )
    true = np.asarray(truth, dtype=np.intp)
    counts = np.bincount(true, minlength=len(labels))
    taught = np.flatnonzero(counts)
    if len(taught) < 2:
        there = f"only of '{labels[taught[0]]}'" if len(taught) else "of none"
        raise UsageError(
            "Names are told apart by labelled pictures of two defects at least, and there are some "
            f"{there} of those asked for ({', '.join(labels)}). Label more, or ask for others."
        )
    place = np.full(len(labels), -1)
    place[taught] = np.arange(len(taught))
    shares = np.asarray(names, dtype=np.float64)
    logs = np.log(np.maximum(shares / np.maximum(shares.sum(1, keepdims=True), LEAST_SHARE),
                             LEAST_SHARE))  # fmt: skip
    every = _labelled(logs[:, taught], place[true])
    fold = _folds(true)
    held = np.zeros(shares.shape)
    for part in range(FOLDS):
        out = fold == part
        if out.any():
            temperature, offsets = _fitted(every.chosen(~out), len(taught))
            held[out] = calibrated_names(
                shares[out].T, temperature, _spread_out(offsets, taught, len(labels))
            ).T
    held /= np.maximum(held.sum(axis=1, keepdims=True), LEAST_SHARE)
    own = [np.sort(held[true == i, i]) for i in range(len(labels))]
    thresholds = np.array([_threshold(x, missed) for x in own])
    said, possible = _told(held, true, own, thresholds, counts, missed)
    temperature, offsets = _fitted(every, len(taught))
    return ClassThresholds(
        labels=tuple(str(x) for x in labels),
        temperature=temperature,
        offsets=tuple(float(x) for x in _spread_out(offsets, taught, len(labels))),
        thresholds=tuple(float(x) for x in thresholds),
        samples=tuple(int(x) for x in counts),
        missed=tuple(max(missed, 1 / (int(n) + 1)) if n else 1.0 for n in counts),
        wanted=missed,
        said=tuple(tuple(int(x) for x in row) for row in said),
        possible=tuple(tuple(int(x) for x in row) for row in possible),
    )


def _labelled(logs: Array, truth: NDArray[np.intp]) -> _Labelled:
    counts = np.bincount(truth, minlength=logs.shape[1])
    present = np.count_nonzero(counts)
    # Each class counts alike: what was labelled is no sample of what comes.
    return _Labelled(logs, truth, len(truth) / (present * counts[truth]))


def _folds(truth: NDArray[np.intp]) -> NDArray[np.intp]:
    """A fold of each picture: those of one class are dealt out in turn."""
    fold = np.zeros(len(truth), dtype=np.intp)
    for label in np.unique(truth):
        its = np.flatnonzero(truth == label)
        fold[its] = np.arange(len(its)) % FOLDS
    return fold


def _fitted(labelled: _Labelled, classes: int) -> tuple[float, Array]:
    """Temperature and offsets under which the labels are likeliest, drawn towards 1 and 0."""
    from scipy.optimize import minimize

    def loss(values: Array) -> tuple[float, Array]:
        sharpness, offsets = np.exp(-values[0]), values[1:]
        logits = labelled.logs * sharpness + offsets
        top = logits.max(axis=1, keepdims=True)
        powers = np.exp(logits - top)
        total = powers.sum(axis=1, keepdims=True)
        rows = np.arange(len(logits))
        likely = logits[rows, labelled.truth] - top[:, 0] - np.log(total[:, 0])
        gap = powers / total
        gap[rows, labelled.truth] -= 1
        gap *= labelled.weights[:, None]
        slope = np.concatenate([
            [-sharpness * (gap * labelled.logs).sum() + values[0] / TEMPERATURE_GUESS**2],
            gap.sum(axis=0) + offsets / OFFSET_GUESS**2,
        ])  # fmt: skip
        guess = values[0] ** 2 / TEMPERATURE_GUESS**2 + (offsets**2).sum() / OFFSET_GUESS**2
        return float(-(labelled.weights * likely).sum() + guess / 2), slope

    found = minimize(loss, np.zeros(classes + 1), jac=True, method="L-BFGS-B").x
    return float(np.exp(found[0])), found[1:] - found[1:].mean()


def _spread_out(offsets: Array, taught: NDArray[np.intp], count: int) -> Array:
    spread = np.zeros(count)
    spread[taught] = offsets
    return spread


def _threshold(own: Array, missed: float) -> float:
    """Share below which a class falls with chance `missed` at most; `own` rises."""
    if not len(own):
        return 0.0
    rank = max(1, floor(missed * (len(own) + 1) + 1e-9))
    return min(MAJORITY, float(own[rank - 1]))


def _told(
    held: Array,
    truth: NDArray[np.intp],
    own: Sequence[Array],
    thresholds: Array,
    counts: NDArray[np.integer],
    missed: float,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """What would be said of each labelled picture, without its own share in its threshold."""
    labels = len(own)
    said = np.zeros((labels, labels + 2), dtype=np.intp)
    possible = np.zeros((labels, labels), dtype=np.intp)
    for shares, true in zip(held, truth, strict=True):
        without = thresholds.copy()
        mine = int(np.searchsorted(own[true], shares[true]))
        without[true] = _threshold(np.delete(own[true], mine), missed)
        which = possible_names(shares.tolist(), without.tolist(), counts.tolist())
        for each in which:
            possible[true, each] += 1
        said[true, which[0] if len(which) == 1 else SEVERAL if which else NONE] += 1
    return said, possible
