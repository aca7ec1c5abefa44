"""Pictures are written whole, and come back as they were."""

from pathlib import Path

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.images.read import read_image
from faultlens.images.write import write_image
from tests.images.pictures import COLOUR, GREY, GREY16


@pytest.mark.parametrize("suffix", [".png", ".tif", ".tiff", ".bmp"])
@pytest.mark.parametrize("pixels", [GREY, COLOUR, GREY16], ids=["grey", "colour", "16 bits"])
def test_what_is_written_is_what_is_read(suffix: str, pixels: np.ndarray, tmp_path: Path) -> None:
    if suffix == ".bmp" and pixels.dtype == np.uint16:
        pytest.skip("a BMP holds 8 bits; the refusal has a test of its own")
    path = write_image(tmp_path / "deep" / f"a{suffix}", pixels)
    back = read_image(path).pixels
    assert back.dtype == pixels.dtype
    assert (back == pixels).all()
    assert [x.name for x in path.parent.iterdir()] == [path.name]


def test_a_jpeg_is_near_and_a_mask_is_black_and_white(tmp_path: Path) -> None:
    smooth = np.repeat(np.arange(0, 250, 5, dtype=np.uint8)[:, None], 50, axis=1)
    back = read_image(write_image(tmp_path / "a.JPG", smooth)).pixels
    assert np.abs(back.astype(int) - smooth).max() <= 4
    mask = read_image(write_image(tmp_path / "m.png", smooth > 99)).pixels
    assert set(np.unique(mask)) == {0, 255}


def test_what_a_format_does_not_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown picture format '\.svg'"):
        write_image(tmp_path / "a.svg", GREY)
    for name, pixels in {
        "a.jpg": GREY16,
        "a.png": GREY.astype(float),
        "b.png": np.zeros((0, 4), np.uint8),
        "c.png": np.zeros((4, 4, 4), np.uint8),
    }.items():
        with pytest.raises(UsageError, match="cannot be written as"):
            write_image(tmp_path / name, pixels)
    assert list(tmp_path.iterdir()) == []
