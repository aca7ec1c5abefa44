"""The drift page says which sources have changed, and shows what changed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from faultlens.line.dashboard.charts.times import Span
from faultlens.line.dashboard.drift_figures import STEPS, watched
from faultlens.store.records import DriftRecord
from faultlens.store.store import Store
from tests.line.dashboard.analysed_day import visitor


def words(key: str, **_: object) -> str:
    return key


def test_a_changed_source_stands_first_with_its_cause(day: Store, tmp_path: Path) -> None:
    page = visitor(day, tmp_path, "viewer").page("/drift")
    assert "1 changed" in page and "3 steady" in page
    assert page.index("<h2>cam-right</h2>") < page.index("Steady sources")
    assert "Changed: blur" in page
    assert 'src="/media/monitoring/blur.png"' in page


def test_of_many_readings_the_furthest_are_drawn() -> None:
    begin = datetime(2026, 11, 26, tzinfo=UTC)
    readings = [
        DriftRecord("press", begin + timedelta(seconds=k), m, 0.5 + 0.5 * (k == 7_777), 1.0, False)
        for k in range(20_000)
        for m in ("rms", "embedding")
    ]
    span = Span(begin, begin + timedelta(seconds=20_000), UTC)
    one = watched(readings[-2:], readings, span, "en", words)
    assert len(one.chart.table.rows) <= STEPS + 1
    assert max(x[1] for x in one.chart.table.rows) == "1.00"
    assert [x[0] for x in one.measures] == ["what the model sees", "level"]
    assert not one.drifted


def test_engineers_may_take_a_new_reference(own_day: Store, tmp_path: Path) -> None:
    anna = visitor(own_day, tmp_path, "engineer")
    assert "/drift/reference" in anna.page("/drift")
    answer = anna.send("/drift/reference", source="cam-right", channel="", comment="new lamp")
    assert "asked=" in answer.headers["location"]
    asked = own_day.waiting_actions()[-1]
    assert (asked.kind, asked.target, asked.comment) == ("reference", "cam-right", "new lamp")


def test_a_reference_needs_a_reason_a_source_and_an_engineer(
    own_day: Store, tmp_path: Path
) -> None:
    before = len(own_day.waiting_actions())
    anna = visitor(own_day, tmp_path, "engineer")
    anna.send("/drift/reference", source="cam-right", channel="", comment=" ")
    anna.send("/drift/reference", source="nobody", channel="", comment="why not")
    operator = visitor(own_day, tmp_path, "operator")
    refused = operator.send("/drift/reference", source="cam-right", channel="", comment="mine")
    assert refused.status_code == 403
    assert "/drift/reference" not in operator.page("/drift")
    assert len(own_day.waiting_actions()) == before
