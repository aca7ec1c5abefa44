"""Enhancements by name keep size and type and tell what they did; slips of the pen are told."""

import numpy as np
import pytest

from faultlens.core.errors import UnknownNameError, UsageError
from faultlens.images.image import Image
from faultlens.images.light.enhance import ENHANCEMENTS, enhanced, refuse_unknown

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("name", ENHANCEMENTS)
@pytest.mark.parametrize("shape", [(40, 50), (40, 50, 3), (16, 300), (17, 17)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_size_and_type_stay_and_the_history_grows(
    name: str, shape: tuple[int, ...], kind: type[np.unsignedinteger]
) -> None:
    image = Image(RNG.integers(0, np.iinfo(kind).max, shape, endpoint=True).astype(kind))
    made = enhanced(image, [name])
    assert made.pixels.shape == image.pixels.shape
    assert made.pixels.dtype == image.pixels.dtype
    assert len(made.history) == 1


@pytest.mark.parametrize("name", ENHANCEMENTS)
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_picture_is_taken(name: str, level: int) -> None:
    made = enhanced(Image(np.full((33, 47), level, np.uint8)), [name])
    assert np.ptp(made.pixels) == 0


@pytest.mark.parametrize("name", ENHANCEMENTS)
def test_the_picture_given_stays_as_it_is(name: str) -> None:
    pixels = RNG.integers(40, 200, (64, 64, 3)).astype(np.uint8)
    pixels[20:30, 20:30] = 255
    before = pixels.copy()
    enhanced(Image(pixels), [name])
    assert np.array_equal(pixels, before)


def test_they_are_done_in_the_order_given() -> None:
    image = Image(RNG.integers(40, 200, (64, 64)).astype(np.uint8))
    assert enhanced(image, ["contrast", "clahe"]).history[0].startswith("contrast")
    assert enhanced(image, ["clahe", "contrast"]).history[1].startswith("contrast")
    assert enhanced(image, []) is image


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"Nearest: clahe.*Known: clahe, contrast, glare"):
        refuse_unknown(["clahee"])


def test_a_name_twice_and_a_text_are_refused() -> None:
    with pytest.raises(UsageError, match="given twice"):
        refuse_unknown(["glare", "glare"])
    with pytest.raises(UsageError, match="list of names"):
        refuse_unknown("glare")
