"""Two surfaces in one file are never measured in silence."""

import numpy as np
import pytest

from faultlens.surfaces.layers import layers_apart
from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.surface import Surface
from tests.surfaces.shaped import shaped

SIDE = np.arange(0, 20, 0.4)


def plate(height_mm: float, seed: int) -> np.ndarray:
    x, y = np.meshgrid(SIDE, SIDE)
    z = height_mm + 0.005 * np.random.default_rng(seed).standard_normal(x.shape)
    return np.stack([x, y, z], axis=-1).reshape(-1, 3)


def told(points: np.ndarray) -> str:
    surface = Surface(points)
    return " ".join(str(x) for x in deviation_map(surface, fit_reference(surface)).warnings)


@pytest.mark.parametrize("share", [0.3, 0.5, 1.0])
def test_two_plates_over_each_other_are_said_to_be_two(share: float) -> None:
    second = plate(15, 2)
    some = np.random.default_rng(3).random(len(second)) < share
    words = told(np.concatenate([plate(0, 1), second[some]]))
    assert "Two surfaces" in words
    assert "in a file of its own" in words


@pytest.mark.parametrize(("apart", "strewn"), [(15.0, True), (5.0, False), (0.2, True)])
def test_two_plates_of_as_many_points_are_told_as_what_they_are(apart: float, strewn: bool) -> None:
    points = np.concatenate([plate(0, 1), plate(apart, 2)])
    if strewn:
        points[:, :2] += np.random.default_rng(3).uniform(-0.2, 0.2, (len(points), 2))
    assert f"Two surfaces lie over each other, {apart:.1g}"[:34] in told(points)
    assert "no form" not in told(points)
    assert layers_apart(points) == pytest.approx(apart, rel=0.01)


def test_two_plates_beside_each_other_are_not_over_each_other() -> None:
    words = told(np.concatenate([plate(0, 1), plate(5, 2) + np.array([25.0, 0, 0])]))
    assert "separate pieces" in words
    assert "over each other" not in words


@pytest.mark.parametrize("rise", [0.5, 5.0])
def test_a_step_in_one_surface_is_not_two_surfaces(rise: float) -> None:
    points = plate(0, 1)
    points[points[:, 0] > 10, 2] += rise
    assert "over each other" not in told(points)
    assert layers_apart(points) == 0.0


def test_a_tube_seen_all_round_is_one_surface() -> None:
    assert "over each other" not in told(shaped("cylinder", arc_deg=360).surface.points_mm)


def test_one_plate_is_one() -> None:
    assert told(plate(0, 1)) == ""
