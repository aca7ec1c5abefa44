"""Tiles cover a picture, and each point of the joined map comes from the most central tile."""

import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultlens.core.errors import UsageError
from faultlens.images.tiles import Tile, joined_map, tiles_of

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


@settings(max_examples=30)
@given(sides, sides, st.integers(20, 90), st.integers(1, 5))
def test_every_point_comes_from_the_tile_in_which_it_is_most_central(
    height: int, width: int, size: int, step: int
) -> None:
    tiles = tiles_of(height, width, size=size, overlap=size // 4)
    parts = [(x, np.full((3, 3), float(i))) for i, x in enumerate(tiles)]
    whole = joined_map(parts, height, width, step=step)
    assert whole.shape == (-(-height // step), -(-width // step))
    rng = np.random.default_rng(height * width)
    for _ in range(10):
        row, column = rng.integers(whole.shape[0]), rng.integers(whole.shape[1])
        depths = [depth(x, row, column, (height, width), step) for x in tiles]
        assert depths[int(whole[row, column])] == max(depths)


def depth(tile: Tile, row: int, column: int, shape: tuple[int, int], step: int) -> float:
    """How far a point lies from the rims of a tile that are not those of the picture."""
    far = [10.0**9]
    for at, start, length, whole in (
        (row, tile.top, tile.height, shape[0]),
        (column, tile.left, tile.width, shape[1]),
    ):
        if not start <= at * step < start + length:
            return -1
        middle = (at + 0.5) * step
        far += [middle - start] if start > 0 else []
        far += [start + length - middle] if start + length < whole else []
    # As in the map: within half a pixel of the rim everything is equally bad.
    return max(min(far), 0.5)


def test_a_map_that_all_tiles_agree_on_is_put_together_without_a_seam() -> None:
    rows, columns = np.mgrid[:200, :333]
    truth = (np.sin(rows / 15) + np.cos(columns / 11)).astype(np.float32)
    tiles = tiles_of(200, 333, size=64, overlap=16)
    whole = joined_map(((x, x.of(truth)) for x in tiles), 200, 333)
    assert (whole == truth).all()


def test_a_rim_that_sees_half_does_not_show() -> None:
    """Tiles whose outermost 10 px are wrong, except at the picture's own rim."""
    parts = []
    for tile in tiles_of(150, 400, size=100, overlap=30):
        found = np.zeros((tile.height, tile.width))
        found[:10] += tile.top > 0
        found[-10:] += tile.top + tile.height < 150
        found[:, :10] += tile.left > 0
        found[:, -10:] += tile.left + tile.width < 400
        parts.append((tile, found))
    assert joined_map(parts, 150, 400).max() == 0


def test_a_long_picture_is_joined_within_little_memory() -> None:
    height, width = 2000, 8000

    def one_by_one() -> Iterator[tuple[Tile, np.ndarray]]:
        for tile in tiles_of(height, width):
            yield tile, np.ones((80, 80), np.float32)

    tracemalloc.start()
    try:
        assert joined_map(one_by_one(), height, width).mean() == 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 130e6  # the map itself has 64 MB


def test_tiles_that_leave_a_gap_are_refused() -> None:
    with pytest.raises(UsageError, match="do not cover"):
        joined_map([(Tile(0, 0, 10, 10), np.ones((2, 2)))], 10, 20)
    with pytest.raises(UsageError, match="smaller than the tile"):
        tiles_of(10, 10, size=8, overlap=8)
    with pytest.raises(UsageError, match="one at least"):
        tiles_of(0, 10)
