"""The table on lives counts what a hand counts: in time, false, and the lead."""

from pathlib import Path

import pytest

from benches.trend import (
    AIMS,
    ALARMED,
    ALL,
    BETWEEN,
    FALSE,
    LEAD,
    LEAD_HOURS,
    TEST,
    TREND,
    WARNED,
    Watched,
    trend_section,
    watched,
)
from faultlens.datasets.femto import read_run

HOUR = 3600.0
ROWS = [
    Watched("Bearing1_1", True, 10 * HOUR, 0.1, 1.0, 0.50, 0.98),  # in time
    Watched("Bearing1_3", False, 10 * HOUR, 0.1, 2.0, 0.20, 0.99),  # false
    Watched("Bearing1_4", False, 10 * HOUR, 0.1, 1.0, 0.95, None),  # too late
    Watched("Bearing1_5", False, 10 * HOUR, 0.1, 1.0, None, None),  # never
]
FIGURES = {(x.subject, x.name): x for x in trend_section(ROWS).figures}


def test_a_warning_counts_as_in_time_false_or_too_late() -> None:
    assert (FIGURES[ALL, WARNED].value, FIGURES[ALL, WARNED].n) == (0.5, 4)
    assert FIGURES[ALL, FALSE].value == 0.25
    assert FIGURES[ALL, BETWEEN].value == 0.25
    assert FIGURES[ALL, ALARMED].value == 0.5
    assert FIGURES[TEST, WARNED].value == pytest.approx(1 / 3)


def test_leads_are_those_of_warnings_that_are_not_false() -> None:
    assert (FIGURES[ALL, LEAD].value, FIGURES[ALL, LEAD].n) == (pytest.approx(0.275), 2)
    assert FIGURES[ALL, LEAD_HOURS].value == pytest.approx(2.75)


def test_every_bearing_is_listed_and_the_aims_name_real_rows() -> None:
    after = trend_section(ROWS).after
    assert all(x.name in after for x in ROWS)
    assert after.count("(false)") == 1
    assert {(TREND, *key) for key in FIGURES} >= set(AIMS)


def test_a_bearing_that_wears_slowly_is_warned_of_in_time(shared_data: Path) -> None:
    """Bearing 1_1, of the learning set, grows louder over half its life."""
    found = watched(read_run(shared_data / "bearing" / "femto" / "Bearing1_1.npz"))
    assert found.in_time
    assert not found.false
    assert found.alarm is not None
    assert found.alarm > 0.9
