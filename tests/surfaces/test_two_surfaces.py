"""Two surfaces in one file are never measured in silence."""

import numpy as np
import pytest

from faultlens.surfaces.raster import deviation_map
from faultlens.surfaces.reference.fit import fit_reference
from faultlens.surfaces.surface import Surface

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


def test_one_plate_is_one() -> None:
    assert told(plate(0, 1)) == ""
