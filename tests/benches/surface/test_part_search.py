"""The benchmark of part search: a piece is found on its own scene and not on another."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from benches.surface.part_search import Searched, part_section, searched


def scene(seed: int) -> NDArray[np.floating]:
    """Blobs, 0 to 1."""
    rng = np.random.default_rng(seed)
    grey = sum(gaussian_filter(rng.normal(size=(240, 320)), x) * x for x in (2, 5, 12))
    return np.asarray((grey - grey.min()) / np.ptp(grey))


def test_a_piece_is_found_on_its_own_scene_alone() -> None:
    for seed in (1, 2):
        one = searched(scene(seed), scene(seed + 10), seed)
        assert one is not None
        assert one.error_px is not None
        assert one.error_px < 1.5
        assert not one.elsewhere


def test_a_piece_without_detail_is_no_template() -> None:
    assert searched(np.full((240, 320), 0.5), scene(1), 1) is None


def test_the_table_counts_what_was_found_where() -> None:
    found = [
        Searched(0.5, False),
        Searched(40.0, True),
        Searched(None, False),
        Searched(1.5, False),
    ]
    shares = [x.value for x in part_section({"roads": found}).figures]
    assert shares == [0.5, 0.25, 0.25, 1.5]
