"""Masks survive COCO's run lengths and polygons, holes and touching corners included."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from faultlens.core.errors import InputError
from faultlens.images.coco_mask import mask_of_rle, polygons, rle

masks = arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def filled(outline: list[float], shape: tuple[int, int]) -> np.ndarray:
    """The pixels whose centre lies inside an outline, by counting crossings of each row."""
    corners = np.array(outline).reshape(-1, 2)
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    inside = np.zeros(shape, bool)
    for (x1, y1), (_, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside ^= (x1 > columns) & ((y1 > rows) != (y2 > rows))
    return inside


@settings(max_examples=80)
@given(masks)
def test_run_lengths_come_back(mask: np.ndarray) -> None:
    stated = rle(mask)
    assert (mask_of_rle(stated) == mask).all()
    assert sum(stated["counts"][1::2]) == mask.sum()
    assert all(x > 0 for x in stated["counts"][1:])


@settings(max_examples=80)
@given(masks)
def test_polygons_filled_again_are_the_mask_and_do_not_overlap(mask: np.ndarray) -> None:
    pieces = [filled(x, mask.shape) for x in polygons(mask)]
    total = np.sum(pieces, axis=0, dtype=int) if pieces else np.zeros(mask.shape, int)
    assert (total == mask).all()


def test_known_masks() -> None:
    mask = np.zeros((3, 4), bool)
    mask[1, 1:3] = True
    # Down the columns: 4 off, 1 on, 2 off, 1 on, 4 off.
    assert rle(mask) == {"size": [3, 4], "counts": [4, 1, 2, 1, 4]}
    assert polygons(mask) == [[1, 1, 3, 1, 3, 2, 1, 2]]
    assert polygons(np.zeros((2, 2), bool)) == []
    assert polygons(np.eye(2, dtype=bool)) == [[0, 0, 1, 0, 1, 1, 0, 1], [1, 1, 2, 1, 2, 2, 1, 2]]


def test_a_ring_is_cut_so_that_it_has_no_hole() -> None:
    rows, columns = np.mgrid[:40, :40] - 19.5
    ring = (np.hypot(rows, columns) < 18) & (np.hypot(rows, columns) > 9)
    outlines = polygons(ring)
    assert len(outlines) == 2
    assert (np.logical_or.reduce([filled(x, ring.shape) for x in outlines]) == ring).all()


def test_runs_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(InputError, match="add up to 3 pixels"):
        mask_of_rle({"size": [2, 2], "counts": [0, 2, 1]})
