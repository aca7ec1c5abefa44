"""The guide's contrast is x 1.2 + 0.1, cut off at black and white, and says what it lost."""

import numpy as np
import pytest

from faultlens.images.image import Image
from faultlens.images.light.contrast import more_contrast


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_every_level_is_the_formula(kind: type[np.unsignedinteger]) -> None:
    full = np.iinfo(kind).max
    levels = np.linspace(0, full, 256).astype(kind)[None]
    wanted = np.clip(1.2 * (levels / full) + 0.1, 0, 1)
    made = more_contrast(Image(levels)).pixels / full
    assert np.abs(made - wanted).max() <= 0.5 / full + 1e-9


def test_sixteen_bits_stay_sixteen() -> None:
    ramp = np.arange(20000, 20256, dtype=np.uint16)[None]
    assert len(np.unique(more_contrast(Image(ramp)).pixels)) == 256


def test_a_bright_picture_is_told_what_it_lost() -> None:
    pixels = np.full((20, 20), 100, np.uint8)
    pixels[:5] = 240
    (notice,) = more_contrast(Image(pixels)).warnings
    assert "made 25 % of the picture plain white" in notice.en
    assert "25 %" in notice.zh
    assert more_contrast(Image(pixels[5:])).warnings == ()
