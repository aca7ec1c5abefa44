"""Draws are of whole recordings, of blocks where there is one, and a perfect score is no point."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.metrics.intervals import share_interval
from faultlens.metrics.resamples import interval_of, resamples, seed_shares


def test_recordings_are_drawn_whole_and_within_their_class() -> None:
    groups = [f"{label}{i}" for label in "xy" for i in range(6) for _ in range(10)]
    labels = [x[0] for x in groups]
    drawn = resamples(groups, labels, range(120), draws=200)
    assert drawn.units == 12 and drawn.blocked == () and drawn.groups == 6
    assert len({(g, u) for g, u in zip(groups, drawn.unit_of.tolist(), strict=True)}) == 12
    x_units = np.unique(drawn.unit_of[:60])
    assert (drawn.counts[:, x_units].sum(axis=1) == 6).all()
    assert (drawn.counts[0] == 1).all() and drawn.counts[1:].max() > 1


def test_a_class_with_one_recording_is_drawn_in_blocks_of_neighbours() -> None:
    order = np.random.default_rng(0).permutation(100)
    drawn = resamples(["only"] * 100, ["x"] * 100, order)
    assert drawn.blocked == ("x",) and drawn.units == 10
    for unit in range(10):
        its = np.sort(order[drawn.unit_of == unit])
        assert its.tolist() == list(range(its[0], its[0] + 10))


def test_a_bearing_that_was_healthy_and_then_not_is_one_unit() -> None:
    groups, labels = ["a", "a", "b", "b"], ["healthy", "inner", "healthy", "inner"]
    drawn = resamples(groups, labels, [0, 1, 0, 1])
    assert drawn.units == 2 and drawn.units_of == {"healthy": 2, "inner": 2}


def test_a_perfect_share_takes_the_interval_of_its_units() -> None:
    assert interval_of(np.ones(9), units=12) == share_interval(12, 12)
    assert interval_of(np.zeros(9), units=12) == share_interval(0, 12)
    assert interval_of(np.ones(9)) == (1.0, 1.0)
    assert np.isnan(interval_of(np.full(9, np.nan))).all()


def test_shares_of_seeds_sum_to_one_and_begin_alike() -> None:
    shares = seed_shares(5, 100)
    assert shares.shape == (101, 5) and shares[0].tolist() == [0.2] * 5
    assert shares.sum(axis=1) == pytest.approx(np.ones(101)) and shares[1:].std() > 0.1
    assert seed_shares(1, 3).tolist() == [[1.0]] * 4


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(UsageError, match="0 groups, 0 labels and 0 positions"):
        resamples([], [], [])
    with pytest.raises(UsageError, match="2 groups, 1 labels and 2 positions"):
        resamples(["a", "b"], ["x"], [0, 1])
