"""The benchmark of small defects: its frames have known truth, and its table says what was told."""

import numpy as np
import pytest

from benches.surface.small import (
    LARGEST_PX,
    ROI_PX,
    SMALLEST_PX,
    Answers,
    small_frames,
    small_section,
)


@pytest.mark.parametrize("seed", [0, 3])
def test_a_frame_differs_from_its_clean_self_in_a_small_box_inside_the_region(seed: int) -> None:
    (frame,) = small_frames(1, seed=seed, height_px=700, width_px=900)
    left, top, width, height = frame.box
    assert SMALLEST_PX <= max(width, height) <= LARGEST_PX
    changed = frame.hurt.pixels != frame.clean.pixels
    rows, columns = (
        np.flatnonzero(changed.reshape(700, 900, -1).any(axis=x)) for x in ((1, 2), (0, 2))
    )
    # Beside what visibly changed, grain may differ by a grey value.
    assert top - 48 <= rows[0] <= top + height <= rows[-1] + 49
    assert left - 48 <= columns[0] <= left + width <= columns[-1] + 49
    x, y, wide, tall = frame.roi
    assert (wide, tall) == ROI_PX
    assert 0 <= x <= left and left + width <= x + wide <= 900
    assert 0 <= y <= top and top + height <= y + tall <= 700


def test_the_same_seed_renders_the_same_frame() -> None:
    one, two = (next(small_frames(1, seed=5, height_px=300, width_px=400)) for _ in range(2))
    assert np.array_equal(one.hurt.pixels, two.hurt.pixels)
    assert one.box == two.box


def test_shares_and_order_are_counted() -> None:
    told = Answers([0.1, 0.5], [0.4, 0.9], [True, False], [1.0, 3.0])
    figures = small_section({"as they are": told}).figures
    assert [x.value for x in figures] == [0.75, 0.5, 2.0]
    assert figures[1].text.endswith("1 of 2")
