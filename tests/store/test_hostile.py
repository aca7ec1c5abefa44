"""Strings that a database, an index or a spreadsheet would choke on are kept, and do no harm."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.store.example import example_alarm, example_event, example_result
from faultlens.store.exporting import csv_lines
from faultlens.store.questions.actions import actions, outcome
from faultlens.store.questions.alarms import alarms
from faultlens.store.questions.counts import counts
from faultlens.store.questions.facts import facts
from faultlens.store.questions.filters import Filters
from faultlens.store.questions.parts import parts
from faultlens.store.questions.results import known_frames, result, results, total
from faultlens.store.records import Action, AppliedRecord
from faultlens.store.store import Store

AT = datetime(2026, 11, 26, tzinfo=UTC)
HOSTILE = [
    "'; DROP TABLE results; --",
    '" OR 1=1 --',
    "%_\\%",
    "a\x00b",
    "half \udc80 of a letter",
    "\U0010ffff\U0001f916 裂纹",
    "x" * 100_000,
    "\u202eright to left",
    "line\nbreak\r\n\ttab",
    "{}[]:;$1 :name %s %(name)s ?",
    "",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(x[:16]) for x in HOSTILE])
def test_a_hostile_string_comes_back_and_is_found(store: Store, text: str) -> None:
    record = replace(
        example_result(text or "f1", score=0.9),
        source=text or "press",
        channel=text, verdict=text or "crack", part=text, asset=text, shift=text, model=text,
        preview=text, media=text, error="",
        result={"words": text, text: [float("nan"), float("inf")]},
    )  # fmt: skip
    store.write("line", [(1, record), (2, replace(example_alarm("a" + text), comment=text))])
    store.write(text, [(1, replace(example_event(text), en=text, zh=text))])
    assert facts(store).refused == 0
    found = result(store, record.source, record.frame)
    assert found is not None
    assert found.result["words"] == text.encode("utf-8", "backslashreplace").decode()
    assert known_frames(store, record.source, [record.frame]) == {record.frame}
    for filters in (
        Filters(source=record.source), Filters(verdict=record.verdict), Filters(part=text),
        Filters(asset=text, shift=text, channel=text),
    ):  # fmt: skip
        assert total(store, filters) == len(results(store, filters).rows) == 1
    for question in (results, alarms, parts):
        assert question(store, Filters(text=text)) is not None
    assert counts(store, Filters(text=text)).results in (0, 1)
    assert store.watermark(text) == 1


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.text(), st.floats())
def test_any_string_and_number_is_written_and_found(
    store: Store, frame: str, word: str, score: float
) -> None:
    name = frame + uuid4().hex
    record = replace(example_result(name), verdict=word, asset=word, score=score, latency_s=score)
    store.write(uuid4().hex, [(1, record)])
    found = result(store, "press", name)
    assert found is not None
    assert results(store, Filters(text=word), limit=1) is not None
    assert facts(store).refused == 0


def test_two_long_names_that_differ_at_their_end_stay_two(store: Store) -> None:
    first, second = ("x" * 5000 + end for end in "ab")
    store.write("line", [(1, example_result(first)), (2, example_result(second))])
    assert total(store) == 2
    assert known_frames(store, "press", [first, "x" * 5000 + "c"]) == {first}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_spreadsheet_runs_nothing_of_an_export(store: Store, text: str) -> None:
    store.write("line", [(1, replace(example_result("f1"), verdict=text, part=text))])
    lines = "".join(csv_lines(store))
    assert f"'{text}" in lines
    assert f",{text}" not in lines


def test_an_action_is_asked_once_and_done_once(store: Store) -> None:
    asked = Action("1", AT, "shelve", "alarm-7", "mei", "x" * 100_000, {"until": "later"})
    store.ask(asked)
    store.ask(replace(asked, comment="again"))
    (waiting,) = store.waiting_actions()
    assert (waiting.facts, len(waiting.comment)) == ({"until": "later"}, 20_000)
    assert outcome(store, "1") is None
    store.write("line", [(1, AppliedRecord("1", AT, "no such alarm"))])
    store.write("line", [(2, AppliedRecord("1", AT)), (3, AppliedRecord("no such action", AT))])
    assert store.waiting_actions() == []
    assert outcome(store, "1") == "no such alarm"
    store.ask(asked)
    assert store.waiting_actions() == []
    (told,) = actions(store, user="mei").rows
    assert (told.applied, told.outcome) == (AT, "no such alarm")
    assert actions(store, kind="promote").rows == ()


def test_actions_wait_in_the_order_of_asking(store: Store) -> None:
    for i in (3, 1, 2):
        store.ask(Action(str(i), AT, "reset", f"alarm-{i}", "mei"))
    assert [x.id for x in store.waiting_actions()] == ["3", "1", "2"]


def test_what_cannot_be_asked_is_said(store: Store) -> None:
    good = Action("1", AT, "correct", "press/f1", "mei", facts={"label": "rust"})
    with pytest.raises(UnknownNameError, match="acknowledge"):
        store.ask(replace(good, kind="delete everything"))
    with pytest.raises(UsageError, match="both are needed"):
        store.ask(replace(good, user=""))
    with pytest.raises(UsageError, match="both are needed"):
        store.ask(replace(good, target=""))
    with pytest.raises(UsageError, match="20000 characters"):
        store.ask(replace(good, facts={"label": "x" * 30_000}))
    assert store.waiting_actions() == []
