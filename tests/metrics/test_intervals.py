"""Intervals cover the truth as often as stated, and groups are drawn whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.metrics.intervals import bootstrap_interval, share_interval


def test_wilson_interval_is_as_published() -> None:
    # Newcombe, Stat. Med. 17 (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
    for successes, trials, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert share_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval_and_mirrors(pair: tuple[int, int]) -> None:
    successes, trials = pair
    low, high = share_interval(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1
    other = share_interval(trials - successes, trials)
    assert other == pytest.approx((1 - high, 1 - low))
    assert share_interval(successes, trials, level=0.5)[1] <= high


def test_windows_of_one_recording_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(0)
    values = np.repeat(rng.random(12) < 0.6, 10).astype(float)
    recordings = [str(i // 10) for i in range(120)]
    figure = lambda index: float(values[index].mean())  # noqa: E731
    low, high = bootstrap_interval(figure, recordings)
    alone_low, alone_high = bootstrap_interval(figure, [str(i) for i in range(120)])
    # 12 groups instead of 120: wider by about the root of ten.
    assert 2 < (high - low) / (alone_high - alone_low) < 5


def test_a_class_is_never_empty_when_drawn_within_strata() -> None:
    labels = ["a"] * 30 + ["b"]
    seen: list[set[str]] = []

    def figure(index: np.ndarray) -> float:
        seen.append({labels[i] for i in index})
        return 0.0

    groups = [str(i) for i in range(31)]
    bootstrap_interval(figure, groups, strata=labels, draws=50)
    assert all(x == {"a", "b"} for x in seen)
    seen.clear()
    bootstrap_interval(figure, groups, draws=50)
    assert any(x == {"a"} for x in seen)


def test_the_interval_of_a_mean_covers_it_as_often_as_stated() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for trial in range(100):
        values = rng.normal(3.0, 1.0, 40)
        low, high = bootstrap_interval(
            lambda index, v=values: float(v[index].mean()),
            [str(i) for i in range(40)],
            draws=200,
            seed=trial,
        )
        covered += low <= 3.0 <= high
    assert 86 <= covered <= 99  # 95 of 100 give or take three standard errors, a little narrow


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.arange(10.0)
    groups = list("abcdefghij")
    figure = lambda index: float(values[index].mean())  # noqa: E731
    assert bootstrap_interval(figure, groups) == bootstrap_interval(figure, groups)
    assert bootstrap_interval(figure, groups) != bootstrap_interval(figure, groups, seed=1)


def test_what_cannot_be_counted_is_said() -> None:
    with pytest.raises(UsageError, match="3 of 2; give 0 <= successes <= trials"):
        share_interval(3, 2)
    with pytest.raises(UsageError, match="0 of 0"):
        share_interval(0, 0)
    with pytest.raises(UsageError, match="0 groups and 0 strata"):
        bootstrap_interval(lambda index: 0.0, [])
    with pytest.raises(UsageError, match="2 groups and 1 strata; both need one entry per sample"):
        bootstrap_interval(lambda index: 0.0, ["a", "b"], strata=["x"])
