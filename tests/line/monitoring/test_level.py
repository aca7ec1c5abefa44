"""A level is passed as often as it was asked to be, also where neighbouring frames are alike."""

import numpy as np
import pytest
from scipy.signal import lfilter

from faultlens.line.monitoring.energy import EnergyWindow, bent, distances, energy, moved
from faultlens.line.monitoring.level import drawn_blocks, energy_null, tail_level
from faultlens.line.monitoring.measure import learned


def alike(count: int, memory: float, rng: np.random.Generator, dim: int = 1) -> np.ndarray:
    """(row, dim) an autoregression of first order with unit spread."""
    steps = rng.normal(size=(count, dim)) * np.sqrt(1 - memory**2)
    steps[0] = rng.normal(size=dim)
    return lfilter([1.0], [1.0, -memory], steps, axis=0).astype(np.float32)


@pytest.mark.parametrize(("memory", "dim"), [(0.0, 1), (0.0, 8), (0.7, 1), (0.7, 8)])
def test_the_share_of_tests_that_pass_a_level_is_as_asked(memory: float, dim: int) -> None:
    reference, window, chance, passed = 200, 40, 0.05, []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rows = alike(reference + 10 * window, memory, rng, dim)
        null = energy_null(distances(rows[:reference], rows[:reference]), window, seed=seed)
        level = null.level(chance) * (reference + window) / (reference * window)
        following = EnergyWindow(rows[:reference], window)
        for start in range(reference, len(rows), window):
            following.take(rows[start : start + window])
            passed.append(following.value > level)
    # The luck of a reference is shared by all its windows: a factor of two is scatter.
    assert np.mean(passed) < 2 * chance


def test_frames_that_resemble_their_neighbours_count_for_less() -> None:
    rows = alike(600, 0.8, np.random.default_rng(0))
    null = energy_null(distances(rows, rows), 100, seed=0)
    assert 5 < null.correlation < 14  # (1 + 0.8) / (1 - 0.8) = 9


def test_a_trend_is_not_taken_for_a_long_memory() -> None:
    rng = np.random.default_rng(0)
    rows = (rng.normal(size=(600, 1)) + np.linspace(0, 3, 600)[:, None]).astype(np.float32)
    assert energy_null(distances(rows, rows), 100, seed=0).correlation < 4


def test_a_measure_that_never_moves_has_a_level_of_zero() -> None:
    null = energy_null(np.zeros((100, 100)), 30, seed=0)
    assert null.level(1e-6) == 0.0


def test_the_tail_of_a_sum_of_squares_is_followed_to_a_millionth() -> None:
    rng = np.random.default_rng(0)
    weights = 1 / np.arange(1, 30) ** 2
    draws = np.sort((rng.normal(size=(2000, 29)) ** 2) @ weights)
    true = np.quantile((rng.normal(size=(400_000, 29)) ** 2) @ weights, 1 - 1e-5)
    assert tail_level(draws, 1e-5) == pytest.approx(true, rel=0.25)


def test_drawn_blocks_are_whole_and_of_the_asked_size() -> None:
    picked = drawn_blocks(100, 30, 10, seed=0)
    assert set(picked.sum(axis=1)) == {30.0}
    edges = np.abs(np.diff(np.column_stack([picked[:, -1:], picked]), axis=1)).sum(axis=1)
    assert edges.max() <= 6  # three blocks have six ends, round the end of the reference


def test_the_same_seed_gives_the_same_level() -> None:
    rows = alike(200, 0.3, np.random.default_rng(0))
    one, other = (energy_null(distances(rows, rows), 50, seed=3).level(1e-6) for _ in range(2))
    assert one == other


def test_a_window_holds_the_latest_rows_and_their_distance() -> None:
    rng = np.random.default_rng(0)
    reference, stream = (rng.normal(size=(n, 3)).astype(np.float32) for n in (40, 57))
    window = EnergyWindow(reference, 20)
    for start in range(0, 57, 7):
        window.take(stream[start : start + 7])
    last = stream[-20:]
    within = [float(distances(x, x).mean()) for x in (reference, last)]
    assert window.value == pytest.approx(energy(distances(last, reference), *within), abs=1e-5)
    assert np.array_equal(window.rows, last)
    assert window.away == pytest.approx(distances(last, reference).mean(axis=1), abs=1e-6)


def test_more_rows_than_a_window_holds_leave_the_last() -> None:
    window = EnergyWindow(np.zeros((5, 1), np.float32), 3)
    window.take(np.arange(10, dtype=np.float32)[:, None])
    assert window.rows.ravel().tolist() == [7.0, 8.0, 9.0]


def test_a_step_moves_a_set_by_its_energy() -> None:
    rows = np.random.default_rng(0).normal(size=(300, 1)).astype(np.float32)
    assert moved(rows, 0.0) == pytest.approx(0, abs=1e-6)
    assert moved(rows, 0.1) < moved(rows, 0.2) < moved(rows, 2.0)


def test_a_step_of_many_deviations_is_over_the_level_whatever_the_memory() -> None:
    for seed in range(4):
        rows = alike(700, 0.98, np.random.default_rng(seed))
        known = learned("anything", rows[:500], 100, 1e-6, seed=0)
        assert 10 < known.correlation < 100
        window = EnergyWindow(known.rows, 100)
        window.take(rows[600:] + np.float32(30))
        assert window.value > known.level


def test_a_level_far_out_is_bent_as_the_distance_is() -> None:
    rows = np.random.default_rng(0).normal(size=(400, 1)).astype(np.float32)
    usual = float(distances(rows, rows).mean())
    for step in (0.1, 1.0, 6.0):
        small = step**2 / np.sqrt(np.pi)  # of a small step, in one dimension
        assert bent(small, usual, 1) == pytest.approx(moved(rows, step), rel=0.1)
