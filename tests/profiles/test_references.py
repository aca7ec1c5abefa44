"""Normal patches remembered: what is like them lies near, what is not lies far."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.profiles.references import (
    memory_distance,
    memory_of,
    quarter_turns,
    subspace_distance,
    subspace_of,
)


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def cloud(centre: int, count: int, seed: int) -> np.ndarray:
    dice = np.random.default_rng(seed)
    rows = dice.normal(0, 0.05, (count, 8))
    rows[:, centre] += 1
    return unit(rows)


def test_a_patch_of_another_kind_lies_farther_than_any_normal_one() -> None:
    memory = memory_of(np.concatenate([cloud(0, 300, 1), cloud(1, 300, 2)]), count=60)
    assert memory.shape == (60, 8)
    normal = memory_distance(np.concatenate([cloud(0, 50, 3), cloud(1, 50, 4)]), memory)
    odd = memory_distance(cloud(2, 50, 5), memory)
    assert normal.max() < 0.1
    assert odd.min() > 0.5


def test_a_small_memory_holds_rare_patches_too() -> None:
    rows = np.concatenate([cloud(0, 1000, 1), cloud(3, 2, 2)])
    memory = memory_of(rows, count=5)
    assert memory_distance(cloud(3, 2, 2), memory).max() < 0.1


def test_a_memory_as_large_as_its_patches_holds_all_and_is_the_same_every_time() -> None:
    rows = cloud(0, 20, 1)
    assert np.array_equal(memory_of(rows, count=20), rows)
    many = cloud(1, 500, 2)
    assert np.array_equal(memory_of(many, count=30), memory_of(many, count=30))


def test_equal_patches_are_remembered_once() -> None:
    rows = np.repeat(np.eye(2, dtype=np.float32), 50, axis=0)
    assert len(memory_of(rows, count=10)) == 2


def test_very_many_patches_are_thinned_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faultlens.profiles.references.CORESET_FROM", 100)
    assert len(memory_of(cloud(0, 1000, 1), count=100)) == 100


def test_the_subspace_keeps_the_variance_asked_for_and_finds_what_leaves_it() -> None:
    dice = np.random.default_rng(0)
    rows = np.zeros((500, 8), np.float32)
    rows[:, 0] = dice.normal(0, 3, 500)
    rows[:, 1] = dice.normal(0, 2, 500)
    rows[:, 2] = dice.normal(0, 0.1, 500)
    found = subspace_of(rows, kept=0.99)
    assert found.directions.shape == (2, 8)
    assert np.allclose(found.directions @ found.directions.T, np.eye(2), atol=1e-5)
    away = np.zeros((1, 8), np.float32)
    away[0, 5] = 2
    assert subspace_distance(rows, found).max() < 0.2
    assert subspace_distance(away + found.mean, found)[0] == pytest.approx(4, abs=1e-3)


def test_equal_patches_fill_a_point() -> None:
    rows = np.ones((10, 4), np.float32)
    assert subspace_distance(rows, subspace_of(rows)).max() == pytest.approx(0, abs=1e-6)


def test_distances_are_the_same_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, memory = cloud(0, 100, 1), cloud(1, 10, 2)
    whole = memory_distance(rows, memory)
    monkeypatch.setattr("faultlens.profiles.references.BLOCK", 7)
    assert np.allclose(memory_distance(rows, memory), whole, atol=1e-6)


def test_quarter_turns_are_the_picture_turned() -> None:
    picture = np.array([[1, 2], [3, 4]])
    assert [x.tolist() for x in quarter_turns([picture])] == [
        [[1, 2], [3, 4]], [[2, 4], [1, 3]], [[4, 3], [2, 1]], [[3, 1], [4, 2]],
    ]  # fmt: skip


def test_nothing_can_be_remembered_of_nothing() -> None:
    nothing = np.zeros((0, 8), np.float32)
    with pytest.raises(UsageError, match="one at least"):
        memory_of(nothing, count=5)
    with pytest.raises(UsageError, match="one patch at least"):
        subspace_of(nothing)
