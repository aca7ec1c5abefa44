"""What is shown and not judged, as under glare, has no heat, and enters no bank of references."""

import numpy as np
import pytest

from faultlens.core.errors import InputError
from faultlens.images.image import Image
from faultlens.runtimes.picture_tiles import (
    at_scale,
    own_patches,
    refuse_unseen,
    scaled_tiles,
    seen_cells,
)

PIXELS = np.random.default_rng(0).integers(0, 255, (64, 96)).astype(np.uint8)
JUDGED = np.ones((64, 96), bool)
JUDGED[:32, :48] = False


def test_its_cells_are_left_out_and_its_pixels_are_shown() -> None:
    image = Image(PIXELS, judged=JUDGED)
    cells = seen_cells(image, 8, 12)
    assert not cells[:4, :6].any()
    assert cells[4:].all() and cells[:, 6:].all()
    assert np.array_equal(at_scale(image, 1.0).pixels, PIXELS)


def test_its_patches_are_no_reference() -> None:
    image = Image(PIXELS, judged=JUDGED)
    (tile,) = scaled_tiles(image, 1.0, side=640, overlap=128)
    own = own_patches(image, np.zeros((1, 8, 12)), tile)
    assert not own[:4, :6].any()
    assert own[4:].all()


def test_it_counts_beside_what_alpha_left_out() -> None:
    valid = np.ones((64, 96), bool)
    valid[:, 80:] = False
    image = Image(PIXELS, valid=valid, judged=JUDGED)
    assert np.array_equal(image.counted, valid & JUDGED)
    cells = seen_cells(image, 8, 12)
    assert not cells[:, 10:].any() and not cells[:4, :6].any()
    assert Image(PIXELS, valid=valid).counted is valid
    assert Image(PIXELS).counted is None


def test_a_picture_under_glare_all_over_is_refused() -> None:
    with pytest.raises(InputError, match="under glare all over"):
        refuse_unseen(Image(PIXELS, judged=np.zeros((64, 96), bool)))


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(InputError, match="judged has shape"):
        Image(PIXELS, judged=JUDGED[1:])
