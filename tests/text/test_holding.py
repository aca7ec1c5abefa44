"""A condition holds, fails, or says why it cannot be measured."""

from math import pi

import pytest

from faultlens.text.condition_places import PLACES
from faultlens.text.conditions import Condition, read_conditions
from faultlens.text.holding import Held, Measures, at_place, holds

# 40 px long and 4 px wide, lying along the rows, at 0.05 mm per pixel: 2 mm by 0.2 mm.
CRACK = Measures(40, 4, 160, (10, 48, 40, 4), (100, 200), angle_deg=0.0, mm_per_pixel=0.05)


def held(sentence: str, measures: Measures = CRACK) -> Held:
    return holds(read_conditions(sentence)[1][0], measures)


@pytest.mark.parametrize(
    ("sentence", "measured", "answer"),
    [
        ("crack longer than 0.5 mm", 2.0, True), ("crack longer than 2 mm", 2.0, False),
        ("crack at least 2 mm long", 2.0, True), ("2 mm long crack", 2.0, True),
        ("1.4 mm long crack", 2.0, True), ("1.3 mm long crack", 2.0, False),
        ("crack exactly 1.5 mm long", 2.0, False), ("width < 0.3 mm crack", 0.2, True),
        ("crack wider than 200 µm", 0.2, False), ("crack shorter than 30 px", 40.0, False),
        ("rust covering more than 10 % of the picture", 0.8, False),
        ("area of 0.4 mm2 rust", 0.4, True),
    ],
)  # fmt: skip
def test_a_size_is_held_against_the_mask(sentence: str, measured: float, answer: bool) -> None:
    found = held(sentence)
    assert found.measured == pytest.approx(measured)
    assert (found.holds, found.note) == (answer, None)


def test_a_diameter_is_that_of_the_circle_of_equal_area() -> None:
    pit = Measures(60, 60, pi * 30**2, (0, 0, 60, 60), (100, 100), mm_per_pixel=0.05)
    assert held("corrosion pit 3 mm across", pit).measured == pytest.approx(3.0)


def test_millimetres_without_a_scale_and_any_depth_say_why_they_are_not_measured() -> None:
    unscaled = Measures(40, 4, 160, (10, 48, 40, 4), (100, 200))
    found = held("crack longer than 0.5 mm", unscaled)
    assert (found.measured, found.holds) == (None, None)
    assert found.note is not None and "mm_per_pixel" in found.note.en
    assert held("crack longer than 30 px", unscaled).holds is True
    deep = held("pit deeper than 0.1 mm")
    assert deep.holds is None and deep.note is not None and "faultlens measure" in deep.note.zh


@pytest.mark.parametrize(
    ("sentence", "angle_deg", "axis_deg", "answer"),
    [
        ("transverse crack", 0.0, None, False), ("transverse crack", 90.0, None, True),
        ("transverse crack", 100.0, None, True), ("transverse crack", 0.0, 90.0, True),
        ("longitudinal scratch", 178.0, None, True), ("diagonal scratch", 135.0, None, True),
        ("vertical crack", 90.0, 90.0, True), ("scratch at 45° to the axis", 50.0, None, True),
    ],
)  # fmt: skip
def test_a_direction_is_against_the_axis_of_the_part(
    sentence: str, angle_deg: float, axis_deg: float | None, answer: bool
) -> None:
    crack = Measures(40, 4, 160, (10, 48, 40, 4), (100, 200), angle_deg, axis_deg=axis_deg)
    found = held(sentence, crack)
    assert found.holds is answer
    told = axis_deg is None and "vertical" not in sentence
    assert (found.note is not None and "horizontal of the picture" in found.note.en) is told


def test_a_round_mark_has_no_direction() -> None:
    found = held("transverse dent", Measures(10, 9, 70, (0, 0, 10, 9), (100, 100), 0.0))
    assert found.holds is None and found.note is not None and "too round" in found.note.en


def test_a_number_is_held_against_the_count_where_one_was_made() -> None:
    three = Measures(4, 4, 12, (0, 0, 4, 4), (100, 100), count=3)
    assert held("more than three pits", three).holds is False
    assert held("at least three pits", three).holds is True
    uncounted = held("two pits")
    assert uncounted.holds is None and uncounted.note is not None


@pytest.mark.parametrize(
    ("box", "true"),
    [
        ((2, 2, 10, 10), {"upper left", "left", "top", "left edge", "top edge", "edge", "corner"}),
        ((90, 45, 20, 10), {"centre", "top", "left"}),
        ((185, 60, 10, 10), {"lower right", "right", "bottom", "right edge", "edge"}),
        ((150, 85, 10, 10), {"lower right", "right", "bottom", "bottom edge", "edge", "corner"}),
    ],
)
def test_a_place_is_held_against_the_box(
    box: tuple[float, float, float, float], true: set[str]
) -> None:
    measures = Measures(10, 10, 80, box, (100, 200))
    found = {x for x in PLACES if at_place(x, measures)}
    # A box in the very middle is on neither side.
    assert found - {"left", "right", "top", "bottom"} == true - {"left", "right", "top", "bottom"}
    if "centre" not in true:
        assert found == true


@pytest.mark.parametrize(
    ("sentence", "measured", "answer"),
    [
        ("crack within 0.6 mm of the edge", 0.5, True),
        ("crack within 0.4 mm of the left edge", 0.5, False),
        ("crack more than 100 px from the right edge", 150.0, True),
    ],
)
def test_a_distance_from_an_edge_is_measured(sentence: str, measured: float, answer: bool) -> None:
    found = held(sentence)
    assert found.measured == pytest.approx(measured)
    assert found.holds is answer
    unscaled = Measures(40, 4, 160, (10, 48, 40, 4), (100, 200))
    assert (held(sentence, unscaled).holds is None) is ("mm" in sentence)


def test_every_place_of_the_words_can_be_held() -> None:
    for place in PLACES:
        condition = Condition("place", "is", None, None, "", place, place)
        assert holds(condition, CRACK).holds in (True, False)


def test_a_picture_shows_no_volume() -> None:
    found = held("pit with a volume over 2 mm3")
    assert (found.measured, found.holds) == (None, None)
    assert found.note is not None and "faultlens measure" in found.note.en
