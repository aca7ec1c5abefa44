"""Sizes of exact profiles are those of geometry, on coarse rasters too."""

import numpy as np
import pytest

from faultlens.core.errors import InputError
from faultlens.surfaces.defects.sizes import outline_of, outline_sizes
from tests.surfaces.defects.known_maps import bowl


@pytest.mark.parametrize("radius", [4.0, 8.0, 20.0])
def test_a_bowl_has_the_sizes_of_a_paraboloid(radius: float) -> None:
    found = outline_sizes(0.5 * bowl((60, 60), (30.3, 29.8), (radius, radius)), 0.2)

    assert found.depth_mm == pytest.approx(0.5, rel=0.01)
    assert found.volume_mm3 == pytest.approx(0.5 * np.pi * (0.2 * radius) ** 2 / 2, rel=0.01)
    assert found.area_mm2 == pytest.approx(0.9 * np.pi * (0.2 * radius) ** 2, rel=0.03)
    assert found.mean_depth_mm == pytest.approx(0.5 * 0.55, rel=0.03)
    assert found.length_mm == pytest.approx(0.4 * radius * np.sqrt(0.9), rel=0.03)


def test_a_bent_groove_is_as_long_as_its_bend() -> None:
    row, column = np.indices((200, 200)) - 100.0
    ring = np.clip(1 - np.abs(np.hypot(row, column) - 60) / 4, 0, None) * (row > 0)

    found = outline_sizes(ring, 1.0)

    assert found.length_mm == pytest.approx(np.pi * 60, rel=0.03)
    assert found.width_mm == pytest.approx(7.2, rel=0.03)
    assert found.bend == 1


def test_an_edge_that_falls_within_a_cell_lies_half_way_on_the_mean() -> None:
    profile = np.zeros((30, 60))
    profile[10:14, 10:50] = 0.2

    assert outline_sizes(profile, 0.1).area_mm2 == pytest.approx(4 * 40 * 0.01, rel=0.01)


def test_a_depth_is_read_where_it_is_sure() -> None:
    profile = bowl((40, 40), (20, 20), (10, 10))
    profile[20, 25] = 1.2
    doubt = np.full(profile.shape, 0.01)
    doubt[20, 25] = 0.6

    assert outline_sizes(profile, 1.0, doubt_mm=doubt).depth_mm == pytest.approx(1.0, abs=0.02)
    assert outline_sizes(profile, 1.0).depth_mm >= 1.2


def test_small_crumbs_do_not_belong_to_an_outline() -> None:
    profile = bowl((40, 40), (20, 20), (10, 10))
    profile[2, 2] = 0.5

    assert not outline_of(profile, 0.1)[2, 2]


def test_a_profile_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"profile of shape \(4, 4\) cannot be measured"):
        outline_sizes(np.zeros((4, 4)), 1.0)
