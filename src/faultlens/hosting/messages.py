"""Messages between front and worker: two lengths, a JSON object, and bytes that belong to it.

No pickle: whatever a worker that went wrong sends, it is read as plain values or refused.
"""

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

from faultlens.core.errors import FaultlensError

LARGEST_HEAD_BYTES = 64 << 20
"""Of the JSON: a batch of tasks, each of some hundred long sentences."""

LARGEST_BODY_BYTES = 512 << 20
"""Of the bytes: an overlay of a large picture."""

_LENGTHS = struct.Struct(">II")


class BrokenMessageError(FaultlensError):
    """What came over the pipe is no message: the other side is another program, or went mad."""


def packed(head: Mapping[str, Any], body: bytes = b"") -> bytes:
    """A message as bytes.

    Args:
        head: plain values.
        body: what belongs to it.

    Raises:
        BrokenMessageError: larger than any message may be.

    Example:
        >>> packed({"a": 1}, b"xyz")
        b'\\x00\\x00\\x00\\x07\\x00\\x00\\x00\\x03{"a":1}xyz'
    """
    text = json.dumps(head, separators=(",", ":")).encode()
    _check(len(text), len(body))
    return b"".join((_LENGTHS.pack(len(text), len(body)), text, body))


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next message of a file; None where the other side has closed it.

    Args:
        stream: blocking, binary.

    Raises:
        BrokenMessageError: no message, or one that was cut.

    Example:
        >>> import io
        >>> read_message(io.BytesIO(packed({"a": 1}, b"xyz")))
        ({'a': 1}, b'xyz')
        >>> read_message(io.BytesIO()) is None
        True
    """
    lengths = stream.read(_LENGTHS.size)
    if not lengths:
        return None
    head_bytes, body_bytes = _lengths(lengths)
    text, body = stream.read(head_bytes), stream.read(body_bytes)
    if len(text) != head_bytes or len(body) != body_bytes:
        raise BrokenMessageError("The message was cut off.")
    return _head(text), body


async def next_message(stream: asyncio.StreamReader) -> tuple[dict[str, Any], bytes] | None:
    """The next message of a stream; None where the other side has closed it.

    Args:
        stream: of the event loop.

    Raises:
        BrokenMessageError: no message, or one that was cut.

    Example:
        >>> async def example():
        ...     stream = asyncio.StreamReader()
        ...     stream.feed_data(packed({"a": 1}, b"xyz"))
        ...     return await next_message(stream)
        >>> asyncio.run(example())
        ({'a': 1}, b'xyz')
    """
    try:
        lengths = await stream.readexactly(_LENGTHS.size)
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise BrokenMessageError("The message was cut off.") from error
    except ConnectionError:
        return None
    head_bytes, body_bytes = _lengths(lengths)
    try:
        text = await stream.readexactly(head_bytes)
        body = await stream.readexactly(body_bytes) if body_bytes else b""
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise BrokenMessageError("The message was cut off.") from error
    return _head(text), body


def _lengths(read: bytes) -> tuple[int, int]:
    if len(read) != _LENGTHS.size:
        raise BrokenMessageError("The message was cut off.")
    head_bytes, body_bytes = _LENGTHS.unpack(read)
    _check(head_bytes, body_bytes)
    return head_bytes, body_bytes


def _check(head_bytes: int, body_bytes: int) -> None:
    if head_bytes > LARGEST_HEAD_BYTES or body_bytes > LARGEST_BODY_BYTES:
        raise BrokenMessageError(
            f"A message of {head_bytes} and {body_bytes} bytes; up to {LARGEST_HEAD_BYTES} and "
            f"{LARGEST_BODY_BYTES} are passed on."
        )


def _head(text: bytes) -> dict[str, Any]:
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenMessageError(f"The message is no JSON: {error}.") from error
    if not isinstance(head, dict):
        raise BrokenMessageError("The message is no JSON object.")
    return head
