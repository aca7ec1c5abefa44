"""AnoVL's adapter makes places surer by the picture alone, and begins as the identity."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.images.image import Image
from faultlens.runtimes.at_test_time import (
    RATE,
    Sides,
    adapted,
    anovl_adapter,
    fitted,
    loss,
    sides_of,
    with_noise,
)
from faultlens.runtimes.loaded import Model, load_model
from faultlens.runtimes.looking import each_seen
from faultlens.runtimes.surface_scores import Meanings, Scoring, shares_of
from tests.coloured_model import CRACKED, meanings, picture, write_coloured_model

SCORING = Scoring(temperature=0.1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The model that reads colours."""
    return load_model(write_coloured_model(tmp_path_factory.mktemp("models") / "colours").folder)


def meant() -> Meanings:
    crack, sound, scratch = meanings()
    return Meanings(normal=sound[None], defects=np.stack([crack, scratch]))


def rows(count: int, dim: int, seed: int) -> NDArray[np.float64]:
    drawn = np.random.default_rng(seed).normal(size=(count, dim))
    unit: NDArray[np.float64] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


def some_sides() -> Sides:
    prompts = rows(5, 6, seed=0)
    return Sides(prompts[:2], prompts[2:], temperature=0.3)


def test_the_slope_is_that_of_the_loss() -> None:
    points, noisy, sides = rows(7, 6, seed=1), rows(4, 6, seed=2), some_sides()
    weights = 0.3 * np.random.default_rng(3).normal(size=(6, 5))
    _, slope = loss(weights, points, noisy, sides)
    numeric = np.zeros_like(weights)
    for at in np.ndindex(weights.shape):
        step = np.zeros_like(weights)
        step[at] = 1e-6
        above, _ = loss(weights + step, points, noisy, sides)
        below, _ = loss(weights - step, points, noisy, sides)
        numeric[at] = (above - below) / 2e-6
    assert np.abs(slope - numeric).max() < 1e-7


def test_odds_are_those_that_inspection_reads() -> None:
    points = rows(9, 6, seed=1).astype(np.float32)
    defects = rows(5, 6, seed=0).astype(np.float32)
    asked = Meanings(normal=defects[:1], defects=defects[2:], harmless=defects[1:2])
    sides = sides_of(asked, SCORING)
    zero, _ = loss(np.zeros((6, 5)), points, points, sides)
    chance = np.asarray(shares_of(points, asked, SCORING).anomalous, np.float64)
    entropy = -(chance * np.log(chance) + (1 - chance) * np.log1p(-chance)).mean()
    assert zero == pytest.approx(entropy - 0.5 * np.log(chance).mean(), rel=1e-4)


def test_a_general_word_for_damage_stands_alone_on_its_side() -> None:
    axes = np.eye(3, dtype=np.float32)
    sides = sides_of(Meanings(axes[:1], axes[1:2], anomalous=axes[2]), SCORING)
    assert sides.anomalous.tolist() == [[0, 0, 1]]


def test_steps_bring_the_loss_down_and_places_apart() -> None:
    sides = some_sides()
    points = rows(40, 6, seed=1)
    noisy = 0.5 * points[:10] + sides.anomalous.mean(axis=0)
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    before, _ = loss(np.zeros((6, 5)), points, noisy, sides)
    weights = fitted(points, noisy, sides)
    after, _ = loss(weights, points, noisy, sides)
    assert after < before
    assert 0 < np.abs(weights).max() <= 6 * RATE
    moved = adapted(points, weights, sides.prompts)
    assert np.linalg.norm(moved, axis=1) == pytest.approx(1, abs=1e-5)
    odds = [x @ sides.anomalous.T / 0.3 for x in (points, moved)]
    assert np.abs(odds[1] - odds[0]).max() > 0


def test_without_steps_nothing_moves() -> None:
    points, sides = rows(4, 6, seed=1), some_sides()
    none = fitted(points, points, sides, steps=0)
    assert adapted(points, none, sides.prompts) == pytest.approx(points, abs=1e-6)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_noise_covers_the_depth_of_the_picture(kind: type) -> None:
    full = np.iinfo(kind).max
    image = Image(np.full((64, 64), full // 2, kind))
    noisy = with_noise(image)
    assert noisy.pixels.dtype == kind
    assert noisy.pixels.std() / full == pytest.approx(0.2, abs=0.01)


def test_the_hook_moves_places_and_leaves_the_whole(model: Model) -> None:
    image = picture(spots=((CRACKED, 40, 80, 24, 16),))
    plain = next(each_seen(model, [image], meant(), SCORING))
    hook = anovl_adapter(model, meant(), SCORING)
    first, second = (
        next(each_seen(model, [image], meant(), SCORING, finish=hook)) for _ in range(2)
    )
    assert first.whole_log_odds == plain.whole_log_odds
    assert (first.anomalous == second.anomalous).all()  # reset for each picture
    assert (first.anomalous != plain.anomalous).any()
    hot = first.anomalous > 0.5
    assert hot[5:8, 10:12].all()
    assert hot.sum() == 6
