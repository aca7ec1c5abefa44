"""Sizes of a sentence are held against measured sizes, each with its uncertainty."""

from math import erf, pi, sqrt

import pytest

from faultlens.inference.measured_conditions import HeldSize, checked, held_sizes
from faultlens.surfaces.defects.defect import SurfaceDefect
from faultlens.text.conditions import read_conditions
from tests.measured_defects import defect, even_map


def held(sentence: str, found: SurfaceDefect | None = None, count: int = 1) -> HeldSize:
    conditions = read_conditions(sentence)[1]
    return held_sizes(conditions, found or defect(0.08), even_map(), count)[0]


@pytest.mark.parametrize(
    ("sentence", "measured", "answer"),
    [
        ("scratch deeper than 0.05 mm", 0.08, True), ("scratch deeper than 0.1 mm", 0.08, False),
        ("scratch at most 80 µm deep", 0.08, True), ("划痕深度大于0.1毫米", 0.08, False),
        ("bump higher than 0.05 mm", 0.08, True), ("scratch longer than 2 mm", 5.0, True),
        ("scratch wider than 2 mm", 1.0, False), ("dent of an area over 3 mm2", 4.0, True),
        ("pit with a volume over 2 mm3", 1.0, False), ("0.08 mm deep dent", 0.08, True),
        ("pit 2.2 mm across", 2 * sqrt(4 / pi), True), ("two scratches", 1.0, False),
        ("scratch covering over 1 % of the surface", 2.0, True), ("scratch at 10°", 0.0, True),
    ],
)  # fmt: skip
def test_a_size_is_held_against_the_measured_one(
    sentence: str, measured: float, answer: bool
) -> None:
    found = held(sentence)
    assert found.measured == pytest.approx(measured)
    assert found.holds is answer


def test_a_place_is_that_on_the_map() -> None:
    assert held("scratch at the left edge").holds is True
    assert held("scratch at the right edge").holds is False


def test_the_chance_that_it_holds_follows_from_the_uncertainty() -> None:
    near = held("scratch deeper than 0.05 mm", defect(0.055, u95=0.01))
    assert near.holds is True
    assert near.chance == pytest.approx(0.5 * (1 + erf(0.005 / (0.01 / 1.96) / sqrt(2))), abs=1e-9)
    assert held("scratch deeper than 0.05 mm", defect(0.045, u95=0.01)).chance == pytest.approx(
        1 - near.chance
    )
    assert held("scratch deeper than 0.05 mm", defect(0.055, u95=0.0)).chance == 1.0
    between = held("scratch between 0.05 and 0.06 mm deep", defect(0.055, u95=0.01))
    assert between.chance == pytest.approx(2 * near.chance - 1)


def test_a_limit_within_the_uncertainty_is_said() -> None:
    near = held("scratch deeper than 0.05 mm", defect(0.055, u95=0.01))
    assert near.is_close
    assert near.told("en") == "0.055 ± 0.010 mm, within its uncertainty of the limit"
    assert near.told("zh") == "0.055 ± 0.010 mm，与界限之差在不确定度以内"
    far = held("scratch deeper than 0.05 mm", defect(0.075, u95=0.01))
    assert not far.is_close
    assert checked([far], "en")[0].measured == "0.075 ± 0.010 mm"


def test_pixels_say_why_they_are_not_measured() -> None:
    found = held("scratch longer than 30 px")
    assert (found.measured, found.holds, found.chance) == (None, None, 1.0)
    assert found.told("en") == "A scan has no pixels; say the size in mm or µm."


def test_a_direction_is_against_the_axis_of_a_shaft() -> None:
    conditions = read_conditions("transverse crack")[1]
    answers = {}
    for axis in ("u", "v", ""):
        (found,) = held_sizes(conditions, defect(0.08), even_map(axis_along=axis), 1)
        answers[axis] = (found.holds, found.note is None)
    # The defect lies along u; without an axis, u is taken for it, and that is said.
    assert answers == {"u": (False, True), "v": (True, True), "": (False, False)}


def test_a_round_mark_has_no_direction() -> None:
    found = held("transverse scratch", defect(0.08, length_mm=1.0, width_mm=1.0))
    assert found.holds is None and found.note is not None and "round" in found.note.en
