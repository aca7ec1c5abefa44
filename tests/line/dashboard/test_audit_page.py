"""A person says what a passed frame shows, with one click; the miss rate stands beside it."""

from pathlib import Path

from faultlens.line.dashboard.audit_page import open_for
from faultlens.line.dashboard.charts.numbers import percent_text
from faultlens.store.questions.audits import miss_rate
from faultlens.store.records import AuditRecord
from faultlens.store.store import Store
from tests.filled_store import END
from tests.line.dashboard.analysed_day import visitor

FRAMES = ("cam-left-000002", "cam-left-000004")


def drawn(store: Store) -> None:
    """Two frames that wait for a word, and one that is gone."""
    rows = [AuditRecord("cam-left", x, END, 0.01) for x in (*FRAMES, "removed")]
    store.write("draw", list(enumerate(rows, start=1)))


def first(store: Store) -> tuple[str, str]:
    record = open_for(store)[0].record
    return record.source, record.frame


def test_the_rate_is_that_of_the_answers(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page("/audit")
    found = miss_rate(day)
    assert found.rate is not None
    assert f">{percent_text(found.rate)}</text>" in page
    assert f"{found.misses} missed of {found.answered} looked at" in page


def test_sound_is_one_click(own_day: Store, tmp_path: Path) -> None:
    drawn(own_day)
    source, frame = first(own_day)
    waiting = len(open_for(own_day))
    mei = visitor(own_day, tmp_path, "operator")
    assert f'value="{frame}"' in mei.page("/audit")
    answer = mei.send("/audit/answer", source=source, frame=frame, answer="sound")
    assert answer.status_code == 303 and "asked=" in answer.headers["location"]
    asked = own_day.waiting_actions()[-1]
    assert (asked.kind, asked.target) == ("audit", f"{source}/{frame}")
    assert asked.facts == {"label": "no defect", "is_miss": False}
    # Answered is answered, also before the line has written it down.
    assert len(open_for(own_day)) == waiting - 1
    assert f'value="{frame}"' not in mei.page("/audit")


def test_a_fault_is_a_miss(own_day: Store, tmp_path: Path) -> None:
    drawn(own_day)
    source, frame = first(own_day)
    mei = visitor(own_day, tmp_path, "operator")
    mei.send("/audit/answer", source=source, frame=frame, answer="fault", label=" hairline ")
    assert own_day.waiting_actions()[-1].facts == {"label": "hairline", "is_miss": True}


def test_an_answer_needs_a_word_an_open_frame_and_an_operator(
    own_day: Store, tmp_path: Path
) -> None:
    drawn(own_day)
    source, frame = first(own_day)
    before = own_day.waiting_actions()
    mei = visitor(own_day, tmp_path, "operator")
    mei.send("/audit/answer", source=source, frame=frame, answer="fault", label=" ")
    gone = mei.send("/audit/answer", source=source, frame="none", answer="sound")
    assert gone.headers["location"] == "/audit?said=said_audit_gone"
    assert "not open any more" in mei.page("/audit?said=said_audit_gone")
    viewer = visitor(own_day, tmp_path, "viewer")
    assert viewer.send("/audit/answer", source=source, frame=frame).status_code == 403
    assert "Operators and engineers" in viewer.page("/audit")
    assert own_day.waiting_actions() == before


def test_a_frame_that_was_removed_is_not_asked_about(own_day: Store) -> None:
    drawn(own_day)
    assert "removed" not in {x.record.frame for x in open_for(own_day)}


def test_a_chosen_frame_is_shown(own_day: Store, tmp_path: Path) -> None:
    drawn(own_day)
    page = visitor(own_day, tmp_path, "operator").page(f"/audit?source=cam-left&frame={FRAMES[1]}")
    assert f'name="frame" value="{FRAMES[1]}"' in page


def test_all_answered_says_so(own_day: Store, tmp_path: Path) -> None:
    mei = visitor(own_day, tmp_path, "operator")
    for one in open_for(own_day):
        mei.send("/audit/answer", source=one.record.source, frame=one.record.frame, answer="sound")
    assert "All are answered" in mei.page("/audit")
