"""The pixels that a caller allows hold for every format, and cost no memory to be refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.images.read import image_of_bytes, read_image
from tests.images.pictures import EXACT
from tests.service.hostile_pictures import (
    BOMBS,
    gif_of_frames,
    jpeg_of_notes,
    looping_tiff,
    text_map,
    tiff_of_pages,
    tiff_of_strips,
    webp_of,
)


@pytest.mark.parametrize("name", EXACT)
def test_one_pixel_more_than_is_allowed_is_too_large(name: str) -> None:
    content = EXACT[name][0]()
    pixels = 24 * 36
    assert image_of_bytes(content, largest_pixels=pixels).pixels.shape[:2] == (24, 36)
    with pytest.raises(TooLargeError, match=r"plate 7 says that it is 36 x 24"):
        image_of_bytes(content, name="plate 7", largest_pixels=pixels - 1)


def test_a_file_is_held_to_the_limit_as_bytes_are(tmp_path: Path) -> None:
    path = tmp_path / "plate.png"
    path.write_bytes(EXACT["png grey"][0]())
    with pytest.raises(TooLargeError, match=r"plate\.png says"):
        read_image(path, largest_pixels=100)


def test_parts_and_notes_are_counted_before_a_decoder_opens_the_file() -> None:
    with pytest.raises(UnreadableFileError, match="stands in 300,000 strips"):
        image_of_bytes(tiff_of_strips(300_000))
    with pytest.raises(UnreadableFileError, match="more than 8 MB of notes"):
        image_of_bytes(jpeg_of_notes(0xE1, b"Exif\0\0II*\0\x08\0\0\0", 140))
    with pytest.raises(TooLargeError, match="16384 x 16384"):
        image_of_bytes(webp_of(16_384, 16_384), largest_pixels=25_000_000)


def test_of_many_pictures_in_a_file_only_the_first_is_looked_at() -> None:
    for content in (gif_of_frames(20_000), tiff_of_pages(5000), looping_tiff()):
        assert image_of_bytes(content).height in (16, 64)


def test_maps_in_plain_text_are_read_whole_and_refuse_what_is_no_number() -> None:
    for form, shape in ((1, (20, 20)), (2, (20, 20)), (3, (20, 20, 3))):
        assert image_of_bytes(text_map(form, 400)).pixels.shape == shape
    for values in (b"1 2 x 4", b"1 2 -3 4", b"1 2 99999999999 4", b"1 2 3.5 4"):
        with pytest.raises(UnreadableFileError, match="something else than numbers"):
            image_of_bytes(b"P2 2 2 255\n" + values)


_SMALL = (
    "png that says 2 gigapixels", "png that says 16 exapixels", "jpeg that says 4 gigapixels",
    "bmp that says 4 gigapixels", "bmp of negative size", "gif that says 4 gigapixels",
    "gif whose frame is larger than its screen", "webp that says 280 terapixels",
    "map that says 10 exapixels", "png with a packed profile",
)  # fmt: skip

_CHILD = """
import re, sys
from pathlib import Path
from faultlens.core.errors import UnreadableFileError
from faultlens.images.read import read_image
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
before = peak()
for path in sys.argv[1:]:
    try:
        read_image(path, largest_pixels=25_000_000)
    except UnreadableFileError:
        continue
    raise SystemExit(f"{path} was read")
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_bombs_are_refused_without_memory(tmp_path: Path) -> None:
    paths = []
    for number, name in enumerate(_SMALL):
        paths.append(tmp_path / f"{number}.bin")
        paths[-1].write_bytes(BOMBS[name]())
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, *paths], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 30
