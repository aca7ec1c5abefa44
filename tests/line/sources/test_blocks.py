"""Blocks of vibration come out as they went in, in both forms; garbage is said."""

import json
import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.line.sources.blocks import Block, packed, unpacked
from tests.line.sources.block_streams import AT, stream_of

TABLE = {
    "seq": 7, "time": "2026-11-26T16:00:00.5+08:00", "sample_rate_hz": 2560, "channel": "pump",
    "samples": [1, -2, 3], "scale": 0.5, "unit": "m/s2", "shaft_rpm": 1480, "stream": 9,
}  # fmt: skip


def changed(**values: Any) -> bytes:
    return json.dumps({k: x for k, x in {**TABLE, **values}.items() if x != "-"}).encode()


def test_the_binary_form_is_laid_out_as_its_description_says() -> None:
    """Made by hand, from the table in the module's docstring, not by `packed`."""
    name, samples = "泵-7".encode(), struct.pack("<3h", 100, -200, 32767)
    head = struct.pack(
        "<4sBBHIQqdff8sI", b"FLVB", 1, 1, len(name), 5, 42, 1_764_144_000_250_000, 2560.0,
        0.01, 1480.0, b"g", 3,
    )  # fmt: skip
    assert len(head) == 56
    crc = struct.pack("<I", zlib.crc32(head + name + samples))
    block = unpacked(head + crc + name + samples)
    assert (block.channel, block.seq, block.stream, block.unit) == ("泵-7", 42, 5, "g")
    assert block.time == datetime(2025, 11, 26, 8, 0, 0, 250_000, tzinfo=UTC)
    assert (block.sample_rate_hz, block.shaft_rpm) == (2560.0, 1480.0)
    np.testing.assert_allclose(block.samples, [1.0, -2.0, 327.67], rtol=1e-6)


@given(
    seq=st.integers(0, 2**63 - 1),
    stream=st.integers(0, 2**32 - 1),
    channel=st.text(st.characters(codec="utf-8"), max_size=60),
    time_us=st.integers(0, 4_000_000_000_000_000),
    rpm=st.none() | st.floats(1, 30_000, width=32),
    values=st.lists(st.floats(-50, 50, width=32), min_size=2, max_size=20),
)
def test_both_forms_come_back_as_they_were(
    seq: int, stream: int, channel: str, time_us: int, rpm: float | None, values: list[float]
) -> None:
    time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)
    samples = np.array(values, np.float32)
    block = Block(channel, seq, time, 1000.0, samples, stream, "m/s2", rpm)
    back = unpacked(packed(block))
    assert back.samples.tolist() == samples.tolist()
    coarse = unpacked(packed(block, scale=0.01))
    np.testing.assert_allclose(coarse.samples, samples, atol=0.00501)
    for one in (back, coarse):
        for name in ("channel", "seq", "time", "stream", "unit", "shaft_rpm", "sample_rate_hz"):
            assert getattr(one, name) == getattr(block, name)


def test_json_with_all_that_may_be_said_and_with_little() -> None:
    block = unpacked(changed())
    assert (block.channel, block.seq, block.stream, block.unit) == ("pump", 7, 9, "m/s2")
    assert block.time == AT + timedelta(seconds=0.5)
    assert (block.sample_rate_hz, block.shaft_rpm) == (2560.0, 1480.0)
    assert block.samples.tolist() == [0.5, -1.0, 1.5]
    little = {"seq": 0, "time": 1_764_144_000.25, "sample_rate_hz": 100.0, "samples": [1, 2]}
    block = unpacked(json.dumps(little).encode())
    assert (block.channel, block.unit, block.shaft_rpm, block.stream) == ("", None, None, 0)
    assert block.time.microsecond == 250_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "neither"),
        (b"\xff\xd8\xff\xe0JFIF", "neither a binary block nor JSON"),
        (b"[1, 2]", "no object"),
        (b"[" * 100_000, "neither"),
        (changed(seq="-"), "seq is missing"),
        (changed(seq=-1), "seq is -1"),
        (changed(seq=1.5), "seq is 1.5"),
        (changed(seq=True), "seq is True"),
        (changed(time="2026-11-26T16:00:00"), "without an offset"),
        (changed(time="yesterday"), "Invalid isoformat"),
        (changed(time=1e300), "since 1970"),
        (changed(time=None), "neither ISO 8601"),
        (changed(samples=[]), "0 samples"),
        (changed(samples=7), "samples is no list"),
        (changed(samples=[[1, 2], [3, 4]]), "no list of numbers"),
        (changed(samples=["a", "b"]), "cannot be read"),
        (changed(sample_rate_hz=0), "rate is 0 Hz"),
        (changed(sample_rate_hz="NaN"), "rate is nan Hz"),
        (changed(sample_rate_hz=1e9), "rate is 1e.09 Hz"),
        (changed(sample_rate_hz=1e6), "0.001 s at least"),
        (changed(stream=2**32), "stream is"),
        (changed(channel="x" * 300), "channel has more"),
        (changed(scale="big"), "cannot be read"),
    ],
)  # fmt: skip
def test_json_that_is_no_block_says_why(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        unpacked(content)


def test_no_byte_of_a_binary_block_can_be_wrong_unnoticed() -> None:
    sound = packed(stream_of(1, samples=4)[0], scale=0.5)
    for place in range(4, len(sound)):
        damaged = sound[:place] + bytes([sound[place] ^ 0x40]) + sound[place + 1 :]
        with pytest.raises(UnreadableFileError):
            unpacked(damaged)
    for length in range(4, len(sound)):
        with pytest.raises(UnreadableFileError):
            unpacked(sound[:length])
    with pytest.raises(UnreadableFileError):
        unpacked(sound + b"\0")


@given(st.binary(max_size=200), st.booleans())
def test_garbage_is_unreadable_and_nothing_else(garbage: bytes, is_marked: bool) -> None:
    with pytest.raises(UnreadableFileError):
        unpacked(b"FLVB" + garbage if is_marked else garbage)


def test_too_much_is_refused_before_it_is_read() -> None:
    head = struct.pack("<4sBBHIQqdff8sI", b"FLVB", 1, 2, 0, 0, 0, 0, 1e3, 1, 0, b"", 1 << 21)
    with pytest.raises(TooLargeError, match="2097152 samples"):
        unpacked(head + bytes(4))
    with pytest.raises(TooLargeError, match="MB"):
        unpacked(bytes(33 << 20))
