"""Run lengths of COCO, plain and packed, and polygons, are the pixels that they state."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import UnreadableFileError
from faultlens.datasets.pictures.outlines import outline_mask, outline_of
from faultlens.datasets.pictures.picture import Outline


def packed(runs: list[int]) -> str:
    """As `rleToString` of COCO's API packs them."""
    text = ""
    for i, run in enumerate(runs):
        value = run - runs[i - 2] if i > 2 else run
        more = True
        while more:
            bits = value & 0x1F
            value >>= 5
            more = value != -1 if bits & 0x10 else value != 0
            text += chr((bits | 0x20 if more else bits) + 48)
    return text


def runs_of(mask: np.ndarray) -> list[int]:
    flat = mask.T.ravel()
    ends = np.flatnonzero(np.diff(flat)) + 1
    runs = np.diff(np.r_[0, ends, len(flat)]).tolist()
    return [0, *runs] if flat[0] else runs


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 1000))
def test_a_mask_packed_and_unpacked_is_itself(height: int, width: int, seed: int) -> None:
    mask = np.random.default_rng(seed).random((height, width)) < 0.3
    runs = runs_of(mask)
    for counts in (runs, packed(runs)):
        outline = outline_of({"size": [height, width], "counts": counts}, height, width)
        assert outline is not None and (outline_mask(outline) == mask).all()


def test_a_packed_string_of_cocos_own_api_is_read() -> None:
    # pycocotools.mask.encode of a 5 x 5 mask with rows 1 to 3 of columns 1 to 3 set.
    outline = outline_of({"size": [5, 5], "counts": "6320004"}, 5, 5)
    mask = np.zeros((5, 5), bool)
    mask[1:4, 1:4] = True
    assert outline is not None and outline.runs == tuple(runs_of(mask))


def test_a_square_of_corners_on_pixel_edges_is_those_pixels() -> None:
    mask = outline_mask(Outline(6, 8, polygons=((2.0, 1.0, 5.0, 1.0, 5.0, 4.0, 2.0, 4.0),)))
    expected = np.zeros((6, 8), bool)
    expected[1:4, 2:5] = True
    assert (mask == expected).all()


def test_a_large_disc_has_its_area() -> None:
    angle = np.linspace(0, 2 * np.pi, 100)[:-1]
    corners = np.stack([100 + 60 * np.cos(angle), 100 + 60 * np.sin(angle)], axis=1).ravel()
    mask = outline_mask(Outline(200, 200, polygons=(tuple(corners),)))
    assert mask.sum() == pytest.approx(np.pi * 60**2, rel=0.02)


@given(st.text(max_size=30))
def test_any_string_is_read_or_refused(text: str) -> None:
    try:
        outline = outline_of({"size": [4, 4], "counts": text}, 4, 4)
    except UnreadableFileError:
        return
    assert outline is None or sum(outline.runs) == 16
