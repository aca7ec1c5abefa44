"""The methods of adaptation that need no gradient: descriptors and classes in, scores out."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from faultlens.core.registry import Registry
from faultlens.models.picture_adapter import LearnedScores

Floats = NDArray[np.float32]

Fit = Callable[[Floats, NDArray[np.intp], int, int], LearnedScores]
"""(row, descriptor) descriptors, (row,) class of each, classes, dim of a point -> scores."""

PENALTY = 3e-4
"""Of squared weights, as a share of the sum of all squared descriptors. Between 1e-5 and 1e-2 the
figures of NEU and of the magnetic tiles move by less than a point."""

LEAST_SPREAD = 0.3
"""Of the mean spread, added to the spread of each descriptor: one that hardly varies among few
pictures would be shouted at in the next."""

SHARPNESS = 5.5
"""Of the cache, as its authors chose it for CLIP."""


def fit_prototypes(
    descriptors: Floats, target: NDArray[np.intp], classes: int, dim: int
) -> LearnedScores:
    """A class is the mean of its pictures' points; what counts is the cosine with it.

    Args:
        descriptors: (row, descriptor), their first `dim` numbers the point.
        target: (row,) class of each.
        classes: how many; each has a row.
        dim: of a point.

    Source: Snell et al., Prototypical networks, NeurIPS 2017.

    Example:
        >>> made = fit_prototypes(np.eye(2, 8, dtype=np.float32), np.array([0, 1]), 2, 2)
        >>> made.of(np.eye(1, 8, dtype=np.float32)).tolist()
        [[1.0, 0.0]]
    """
    width = descriptors.shape[1]
    keys = np.zeros((classes, width), np.float32)
    for number in range(classes):
        mean = descriptors[target == number, :dim].mean(axis=0)
        keys[number, :dim] = mean / max(float(np.linalg.norm(mean)), 1e-6)
    nothing, ones = np.zeros(width, np.float32), np.ones(width, np.float32)
    return LearnedScores(nothing, ones, keys, np.eye(classes, dtype=np.float32))


def fit_cache(
    descriptors: Floats, target: NDArray[np.intp], classes: int, dim: int
) -> LearnedScores:
    """Every picture is remembered; the classes of those like it count, the more alike the more.

    Args:
        descriptors: (row, descriptor).
        target: (row,) class of each.
        classes: how many; each has a row.
        dim: of a point; not needed.

    Source: Zhang et al., Tip-Adapter, ECCV 2022, equations 3 and 4, without its training.

    Example:
        >>> draw = np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32)
        >>> made = fit_cache(draw, np.arange(6) % 2, 2, 2)
        >>> made.of(draw).argmax(axis=1).tolist()
        [0, 1, 0, 1, 0, 1]
    """
    centre, spread = _standard(descriptors, target, classes)
    z = (descriptors - centre) / spread
    keys = z / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), 1e-6)
    counts = np.bincount(target, minlength=classes).astype(np.float32)
    # A class with more pictures is not likelier for that.
    values = np.eye(classes, dtype=np.float32)[target] / counts[target, None] * counts.mean()
    return LearnedScores(centre, spread, keys.astype(np.float32), values, SHARPNESS)


def fit_residual(
    descriptors: Floats, target: NDArray[np.intp], classes: int, dim: int
) -> LearnedScores:
    """A linear map from texture to classes, in closed form: the residual adapter.

    Args:
        descriptors: (row, descriptor).
        target: (row,) class of each.
        classes: how many; each has a row.
        dim: of a point; not needed.

    Source: Hoerl and Kennard, Ridge regression, Technometrics 12 (1970), in its dual form; every
    class weighs alike. A residual beside a frozen model: Gao et al., CLIP-Adapter, IJCV 2024.

    Example:
        >>> draw = np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32)
        >>> made = fit_residual(draw, np.arange(6) % 2, 2, 2)
        >>> made.of(draw).argmax(axis=1).tolist()
        [0, 1, 0, 1, 0, 1]
    """
    centre, spread = _standard(descriptors, target, classes)
    z = ((descriptors - centre) / spread).astype(np.float64)
    weight = _weights(target, classes)
    wanted = np.eye(classes)[target] - 1 / classes
    gram = z @ z.T
    penalty = PENALTY * max(float(np.trace(gram)), 1e-12)
    dual = np.linalg.solve(gram + penalty * np.diag(1 / (weight * len(target))), wanted)
    keys = (z.T @ dual).T.astype(np.float32)
    return LearnedScores(centre, spread, keys, np.eye(classes, dtype=np.float32))


def _weights(target: NDArray[np.intp], classes: int) -> NDArray[np.float64]:
    """(row,) shares that sum to 1, of each class the same."""
    counts = np.bincount(target, minlength=classes)
    return np.asarray(1 / (classes * counts[target]), np.float64)


def _standard(descriptors: Floats, target: NDArray[np.intp], classes: int) -> tuple[Floats, Floats]:
    weight = _weights(target, classes)[:, None]
    centre = (weight * descriptors).sum(axis=0)
    spread = np.sqrt((weight * (descriptors - centre) ** 2).sum(axis=0))
    spread = spread + LEAST_SPREAD * max(float(spread.mean()), 1e-6)
    return centre.astype(np.float32), spread.astype(np.float32)


PROTOTYPES, CACHE, RESIDUAL = "prototypes", "cache", "residual"

METHODS: Registry[Fit] = Registry("method of adaptation")
"""Name -> how it is fitted; without gradient, so that each can be fitted again for every picture
that is left out."""

METHODS.add(PROTOTYPES, fit_prototypes)
METHODS.add(CACHE, fit_cache)
METHODS.add(RESIDUAL, fit_residual)
