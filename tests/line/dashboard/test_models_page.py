"""Which model judges, what speaks for the next, and that a swap wants a reason and a tick."""

from pathlib import Path

import pytest

from faultlens.line.dashboard.models_view import evidence_of
from faultlens.line.live import LiveState
from faultlens.store.records import AppliedRecord
from faultlens.store.store import Store
from tests.filled_store import END
from tests.line.dashboard.analysed_day import EVIDENCE, visitor

CANDIDATE = {"source": "cam-right", "reference": "tuned@0123456789ab"}


def words(key: str, **_: object) -> str:
    return key


def test_it_shows_both_models_on_the_same_frames(day: Store, tmp_path: Path) -> None:
    live = LiveState("press-3", "", shadow={"cam-right": CANDIDATE["reference"]})
    page = visitor(day, tmp_path, live=live).page("/models")
    for told in ("candidate: 96 of 100", "live: 90 of 100", "96.0 %", "20 new labelled frames",
                 "judges beside it", "Fewer false alarms on oil."):  # fmt: skip
        assert told in page


def test_better_is_more_correct_and_less_missed() -> None:
    view = evidence_of(EVIDENCE, words, {})
    assert [x.mark for x in view.rates] == ["better", "worse", "alike"]
    assert view.facts == (("labelled", "20"),)


@pytest.mark.parametrize("odd", [{"rates": 3}, {"rates": [{"live": [1]}]}, {"a": [1], "b": None}])
def test_odd_evidence_is_none(odd: dict[str, object]) -> None:
    assert evidence_of(odd, words, {}).is_empty


def test_a_promotion_with_reason_and_tick_is_asked(own_day: Store, tmp_path: Path) -> None:
    anna = visitor(own_day, tmp_path)
    answer = anna.send("/models/promote", **CANDIDATE, comment="better", confirmed="yes")
    assert "asked=" in answer.headers["location"]
    asked = own_day.waiting_actions()[-1]
    assert (asked.kind, asked.target, asked.user, asked.comment, asked.facts) == (
        "promote", "cam-right", "engineer", "better", {"reference": CANDIDATE["reference"]},
    )  # fmt: skip
    assert "Asked by engineer: Promote" in anna.page("/models")


def test_a_rollback_names_the_model_before(own_day: Store, tmp_path: Path) -> None:
    anna = visitor(own_day, tmp_path)
    before = {"source": "cam-left", "reference": "builtin/surface@5f1c9a03b7de"}
    anna.send("/models/rollback", **before, comment="oil again", confirmed="yes")
    asked = own_day.waiting_actions()[-1]
    assert (asked.kind, asked.facts) == ("rollback", {"reference": before["reference"]})


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("promote", {**CANDIDATE, "comment": "x"}, "said_unconfirmed"),
        ("promote", {**CANDIDATE, "confirmed": "yes"}, "said_no_reason"),
        ("reject", CANDIDATE, "said_no_reason"),
        ("reject", {**CANDIDATE, "reference": "older@1", "comment": "x"}, "said_model_gone"),
        ("rollback", {**CANDIDATE, "comment": "x", "confirmed": "yes"}, "said_model_gone"),
        ("tune", {"source": ""}, "said_model_gone"),
        ("burn", CANDIDATE, "said_model_gone"),
    ],
)
def test_what_is_not_meant_is_not_asked(
    own_day: Store, tmp_path: Path, kind: str, fields: dict[str, str], said: str
) -> None:
    before = own_day.waiting_actions()
    answer = visitor(own_day, tmp_path).send(f"/models/{kind}", **fields)
    assert answer.headers["location"] == f"/models?said={said}"
    assert own_day.waiting_actions() == before


def test_only_engineers_change_models(own_day: Store, tmp_path: Path) -> None:
    operator = visitor(own_day, tmp_path, "operator")
    assert "/models/promote" not in operator.page("/models")
    fields = {**CANDIDATE, "comment": "x", "confirmed": "yes"}
    assert operator.send("/models/promote", **fields).status_code == 403


def test_why_the_line_would_not_is_told(own_day: Store, tmp_path: Path) -> None:
    anna = visitor(own_day, tmp_path)
    anna.send("/models/tune", source="hall", comment="")
    asked = own_day.waiting_actions()[-1]
    refusal = AppliedRecord(asked.id, END, "There are no corrections yet.")
    own_day.write("refuse", [(1, refusal)])
    assert "There are no corrections yet." in anna.page("/models")
