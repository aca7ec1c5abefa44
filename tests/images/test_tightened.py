"""A region of heat is drawn in to the defect, so that its measures are those of the defect."""

import numpy as np
import pytest
from scipy import ndimage

from faultlens.images.regions import Region, regions_of
from faultlens.images.simulator.render import render_surface
from faultlens.images.tightened import tightened


def ground(seed: int) -> np.ndarray:
    made = render_surface(
        seed=seed, height_px=160, width_px=160, concept="no_defect", process="ground",
        part="sheet", colour=False, alone=True,
    )  # fmt: skip
    return made.pixels.astype(np.float32) / 255


def hot_region(mask: np.ndarray) -> Region:
    heat = ndimage.gaussian_filter(ndimage.binary_dilation(mask, iterations=6).astype(float), 2)
    (region,) = regions_of(heat.astype(np.float32), 0.5)
    return region


@pytest.mark.parametrize("width", [2, 3, 5])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_line_on_ground_metal_is_as_wide_as_it_was_drawn(width: int, seed: int) -> None:
    grey = ground(seed)
    mask = np.zeros(grey.shape, bool)
    mask[70 : 70 + width, 40:120] = True
    deep = 8 * float(np.std(grey - ndimage.gaussian_filter(grey, 4)))
    dark = np.where(mask, np.clip(grey - deep, 0, 1), grey).astype(np.float32)
    hot = hot_region(mask)
    found = tightened(hot, dark)
    assert hot.width_px > width + 8
    assert found.width_px == pytest.approx(width, abs=2.5)
    assert found.length_px == pytest.approx(80, abs=8)


def test_what_does_not_differ_in_brightness_stays_where_the_heat_is() -> None:
    mask = np.zeros((160, 160), bool)
    mask[60:100, 60:100] = True
    hot = hot_region(mask)
    assert tightened(hot, ground(4)).box == hot.box


def test_a_region_all_over_the_picture_has_nothing_to_be_held_against() -> None:
    (hot,) = regions_of(np.ones((64, 64), np.float32), 0.5)
    assert tightened(hot, ground(5)[:64, :64]) is hot


def test_a_defect_at_the_border_keeps_its_place() -> None:
    grey = np.full((80, 80), 0.5, np.float32)
    grey[:30, 0:4] = 0.9
    (hot,) = regions_of(
        np.pad(np.ones((40, 14), np.float32), ((0, 40), (0, 66))).astype(np.float32), 0.5
    )
    found = tightened(hot, grey)
    assert found.box == (0, 0, 4, 30)
    assert found.at_edge
