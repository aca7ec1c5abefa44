"""People acknowledge, shelve, reset and correct; the line is asked, signed with their name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from faultlens.line.live import LiveState
from faultlens.store.records import AlarmRecord, AppliedRecord
from faultlens.store.store import Store
from tests.line.dashboard.asking import client, logged_in, token

RAISED = datetime(2026, 11, 26, 8, tzinfo=UTC)


def alarm(name: str = "a1", state: str = "unacknowledged", step: str = "raised") -> AlarmRecord:
    return AlarmRecord(
        f"{name}/{step}", name, RAISED, step, state, "cam", "", "f1", "<b>crack</b>", 0.93, 0.7,
        part="shaft-1", comment="x" if step == "acknowledged" else "",
    )  # fmt: skip


@pytest.fixture
def store(people_store: Store) -> Store:
    steps = [
        alarm(),
        alarm("a2", "shelved", "shelved"),
        alarm("a3"),
        alarm("a3", "normal", "closed"),
    ]
    people_store.write("line", list(enumerate(steps, start=1)))
    return people_store


def test_what_stands_comes_from_the_line_or_from_the_store(store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(store, tmp_path), "mei")
    page = asker.get("/alarms").text
    assert 'id="alarm-a1"' in page and 'id="alarm-a2"' in page and 'id="alarm-a3"' not in page
    assert "&lt;b&gt;crack&lt;/b&gt;" in page and "<b>crack" not in page
    live = LiveState("Press 3", datetime.now(UTC).isoformat())
    assert (
        "No alarm stands."
        in logged_in(client(store, tmp_path, lambda: live), "mei").get("/alarms").text
    )


def test_the_history_has_all_and_is_searched(store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(store, tmp_path), "tv")
    assert "/alarms/a3" in asker.get("/alarms?show=history").text
    assert "Nothing here" in asker.get("/alarms?show=history&text=nowhere").text
    assert asker.get("/alarms?show=history&cursor=%27%3B--").status_code == 400


def test_the_history_shows_what_alarmed_and_what_was_said_not_how_it_ended(
    store: Store, tmp_path: Path
) -> None:
    life = [
        alarm("a4"),
        replace(alarm("a4", "acknowledged", "acknowledged"), comment="blade <changed>"),
        replace(alarm("a4", "normal", "closed"), score=0.003),
    ]
    store.write("line", list(enumerate(life, start=5)))
    page = logged_in(client(store, tmp_path), "tv").get("/alarms?show=history").text
    row = page[page.index("/alarms/a4") :].partition("</tr>")[0]
    assert "0.930" in row and "0.003" not in row and "blade &lt;changed&gt;" in row


def test_an_alarm_shows_its_life(store: Store, tmp_path: Path) -> None:
    page = logged_in(client(store, tmp_path), "tv").get("/alarms/a3").text
    assert "raised" in page and "closed" in page and "This alarm is over." in page


@pytest.mark.parametrize("do", ["acknowledge", "reset", "unshelve"])
def test_an_action_is_asked_of_the_line(store: Store, tmp_path: Path, do: str) -> None:
    asker = logged_in(client(store, tmp_path), "mei")
    form = {"csrf": token(asker, "/alarms"), "do": do, "comment": " part taken out ", "next": "/"}
    answer = asker.post("/alarms/a1", data=form)
    (action,) = store.waiting_actions()
    assert (action.kind, action.target, action.user) == (do, "a1", "mei")
    assert action.comment == "part taken out"
    assert answer.headers["location"] == f"/?asked={action.id}"


def test_a_shelving_has_its_end(store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(store, tmp_path), "mei")
    form = {"csrf": token(asker, "/alarms"), "do": "shelve", "comment": "x", "hours": "4"}
    assert asker.post("/alarms/a1", data=form).status_code == 303
    (action,) = store.waiting_actions()
    ends = datetime.fromisoformat(action.facts["until"])
    assert abs(ends - datetime.now(UTC) - timedelta(hours=4)) < timedelta(minutes=1)
    for hours in ("", "-1", "1e9", "9999"):
        assert asker.post("/alarms/a1", data={**form, "hours": hours}).status_code == 400


def test_nothing_is_asked_without_a_comment_or_of_an_unknown_kind(
    store: Store, tmp_path: Path
) -> None:
    asker = logged_in(client(store, tmp_path), "mei")
    form = {"csrf": token(asker, "/alarms"), "do": "acknowledge", "comment": "  "}
    answer = asker.post("/alarms/a1", data=form)
    assert "said=said_no_comment" in answer.headers["location"]
    assert "A comment is needed" in asker.get(answer.headers["location"]).text
    promote = asker.post("/alarms/a1", data={**form, "do": "promote", "comment": "x"})
    assert promote.status_code == 400
    assert store.waiting_actions() == []


def test_a_frame_is_corrected_with_the_same_words(store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(store, tmp_path), "mei")
    page = "/correct?source=cam&frame=f1"
    form = {"csrf": token(asker, page), "source": "cam", "frame": "f1", "label": " oil  film "}
    assert asker.post("/correct", data=form).status_code == 303
    (action,) = store.waiting_actions()
    assert (action.kind, action.target, action.facts) == (
        "correct",
        "cam/f1",
        {"label": "oil film"},
    )
    empty = asker.post("/correct", data={**form, "label": " "})
    assert "said_no_label" in empty.headers["location"]
    assert asker.post("/correct", data={**form, "frame": ""}).status_code == 400


def test_what_became_of_an_action_is_said(store: Store, tmp_path: Path) -> None:
    asker = logged_in(client(store, tmp_path), "mei")
    form = {"csrf": token(asker, "/alarms"), "do": "reset", "comment": "x"}
    for seq, (outcome, word) in enumerate((("", "Done."), ("It does not latch.", "not latch")), 9):
        asker.post("/alarms/a1", data=form)
        (action,) = store.waiting_actions()
        waiting = asker.get(f"/asked/{action.id}").text
        assert "data-refresh" in waiting
        store.write("line", [(seq, AppliedRecord(action.id, RAISED, outcome))])
        done = asker.get(f"/asked/{action.id}").text
        assert word in done and "data-refresh" not in done
    assert asker.get("/asked/..%2f").status_code == 404
