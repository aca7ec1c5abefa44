"""Windows of sound parts: what is painted is told by mask and concept, the rest stays as it was."""

import numpy as np
import pytest

from faultlens.core.errors import UsageError
from faultlens.images.image import Image
from faultlens.images.simulator.render import render_surface
from faultlens.training.surface.painted import painted_windows, window_px

CONCEPTS = ("no_defect", "scratch", "porosity")


def sound(seed: int, *, colour: bool = False) -> Image:
    made = render_surface(
        seed=seed, height_px=96, width_px=112, concept="no_defect", process="ground", colour=colour
    )
    return Image(made.pixels, name=f"{seed}.png")


def is_a_window_of(window: np.ndarray, pixels: np.ndarray) -> bool:
    size = len(window)
    views = np.lib.stride_tricks.sliding_window_view(pixels, (size, size))
    return bool((views == window).all(axis=(2, 3)).any())


def test_sound_windows_are_cut_from_the_pictures_unchanged() -> None:
    picture = sound(3)
    made = painted_windows([picture], CONCEPTS, count=6, size_px=64, sound_share=1.0, seed=0)
    assert not made.concept.any() and not made.mask.any()
    assert all(is_a_window_of(x[..., 0], picture.rgb()[..., 0]) for x in made.pixels)


def test_painted_windows_differ_from_the_picture_where_the_mask_says() -> None:
    # On one plain picture of the window's own size the untouched window is known.
    picture = Image(np.full((64, 64), 120, np.uint8))
    made = painted_windows([picture], CONCEPTS, count=12, size_px=64, sound_share=0.0, seed=1)
    assert set(made.concept.tolist()) == {1, 2}
    for pixels, mask in zip(made.pixels, made.mask, strict=True):
        step = np.abs(pixels[..., 0].astype(int) - 120)
        assert mask.any()
        assert step[mask].mean() > 5 * step[~mask].mean()


def test_a_grey_picture_stays_grey_and_a_coloured_one_is_told() -> None:
    grey = painted_windows([sound(5)], CONCEPTS, count=8, size_px=64, sound_share=0.2, seed=2)
    assert not grey.coloured.any()
    tinted = painted_windows(
        [sound(5, colour=True)], CONCEPTS, count=8, size_px=64, sound_share=0.2, seed=2
    )
    assert tinted.coloured.all()


def test_the_same_seed_paints_the_same() -> None:
    first, again = (
        painted_windows([sound(7)], CONCEPTS, count=5, size_px=64, sound_share=0.3, seed=9)
        for _ in range(2)
    )
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.anchors, again.anchors)


def test_a_picture_too_small_to_paint_on_is_named() -> None:
    with pytest.raises(UsageError, match=r"small\.png has 40 x 90 px.*48 px each way"):
        window_px([sound(1), Image(np.zeros((40, 90), np.uint8), name="small.png")])
