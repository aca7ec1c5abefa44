"""Instruments are drawn to one scale, ordered by urgency, and fill a wall without gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.line.dashboard.instrument import LIMIT_AT, height, spectrum_path, strip
from faultlens.line.dashboard.live_view import live_view
from faultlens.line.dashboard.standing import standing
from faultlens.line.live import LiveSource, LiveState

NOW = "2026-11-26T08:00:00+00:00"
shares = st.floats(0, 1)


@given(shares, shares, st.floats(0.001, 0.999))
def test_a_strip_keeps_the_order_and_puts_the_threshold_at_one_height(
    low: float, high: float, threshold: float
) -> None:
    low, high = min(low, high), max(low, high)
    assert 0 <= height(low, threshold) <= height(high, threshold) <= 1
    assert height(threshold, threshold) == pytest.approx(LIMIT_AT)
    assert (height(high, threshold) > LIMIT_AT + 1e-9) <= (high > threshold)


@given(st.lists(shares, max_size=300), shares)
def test_the_newest_score_stands_at_the_pen(scores: list[float], threshold: float) -> None:
    drawn = strip(scores, threshold)
    if scores:
        assert drawn.line.rpartition("L")[2].lstrip("M").startswith("119 ")
        assert drawn.pen == pytest.approx(100 * (1 - height(scores[-1], threshold)), abs=0.06)
    else:
        assert drawn.line == ""


def test_a_score_that_is_none_or_out_of_range_is_drawn_at_an_end() -> None:
    assert (height(-3.0, 0.5), height(7.0, 0.5)) == (0.0, 1.0)
    assert (height(0.4, 0.0), height(0.4, 1.0)) == (0.4, 0.4)


def test_noise_alone_stays_flat_in_a_spectrum() -> None:
    tops = [float(x.partition("H")[0]) for x in spectrum_path([-50.0, -51.0] * 8).split("V")[1:-1]]
    assert max(tops) - min(tops) < 4


def source(name: str, **more: str) -> LiveSource:
    return LiveSource(name, state=more.pop("state", "running"), **more)  # type: ignore[arg-type]


def test_an_alarm_that_waits_comes_before_a_sensor_that_is_lost() -> None:
    panels = live_view(
        LiveState(
            "a", NOW,
            (source("a", state="lost", alarm="unacknowledged"), source("b", state="lost"),
             source("c", state="lost", alarm="acknowledged"), source("d", alarm="shelved"),
             source("e", state="waiting")),
        )
    ).panels  # fmt: skip
    assert [x.lead.tone for x in panels] == [
        "unacknowledged", "lost", "lost", "shelved", "waiting",
    ]  # fmt: skip


@pytest.mark.parametrize("single", range(1, 13))
@pytest.mark.parametrize("racks", range(3))
def test_a_wall_has_no_gap(single: int, racks: int) -> None:
    sources = [source(f"cam-{k}") for k in range(single)]
    for rack in range(racks):
        sources += [source(f"hall-{rack}", channel=f"m{k}") for k in range(8)]
    view = live_view(LiveState("a", NOW, tuple(sources)))
    assert all(x.spans <= view.columns for x in view.panels)
    cells = sum(x.spans for x in view.panels)
    assert cells % view.columns == 0
    assert 1 <= view.columns <= 6


def test_a_line_without_sources_is_drawn() -> None:
    view = live_view(LiveState("a", NOW))
    assert (view.panels, view.columns) == ((), 1)


def test_the_lamp_of_the_line_tells_the_worst() -> None:
    from datetime import UTC, datetime

    now = datetime.now(UTC)

    def lamp(*states: str, condition: str = "") -> str:
        conditions = ((condition, "x", "y"),) if condition else ()
        alarms = tuple({"state": x} for x in states)
        live = LiveState("a", now.isoformat(), alarms=alarms, conditions=conditions)
        return standing(live, now).state

    assert lamp() == lamp("shelved") == lamp(condition="info") == "normal"
    assert lamp(condition="warning") == "condition"
    assert lamp("acknowledged", condition="error") == "acknowledged"
    assert lamp("acknowledged", "returned") == "unacknowledged"
