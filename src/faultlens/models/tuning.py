"""Few labelled windows in, a small linear map out: how a trained model is tuned to one machine.

What lines say travels between machines, and the base model knows it; what the levels of bands say
holds for one machine, and a few labelled windows of it tell. Both are added up, by how far the
lines of a window stand out. All is in closed form, so that tuning needs neither torch nor time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UsageError
from faultlens.models.line_gate import belief, floored_bands

BASE_SHARE = 1.2
"""Weight of the base model where lines are fully believed; the bands have 1 where they are not."""

LINES_SHARE = 0.5
"""Weight of what the labelled windows say of lines: a machine's own habits, such as sidebands."""

LOUD_SHARE = 0.5
"""By how much a labelled window counts less for the bands where its lines are fully believed: it
says little of windows without lines."""

LEAST_SHARE = 0.05
"""Keeps the weight of such a window above zero, whatever `LOUD_SHARE` is."""

PENALTY = 1.0
"""Of the squared weights, per feature of unit spread."""

LEAST_SPREAD = 0.3
"""Nats added to the spread of each feature: one that hardly varies among few windows would be
shouted at in the next."""

LARGEST_SCORE = 1.5
"""At which scores of bands and of lines are held, each: far from all labelled windows a linear map
would shout down the base. A class that stands out of three is at 1.4 on average."""

FLATTEST, SHARPEST = 0.25, 16.0
"""Between which the sharpness is searched; scores are about one apart."""

FAINTEST = 1e-9


@dataclass(frozen=True, eq=False)
class Readings:
    """What tuning looks at in each window.

    Args:
        contrast: (window, line) nats, lines as in `inputs.line_array`.
        bands: (window, band) mean power; nan where nothing was recorded.
        base: (window, class) cosines of the base model with each class.
    """

    contrast: NDArray[np.floating]
    bands: NDArray[np.floating]
    base: NDArray[np.floating]

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_] | Sequence[int]) -> "Readings":
        """The windows of these numbers.

        Args:
            index: (window,) numbers from 0, or marks.

        Example:
            >>> one = Readings(np.zeros((2, 89)), np.ones((2, 64)), np.eye(2))
            >>> one.take([1]).base
            array([[0., 1.]])
        """
        chosen = np.asarray(index)
        return Readings(self.contrast[chosen], self.bands[chosen], self.base[chosen])


