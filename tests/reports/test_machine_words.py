"""Bearing and speed in a few words: what was stated, what was fitted, what nobody knows."""

from collections.abc import Callable

import pytest

from faultlens.reports.machine_words import machine_words
from faultlens.reports.view import SignalView

MakeView = Callable[..., SignalView]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", ("bearing 6205", "stated 1772 rpm", "measured 1772 rpm")),
        ("zh", ("轴承 6205", "给定转速 1772 r/min", "实测转速 1772 r/min")),
    ],
)
def test_a_stated_bearing_and_the_measured_speed_are_told(
    make_view: MakeView, lang: str, told: tuple[str, ...]
) -> None:
    assert machine_words(make_view("inner_race"), lang) == told


def test_a_fit_is_called_one_and_measures_no_speed(make_view: MakeView) -> None:
    view = make_view("inner_race", bearing=None)
    assert view.fitted_elements == 9
    assert machine_words(view) == ("bearing not stated; best fit n=9", "stated 1772 rpm")
    assert machine_words(view, "zh")[0] == "轴承未给出；最佳拟合 n=9"


def test_nothing_known_is_said(make_view: MakeView) -> None:
    assert machine_words(make_view("no_bearing")) == ("bearing unknown", "speed unknown")
