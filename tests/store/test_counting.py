"""Counts hold under odd clocks, several writers and draws of several shares."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from faultlens.metrics.intervals import share_interval
from faultlens.store.example import BEGIN, example_result
from faultlens.store.questions.audits import miss_rate
from faultlens.store.questions.counts import counts, trend, yields
from faultlens.store.questions.days import MOST_STEPS, day_of, steps_between
from faultlens.store.questions.facts import choices
from faultlens.store.questions.filters import Filters
from faultlens.store.questions.results import results, total
from faultlens.store.records import AuditRecord
from faultlens.store.store import Store, open_store
from faultlens.store.writing.histograms import (
    LATENCY_BINS,
    latency_bin,
    latency_of,
    score_bin,
)

HOUR = timedelta(hours=1)


def test_several_lines_write_into_one_database_at_once(url: str) -> None:
    wrong: list[BaseException] = []

    def writes(name: str) -> None:
        store = open_store(url)
        try:
            for i in range(12):
                made = [
                    replace(
                        example_result(f"{i}-{j}", minute=j, score=j / 40),
                        source=f"{name}-{j % 3}",
                        channel=f"c{(j * 7) % 5}",
                        verdict=f"fault {j % 4}",
                    )
                    for j in range(40)
                ]
                store.write(name, list(enumerate(made, start=1 + 40 * i)))
        except BaseException as error:
            wrong.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=writes, args=(x,)) for x in ("left", "right", "hall")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert wrong == []
    store = open_store(url)
    assert total(store) == counts(store).results == 3 * 12 * 40
    assert len(choices(store).sources) == 9
    assert {x.key: x.total for x in yields(store, "source")} == {
        f"{name}-{i}": 12 * (14 if i == 0 else 13)
        for name in ("left", "right", "hall")
        for i in range(3)
    }
    store.close()


def test_a_clock_that_was_wrong_for_a_frame_makes_no_endless_trend(store: Store) -> None:
    times = [BEGIN, datetime(1970, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)]
    made = [replace(example_result(f"f{i}"), time=x) for i, x in enumerate(times)]
    store.write("line", list(enumerate(made, start=1)))
    points = trend(store)
    assert len(points) == MOST_STEPS + 1
    assert points[-1].results == 1
    assert len(trend(store, "day")) == MOST_STEPS + 1
    assert counts(store).results == total(store) == 3
    assert counts(store, Filters(since=BEGIN - HOUR)).results == 1
    assert len(results(store, Filters(until=BEGIN)).rows) == 2


def test_days_of_23_and_25_hours_are_days() -> None:
    zone = "Europe/Berlin"
    first, last = (
        day_of(datetime(2026, m, d, 12, tzinfo=UTC), zone) for m, d in ((3, 28), (3, 31))
    )
    days = list(steps_between(first, last, "day", zone))
    assert [x.isoformat()[:10] for x in days] == [f"2026-03-{x}" for x in (28, 29, 30, 31)]
    assert [x.hour for x in days] == [0] * 4
    lengths = Counter(
        round((b.astimezone(UTC) - a.astimezone(UTC)) / HOUR) for a, b in pairwise(days)
    )
    assert lengths == {24: 2, 23: 1}
    autumn = [day_of(datetime(2026, 10, d, 12, tzinfo=UTC), zone) for d in (24, 26)]
    assert len(list(steps_between(*autumn, "day", zone))) == 3


def test_an_hour_that_is_there_twice_is_counted_once_as_utc_has_it(store: Store) -> None:
    night = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    made = [replace(example_result(f"f{i}"), time=night + i * HOUR) for i in range(3)]
    store.write("line", list(enumerate(made, start=1)))
    assert [x.results for x in trend(store, "day", time_zone="Europe/Berlin")] == [3]
    assert [x.results for x in trend(store)] == [1, 1, 1]


def test_frames_drawn_with_half_the_chance_count_twice(store: Store) -> None:
    def said(name: str, n: int, misses: int, probability: float) -> list[AuditRecord]:
        return [
            AuditRecord("press", f"{name}{i}", BEGIN, probability, "x", "mei", i < misses)
            for i in range(n)
        ]

    store.write("line", list(enumerate(said("a", 100, 10, 0.1) + said("b", 100, 2, 0.05), start=1)))
    found = miss_rate(store)
    assert found.rate == pytest.approx((10 * 10 + 2 * 20) / (100 * 10 + 100 * 20))
    assert found.low is not None and found.high is not None and found.rate is not None
    # As much as 180 frames of one chance say: Kish.
    low, high = share_interval(8, 180)[0], share_interval(9, 180)[1]
    assert (found.low, found.high) == pytest.approx((low, high))
    assert miss_rate(store, since=BEGIN + HOUR).rate is None


def test_no_miss_among_few_answers_promises_little(store: Store) -> None:
    answers = [AuditRecord("press", f"f{i}", BEGIN, 0.01, "x", "mei", False) for i in range(20)]
    store.write("line", list(enumerate(answers, start=1)))
    found = miss_rate(store, "press")
    assert (found.rate, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(share_interval(0, 20)[1])


def test_bins_hold_every_number() -> None:
    assert [score_bin(x) for x in (-1.0, 0.0, 0.0199, 0.02, 0.999, 1.0, 7.0)] == [
        0, 0, 0, 1, 49, 49, 49,
    ]  # fmt: skip
    assert [latency_bin(x) for x in (-1.0, 0.0, 1e-9, 1e9)] == [0, 0, 0, LATENCY_BINS - 1]
    for seconds in (0.0002, 0.003, 0.04, 0.5, 6.0, 70.0, 800.0):
        assert latency_of(latency_bin(seconds)) == pytest.approx(seconds, rel=0.05)
