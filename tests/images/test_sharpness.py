"""Pictures enlarged by known factors are found out, pictures as taken are left alone."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from scipy import ndimage

from faultlens.images.sharpness import native_scale


def surface(seed: int, fall: float, side: int = 200) -> np.ndarray:
    """A texture whose spectrum falls as a power of frequency, with a sensor's grain."""
    rng = np.random.default_rng(seed)
    rows, columns = np.meshgrid(*[np.fft.fftfreq(side)] * 2, indexing="ij")
    shape = np.maximum(np.hypot(rows, columns), 1 / side) ** (-fall / 2)
    texture = np.real(np.fft.ifft2(np.fft.fft2(rng.normal(size=(side, side))) * shape))
    grey = 128 + 30 * texture / texture.std() + rng.normal(0, 1.5, (side, side))
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


def enlarged(pixels: np.ndarray, factor: float, quality: int | None = None) -> np.ndarray:
    """The picture made larger, and squeezed as a JPEG where a quality is given."""
    side = round(pixels.shape[0] * factor)
    picture = PillowImage.fromarray(pixels).resize((side, side), PillowImage.Resampling.BICUBIC)
    if quality is not None:
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=quality)
        picture = PillowImage.open(stream)
    return np.asarray(picture)


@pytest.mark.parametrize("fall", [0.0, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("factor", [1.5, 2.0, 2.5, 3.0])
def test_an_enlargement_is_found_out(fall: float, factor: float) -> None:
    found = [native_scale(enlarged(surface(x, fall), factor)) * factor for x in range(2)]
    assert np.median(found) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("factor", [1.5, 2.08, 2.5])
def test_jpeg_and_noise_do_not_hide_it(factor: float) -> None:
    squeezed = [native_scale(enlarged(surface(x, 1.5), factor, 85)) * factor for x in range(2)]
    assert np.median(squeezed) == pytest.approx(1, abs=0.25)
    rng = np.random.default_rng(0)
    large = enlarged(surface(1, 1.5), factor).astype(float)
    noisy = np.clip(large + rng.normal(0, 1, large.shape), 0, 255).astype(np.uint8)
    assert native_scale(noisy) * factor == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("fall", [0.0, 1.0, 2.0, 3.0])
def test_a_picture_as_taken_is_left_alone(fall: float) -> None:
    assert [native_scale(surface(x, fall)) for x in range(3)] == [1.0] * 3


def test_lines_along_one_way_do_not_count_as_blur() -> None:
    rng = np.random.default_rng(3)
    brushed = ndimage.gaussian_filter(rng.normal(size=(300, 300)), (0, 6))
    grey = (128 + 40 * brushed / brushed.std()).clip(0, 255).astype(np.uint8)
    assert native_scale(grey) == 1.0


def test_what_cannot_be_judged_is_left_alone() -> None:
    assert native_scale(np.full((300, 300), 90, np.uint8)) == 1.0
    assert native_scale(surface(0, 1)[:60, :60]) == 1.0
    assert native_scale(np.full((1, 1, 3), 7, np.uint16)) == 1.0


def test_colour_and_16_bits_say_the_same() -> None:
    large = enlarged(surface(2, 1.5), 2)
    scale = native_scale(large)
    assert native_scale(large.astype(np.uint16) * 257) == scale
    assert native_scale(np.dstack([large] * 3)) == pytest.approx(scale, rel=0.05)


def test_neu_pictures_are_enlarged_ones(shared_data: Path) -> None:
    """Distributed with 416 px, taken with 200: .48; their JPEG takes some detail more."""
    files = sorted((shared_data / "images" / "neu_det").rglob("*.jpg"))[::100]
    found = [native_scale(np.asarray(PillowImage.open(x))) for x in files]
    assert 0.38 < np.median(found) < 0.53
