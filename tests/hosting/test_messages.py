"""Messages arrive as they were sent; anything else is refused, and takes no memory for a lie."""

import asyncio
import io
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from faultlens.hosting import messages
from faultlens.hosting.messages import BrokenMessageError, next_message, packed, read_message

PLAIN = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda x: some.lists(x, max_size=3) | some.dictionaries(some.text(), x, max_size=3),
    max_leaves=8,
)
HEADS = some.dictionaries(some.text(max_size=8), PLAIN, max_size=4)


def from_stream(sent: bytes) -> tuple[dict[str, Any], bytes] | None:
    async def read() -> tuple[dict[str, Any], bytes] | None:
        stream = asyncio.StreamReader()
        stream.feed_data(sent)
        stream.feed_eof()
        return await next_message(stream)

    return asyncio.run(read())


@given(HEADS, some.binary(max_size=200))
def test_a_message_arrives_as_it_was_sent(head: dict[str, Any], body: bytes) -> None:
    sent = packed(head, body)
    assert read_message(io.BytesIO(sent)) == (head, body)
    assert from_stream(sent) == (head, body)


def test_messages_follow_each_other_and_the_end_is_told() -> None:
    stream = io.BytesIO(packed({"a": 1}) + packed({"b": "裂纹"}, b"x"))
    assert read_message(stream) == ({"a": 1}, b"")
    assert read_message(stream) == ({"b": "裂纹"}, b"x")
    assert read_message(stream) is None


@given(some.binary(min_size=1, max_size=60))
def test_noise_is_refused_or_read_and_never_anything_else(noise: bytes) -> None:
    for read in (lambda x: read_message(io.BytesIO(x)), from_stream):
        try:
            found = read(noise)
        except BrokenMessageError:
            continue
        assert found is not None


@given(some.integers(1, 30))
def test_a_message_that_was_cut_is_refused(cut: int) -> None:
    sent = packed({"name": "pump7.csv"}, b"0123456789")
    for read in (lambda x: read_message(io.BytesIO(x)), from_stream):
        with pytest.raises(BrokenMessageError, match="cut off"):
            read(sent[:-cut])


@pytest.mark.parametrize("text", [b"nope", b"[1]", b"\xff\xfe", b"[" * 10_000])
def test_what_is_no_json_object_is_refused(text: bytes) -> None:
    sent = struct.pack(">II", len(text), 0) + text
    with pytest.raises(BrokenMessageError, match="no JSON"):
        read_message(io.BytesIO(sent))


def test_lengths_that_lie_are_refused_before_anything_is_read() -> None:
    for lengths in ((0xFFFFFFFF, 0), (2, 0xFFFFFFFF)):
        with pytest.raises(BrokenMessageError, match="are passed on"):
            read_message(io.BytesIO(struct.pack(">II", *lengths) + b"{}"))


def test_nothing_is_sent_that_would_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "LARGEST_BODY_BYTES", 3)
    with pytest.raises(BrokenMessageError, match="A message of 2 and 4 bytes"):
        packed({}, b"four")
