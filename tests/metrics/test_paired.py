"""A paired difference is seen where each model's own interval is too wide to see it."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.metrics.paired import mean_over_seeds, paired_difference
from faultlens.metrics.resamples import interval_of, resamples


def of_draws(hits: np.ndarray, groups: list[str]) -> np.ndarray:
    """Share of hits in every draw of recordings."""
    drawn = resamples(groups, ["x"] * len(groups), range(len(groups)), draws=400)
    by_unit = np.bincount(drawn.unit_of, hits, minlength=drawn.units)
    sizes = np.bincount(drawn.unit_of, minlength=drawn.units)
    shares: np.ndarray = (drawn.counts @ by_unit) / (drawn.counts @ sizes)
    return shares[None]


def test_what_makes_a_recording_hard_for_both_cancels() -> None:
    rng = np.random.default_rng(1)
    ease = rng.uniform(0.1, 0.9, 30).repeat(50)
    groups = [str(i // 50) for i in range(1500)]
    luck = rng.random(1500)
    worse, better = of_draws(luck < ease, groups), of_draws(luck < ease + 0.08, groups)
    found = paired_difference(better, worse)
    assert found.is_better and not found.is_worse
    assert found.low < 0.08 < found.high
    assert paired_difference(worse, better).is_worse
    # Each on its own, the intervals overlap by far.
    assert interval_of(better[0])[0] < interval_of(worse[0])[1]


def test_seeds_that_disagree_widen_the_interval() -> None:
    steady = np.full((5, 400), 0.8)
    moody = np.full((5, 400), 0.8) + np.array([-0.2, -0.1, 0.0, 0.1, 0.2])[:, None]
    assert paired_difference(steady, steady).high == pytest.approx(0)
    found = paired_difference(moody, steady)
    assert found.value == pytest.approx(0) and found.low < -0.08 and found.high > 0.08
    # In pairs what both seeds share cancels; unlike numbers are drawn each on its own.
    assert paired_difference(moody, moody - 0.1).low == pytest.approx(0.1)
    assert paired_difference(moody, moody[:4]).high > 0.15
    assert mean_over_seeds(moody)[0] == pytest.approx(0.8)


def test_other_draws_are_refused() -> None:
    with pytest.raises(UsageError, match=r"\(1, 5\) and \(1, 6\)"):
        paired_difference(np.ones((1, 5)), np.ones((1, 6)))