@dataclass(frozen=True, eq=False)
class LinearScores:
    """Scores that are linear in the features of a window.

    Args:
        centre: (feature,) where no class is preferred.
        weights: (feature, class) rows of zero mean.
    """

    centre: NDArray[np.float64]
    weights: NDArray[np.float64]

    def of(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores of windows; a feature that is nan says nothing.

        Args:
            features: (window, feature).

        Returns:
            (window, class).

        Example:
            >>> scores = LinearScores(np.zeros(2), np.array([[1.0, -1.0], [5.0, -5.0]]))
            >>> scores.of(np.array([[2.0, np.nan]]))
            array([[ 2., -2.]])
        """
        found: NDArray[np.float64] = np.nan_to_num(features - self.centre, nan=0.0) @ self.weights
        return found


@dataclass(frozen=True, eq=False)
class Tuning:
    """What was learned from labelled windows.

    Args:
        bands: scores from the levels of bands.
        lines: scores from the contrast of lines.
    """

    bands: LinearScores
    lines: LinearScores


@dataclass(frozen=True, eq=False)
class LeftOut:
    """What tuning says of each labelled window when it was not learned from.

    Args:
        scores: (window, class) tuned.
        scales: of the scores from bands and from lines, to be divided by.
    """

    scores: NDArray[np.float64]
    scales: tuple[float, float]


def tuned(
    readings: Readings,
    target: NDArray[np.integer],
    classes: int,
    scales: tuple[float, float] = (1.0, 1.0),
) -> Tuning:
    """Learn from labelled windows; classes count alike, however many windows each has.

    Args:
        readings: of the windows.
        target: (window,) class of each, 0 to `classes` - 1.
        classes: number of classes, each with a window at least.
        scales: what `left_out` found.

    Raises:
        UsageError: a class without a window.

    Example:
        >>> bands = np.ones((4, 64)); bands[:2, 5] = 9
        >>> made = tuned(Readings(np.zeros((4, 89)), bands, np.zeros((4, 2))),
        ...              np.array([0, 0, 1, 1]), 2)
        >>> made.bands.of(floored_bands(bands)).argmax(axis=1)
        array([0, 0, 1, 1])
    """
    loud = belief(readings.contrast)
    by_bands = ridge_scores(
        floored_bands(readings.bands), target, classes, 1 + LEAST_SHARE - LOUD_SHARE * loud
    )
    by_lines = ridge_scores(
        np.asarray(readings.contrast, dtype=np.float64), target, classes, np.ones(len(target))
    )
    return Tuning(_divided(by_bands, scales[0]), _divided(by_lines, scales[1]))


def tuned_scores(tuning: Tuning, readings: Readings) -> NDArray[np.float64]:
    """Score of each class, about one apart: by bands without lines, by the base with them.

    Args:
        tuning: learned.
        readings: of the windows asked about.

    Returns:
        (window, class).

    Example:
        >>> flat = LinearScores(np.zeros(192), np.zeros((192, 2)))
        >>> none = Tuning(flat, LinearScores(np.zeros(89), np.zeros((89, 2))))
        >>> loud = Readings(np.full((1, 89), 9.0), np.ones((1, 64)), np.array([[0.3, 0.1]]))
        >>> tuned_scores(none, loud).round(1)
        array([[ 1.2, -1.2]])
    """
    return _added(
        tuning.bands.of(floored_bands(readings.bands)),
        tuning.lines.of(np.asarray(readings.contrast, dtype=np.float64)),
        readings,
    )


def left_out(
    readings: Readings, target: NDArray[np.integer], group: NDArray[np.integer], classes: int
) -> LeftOut:
    """Scores of each window by what was learned from all groups but its own.

    Args:
        readings: of the labelled windows.
        target: (window,) class of each.
        group: (window,) number of what is left out together, such as its recording; every class
            has two groups or more.
        classes: number of classes.

    Raises:
        UsageError: without some group a class would have no window left.

    Example:
        >>> bands = np.ones((4, 64)); bands[:2, 5] = 9
        >>> readings = Readings(np.zeros((4, 89)), bands, np.zeros((4, 2)))
        >>> found = left_out(readings, np.array([0, 0, 1, 1]), np.arange(4), 2)
        >>> found.scores.argmax(axis=1)
        array([0, 0, 1, 1])
    """
    by_bands = np.zeros((len(target), classes))
    by_lines = np.zeros((len(target), classes))
    for each in np.unique(group):
        out = group == each
        made = tuned(readings.take(~out), target[~out], classes)
        asked = readings.take(out)
        by_bands[out] = made.bands.of(floored_bands(asked.bands))
        by_lines[out] = made.lines.of(np.asarray(asked.contrast, dtype=np.float64))
    scales = _scale(by_bands), _scale(by_lines)
    return LeftOut(_added(by_bands / scales[0], by_lines / scales[1], readings), scales)


def sharpness(
    scores: NDArray[np.floating], target: NDArray[np.integer], group: NDArray[np.integer]
) -> float:
    """The factor that turns scores into log-odds, from windows that were not learned from.

    However right the scores are, few recordings cannot prove a share of errors below about one in
    their number; so the truth is held as no surer than that.

    Args:
        scores: (window, class).
        target: (window,) class of each.
        group: (window,) number of its recording; recordings count alike within a class.

    Source: Platt, Probabilistic outputs for support vector machines (1999): a smoothed truth.

    Example:
        >>> scores = np.repeat(np.eye(2), 20, axis=0)
        >>> few = sharpness(scores[15:25], np.arange(10) // 5, np.arange(10))
        >>> many = sharpness(scores, np.arange(40) // 20, np.arange(40))
        >>> few < many
        True
    """
    classes = scores.shape[1]
    doubt = 1 / (len(np.unique(group)) + 2)
    truth = np.full(scores.shape, doubt / (classes - 1))
    truth[np.arange(len(target)), target] = 1 - doubt
    weight = np.zeros(len(target))
    for each in range(classes):
        own = target == each
        _, place, size = np.unique(group[own], return_inverse=True, return_counts=True)
        weight[own] = 1 / size[place] / len(size)
    tried = np.geomspace(FLATTEST, SHARPEST, 73)
    losses = []
    for factor in tried:
        odds = factor * (scores - scores.max(axis=1, keepdims=True))
        logs = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
        losses.append(-float(weight @ (truth * logs).sum(axis=1)))
    return float(tried[int(np.argmin(losses))])


def ridge_scores(
    features: NDArray[np.float64],
    target: NDArray[np.integer],
    classes: int,
    weight: NDArray[np.float64],
) -> LinearScores:
    """Scores by ridge regression on standardised features, every class counting alike.

    Args:
        features: (window, feature).
        target: (window,) class of each.
        classes: number of classes, each with a window at least.
        weight: (window,) how much each counts within its class, above 0.

    Raises:
        UsageError: a class without a window.

    Source: Hoerl, Kennard, Technometrics 12 (1970); the same as kernel ridge regression with a
    linear kernel, solved for the features.

    Example:
        >>> made = ridge_scores(np.array([[0.0], [1.0], [5.0]]), np.array([0, 0, 1]), 2, np.ones(3))
        >>> made.of(np.array([[0.5], [5.0]])).round(2)
        array([[ 0.35, -0.35],
               [-0.35,  0.35]])
    """
    count = len(target)
    size = np.bincount(target, minlength=classes)
    if (size[:classes] == 0).any():
        raise UsageError(
            f"Class {int(size.argmin())} of {classes} has no window to learn from; give one of "
            "each class at least."
        )
    share = np.zeros(count)
    for each in range(classes):
        own = target == each
        share[own] = weight[own] / weight[own].sum() * count / classes
    mean, spread = features.mean(axis=0), features.std(axis=0) + LEAST_SPREAD
    standard = (features - mean) / spread
    middle = share @ standard / share.sum()
    x = standard - middle
    wanted = np.eye(classes)[target] - 1 / classes
    width = x.shape[1]
    weighted = x * share[:, None]
    solved = np.linalg.solve(x.T @ weighted / width + PENALTY * np.eye(width), weighted.T @ wanted)
    weights = solved / width / spread[:, None]
    return LinearScores(mean + middle * spread, weights - weights.mean(axis=1, keepdims=True))


def _added(
    by_bands: NDArray[np.float64], by_lines: NDArray[np.float64], readings: Readings
) -> NDArray[np.float64]:
    believed = belief(readings.contrast)[:, None]
    base = np.asarray(readings.base, dtype=np.float64)
    base = base - base.mean(axis=1, keepdims=True)
    base = base / np.maximum(np.abs(base).max(axis=1, keepdims=True), FAINTEST)
    total: NDArray[np.float64] = (
        (1 - believed) * _held(by_bands)
        + BASE_SHARE * believed * base
        + LINES_SHARE * _held(by_lines)
    )
    return total


def _held(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = np.abs(scores).max(axis=1, keepdims=True)
    held: NDArray[np.float64] = scores / np.maximum(1.0, largest / LARGEST_SCORE)
    return held


def _scale(scores: NDArray[np.float64]) -> float:
    """What brings scores to a spread of one between the classes of a window, on average."""
    return max(float(scores.std(axis=1).mean()), FAINTEST)


def _divided(scores: LinearScores, scale: float) -> LinearScores:
    return LinearScores(scores.centre, scores.weights / scale)
