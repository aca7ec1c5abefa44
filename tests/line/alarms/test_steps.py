"""An alarm is raised, returns, is raised again, and latches, as ISA-18.2 draws it."""

import pytest

from faultlens.core.errors import UnreadableFileError
from faultlens.line.alarms.actions import after_action
from faultlens.line.alarms.alarms import Alarms, alarms_of_text
from faultlens.line.alarms.steps import after_frame
from faultlens.line.configuration.line_config import DecisionConfig
from faultlens.store.records import Action, AlarmRecord
from tests.line.alarms.judged_frames import START, judged

PLAIN, LATCH = DecisionConfig(), DecisionConfig(latch=True)


def told(records: tuple[AlarmRecord, ...]) -> list[tuple[str, str]]:
    return [(x.step, x.state) for x in records]


def raised(config: DecisionConfig = PLAIN) -> Alarms:
    return after_frame(Alarms("press"), config, judged("1", 0.9), "raise")[0]


def act(alarms: Alarms, kind: str, **facts: str) -> tuple[Alarms, tuple[AlarmRecord, ...]]:
    action = Action(f"{kind}-1", START, kind, alarms.open[0].id, "li", "seen", dict(facts))
    after, records, why_not = after_action(alarms, action)
    assert why_not is None
    return after, records


def test_a_raised_alarm_says_everything_that_is_known_of_its_frame() -> None:
    alarms, (record,) = after_frame(
        Alarms("press"), PLAIN, judged("1", 0.9), "raise", preview="previews/1.jpg"
    )
    assert told((record,)) == [("raised", "unacknowledged")]
    assert (record.source, record.channel, record.frame) == ("hall", "pump", "1")
    assert (record.verdict, record.score, record.threshold) == ("inner race fault", 0.9, 0.5)
    assert (record.asset, record.time, record.preview) == ("pump 7", START, "previews/1.jpg")
    assert alarms.state("hall", "pump") == "unacknowledged"
    assert alarms.state("hall", "fan") == "normal"
    assert alarms.last_steps() == (record,)


def test_a_frame_that_changes_nothing_leaves_no_record() -> None:
    alarms = raised()
    assert after_frame(alarms, PLAIN, judged("2", 0.9), None) == (alarms, ())
    assert after_frame(Alarms("a"), PLAIN, judged("2", 0.1), "return") == (Alarms("a"), ())


def test_acknowledged_and_then_gone_its_life_is_over() -> None:
    alarms, records = act(raised(), "acknowledge")
    assert told(records) == [("acknowledged", "acknowledged")]
    assert (records[0].user, records[0].comment, records[0].frame) == ("li", "seen", "")
    alarms, records = after_frame(alarms, PLAIN, judged("2", 0.1), "return")
    assert told(records) == [("returned", "normal"), ("closed", "normal")]
    assert alarms.open == ()


def test_gone_and_then_acknowledged_its_life_is_over_too() -> None:
    alarms, records = after_frame(raised(), PLAIN, judged("2", 0.1), "return")
    assert told(records) == [("returned", "returned")]
    assert (records[0].verdict, records[0].score) == ("inner race fault", 0.1)
    alarms, records = act(alarms, "acknowledge")
    assert told(records) == [("acknowledged", "normal"), ("closed", "normal")]
    assert alarms.open == ()


def test_raised_again_while_it_stands_it_wants_a_new_acknowledgement() -> None:
    alarms = after_frame(raised(), PLAIN, judged("2", 0.1), "return")[0]
    again, records = after_frame(alarms, PLAIN, judged("3", 0.8), "raise")
    assert told(records) == [("raised", "unacknowledged")]
    assert again.open[0].id == alarms.open[0].id
    assert records[0].frame == "3"


def test_after_its_life_another_one_has_another_id() -> None:
    first = raised()
    over = after_frame(act(first, "acknowledge")[0], PLAIN, judged("2", 0.1), "return")[0]
    next_one = after_frame(over, PLAIN, judged("3", 0.8), "raise")[0]
    assert next_one.open[0].id != first.open[0].id


def test_a_latched_alarm_stays_until_it_is_acknowledged_and_reset() -> None:
    alarms, records = after_frame(raised(LATCH), LATCH, judged("2", 0.1), "return")
    assert told(records) == [("returned", "unacknowledged")]
    alarms, records = act(alarms, "acknowledge")
    assert told(records) == [("acknowledged", "acknowledged")]
    alarms, records = act(alarms, "reset")
    assert told(records) == [("reset", "normal"), ("closed", "normal")]
    assert alarms.open == ()


def test_a_latched_alarm_whose_fault_comes_back_is_raised_again() -> None:
    alarms = after_frame(raised(LATCH), LATCH, judged("2", 0.1), "return")[0]
    alarms, records = after_frame(act(alarms, "acknowledge")[0], LATCH, judged("3", 0.8), "raise")
    assert told(records) == [("raised", "unacknowledged")]


def test_the_same_frame_judged_again_gives_the_same_ids() -> None:
    """After kill -9 a frame may be judged twice; sinks and the store know it by the id."""
    one, two = raised(), raised()
    assert one.last_steps() == two.last_steps()
    other = after_frame(Alarms("mill"), PLAIN, judged("1", 0.9), "raise")[0]
    assert other.open[0].id != one.open[0].id


def test_channels_have_alarms_of_their_own() -> None:
    alarms = after_frame(raised(), PLAIN, judged("1", 0.9, channel="fan"), "raise")[0]
    assert len(alarms.open) == 2
    alarms = after_frame(alarms, PLAIN, judged("2", 0.1), "return")[0]
    assert (alarms.state("hall", "pump"), alarms.state("hall", "fan")) == (
        "returned",
        "unacknowledged",
    )


def test_alarms_survive_their_text() -> None:
    alarms = act(raised(LATCH), "shelve", until="2026-11-26T10:00:00+01:00")[0]
    assert alarms_of_text(alarms.text()) == alarms


@pytest.mark.parametrize("text", ["", "[]", '{"line":"a","open":[[{},"{}"]]}', '{"open":[]}'])
def test_damaged_alarms_are_refused(text: str) -> None:
    with pytest.raises(UnreadableFileError, match="journal is damaged"):
        alarms_of_text(text)
