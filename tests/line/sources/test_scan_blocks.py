"""Blocks of scans come out as they went in, in both forms; garbage is said."""

import json
import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.line.sources.scan_blocks import (
    MOST_POINTS,
    ScanBlock,
    packed_scan,
    unpacked_scan,
)
from faultlens.surfaces.readers.intrinsics import Intrinsics

AT = datetime(2026, 11, 26, 8, tzinfo=UTC)
PROFILES = {
    "seq": 7, "time": "2026-11-26T16:00:00.5+08:00", "channel": "top", "part": "B17", "stream": 9,
    "heights": [[1, None, 3], [-2, 0, 4]], "scale": 0.5, "spacing_mm": 0.1, "pitch_mm": 0.25,
    "travel_mm": 12.5,
}  # fmt: skip
DEPTHS = {"seq": 0, "time": 0, "depths": [[500, 0]], "fx": 600, "fy": 601, "cx": 1.5, "cy": 2}


def changed(**values: Any) -> bytes:
    return json.dumps({k: x for k, x in {**PROFILES, **values}.items() if x != "-"}).encode()


def test_the_binary_form_is_laid_out_as_its_description_says() -> None:
    """Made by hand, from the table in the module's docstring, not by `packed_scan`."""
    name, part, heights = "顶-1".encode(), b"B17", struct.pack("<4h", 100, -200, -32768, 32767)
    head = struct.pack(
        "<4sBBBBHHIQqdddddII", b"FLSB", 1, 1, 1, 0, len(name), len(part), 5, 42,
        1_764_144_000_250_000, 0.01, 0.1, 0.25, 12.5, 0.0, 2, 2,
    )  # fmt: skip
    assert len(head) == 80
    body = name + part + heights
    block = unpacked_scan(head + struct.pack("<I", zlib.crc32(head + body)) + body)
    assert (block.channel, block.part, block.seq, block.stream) == ("顶-1", "B17", 42, 5)
    assert block.time == datetime(2025, 11, 26, 8, 0, 0, 250_000, tzinfo=UTC)
    assert (block.spacing_mm, block.pitch_mm, block.travel_mm) == (0.1, 0.25, 12.5)
    np.testing.assert_allclose(block.heights_mm, [[1.0, -2.0], [np.nan, 327.67]], rtol=1e-6)


def test_json_has_scale_travel_part_and_gaps() -> None:
    block = unpacked_scan(changed())
    np.testing.assert_array_equal(block.heights_mm, [[0.5, np.nan, 1.5], [-1, 0, 2]])
    assert (block.part, block.travel_mm, block.pitch_mm) == ("B17", 12.5, 0.25)
    assert block.time == datetime(2026, 11, 26, 8, 0, 0, 500_000, tzinfo=UTC)
    assert unpacked_scan(changed(travel_mm="-")).travel_mm is None


def test_a_depth_of_zero_was_not_measured() -> None:
    block = unpacked_scan(json.dumps(DEPTHS).encode())
    np.testing.assert_array_equal(block.heights_mm, [[500, np.nan]])
    assert block.camera == Intrinsics(600, 601, 1.5, 2)


@given(
    heights=arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=6),
        elements=st.floats(0.125, 50, width=32) | st.just(np.nan),
    ),
    seq=st.integers(0, 2**63 - 1),
    part=st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
    travel_mm=st.none() | st.floats(-1e6, 1e6),
    camera=st.none() | st.just(Intrinsics(600.0, 601.0, 3.0, 4.0)),
)
def test_the_binary_form_comes_back_as_it_was(
    heights: Any, seq: int, part: str | None, travel_mm: float | None, camera: Intrinsics | None
) -> None:
    block = ScanBlock("top", seq, AT + timedelta(microseconds=seq % 997), heights, part=part,
                      travel_mm=None if camera else travel_mm, camera=camera)  # fmt: skip
    back = unpacked_scan(packed_scan(block))
    np.testing.assert_array_equal(back.heights_mm, heights)
    coarse = unpacked_scan(packed_scan(block, scale=0.01))
    np.testing.assert_allclose(coarse.heights_mm, heights, atol=0.0051)
    for one in (back, coarse):
        assert (one.seq, one.part, one.time) == (seq, part, block.time)
        assert (one.camera, one.travel_mm) == (camera, block.travel_mm)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "neither a binary block nor JSON"),
        (b"[1, 2]", "no object"),
        (changed(seq="-"), "seq is missing"),
        (changed(pitch_mm="-"), "pitch_mm is missing"),
        (changed(pitch_mm=0), "taken"),
        (changed(spacing_mm=float("nan")), "taken"),
        (changed(scale=-1), "scale is -1"),
        (changed(heights=[[1, 2], [3]]), "cannot be read"),
        (changed(heights=[[1], [3]]), "a row of 2 at least"),
        (changed(heights=[1, 2]), "no list of rows"),
        (changed(time="2026-11-26T08:00:00"), "without an offset"),
        (changed(part="x" * 300), "more than 256 bytes"),
        (json.dumps({**DEPTHS, "fx": 0}).encode(), "fx is 0"),
        (b"FLSB" + bytes(20), "its header alone has 84"),
        (packed_scan(ScanBlock("t", 1, AT, np.zeros((2, 3), np.float32)))[:-1], "should have"),
        (packed_scan(ScanBlock("t", 1, AT, np.zeros((2, 3), np.float32)))[:-1] + b"x", "CRC-32"),
    ],
)
def test_what_is_no_block_is_refused_with_its_reason(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said):
        unpacked_scan(content)


def test_a_header_that_promises_too_much_is_refused_before_memory_is_taken() -> None:
    head = struct.pack(
        "<4sBBBBHHIQqdddddII", b"FLSB", 1, 2, 1, 0, 0, 0, 0, 0, 0, 1.0, 1.0, 1.0, 0.0, 0.0,
        MOST_POINTS, 4_000_000_000,
    )  # fmt: skip
    with pytest.raises(TooLargeError, match="fewer rows at a time"):
        unpacked_scan(head + bytes(4))
