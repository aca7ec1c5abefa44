"""Glare is found where the lamp cut the camera off, and repaired; marks beside it stay."""

import numpy as np
import pytest
from scipy import ndimage

from faultlens.images.image import Image
from faultlens.images.light.glare import glare_of
from faultlens.images.light.glare_left_out import glare_left_out
from faultlens.images.light.glare_repair import without_glare


def ground(seed: int = 0, side: int = 160) -> np.ndarray:
    """Grey ground metal, 0 to 1, its lay along the rows."""
    grain = np.random.default_rng(seed).normal(size=(side, side))
    return 0.4 + 0.25 * ndimage.gaussian_filter(grain, (0.7, 6))


def lamp(side: int = 160, size_px: float = 16.0) -> np.ndarray:
    rows, columns = np.mgrid[:side, :side]
    away = np.hypot(rows - 80, (columns - 90) * 0.8) / size_px
    return 1.5 * np.exp(-(away**2))


def picture(light: np.ndarray, kind: type[np.unsignedinteger] = np.uint8) -> Image:
    full = np.iinfo(kind).max
    return Image(np.rint(np.clip(light, 0, 1) * full).astype(kind))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_the_core_is_found_and_the_rest_is_not(kind: type[np.unsignedinteger]) -> None:
    light = ground() + lamp()
    found = glare_of(picture(light, kind))
    cut = light >= 1
    assert found.mask[cut].mean() > 0.95
    assert not found.mask[light < 0.95].any()
    assert not found.overexposed.any()


def test_a_camera_that_cuts_off_below_full_scale_has_glare_too() -> None:
    light = np.minimum(ground() + lamp(), 0.9)
    found = glare_of(picture(light))
    assert found.mask[light >= 0.9].mean() > 0.95


def test_texture_that_is_merely_bright_is_none() -> None:
    assert not glare_of(picture(ground() + 0.3)).mask.any()
    assert not glare_of(picture(0.5 * ground())).mask.any()


def test_a_thin_white_scratch_is_left_alone() -> None:
    light = ground()
    light[70:73, 20:120] = 1.2
    assert not glare_of(picture(light)).mask.any()
    assert np.array_equal(without_glare(picture(light)).pixels, picture(light).pixels)


def test_a_saturated_paint_is_no_lamp() -> None:
    colour = np.repeat(ground()[..., None], 3, axis=2)
    colour[40:80, 40:80] = (1.0, 0.1, 0.1)
    assert not glare_of(picture(colour)).mask.any()
    colour[40:80, 40:80] = (1.0, 0.98, 0.9)
    assert glare_of(picture(colour)).mask[45:75, 45:75].all()


def test_a_white_background_is_told_and_kept() -> None:
    light = ground()
    light[:, :70] = 1
    image = picture(light)
    made = without_glare(image)
    assert np.array_equal(made.pixels, image.pixels)
    assert "bright background" in made.warnings[0].en


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_the_surface_under_haze_comes_back(kind: type[np.unsignedinteger]) -> None:
    bare, light = ground(), ground() + lamp()
    made = without_glare(picture(light, kind))
    full = np.iinfo(kind).max
    haze = (lamp() > 0.05) & made.judged
    before = np.abs(np.clip(light, 0, 1) - bare)[haze].mean()
    after = np.abs(made.pixels / full - bare)[haze].mean()
    assert after < before / 4
    # The core is filled with something of the same brightness, and nobody judges it.
    assert abs(float(made.pixels[~made.judged].mean() / full - bare.mean())) < 0.08
    assert 0.01 < (~made.judged).mean() < 0.2
    assert "Glare hides" in made.warnings[0].en


def test_a_scratch_under_haze_stands_out_more_than_before() -> None:
    light = ground() + lamp()
    light[108:110, 60:120] -= 0.25
    image = picture(light)
    made = without_glare(image)
    line, beside = np.s_[108:110, 70:110], np.s_[112:116, 70:110]

    def step(pixels: np.ndarray) -> float:
        return float(pixels[beside].mean() - pixels[line].mean())

    assert step(made.pixels.astype(float)) > 0.95 * step(image.pixels.astype(float)) > 40


def test_a_filling_has_the_colour_of_the_metal() -> None:
    brass = ground()[..., None] * np.array([1.2, 1.0, 0.6])
    made = without_glare(picture(brass + lamp()[..., None]))
    inside = made.pixels[~made.judged].mean(axis=0)
    assert inside[0] / inside[2] == pytest.approx(2, rel=0.25)


def test_alpha_is_respected() -> None:
    valid = np.ones((160, 160), bool)
    valid[:, 90:] = False
    image = Image(picture(ground() + lamp()).pixels, valid=valid)
    made = without_glare(image)
    assert np.array_equal(made.valid, valid)
    assert np.array_equal(made.pixels[~valid], image.pixels[~valid])


def test_without_glare_nothing_changes() -> None:
    image = picture(ground())
    made = without_glare(image)
    assert made.pixels is image.pixels
    assert made.judged is None
    assert made.history == ("no glare to repair",)


def test_left_out_glare_stays_on_the_picture_and_out_of_the_judgement() -> None:
    light = ground() + lamp()
    image = picture(light)
    made = glare_left_out(image)
    assert np.array_equal(made.pixels, image.pixels)
    assert not made.judged[lamp() > 0.3].any()
    assert made.judged[lamp() < 0.001].all()
    assert "Soften or move the lamp" in made.warnings[0].en
    assert glare_left_out(picture(ground())).judged is None


def test_many_glints_take_seconds() -> None:
    light = ground(side=400)
    spots = np.random.default_rng(4).integers(6, 394, (300, 2))
    for row, column in spots:
        light[row - 2 : row + 2, column - 2 : column + 2] = 1.1
    made = without_glare(picture(light))
    assert made.pixels.shape == (400, 400)
