"""Methods of adaptation: the same numbers as their sources', and every class weighs alike."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from faultlens.training.few_pictures.methods import (
    LEAST_SPREAD,
    METHODS,
    PENALTY,
    SHARPNESS,
    fit_cache,
    fit_prototypes,
    fit_residual,
)

DIM, WIDTH = 4, 30


def drawn(counts: tuple[int, ...] = (6, 6, 6), seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    target = np.repeat(np.arange(len(counts)), counts)
    centres = draw.normal(size=(len(counts), WIDTH))
    return (centres[target] + draw.normal(size=(len(target), WIDTH))).astype(np.float32), target


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_tells_apart_what_stands_apart(name: str) -> None:
    learned, target = drawn((8, 2, 4))
    fresh, truth = drawn((5, 5, 5))
    scores = METHODS[name](learned, target, 3, WIDTH).of(fresh)
    assert scores.shape == (15, 3)
    assert (scores.argmax(axis=1) == truth).mean() > 0.9


def test_the_residual_is_a_ridge_regression_of_weighted_pictures() -> None:
    x, target = drawn((9, 3))
    found = fit_residual(x, target, 2, DIM)
    weight = 1 / (2 * np.bincount(target)[target])
    centre = (weight[:, None] * x).sum(axis=0)
    spread = np.sqrt((weight[:, None] * (x - centre) ** 2).sum(axis=0))
    spread += LEAST_SPREAD * spread.mean()
    z = (x - centre) / spread
    wanted = np.eye(2)[target] - 0.5
    penalty = PENALTY * np.trace(z @ z.T)
    theirs = Ridge(alpha=penalty, fit_intercept=False, solver="cholesky")
    theirs.fit(z, wanted, sample_weight=weight * len(target))
    assert found.of(x) == pytest.approx(theirs.predict(z), abs=1e-3)


def test_the_cache_is_that_of_tip_adapter() -> None:
    x, target = drawn((4, 4))
    found = fit_cache(x, target, 2, DIM)
    z = (x - found.centre) / found.spread
    f = z / np.linalg.norm(z, axis=1, keepdims=True)
    # phi(f F^T) L with phi(a) = exp(-beta (1 - a)), equation 4 of the paper.
    theirs = np.exp(-SHARPNESS * (1 - f @ f.T)) @ np.eye(2)[target]
    assert found.of(x) == pytest.approx(theirs, rel=1e-3)


def test_a_prototype_is_compared_by_its_cosine_alone() -> None:
    x, target = drawn()
    changed = x.copy()
    changed[:, DIM:] += 100  # what is no part of the point
    points = x[:, :DIM] / np.linalg.norm(x[:, :DIM], axis=1, keepdims=True)
    x[:, :DIM] = changed[:, :DIM] = points
    one = fit_prototypes(x, target, 3, DIM).of(x)
    assert one == pytest.approx(fit_prototypes(changed, target, 3, DIM).of(changed))
    assert np.abs(one).max() <= 1 + 1e-5


@pytest.mark.parametrize("name", sorted(METHODS))
def test_a_class_with_more_pictures_is_not_likelier(name: str) -> None:
    few, few_target = drawn((4, 4))
    often = np.concatenate([few, *[few[few_target == 0]] * 9])
    often_target = np.concatenate([few_target, np.zeros(36, int)])
    once = METHODS[name](few, few_target, 2, WIDTH).of(few)
    many = METHODS[name](often, often_target, 2, WIDTH).of(few)
    gaps = [x[:, 0] - x[:, 1] for x in (once, many)]
    scale = [np.abs(x).mean() for x in gaps]
    assert gaps[0] / scale[0] == pytest.approx(gaps[1] / scale[1], abs=0.1)
