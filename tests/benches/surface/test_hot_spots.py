"""Told spots are counted against marked boxes; what is chosen is counted on other scenes."""

from pathlib import Path

import numpy as np
import pytest

from benches.surface.hot_spots import Told, held_out, told_of
from benches.surface.substation import Pair, substation_pairs
from faultlens.images.thermal.thermal import Thermal


def pair(name: str, *boxes: tuple[float, float, float, float]) -> Pair:
    return Pair(name, name, Path("."), boxes)


def infrared(_: Pair) -> Thermal:
    """Two spots: of 60 K at (100, 200), of 20 K at (200, 60)."""
    celsius = np.full((288, 384), 15.0, np.float32)
    celsius[96:104, 196:204] += 60
    celsius[196:204, 56:64] += 20
    return Thermal(celsius)


def test_spots_lie_in_their_boxes_or_are_false() -> None:
    told = told_of([pair("a", (190, 90, 210, 110)), pair("b", (50, 190, 70, 210))], infrared)
    assert told.scores[told.marks >= 0].size == 2
    curve = told.curve(np.array([0, 1]))
    # The hottest is found in the first picture and false in the second.
    assert curve.found_at(0.5) == 0.5
    assert curve.found_at(1.0) == 1.0


def test_a_picture_drawn_twice_counts_twice() -> None:
    told = told_of([pair("a", (190, 90, 210, 110)), pair("b", (0, 0, 5, 5))], infrared)
    assert told.curve(np.array([0, 0])).found_at(0) == 1.0
    assert told.curve(np.array([0, 1])).found_at(1) == 0.5


def test_the_threshold_of_the_one_half_is_held_on_the_other() -> None:
    rng = np.random.default_rng(3)
    pictures = np.repeat(np.arange(40), 6)
    marks = np.where(np.arange(240) % 6 == 0, 0, -1)
    scores = np.where(marks >= 0, 0.6, 0.3) + rng.uniform(0, 0.25, 240)
    told = Told(scores, pictures, marks, np.ones(40, int))
    blind = Told(rng.uniform(0, 1, 240), pictures, marks, np.ones(40, int))
    found, false = held_out([blind, told], [f"s{x // 2}" for x in range(40)], seed=1)
    assert found == 1.0
    assert false == pytest.approx(1.0, abs=0.6)


def test_the_set_is_read_with_its_boxes_and_scenes(shared_data: Path) -> None:
    pairs = substation_pairs(shared_data / "images" / "substation_ir_vis")
    assert len(pairs) == 60
    assert sum(len(x.boxes) for x in pairs) == 93
    scenes = {x.name: x.scene for x in pairs}
    assert scenes["sub_station_75"] == scenes["sub_station_77"] != scenes["sub_station_120"]
    one = next(x for x in pairs if x.name == "sub_station_401")
    thermal = one.thermal()
    assert thermal.celsius.max() == pytest.approx(104.3, abs=0.05)
    row, column = np.unravel_index(int(thermal.celsius.argmax()), thermal.celsius.shape)
    assert one.marked_at(int(row), int(column)) == 0
