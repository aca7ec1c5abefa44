"""Scales hold their values between round numbers; time is labelled as a clock and a calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.line.dashboard.charts.numbers import (
    percent_text,
    score_text,
    seconds_text,
    short_count,
)
from faultlens.line.dashboard.charts.scale import count_scale, linear_scale
from faultlens.line.dashboard.charts.times import Span, time_ticks

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False)


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_every_value_lies_on_its_scale(values: list[float]) -> None:
    scale = linear_scale(values)
    slack = 1e-8 * (scale.high - scale.low)  # far less than a pixel
    assert scale.low - slack <= min(values) and max(values) <= scale.high + slack
    assert all(0 <= scale.at(x) <= 1 for x in values)
    assert 2 <= len(scale.ticks) <= 9
    assert list(scale.ticks) == sorted(set(scale.ticks))


def test_a_yield_near_one_ends_at_one() -> None:
    assert linear_scale([0.981, 0.997], high=1.0).ticks == (0.98, 0.985, 0.99, 0.995, 1.0)


def test_one_frame_among_a_hundred_thousand_is_seen() -> None:
    scale = count_scale(100_000)
    assert 0.02 < scale.at(1) < 0.1
    assert scale.at(100_000) == 1
    assert scale.at(0) == 0


@pytest.mark.parametrize("days", [0.02, 0.3, 1, 3, 7, 30, 366])
def test_ticks_are_few_and_inside(days: float) -> None:
    begin = datetime(2026, 3, 28, 7, 0, tzinfo=UTC)
    span = Span(begin, begin + timedelta(days=days), ZoneInfo("Europe/Berlin"))
    ticks = time_ticks(span)
    assert 1 <= len(ticks) <= 14
    assert all(span.since <= x <= span.until for x, _ in ticks)
    assert [x for x, _ in ticks] == sorted({x for x, _ in ticks})


def test_midnight_is_that_of_the_line_also_where_the_clock_is_changed() -> None:
    # Summer time begins on 2026-03-29 in Berlin: midnight is 23:00 and then 22:00 in UTC.
    begin = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    span = Span(begin, begin + timedelta(days=2), ZoneInfo("Europe/Berlin"))
    nights = [x.astimezone(UTC).hour for x, told in time_ticks(span) if told.startswith("03-")]
    assert nights == [23, 22]


def test_a_span_of_days_tells_the_day_beside_the_clock() -> None:
    begin = datetime(2026, 11, 26, tzinfo=UTC)
    assert Span(begin, begin + timedelta(hours=8), UTC).clock(begin) == "00:00"
    assert Span(begin, begin + timedelta(days=7), UTC).clock(begin) == "11-26 00:00"


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.5, "50.0 %"), (0.99997, "99.9970 %"), (0.00012, "0.012 %")],
)
def test_a_share_is_told_from_none_and_from_all(share: float, told: str) -> None:
    assert percent_text(share) == told


def test_a_score_is_never_rounded_up_to_its_threshold() -> None:
    assert score_text(0.6999) == "0.699"


def test_durations_and_counts_are_short() -> None:
    assert [seconds_text(x) for x in (0.0031, 0.25, 2.0, 63.0)] == ["3 ms", "250 ms", "2 s", "63 s"]
    assert [short_count(x) for x in (7, 1500, 86_400, 2e6)] == ["7", "1.5k", "86.4k", "2M"]
