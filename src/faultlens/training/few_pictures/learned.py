"""What a method says of pictures beside the base, and how well that fits what is true.

Points are moved, and names and odds read of them, as inspection does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from faultlens.models.picture_adapter import dual_directions, unchanged_in_sum
from faultlens.runtimes.surface_scores import Meanings, Scoring, log_odds, shares_of
from faultlens.training.few_pictures.shown import ShownPicture

Floats = NDArray[np.float32]

FAINTEST = 1e-4
"""Probability below which a mistake costs no more: one picture must not outvote all others."""


SHARPNESS_BOUNDS = (-3.0, 1.5)
"""Logarithms between which the sharpness of names is searched."""


@dataclass(frozen=True, eq=False)
class Space:
    """Where classes stand in the space of words, and along what each is moved.

    Args:
        meanings: of the question.
        scoring: of the base.
        rows: (class, dim) unit rows of the classes, that of "no defect" last where it is one.
        directions: (class, dim) see `dual_directions`.
        has_sound: whether "no defect" is a class.
    """

    meanings: Meanings
    scoring: Scoring
    rows: Floats
    directions: Floats
    has_sound: bool

    @classmethod
    def of(cls, meanings: Meanings, scoring: Scoring, *, has_sound: bool) -> "Space":
        """The space of a question.

        Args:
            meanings: its sentences' points.
            scoring: of the base.
            has_sound: whether pictures of sound parts are learned from.

        Example:
            >>> axes = np.eye(3, dtype=np.float32)
            >>> space = Space.of(Meanings(axes[:1], axes[1:]), Scoring(0.1), has_sound=False)
            >>> space.directions.shape
            (2, 3)
        """
        rows, fixed = meanings.defects, [meanings.harmless] if meanings.harmless.size else []
        if meanings.anomalous is not None:
            fixed = [*fixed, meanings.anomalous[None]]
        if has_sound:
            rows = np.concatenate([rows, meanings.normal])
        else:
            fixed = [*fixed, meanings.normal]
        still = np.concatenate(fixed) if fixed else np.zeros((0, rows.shape[1]), np.float32)
        return cls(meanings, scoring, rows, dual_directions(rows, still), has_sound)

    @property
    def temperature(self) -> float:
        """What keeps the share of an anomaly as it was; 0 where sound pictures may change it."""
        return 0.0 if self.has_sound else self.scoring.temperature

    def moved(self, points: Floats, scores: Floats, weight: float) -> Floats:
        """Points of pictures where learned scores put them.

        Args:
            points: (picture, scale, dim) of the base.
            scores: (picture, scale, class) learned.
            weight: of the scores.

        Returns:
            (picture, scale, dim).
        """
        added = weight * scores
        if self.temperature:
            added = unchanged_in_sum(points @ self.rows.T, added, self.temperature)
        return np.asarray(points + added @ self.directions, np.float32)


@dataclass(frozen=True, eq=False)
class Told:
    """What is said of pictures.

    Args:
        names: (picture, defect) probability of each defect, given an anomaly; rows sum to 1.
        odds: (picture,) log odds of an anomaly.
    """

    names: NDArray[np.float64]
    odds: NDArray[np.float64]


def told(
    space: Space,
    shown: Sequence[ShownPicture],
    points: Floats,
    *,
    sharpness: float = 1.0,
    whole_share: float = 0.5,
) -> Told:
    """What inspection would say of pictures whose points are these.

    Args:
        space: of the question.
        shown: the pictures.
        points: (picture, scale, dim) of the whole pictures, moved or not.
        sharpness: of the names.
        whole_share: of the whole picture in the names.

    Example:
        >>> axes = np.eye(3, dtype=np.float32)
        >>> space = Space.of(Meanings(axes[:1], axes[1:]), Scoring(0.1), has_sound=False)
        >>> one = ShownPicture(np.zeros((1, 1, 5)), axes[1:2], np.array([0.5, 0.5]), 3.0, None)
        >>> told(space, [one], axes[None, 1:2]).names.round(2).tolist()
        [[0.75, 0.25]]
    """
    shares = shares_of(points, space.meanings, replace(space.scoring, names_sharpness=sharpness))
    local = np.stack([x.local_names for x in shown])
    # As inspection does: what is said at each size is averaged.
    names = whole_share * shares.names.mean(axis=1) + (1 - whole_share) * local
    hottest = np.array([x.hottest for x in shown])
    return Told(
        names=np.asarray(names / np.maximum(names.sum(axis=1, keepdims=True), 1e-9), np.float64),
        odds=np.asarray(0.5 * (log_odds(shares.anomalous).mean(axis=1) + hottest), np.float64),
    )


def name_losses(names: NDArray[np.float64], target: NDArray[np.intp]) -> NDArray[np.float64]:
    """How far the names of each picture are from what is true: negative log likelihood.

    As if one picture more had been wrong: few that are all right prove no certainty.

    Args:
        names: (picture, defect) probabilities.
        target: (picture,) true defect.

    Returns:
        (picture,).

    Source: label smoothing, Szegedy et al., CVPR 2016, by 1 / (pictures + 2).

    Example:
        >>> name_losses(np.array([[0.5, 0.5]] * 2), np.array([0, 1])).round(3).tolist()
        [0.693, 0.693]
    """
    doubt = 1 / (len(target) + 2)
    each = -np.log(np.maximum(names, FAINTEST))
    return np.asarray(
        (1 - doubt) * each[np.arange(len(target)), target] + doubt * each.mean(axis=1), np.float64
    )


def class_mean(values: NDArray[np.float64], target: NDArray[np.intp]) -> float:
    """A mean in which every class weighs alike.

    Args:
        values: (picture,).
        target: (picture,) class of each.

    Example:
        >>> class_mean(np.array([1.0, 1.0, 4.0]), np.array([0, 0, 1]))
        2.5
    """
    return float(np.mean([values[target == x].mean() for x in np.unique(target)]))


def best_sharpness(
    space: Space,
    shown: Sequence[ShownPicture],
    points: Floats,
    target: NDArray[np.intp],
    whole_share: float,
) -> tuple[float, float]:
    """The sharpness at which names fit best, and their loss there.

    Args:
        space: of the question.
        shown: pictures with a defect.
        points: (picture, scale, dim) of the whole pictures, each moved by what was learned
            without it.
        target: (picture,) true defect.
        whole_share: of the whole picture in the names.

    Source: temperature scaling, Guo et al., ICML 2017.

    Example:
        >>> axes = np.eye(3, dtype=np.float32)
        >>> space = Space.of(Meanings(axes[:1], axes[1:]), Scoring(0.1), has_sound=False)
        >>> one = ShownPicture(np.zeros((1, 1, 5)), axes[1:2], np.array([0.5, 0.5]), 3.0, None)
        >>> some = [one] * 4
        >>> points = axes[[1, 1, 2, 2], None]
        >>> best_sharpness(space, some, points, np.array([0, 1, 0, 1]), 1.0)[0] < 0.1
        True
    """

    def loss(log_sharpness: float) -> float:
        said = told(
            space, shown, points, sharpness=float(np.exp(log_sharpness)), whole_share=whole_share
        )
        return class_mean(name_losses(said.names, target), target)

    best = minimize_scalar(loss, bounds=SHARPNESS_BOUNDS, method="bounded", options={"maxiter": 25})
    return float(np.exp(best.x)), float(best.fun)


def platt(odds: NDArray[np.float64], defective: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Slope and offset that make log odds of scores, and their loss; both sides weigh alike.

    Args:
        odds: (picture,) by the model.
        defective: (picture,) whether there is a defect; some are, some are not.

    Source: Platt, Probabilistic outputs for support vector machines (1999).

    Example:
        >>> odds = np.array([-2.0, -1.0, 1.0, 2.0])
        >>> slope, offset, loss = platt(odds, odds > 0)
        >>> slope > 0.5, abs(offset) < 0.5
        (True, True)
    """
    weight = np.where(defective, 0.5 / defective.sum(), 0.5 / (~defective).sum())
    sign = np.where(defective, -1.0, 1.0)
    # As if one of each side had been seen on the other: few pictures prove no certainty.
    doubt = 1 / (min(defective.sum(), (~defective).sum()) + 2)

    def misfit(numbers: NDArray[np.float64]) -> float:
        z = sign * (numbers[0] * odds + numbers[1])
        both = (1 - doubt) * np.logaddexp(0, z) + doubt * np.logaddexp(0, -z)
        return float((weight * both).sum())

    found = minimize(misfit, np.array([1.0, 0.0]), method="Nelder-Mead")
    slope, offset = found.x
    return float(max(slope, 1e-3)), float(offset), float(found.fun)
