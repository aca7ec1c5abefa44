"""People acknowledge, shelve and reset alarms, by name and with a comment; else it is said why."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from faultlens.core.errors import UnknownNameError
from faultlens.line.alarms.actions import after_action
from faultlens.line.alarms.alarms import Alarms
from faultlens.line.alarms.shelving import after_removed, after_time
from faultlens.line.alarms.steps import after_frame
from faultlens.line.configuration.line_config import DecisionConfig
from faultlens.store.records import Action, AlarmRecord
from tests.line.alarms.judged_frames import START, judged

PLAIN, LATCH = DecisionConfig(), DecisionConfig(latch=True)
HOUR = timedelta(hours=1)


def raised(config: DecisionConfig = PLAIN) -> Alarms:
    return after_frame(Alarms("press"), config, judged("1", 0.9), "raise")[0]


def gone(alarms: Alarms, frame: str = "2") -> Alarms:
    return after_frame(alarms, PLAIN, judged(frame, 0.1), "return")[0]


def asked(
    alarms: Alarms, kind: str, *, until: object = None, user: str = "li", comment: str = "seen"
) -> tuple[Alarms, list[tuple[str, str]], str]:
    """After an action: the alarms, steps and states told, and why not."""
    action = Action(f"{kind}-1", START, kind, alarms.open[0].id, user, comment, {"until": until})
    after, records, why_not = after_action(alarms, action)
    return after, told(records), "" if why_not is None else why_not.en


def told(records: tuple[AlarmRecord, ...]) -> list[tuple[str, str]]:
    return [(x.step, x.state) for x in records]


def shelved(alarms: Alarms, end: datetime = START + HOUR) -> Alarms:
    after, records, why_not = asked(alarms, "shelve", until=end.isoformat())
    assert (records, why_not) == ([("shelved", "shelved")], "")
    return after


@pytest.mark.parametrize("kind", ["acknowledge", "shelve", "reset"])
def test_who_and_why_are_asked_for(kind: str) -> None:
    assert "name" in asked(raised(), kind, user=" ")[2]
    assert "comment" in asked(raised(), kind, comment="\n")[2]
    assert "at most 2000" in asked(raised(), kind, comment="a" * 2001)[2]


def test_what_cannot_be_is_said_and_changes_nothing() -> None:
    for alarms, kind, words in (
        (asked(raised(), "acknowledge")[0], "acknowledge", "already"),
        (raised(), "reset", "does not latch"),
        (raised(LATCH), "reset", "still there"),
        (gone(raised(LATCH)), "reset", "Acknowledge it first"),
        (raised(), "unshelve", "not shelved"),
        (shelved(raised()), "acknowledge", "unshelve it first"),
        (shelved(raised(LATCH)), "reset", "unshelve it first"),
    ):
        after, records, why_not = asked(alarms, kind)
        assert words in why_not
        assert (after, records) == (alarms, [])


def test_an_alarm_that_is_over_or_never_was_is_said_in_both_languages() -> None:
    action = Action("1", START, "acknowledge", "nobody's", "li", "seen")
    why_not = after_action(raised(), action)[2]
    assert why_not is not None
    assert "nobody's" in why_not.en
    assert "nobody's" in why_not.zh


def test_an_action_on_something_else_is_our_mistake() -> None:
    with pytest.raises(UnknownNameError, match="acknowledge"):
        asked(raised(), "promote")


@pytest.mark.parametrize(
    "until",
    [None, "", "tomorrow", 5, "2026-11-26T10:00:00", "2026-11-26T07:59:00+00:00",
     "2026-12-03T08:00:01+00:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"],
)  # fmt: skip
def test_a_shelving_needs_its_end_within_seven_days(until: object) -> None:
    assert "at most 7 days ahead" in asked(raised(), "shelve", until=until)[2]


def test_a_shelving_ends_by_itself() -> None:
    alarms = shelved(raised())
    assert alarms.open[0].last.until == START + HOUR
    assert after_time(alarms, START + HOUR * 0.99) == (alarms, ())
    alarms, records = after_time(alarms, START + HOUR)
    assert told(records) == [("unshelved", "unacknowledged")]
    assert records[0].until is None
    assert after_time(alarms, START + 2 * HOUR) == (alarms, ())


def test_a_clock_that_is_set_back_ends_a_shelving_rather_than_lengthen_it() -> None:
    alarms = shelved(raised())
    assert after_time(alarms, START - timedelta(seconds=30))[1] == ()
    assert told(after_time(alarms, START - HOUR)[1]) == [("unshelved", "unacknowledged")]


def test_of_a_shelved_alarm_nothing_is_told_until_its_end() -> None:
    alarms, records = after_frame(shelved(raised()), PLAIN, judged("2", 0.1), "return")
    assert (records, alarms.state("hall", "pump")) == ((), "shelved")
    assert told(after_time(alarms, START + HOUR)[1]) == [("unshelved", "returned")]


def test_a_fault_that_came_back_while_shelved_is_raised_at_the_end() -> None:
    seen = asked(raised(), "acknowledge")[0]
    alarms, records = after_frame(gone(shelved(seen)), PLAIN, judged("3", 0.8), "raise")
    assert (records, alarms.state("hall", "pump")) == ((), "shelved")
    alarms, records = after_time(alarms, START + HOUR)
    assert told(records) == [("unshelved", "unacknowledged"), ("raised", "unacknowledged")]
    assert (records[1].frame, records[1].score) == ("3", 0.8)


def test_a_fault_that_went_while_shelved_and_was_acknowledged_is_over_at_the_end() -> None:
    alarms = gone(shelved(asked(raised(), "acknowledge")[0]))
    alarms, records = after_time(alarms, START + HOUR)
    assert told(records) == [("unshelved", "normal"), ("closed", "normal")]
    assert alarms.open == ()


def test_a_person_ends_a_shelving_and_lengthens_it() -> None:
    longer = shelved(shelved(raised()), START + 2 * HOUR)
    assert after_time(longer, START + HOUR) == (longer, ())
    after, records, _ = asked(longer, "unshelve")
    assert records == [("unshelved", "unacknowledged")]
    assert (after.open[0].last.user, after.open[0].last.comment) == ("li", "seen")


def test_the_fault_of_a_source_that_is_watched_no_more_counts_as_gone() -> None:
    alarms = raised(LATCH)
    assert after_removed(alarms, ["other"], START) == (alarms, ())
    records = after_removed(alarms, ["hall"], START)[1]
    assert told(records) == [("returned", "returned")]
    seen = asked(alarms, "acknowledge")[0]
    assert told(after_removed(seen, ["hall"], START)[1])[-1] == ("closed", "normal")
    hidden, records = after_removed(shelved(alarms), ["hall"], START)
    assert records == ()
    assert told(after_time(hidden, START + HOUR)[1]) == [("unshelved", "returned")]


def test_the_same_action_again_gives_the_same_record() -> None:
    alarms = raised()
    action = Action("7", START, "acknowledge", alarms.open[0].id, "li", "seen")
    assert after_action(alarms, action)[1] == after_action(alarms, replace(action))[1]
