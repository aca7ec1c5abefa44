"""Answers about a day agree with what is counted by hand from its records."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.metrics.intervals import share_interval
from faultlens.store.questions.alarms import alarm_steps, alarms, open_alarms, steps_of_frame
from faultlens.store.questions.audits import answered_audits, audit_of, miss_rate, open_audits
from faultlens.store.questions.corrections import corrections, known_labels, labels
from faultlens.store.questions.counts import (
    REST,
    counts,
    pareto,
    part_yields,
    trend,
    verdict_hours,
    yields,
)
from faultlens.store.questions.drift import drift_course, drift_readings, latest_drift
from faultlens.store.questions.facts import choices, facts
from faultlens.store.questions.filters import Filters
from faultlens.store.questions.parts import part, parts
from faultlens.store.questions.scores import (
    latency,
    latency_trend,
    recent_scores,
    score_histogram,
)
from faultlens.store.records import (
    AlarmRecord,
    AuditRecord,
    CorrectionRecord,
    DriftRecord,
    PartRecord,
    ResultRecord,
)
from faultlens.store.store import Store
from tests.filled_store import END, records

ALL = list(records(2400))
RESULTS = [x for x in ALL if isinstance(x, ResultRecord)]
BAD = [x for x in RESULTS if x.alarm]
PARTS = [x for x in ALL if isinstance(x, PartRecord)]


def hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def test_counts_and_pareto_are_those_of_the_records(day: Store) -> None:
    found = counts(day)
    errors = sum(x.error != "" for x in RESULTS)
    assert (found.results, found.alarms, found.errors) == (2400, len(BAD), errors)
    assert (found.parts, found.parts_bad) == (len(PARTS), sum(x.alarm for x in PARTS))
    truth = Counter(x.verdict for x in BAD)
    assert {x.key: x.n for x in pareto(day)} == truth
    assert [x.n for x in pareto(day)] == sorted(truth.values(), reverse=True)
    short = pareto(day, most=2)
    assert (len(short), short[-1].key, sum(x.n for x in short)) == (3, REST, len(BAD))


@pytest.mark.parametrize("by", ["source", "channel", "shift", "asset"])
def test_yields_are_those_of_the_records(day: Store, by: str) -> None:
    whole = Counter(getattr(x, by) for x in RESULTS if not x.error)
    bad = Counter(getattr(x, by) for x in BAD)
    assert {x.key: (x.total, x.bad) for x in yields(day, by)} == {
        k: (n, bad[k]) for k, n in whole.items()
    }


def test_filters_narrow_counts_to_whole_hours(day: Store) -> None:
    since, until = END - timedelta(hours=5), END - timedelta(hours=2)
    found = counts(day, Filters(source="hall", channel="motor-6", since=since, until=until))
    truth = [x for x in RESULTS if x.channel == "motor-6" and since <= x.time < until]
    assert found.results == len(truth)
    assert found.alarms == sum(x.alarm for x in truth)
    since = END - timedelta(hours=20)
    truth = [x for x in BAD if x.shift == "late" and x.time >= since]
    assert counts(day, Filters(shift="late", since=since)).alarms == len(truth) > 0
    assert counts(day, Filters(text="motor-6 PRESS")).results == 0
    assert counts(day, Filters(text="Motor-6")).results == sum(
        x.channel == "motor-6" for x in RESULTS
    )


def test_yields_of_parts_count_parts_and_not_frames(day: Store) -> None:
    (whole,) = part_yields(day)
    assert (whole.total, whole.bad) == (len(PARTS), sum(x.alarm for x in PARTS))
    assert sum(x.total for x in part_yields(day, "hour")) == len(PARTS)
    assert {x.key for x in part_yields(day, "source")} == {"cam-left", "cam-right"}
    of_one = part_yields(day, "all", Filters(source="cam-left"))[0]
    assert of_one.total == sum("cam-left" in x.sources for x in PARTS)


def test_a_trend_has_every_hour_and_days_begin_where_the_plant_is(day: Store) -> None:
    points = trend(day)
    assert [x.time for x in points] == [points[0].time + i * timedelta(hours=1) for i in range(24)]
    truth = Counter(hour(x.time) for x in RESULTS)
    assert {x.time: x.results for x in points} == truth
    days = trend(day, "day", time_zone="Asia/Shanghai")
    assert [x.time.isoformat() for x in days] == [
        "2026-11-25T00:00:00+08:00",
        "2026-11-26T00:00:00+08:00",
    ]
    midnight = datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert days[0].results == sum(x.time < midnight for x in RESULTS)
    assert [x.key for x in yields(day, "day", time_zone="Asia/Shanghai")] == [
        x.time.isoformat() for x in days
    ]
    held = Counter((hour(x.time), x.verdict) for x in BAD)
    assert {(x.time, x.verdict): x.n for x in verdict_hours(day)} == held


def test_scores_and_latencies_are_those_of_the_records(day: Store) -> None:
    found = {(x.source, x.channel): x for x in score_histogram(day)}
    own = [x for x in RESULTS if x.source == "cam-left" and not x.error]
    left = found["cam-left", ""]
    assert left.counts == tuple(
        sum(min(int(x.score * 50), 49) == i for x in own) for i in range(50)
    )
    assert sum(left.alarms) == sum(x.alarm for x in own)
    assert left.threshold == 0.62
    waits = sorted(x.latency_s for x in RESULTS if x.source == "hall")
    hall = next(x for x in latency(day) if x.source == "hall")
    assert hall.n == len(waits)
    assert hall.p50_s == pytest.approx(waits[len(waits) // 2], rel=0.05)
    assert hall.p99_s == pytest.approx(waits[int(0.99 * len(waits))], rel=0.08)
    assert latency(day)[0].source == "" and latency(day)[0].n == 2400
    assert sum(x.n for x in latency_trend(day, Filters(source="hall"))) == len(waits)
    strip = recent_scores(day, "hall", "motor-6", limit=20)
    assert [x.frame for x in strip] == [x.frame for x in RESULTS if x.channel == "motor-6"][-20:]


def test_alarms_are_those_of_their_steps(day: Store) -> None:
    steps = [x for x in ALL if isinstance(x, AlarmRecord)]
    last = {x.alarm: x for x in steps}
    standing = {x for x in last.values() if x.state != "normal"}
    assert set(open_alarms(day)) == standing
    states = [x.state for x in open_alarms(day)]
    assert states == sorted(
        states, key=("unacknowledged", "acknowledged", "returned", "shelved").index
    )
    rows = alarms(day, limit=1000).rows
    assert {x.alarm: x.last for x in rows} == last
    shelved = alarms(day, Filters(source="cam-left"), states=("shelved",), limit=1000).rows
    assert {x.last for x in shelved} == {
        x for x in standing if x.state == "shelved" and x.source == "cam-left"
    }
    some = steps[0]
    assert alarm_steps(day, some.alarm) == tuple(x for x in steps if x.alarm == some.alarm)
    assert some in steps_of_frame(day, some.source, some.frame)
    named = alarms(day, Filters(text="ANNA crack"), limit=1000).rows
    assert named and all(x.acknowledged_by == "Anna" and x.last.verdict == "crack" for x in named)
    with pytest.raises(UnknownNameError, match="acknowledged"):
        alarms(day, states=("seen",))


def test_the_miss_rate_is_that_of_the_answers_with_its_interval(day: Store) -> None:
    said = [x for x in ALL if isinstance(x, AuditRecord) and x.label is not None]
    drawn = [x for x in ALL if isinstance(x, AuditRecord) and x.label is None]
    found = miss_rate(day)
    misses = sum(bool(x.is_miss) for x in said)
    assert (found.drawn, found.answered, found.misses) == (len(drawn), len(said), misses)
    assert found.rate == pytest.approx(misses / len(said))
    assert (found.low, found.high) == pytest.approx(share_interval(misses, len(said)))
    assert found.passed == sum(not x.alarm and not x.error for x in RESULTS)
    waiting = open_audits(day, limit=1000)
    assert len(waiting) == len(drawn) - len(said)
    assert all(x.result is not None and x.result.frame == x.record.frame for x in waiting)
    assert {x.record for x in answered_audits(day, limit=1000).rows} == set(said)
    one = audit_of(day, said[0].source, said[0].frame)
    assert one is not None and one.record == said[0]


def test_corrections_drift_and_parts_come_back_as_they_were(day: Store) -> None:
    said = [x for x in ALL if isinstance(x, CorrectionRecord)]
    assert set(corrections(day, limit=1000).rows) == set(said)
    one = said[0]
    assert list(labels(day, one.source)) == [x for x in said if x.source == one.source]
    assert corrections(day, source=one.source, frame=one.frame).rows == (one,)
    assert {one.label, "no defect", "crack"} <= set(known_labels(day))
    assert one.label in known_labels(day, one.source)
    readings = [x for x in ALL if isinstance(x, DriftRecord) and x.source == "cam-right"]
    assert drift_readings(day, "cam-right", limit=20_000) == tuple(readings)
    newest = {(x.source, x.measure): x for x in ALL if isinstance(x, DriftRecord)}
    assert set(latest_drift(day)) == set(newest.values())
    course = drift_course(day, END - timedelta(days=1), END, steps=24)
    assert [x.time for x in course] == sorted(x.time for x in course)
    best: dict[tuple[object, ...], DriftRecord] = {}
    for x in (y for y in ALL if isinstance(y, DriftRecord)):
        name = (x.source, x.channel, x.measure, (x.time - END) // timedelta(hours=1))
        if name not in best or x.value / x.level > best[name].value / best[name].level:
            best[name] = x
    assert set(course) == set(best.values())
    assert parts(day, limit=1000).rows[0] == PARTS[-1]
    assert part(day, PARTS[3].part) == PARTS[3]
    assert {x.part for x in parts(day, Filters(alarm=True), limit=1000).rows} == {
        x.part for x in PARTS if x.alarm
    }


def test_the_head_of_a_page_says_what_there_is(day: Store) -> None:
    found = facts(day)
    assert (found.first, found.last, found.results) == (RESULTS[0].time, RESULTS[-1].time, 2400)
    assert (found.alarms_open, found.actions_waiting) == (len(open_alarms(day)), 1)
    assert found.audits_open == len(open_audits(day, limit=1000))
    assert choices(day).sources == ("cam-left", "cam-right", "gearbox", "hall")
    assert choices(day).shifts == ("early", "late", "night")


def test_what_cannot_be_asked_is_said(day: Store) -> None:
    with pytest.raises(UnknownNameError, match="source"):
        yields(day, "verdict")
    with pytest.raises(UnknownNameError, match="shift"):
        part_yields(day, "colour")
    with pytest.raises(UnknownNameError, match="hour"):
        trend(day, "minute")
    with pytest.raises(UsageError, match="Asia/Shanghai"):
        trend(day, "day", time_zone="Mars/Base")
    with pytest.raises(UsageError, match="Asia/Shanghai"):
        trend(day, "day", time_zone="../../etc/passwd")
