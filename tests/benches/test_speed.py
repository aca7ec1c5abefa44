"""Speed is measured on real runs, and windows on one core."""

import pytest

from benches.speed import speed_section
from benches.topics import (
    AIMS,
    CLOCK,
    HOUR,
    IN_PROCESS,
    PROCESSOR,
    SPEED,
    TIME,
    WHOLE_COMMAND,
    WINDOWS,
)
from faultlens.evaluation.figures import Section


@pytest.fixture(scope="module")
def section() -> Section:
    """One short run."""
    return speed_section(sample=3, repeats=1)


def test_a_run_is_timed_in_process_and_as_a_command(section: Section) -> None:
    found = {(x.subject, x.name): x for x in section.figures}
    inside, command = found[IN_PROCESS, TIME], found[WHOLE_COMMAND, TIME]
    assert (inside.unit, command.unit) == ("ms", "s")
    # A whole command starts Python too, and neither takes half a minute on any machine.
    assert 1 < inside.value < 1000 * command.value < 30000


def test_windows_are_prepared_and_encoded_one_by_one(section: Section) -> None:
    found = {x.name: x for x in section.figures if x.subject == WINDOWS}
    assert found[PROCESSOR].n == 3 and "3 different ones" in section.note
    milliseconds = found["prepare a window"].value + found["encode a window"].value
    assert found[PROCESSOR].value == pytest.approx(1000 / milliseconds)
    # The clock runs on while the processor waits or works for others.
    assert 0 < found[CLOCK].value <= 1.05 * found[PROCESSOR].value


def test_every_aim_of_speed_is_measured(section: Section) -> None:
    measured = {(x.topic, x.subject, x.name) for x in section.figures}
    aims = {key for key in AIMS if key[0] == SPEED}
    # An hour of wav is measured on request only.
    assert {subject for _, subject, _ in aims - measured} == {HOUR}
