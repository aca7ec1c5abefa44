"""Windows of own pictures show the defect where it is marked, and claim nothing where it is not."""

from pathlib import Path
from typing import Any

import numpy as np

from faultlens.datasets.pictures.picture import Box, LabelledPicture
from faultlens.images.image import Image
from faultlens.training.surface.own_windows import WINDOW_PX, Windows, own_windows, shown

CLASSES = {"no defect": 0, "crack": 1}


def cut(*pictures: LabelledPicture, seed: int = 0) -> Windows:
    found, failed = own_windows(pictures, CLASSES, seed=seed)
    assert found is not None and not failed
    return found


def test_a_marked_defect_is_in_its_window_and_its_rest_is_sound(picture: Any) -> None:
    pixels, mask = np.full((480, 720), 90, np.uint8), np.zeros((480, 720), bool)
    mask[300:330, 600:660] = True
    pixels[mask] = 200
    windows = cut(picture("a.png", "crack", pixels, mask))
    assert windows.chunk.pixels.shape[1:] == (WINDOW_PX, WINDOW_PX, 3), "480 px are seen as 160"
    assert windows.is_marked.all() and windows.rest_is_sound.all()
    for seen, marked, anchors in zip(
        windows.chunk.pixels, windows.chunk.mask, windows.chunk.anchors, strict=True
    ):
        assert marked.sum() == 10 * 20, "a third of its sides, whole within the window"
        assert (seen[..., 0] > 150).sum() == marked.sum()
        assert marked[anchors[:, 0], anchors[:, 1]].all()


def test_a_window_beside_a_marked_defect_is_of_a_sound_surface(picture: Any) -> None:
    mask = np.zeros((160, 160), bool)
    windows = cut(picture("a.png", "crack", np.full((160, 160), 9, np.uint8), mask))
    assert windows.chunk.concept.tolist() == [0], "an empty mask marks nothing"


def test_an_unmarked_defect_is_somewhere_in_a_picture_that_is_shown_whole(picture: Any) -> None:
    windows = cut(picture("a.png", "crack", np.zeros((1600, 3200), np.uint8)))
    assert windows.chunk.concept.tolist() == [1, 1], "two squares make up the whole"
    assert not windows.is_marked.any() and not windows.rest_is_sound.any()


def test_crops_of_a_boxed_defect_are_laid_around_its_box(picture: Any) -> None:
    box = Box("crack", 100.0, 10.0, 20.0, 30.0)
    windows = cut(picture("a.png", "crack", np.zeros((160, 160), np.uint8), boxes=(box,)))
    row, column = windows.chunk.anchors[0].T
    assert set(row) <= set(range(10, 40)) and set(column) <= set(range(100, 120))
    assert not windows.is_marked.any(), "a box holds sound pixels too"


def test_a_small_picture_is_mirrored_to_a_window_and_deep_ones_become_8_bits() -> None:
    deep = np.full((40, 400), 65535, np.uint16)
    found = shown(Image(deep))
    assert (found.height, found.width) == (160, 400)
    assert found.pixels.dtype == np.uint8 and found.pixels.min() == 255


def test_a_damaged_file_is_named_and_the_rest_goes_on(picture: Any, tmp_path: Path) -> None:
    good = picture("a.png", "no defect", np.zeros((160, 160), np.uint8))
    bad = picture("b.png", "crack", np.zeros((160, 160), np.uint8))
    bad.path.write_bytes(b"nothing")
    found, failed = own_windows([good, bad], CLASSES, seed=0)
    assert found is not None and len(found) == 1
    assert [x.file for x in failed] == ["b.png"]
    assert own_windows([bad], CLASSES, seed=0)[0] is None
