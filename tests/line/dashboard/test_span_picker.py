"""A page is about the last hours of results, or about two moments that were typed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from faultlens.line.dashboard.span_picker import Chosen, chosen_span

BERLIN = ZoneInfo("Europe/Berlin")
LAST = datetime(2026, 11, 26, 14, 20, tzinfo=UTC)


def chosen(last: datetime | None = LAST, **asked: str) -> Chosen:
    return chosen_span(asked, last, BERLIN, LAST + timedelta(days=3))


def test_a_line_that_stands_still_shows_its_last_day() -> None:
    span = chosen().span
    assert (span.since, span.until) == (
        datetime(2026, 11, 25, 15, tzinfo=UTC), datetime(2026, 11, 26, 15, tzinfo=UTC),
    )  # fmt: skip


def test_a_new_line_ends_now() -> None:
    assert chosen(last=None).span.until == datetime(2026, 11, 29, 15, tzinfo=UTC)


def test_typed_moments_are_those_of_the_line_and_whole_hours() -> None:
    got = chosen(span="own", since="2026-11-24T08:30", until="2026-11-24T12:10")
    assert got.span.since == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert got.span.until == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert got.as_query() == {
        "span": "own", "since": "2026-11-24T08:00", "until": "2026-11-24T13:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        {"span": "yesterday"},
        {"span": "own"},
        {"span": "own", "since": "soon", "until": "'; DROP TABLE results"},
        {"span": "own", "since": "2026-11-26T09:00", "until": "2026-11-20T09:00"},
        {"span": "own", "since": "1000-01-01T00:00"},
        {"span": "own", "since": "9999-12-31T23:59", "until": "9999-12-31T23:59"},
        {"span": "own", "since": "2020-01-01T00:00"},
    ],
)
def test_what_cannot_be_is_the_last_day(asked: dict[str, str]) -> None:
    assert chosen(**asked).key == "24h"


@pytest.mark.parametrize(("key", "step"), [("8h", "hour"), ("24h", "hour"), ("30d", "day")])
def test_long_spans_count_days(key: str, step: str) -> None:
    assert chosen(span=key).step == step
