"""Results are found by filters and words, page by page, newest first, none twice, none left out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from faultlens.core.errors import UsageError
from faultlens.store.questions.events import events
from faultlens.store.questions.filters import Filters
from faultlens.store.questions.results import known_frames, neighbours, result, results, total
from faultlens.store.records import ResultRecord
from faultlens.store.store import Store
from tests.filled_store import END, records

RESULTS = [x for x in records(2400) if isinstance(x, ResultRecord)]
NEWEST = RESULTS[::-1]
LATE = END - timedelta(hours=3)


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (Filters(), lambda x: True),
        (Filters(source="hall"), lambda x: x.source == "hall"),
        (Filters(source="hall", channel="motor-2"), lambda x: x.channel == "motor-2"),
        (Filters(asset="press 3", alarm=True), lambda x: x.asset == "press 3" and x.alarm),
        (Filters(verdict="裂纹"), lambda x: x.verdict == "裂纹"),
        (Filters(shift="night", alarm=True), lambda x: x.shift == "night" and x.alarm),
        (Filters(since=LATE, alarm=False), lambda x: x.time >= LATE and not x.alarm),
        (Filters(until=LATE, verdict="rust"), lambda x: x.time < LATE and x.verdict == "rust"),
        (Filters(part="shaft-00007"), lambda x: x.part == "shaft-00007"),
        (Filters(text="shaft-0001"), lambda x: (x.part or "").startswith("shaft-0001")),
        (Filters(text="MOTOR inner"), lambda x: "motor" in x.channel and "inner" in x.verdict),
        (Filters(text="gearbox-0000"), lambda x: x.frame.startswith("gearbox-0000")),
        (Filters(text="press rust"), lambda x: x.asset == "press 3" and x.verdict == "rust"),
        (Filters(text="no such word"), lambda x: False),
        (Filters(source="no such source"), lambda x: False),
    ],
)  # fmt: skip
def test_pages_hold_every_result_that_is_wanted_once(
    day: Store, filters: Filters, wanted: object
) -> None:
    truth = [x.frame for x in NEWEST if wanted(x)]  # type: ignore[operator]
    found: list[str] = []
    cursor = None
    while True:
        page = results(day, filters, limit=300, cursor=cursor)
        found += [x.frame for x in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert found == truth
    assert total(day, filters) == len(truth)


@pytest.mark.parametrize("hours", [(20.3, 3.7), (5.2, 5.1), (2, 1), (30, 0), (0.2, -1)])
def test_totals_are_exact_between_any_two_times(day: Store, hours: tuple[float, float]) -> None:
    since, until = (END - timedelta(hours=x) for x in hours)
    for more in (Filters(), Filters(alarm=True), Filters(text="press")):
        filters = replace(more, since=since, until=until)
        truth = [
            x
            for x in RESULTS
            if since <= x.time < until
            and (more.alarm is None or x.alarm)
            and (not more.text or x.asset == "press 3")
        ]
        assert total(day, filters) == len(truth)
        assert len(results(day, filters, limit=1000).rows) == min(len(truth), 1000)


def test_a_narrow_first_page_does_not_stop_at_the_hour(day: Store) -> None:
    # A few cracks an hour: a page needs several hours.
    since = END - timedelta(hours=20.5)
    page = results(day, Filters(verdict="crack", since=since), limit=12)
    truth = [x.frame for x in NEWEST if x.verdict == "crack" and x.time >= since]
    assert [x.frame for x in page.rows] == truth[:12]


def test_neighbours_are_of_the_same_channel(day: Store) -> None:
    own = [x.frame for x in RESULTS if x.channel == "motor-6"]
    assert neighbours(day, "hall", own[5]) == (own[4], own[6])
    assert neighbours(day, "hall", own[0]) == (None, own[1])
    assert neighbours(day, "hall", own[-1]) == (own[-2], None)
    assert neighbours(day, "hall", "no such frame") == (None, None)


def test_known_frames_are_told_from_new_ones(day: Store) -> None:
    own = [x.frame for x in RESULTS if x.source == "cam-left"]
    assert known_frames(day, "cam-left", [*own, "new"]) == frozenset(own)
    assert known_frames(day, "hall", own) == frozenset()


def test_one_result_holds_everything(day: Store) -> None:
    # An embedding is kept as float32.
    truth = next(x for x in RESULTS if x.embedding is not None)
    found = result(day, truth.source, truth.frame)
    assert found is not None and found.embedding is not None and truth.embedding is not None
    assert found.embedding == pytest.approx(truth.embedding, abs=1e-7)
    assert (found.result, found.quality) == (truth.result, truth.quality)


@pytest.mark.parametrize("cursor", ["", "x", "1", "1.", ".1", "1.x", "9" * 30 + ".1", "1;DROP.1"])
def test_a_cursor_that_no_page_gave_is_refused(day: Store, cursor: str) -> None:
    with pytest.raises(UsageError, match="leave it out"):
        results(day, cursor=cursor)
    with pytest.raises(UsageError, match="leave it out"):
        events(day, cursor=cursor)


@pytest.mark.parametrize("limit", [-5, 0, 10**9])
def test_a_page_has_one_to_a_thousand_rows(day: Store, limit: int) -> None:
    assert 1 <= len(results(day, limit=limit).rows) <= 1000
