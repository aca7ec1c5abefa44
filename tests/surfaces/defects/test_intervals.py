"""Stated intervals cover what they say, also where sound places share their surface."""

import numpy as np
import pytest
from scipy import ndimage

from faultlens.surfaces.defects.find import find_defects
from faultlens.surfaces.defects.intervals import Scatter, corrected, foretold
from tests.surfaces.defects.known_maps import SPACING_MM, Floats, bowl, map_of

SIDE, PLACES = 12, 24


@pytest.mark.parametrize("step", [3, 6, 12])
def test_places_that_overlap_foretell_another_place_19_times_of_20(step: int) -> None:
    rng = np.random.default_rng(step)
    first = np.stack(np.divmod(np.arange(PLACES), 6), axis=1) * step
    sides = first.max(axis=0) + SIDE
    noise = rng.standard_normal((2000, *sides))
    sums = np.stack(
        [noise[:, r : r + SIDE, c : c + SIDE].sum(axis=(1, 2)) for r, c in first], axis=1
    )
    another = SIDE * rng.standard_normal(2000)
    alike = np.clip(1 - np.abs(first[:, None] - first) / SIDE, 0, None).prod(axis=2)

    off = np.abs(another - sums.mean(axis=1))
    reach = foretold(sums.T, alike, PLACES)

    assert 0.94 < float((off <= reach).mean()) < 0.97


def test_a_size_read_on_nothing_sound_is_unsure_by_half() -> None:
    sizes, u95 = corrected(np.full(6, 2.0), Scatter(np.zeros((0, 6)), np.eye(0), 0), 0.1, 0.0, 0.0)

    assert sizes.tolist() == [2.0] * 6
    assert u95.tolist() == [1.0] * 6


def _relief(seed: int) -> Floats:
    """Relief of every width up to a fifth of the map, louder here than there, 0.01 mm."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((160, 160))
    made = sum(width * ndimage.gaussian_filter(noise, width, mode="wrap") for width in (0.5, 2, 8))
    loud = ndimage.gaussian_filter(rng.standard_normal((160, 160)), 30, mode="wrap")
    made = made * np.exp(0.4 * loud / loud.std())
    return np.asarray(0.01 * made / made.std(), np.float64)


def test_intervals_cover_the_sizes_of_bowls_in_relief() -> None:
    covered, widths = [], []
    for seed in range(6):
        rng = np.random.default_rng([seed, 1])
        depth, radii = rng.uniform(0.2, 0.6), (rng.uniform(6, 11), rng.uniform(11, 18))
        middle = (rng.uniform(50, 110), rng.uniform(50, 110))
        values = _relief(seed) - depth * bowl((160, 160), middle, radii)
        across, along = 2 * SPACING_MM * np.sqrt(0.9) * np.array(radii)
        true = {
            "depth_mm": depth,
            "mean_depth_mm": 0.55 * depth,
            "length_mm": along,
            "width_mm": across,
            "area_mm2": np.pi / 4 * along * across,
            "volume_mm3": depth / 2 * np.pi / 4 * along * across / 0.9,
        }
        found = max(find_defects(map_of(values)).defects, key=lambda one: one.volume_mm3)
        for name, size in true.items():
            stated = float(getattr(found, f"{name}_u95"))
            covered.append(abs(float(getattr(found, name)) - size) <= stated)
            widths.append(stated / size)

    # Of 36, which go together by six, 95 % are 34.
    assert sum(covered) >= 32
    assert np.median(widths) < 0.12
