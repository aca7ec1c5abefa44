"""What speaks against a picture is said before anything is found on it."""

import re

import numpy as np

from faultlens.images.image import Image
from faultlens.inference import picture_notices as module
from faultlens.inference.picture_notices import picture_notices


def grained(level: int, size: int = 64) -> np.ndarray:
    dice = np.random.default_rng(0)
    return dice.normal(level, 12, (size, size)).clip(0, 255).astype(np.uint8)


def test_an_ordinary_picture_is_not_spoken_against() -> None:
    assert picture_notices(Image(grained(128))) == ()
    assert picture_notices(Image(np.repeat(grained(128)[..., None], 3, axis=2))) == ()


def test_a_dark_background_that_alpha_leaves_out_is_not_black() -> None:
    pixels = grained(128)
    pixels[:, :32] = 0
    assert "50 % of the picture is black" in picture_notices(Image(pixels))[0].en
    valid = np.ones((64, 64), bool)
    valid[:, :32] = False
    assert picture_notices(Image(pixels, valid=valid)) == ()


def test_a_large_picture_is_looked_at_in_part(monkeypatch: object) -> None:
    pixels = grained(128, 500)
    pixels[200:] = 255
    monkeypatch.setattr(module, "LOOKED_AT_PX", 1000)  # type: ignore[attr-defined]
    (notice,) = picture_notices(Image(pixels))
    assert re.search("(59|60) % of the picture is overexposed", notice.en)
    assert "过曝" in notice.zh


def test_a_picture_out_of_focus_is_told_whatever_its_contrast() -> None:
    from scipy.ndimage import gaussian_filter

    for contrast in (1.0, 0.3):
        sharp = 128 + contrast * (grained(128, 256).astype(float) - 128)
        soft = gaussian_filter(np.kron(sharp[::16, ::16], np.ones((16, 16))), 5.0)
        assert picture_notices(Image(sharp.astype(np.uint8))) == ()
        (notice,) = picture_notices(Image(np.clip(soft, 0, 255).astype(np.uint8)))
        assert "out of focus" in notice.en
        assert "失焦" in notice.zh


def test_a_small_picture_does_not_say_how_sharp_it_is() -> None:
    ramp = np.tile(np.arange(0, 240, 5, dtype=np.uint8), (48, 1))
    assert picture_notices(Image(ramp)) == ()
