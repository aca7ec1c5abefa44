"""Detector, decision and alarms together alarm as seldom as wanted, and find what is plain."""

import pytest

from benches.line.false_alarms import RULES, Outcome, Size, of_machine
from benches.line.wandering import drawn_machines

SIZE = Size(machines=1, calibrated=100, healthy=60, faulty=3)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """The short form of `python -m benches.line.false_alarms`."""
    (machine,) = drawn_machines(1, 70_000)
    return {x.rule: x for x in of_machine(machine, SIZE)}


def test_healthy_windows_hardly_ever_raise_an_alarm(outcomes: dict[str, Outcome]) -> None:
    assert {x.windows for x in outcomes.values()} == {SIZE.healthy}
    assert max(outcomes[rule].alarms for rule in RULES) <= 2


def test_too_few_healthy_windows_promise_what_they_can(outcomes: dict[str, Outcome]) -> None:
    promised = [outcomes[rule].promised for rule in RULES]
    assert promised == [1 / 101, 1 / 34, 1 / 21, None]


def test_m_of_n_counts_windows_that_one_of_one_would_alarm_at(
    outcomes: dict[str, Outcome],
) -> None:
    assert outcomes["3 of 5"].above >= outcomes["1 of 1"].above


def test_plain_faults_are_found(outcomes: dict[str, Outcome]) -> None:
    plain = [at for family, snr_db, at in outcomes["1 of 1"].found if snr_db == 5]
    assert len(plain) == 4
    assert sum(at >= 0 for at in plain) >= 3
