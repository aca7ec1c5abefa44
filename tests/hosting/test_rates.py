"""A bucket lets a burst of a quarter of a minute through, then so many a minute, and no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.hosting.rates import BURST_MINUTES, Rates, taken


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_burst_passes_then_one_request_each_time_a_token_has_come() -> None:
    clock = Clock()
    rates = Rates(clock)
    assert [rates.wait_s("a", 60.0) for _ in range(16)] == [0.0] * 15 + [1.0]
    clock.now_s += 0.5
    assert rates.wait_s("a", 60.0) == pytest.approx(0.5)
    clock.now_s += 0.5
    assert rates.wait_s("a", 60.0) == 0.0
    assert rates.wait_s("a", 60.0) == pytest.approx(1.0)


def test_who_waits_as_told_is_let_in() -> None:
    clock = Clock()
    rates = Rates(clock)
    waits = 0
    for _ in range(200):
        if wait_s := rates.wait_s("a", 7.0):
            waits += 1
            clock.now_s += wait_s
            assert rates.wait_s("a", 7.0) == 0.0
    assert waits > 100


def test_a_rate_too_low_for_a_burst_still_lets_one_pass() -> None:
    clock = Clock()
    rates = Rates(clock)
    assert rates.wait_s("a", 0.5) == 0.0
    assert rates.wait_s("a", 0.5) == pytest.approx(120.0)


def test_everybody_has_a_bucket_of_his_own_and_no_limit_means_none() -> None:
    rates = Rates(Clock())
    assert [rates.wait_s(x, 4.0) for x in ("a", "b", "a")] == [0.0, 0.0, 15.0]
    assert [rates.wait_s("c", 0.0) for _ in range(100)] == [0.0] * 100


def test_the_table_is_bounded_and_forgets_who_asked_longest_ago() -> None:
    rates = Rates(Clock(), most=3)
    for who in ("a", "b", "c", "a", "d"):
        rates.wait_s(who, 4.0)
    assert len(rates) == 3
    assert rates.wait_s("a", 4.0) > 0  # a asked again after b, so b was forgotten
    assert rates.wait_s("b", 4.0) == 0.0


@given(
    st.floats(0.1, 6_000.0),
    st.lists(st.floats(0.0, 10.0), min_size=1, max_size=200),
)
def test_never_more_pass_than_the_burst_and_what_came_since(
    per_minute: float, pauses_s: list[float]
) -> None:
    now_s = full_at_s = 50.0
    passed = 0
    for pause_s in pauses_s:
        now_s += pause_s
        full_at_s, wait_s = taken(full_at_s, now_s, per_minute)
        passed += wait_s == 0.0
    burst = max(1.0, BURST_MINUTES * per_minute)
    assert passed <= burst + (now_s - 50.0) * per_minute / 60.0 + 1e-3
