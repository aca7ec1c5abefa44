"""Each record is written exactly once, however often it is given, and counted with its hour."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from faultlens.store.example import BEGIN, example_alarm, example_event, example_result
from faultlens.store.questions.alarms import alarm_steps, alarms, open_alarms
from faultlens.store.questions.audits import miss_rate, open_audits
from faultlens.store.questions.counts import counts, part_yields
from faultlens.store.questions.events import events
from faultlens.store.questions.facts import facts
from faultlens.store.questions.parts import part, parts
from faultlens.store.questions.results import latest, result, results, total
from faultlens.store.records import AuditRecord, PartRecord, Record, ResultRecord
from faultlens.store.store import Store
from faultlens.store.tables import REFUSED


def numbered(*records: Record, start: int = 1) -> list[tuple[int, Record]]:
    return list(enumerate(records, start=start))


def test_a_result_comes_back_as_it_was_written(store: Store) -> None:
    written = replace(
        example_result("画面 1", score=0.9),
        channel="drive end",
        quality={"brightness": 0.5},
        embedding=(0.5, -0.25),
        preview="previews/1.jpg",
        media="media/1.png",
        media_sha256="ab" * 32,
        false_alarm_rate=0.001,
        profile="press.profile",
    )
    store.write("line", numbered(written))
    assert result(store, "press", "画面 1") == written
    assert result(store, "press", "no such frame") is None


def test_what_lies_below_the_watermark_is_passed_over(store: Store) -> None:
    first = numbered(example_result("f1"), example_event("e1"), example_alarm("a1"))
    store.write("line", first)
    store.write("line", [*first[1:], (4, example_result("f2"))])
    assert store.watermark("line") == 4
    assert total(store) == 2
    assert len(events(store).rows) == 1
    assert len(alarm_steps(store, "a1")) == 1


def test_a_batch_given_again_under_a_new_journal_doubles_nothing(store: Store) -> None:
    batch = numbered(
        *(example_result(f"f{i}", minute=i, score=i / 10) for i in range(10)),
        example_event("e1"),
        example_alarm("a1"),
    )
    store.write("line#1", batch)
    before = counts(store)
    store.write("line#2", batch)
    assert counts(store) == before
    assert before.results == total(store) == 10
    assert before.alarms == 5
    assert len(alarm_steps(store, "a1")) == 1


def test_the_same_frame_twice_in_a_batch_is_one_result(store: Store) -> None:
    store.write("line", numbered(example_result("f1", score=0.9), example_result("f1", score=0.1)))
    assert [x.score for x in results(store).rows] == [0.9]
    assert counts(store).results == 1


def test_the_watermark_never_goes_back(store: Store) -> None:
    store.write("line", [(7, example_result("f7"))])
    store.write("line", [(3, example_result("f3"))])
    assert store.watermark("line") == 7
    assert total(store) == 1


def test_what_breaks_in_the_middle_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from faultlens.store.writing import batch

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(batch.WRITERS, type(example_event("e")), broken)
    with pytest.raises(KeyboardInterrupt):
        store.write("line", numbered(example_result("f1"), example_event("e1")))
    assert store.watermark("line") == 0
    assert total(store) == counts(store).results == 0


def test_a_record_that_no_table_takes_is_put_aside_and_stops_none_behind_it(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = replace(example_result("f2"), score="very high")  # type: ignore[arg-type]
    huge = replace(example_event("e1"), time=2**70)  # type: ignore[arg-type]
    store.write("line", numbered(example_result("f1"), damaged, huge, example_result("f3")))
    assert {x.frame for x in results(store).rows} == {"f1", "f3"}
    assert counts(store).results == 2
    assert store.watermark("line") == 4
    assert facts(store).refused == 2
    with store.reading() as connection:
        rows = connection.execute(select(REFUSED.c.kind, REFUSED.c.record)).all()
    assert "very high" in dict(rows)["ResultRecord"]
    assert caplog.text.count("was put aside") == 2


def test_an_alarm_stands_as_its_last_step_says(store: Store) -> None:
    raised = example_alarm("a1")
    store.write("line", numbered(raised, example_alarm("a2")))
    assert [x.alarm for x in open_alarms(store)] == ["a1", "a2"] or len(open_alarms(store)) == 2
    seen = replace(
        example_alarm("a1", step="acknowledged", state="acknowledged"), user="mei", comment="ok"
    )
    over = replace(example_alarm("a1", step="closed", state="normal"), time=BEGIN - timedelta(1))
    store.write("line", numbered(seen, over, start=3))
    # The clock jumped back: the order of the journal holds.
    assert [x.step for x in alarm_steps(store, "a1")] == ["raised", "acknowledged", "closed"]
    assert [x.alarm for x in open_alarms(store)] == ["a2"]
    row = next(x for x in alarms(store).rows if x.alarm == "a1")
    assert (row.last, row.steps, row.acknowledged_by) == (over, 3, "mei")
    assert row.closed == over.time


def test_a_late_frame_joins_its_part_and_a_reworked_part_counts_again(store: Store) -> None:
    sound = PartRecord("P1", BEGIN, BEGIN, 3, "no defect", False, 0.1, ("left",), "early")
    late = replace(sound, verdict="crack", alarm=True, score=0.9, frames=1, sources=("right",))
    store.write("line", numbered(sound))
    assert part_yields(store)[0].bad == 0
    store.write("line", numbered(late, start=2))
    found = part(store, "P1")
    assert found is not None
    assert (found.frames, found.verdict, found.sources) == (4, "crack", ("left", "right"))
    assert [(x.total, x.bad) for x in part_yields(store)] == [(1, 1)]
    assert [(x.key, x.bad) for x in part_yields(store, "source")] == [("left", 1), ("right", 1)]
    again = replace(sound, first=BEGIN + timedelta(hours=9), last=BEGIN + timedelta(hours=9))
    store.write("line", numbered(again, start=3))
    assert [(x.total, x.bad) for x in part_yields(store)] == [(2, 1)]
    assert len(parts(store).rows) == 2


def test_what_a_person_said_last_of_an_audit_stands(store: Store) -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    drawn = [AuditRecord("press", f"f{i}", at, 0.5) for i in range(3)]
    said = replace(drawn[0], label="scratch", user="mei", is_miss=True)
    store.write("line", numbered(*drawn, said, replace(said, label="no defect", is_miss=False)))
    found = miss_rate(store)
    assert (found.drawn, found.answered, found.misses, found.rate) == (3, 1, 0, 0.0)
    assert {x.record.frame for x in open_audits(store)} == {"f1", "f2"}
    # The draw again, after a kill: the answer stays.
    store.write("another journal", numbered(drawn[0]))
    assert miss_rate(store).answered == 1


def test_the_last_result_of_each_channel_is_known(store: Store) -> None:
    def of(channel: str, minute: int, error: str = "") -> ResultRecord:
        made = example_result(f"{channel}{minute}", minute=minute)
        return replace(made, channel=channel, error=error)

    store.write("line", numbered(of("a", 0), of("b", 1), of("a", 2), of("b", 3, "no picture")))
    assert [x.frame for x in latest(store)] == ["a2", "b1"]
