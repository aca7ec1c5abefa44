"""Tiles cover a picture, overlap, and are all of one size."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.images.tiles import tiles_of

sides = st.integers(1, 150)


@settings(max_examples=40)
@given(sides, sides, st.integers(8, 90), st.integers(0, 60))
def test_tiles_cover_everything_overlap_and_are_alike(
    height: int, width: int, size: int, overlap: int
) -> None:
    overlap = min(overlap, size - 1)
    tiles = tiles_of(height, width, size=size, overlap=overlap)
    seen = np.zeros((height, width), int)
    for tile in tiles:
        tile.of(seen)[:] += 1
        assert (tile.height, tile.width) == (min(size, height), min(size, width))
        assert tile.of(seen).shape == (tile.height, tile.width)
    assert seen.min() >= 1
    lefts = sorted({x.left for x in tiles})
    assert all(b - a <= size - overlap for a, b in pairwise(lefts))


def test_tiles_that_leave_a_gap_are_refused() -> None:
    with pytest.raises(UsageError, match="smaller than the tile"):
        tiles_of(10, 10, size=8, overlap=8)
    with pytest.raises(UsageError, match="one at least"):
        tiles_of(0, 10)
