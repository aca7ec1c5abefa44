"""Damaged pictures end in an Image or in an error of ours, and a cut one never turns grey."""

import struct
import time
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faultlens.core.errors import UnreadableFileError
from faultlens.images.image import Image
from faultlens.images.read import image_of_bytes
from tests.images.pictures import EXACT

LONGEST_S = 5.0
"""For one damaged file of a few kB; the usual is milliseconds."""


def outcome(content: bytes) -> Image | None:
    """The picture, or None where it was refused in words that name it, within bounded time."""
    started = time.process_time()
    try:
        # Headers lie at random here; the true limit would only make the same test slow.
        return image_of_bytes(content, name="plate 7", largest_pixels=4_000_000)
    except UnreadableFileError as error:
        assert str(error).startswith("plate 7 ")
        return None
    finally:
        assert time.process_time() - started < LONGEST_S


@pytest.mark.parametrize("name", EXACT)
def test_a_cut_file_is_refused_or_whole_in_its_pixels(name: str) -> None:
    content = EXACT[name][0]()
    whole = image_of_bytes(content).pixels
    refused = 0
    for cut in np.unique(np.linspace(0, len(content) - 1, 90).astype(int)):
        image = outcome(content[:cut])
        refused += image is None
        assert image is None or (
            image.pixels.shape == whole.shape and (image.pixels == whole).all()
        )
    assert refused > 10


@pytest.mark.parametrize(
    "name", [x for x in EXACT if x.split()[0] in ("png", "jpeg", "webp", "bmp")]
)
def test_a_file_cut_in_half_is_called_cut_off(name: str) -> None:
    content = EXACT[name][0]()
    with pytest.raises(UnreadableFileError, match=f"cut off after {len(content) // 2} "):
        image_of_bytes(content[: len(content) // 2])


def with_right_sums(content: bytes) -> bytes:
    """A PNG whose damaged parts have the check sums of what they hold now."""
    out, at = content[:8], 8
    while at + 12 <= len(content):
        length = struct.unpack_from(">I", content, at)[0]
        if at + 12 + length > len(content):
            break
        body = content[at + 4 : at + 8 + length]
        out += struct.pack(">I", length) + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return out + content[at:]


@pytest.mark.parametrize("name", EXACT)
def test_changed_bytes_end_in_a_picture_or_a_clear_error(name: str) -> None:
    content = EXACT[name][0]()
    places = st.lists(
        st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=8
    )

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(places, st.sampled_from(["anywhere", "start", "end"]))
    def check(changes: list[tuple[int, int]], where: str) -> None:
        damaged = bytearray(content)
        for place, value in changes:
            # Headers stand at the start of most formats, the directory of a TIFF at the end.
            at = {"anywhere": place, "start": place % 100, "end": -1 - place % 160}[where]
            damaged[at % len(damaged)] = value
        mended = with_right_sums(bytes(damaged)) if name.startswith("png") else bytes(damaged)
        outcome(mended)

    check()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([
        b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"BM",
        b"RIFF\x40\0\0\0WEBPVP8 ", b"RIFF\x40\0\0\0WEBPVP8X", b"GIF89a", b"P5 ", b"P3 ", b"P4 9 9 ",
    ]),
    st.binary(max_size=400),
)  # fmt: skip
def test_random_bytes_behind_every_magic_number_are_refused_in_words(
    magic: bytes, noise: bytes
) -> None:
    outcome(magic + noise)


def test_a_png_with_a_flipped_bit_is_refused() -> None:
    content = bytearray(EXACT["png grey"][0]())
    content[content.index(b"IDAT") + 30] ^= 1
    with pytest.raises(UnreadableFileError, match="check sum of its part IDAT"):
        image_of_bytes(bytes(content))
