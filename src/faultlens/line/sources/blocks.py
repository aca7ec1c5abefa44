"""Blocks of vibration, as sensors send them over MQTT: a binary form and one in JSON.

**Binary**, for many channels; all numbers little-endian, no padding:

    offset  size  type     what
    0       4     bytes    "FLVB"
    4       1     uint8    version of this form: 1
    5       1     uint8    type of the samples: 1 int16, 2 float32
    6       2     uint16   bytes of the channel's name, 0 to 256; 0 where the topic names it
    8       4     uint32   stream: drawn anew at each start of the sender; 0 for none
    12      8     uint64   seq: number of the block, one more with each of its channel
    20      8     int64    time of the first sample, microseconds since 1970 in UTC
    28      8     float64  sample rate, Hz
    36      4     float32  scale: a sample is the number sent times this, in `unit`
    40      4     float32  shaft speed, revolutions per minute; 0 where it is not known
    44      8     bytes    unit in ASCII ("g", "m/s2"), filled up with zeros
    52      4     uint32   number of samples, 2 to 1048576
    56      4     uint32   CRC-32 (as of zlib) of all other bytes of the message
    60            bytes    name of the channel in UTF-8, then the samples

**JSON**, for few: an object with `seq`, `time` (ISO 8601 with offset, or seconds since 1970),
`sample_rate_hz`, `samples` (a list of numbers), and where it is known `channel`, `stream`, `scale`,
`unit`, `shaft_rpm`.

A sender keeps each block until `faultlens watch` says that it is safe (see `mqtt`), and sends it
again, byte for byte, when it does not.
"""

import json
import struct
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import TooLargeError, UnreadableFileError
from faultlens.line.sources.block_fields import (
    EPOCH,
    LARGEST_BYTES,
    LAST_US,
    LONGEST_NAME,
    MOST_SEQ,
    name_in,
    time_in,
    whole_number,
)

MAGIC = b"FLVB"
VERSION = 1
MOST_SAMPLES = 1 << 20
"""Of one block: 40 s at 25.6 kHz."""
SHORTEST_S = 1e-3
"""Of one block, s: shorter ones would cost more than they hold."""
_RATES_HZ = (0.1, 10e6)
_INT16, _FLOAT32 = 1, 2
_TYPES: dict[int, np.dtype[Any]] = {_INT16: np.dtype("<i2"), _FLOAT32: np.dtype("<f4")}
_HEAD = struct.Struct("<4sBBHIQqdff8sI")
_CRC = struct.Struct("<I")
_HEADER_BYTES = _HEAD.size + _CRC.size


@dataclass(frozen=True, eq=False)
class Block:
    """Some samples of one channel, without a hole, with their place in the channel's stream.

    Args:
        channel: its name; "" where nobody said.
        seq: number of the block, one more with each.
        time: of the first sample, aware, in UTC.
        sample_rate_hz: samples per second.
        samples: (time,) in `unit`.
        stream: of the sender; another one means that it began anew.
        unit: of the samples; None where nobody said.
        shaft_rpm: shaft speed, revolutions per minute; None where it is not known.
    """

    channel: str
    seq: int
    time: datetime
    sample_rate_hz: float
    samples: NDArray[np.float32]
    stream: int = 0
    unit: str | None = None
    shaft_rpm: float | None = None

    @property
    def duration_s(self) -> float:
        """Length, s."""
        return len(self.samples) / self.sample_rate_hz

    @property
    def numbers(self) -> int:
        """How many samples it holds."""
        return len(self.samples)


def packed(block: Block, *, scale: float | None = None) -> bytes:
    """A block in the binary form.

    Args:
        block: to be sent.
        scale: one step of int16 in the block's unit; None sends float32.

    Example:
        >>> from datetime import UTC
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> block = Block("pump", 7, at, 1000.0, np.array([0.5, -0.25], np.float32), unit="g")
        >>> content = packed(block, scale=0.25)
        >>> len(content), unpacked(content).samples, unpacked(content).unit
        (68, array([ 0.5 , -0.25], dtype=float32), 'g')
    """
    name = block.channel.encode("utf-8")
    if scale is None:
        kind, raw = _FLOAT32, block.samples.astype("<f4")
    else:
        counts = np.clip(np.rint(block.samples / scale), -32768, 32767)
        kind, raw = _INT16, counts.astype("<i2")
    head = _HEAD.pack(
        MAGIC, VERSION, kind, len(name), block.stream, block.seq,
        (block.time - EPOCH) // timedelta(microseconds=1), block.sample_rate_hz,
        1.0 if scale is None else scale, block.shaft_rpm or 0.0,
        (block.unit or "").encode("ascii"), len(block.samples),
    )  # fmt: skip
    body = name + raw.tobytes()
    return head + _CRC.pack(zlib.crc32(body, zlib.crc32(head))) + body


def unpacked(content: bytes) -> Block:
    """The block of a message, in either form.

    Args:
        content: of the message.

    Raises:
        TooLargeError: more samples than are taken.
        UnreadableFileError: it is damaged, of another version, or no block at all.

    Example:
        >>> text = b'{"seq": 1, "time": 0, "sample_rate_hz": 100, "samples": [1, 2]}'
        >>> unpacked(text).samples
        array([1., 2.], dtype=float32)
        >>> unpacked(b"hello")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: The message is neither a binary block ...
    """
    if len(content) > LARGEST_BYTES:
        raise TooLargeError(
            f"The message has {len(content) / 1e6:.4g} MB; up to {LARGEST_BYTES / 1e6:.4g} are "
            "taken. Send shorter blocks."
        )
    block = _of_binary(content) if content[:4] == MAGIC else _of_json(content)
    low, high = _RATES_HZ
    # A comparison with NaN is false: only numbers that are fine pass.
    if not low <= block.sample_rate_hz <= high:
        raise UnreadableFileError(
            f"The block's sample rate is {block.sample_rate_hz:g} Hz; {low:g} to {high:g} Hz are "
            "taken."
        )
    if block.duration_s < SHORTEST_S:
        raise UnreadableFileError(
            f"The block has {block.duration_s:.3g} s; {SHORTEST_S:g} s at least are taken. Send "
            "longer ones."
        )
    rpm = block.shaft_rpm
    return replace(block, shaft_rpm=rpm if rpm and isfinite(rpm) and rpm > 0 else None)


def _of_binary(content: bytes) -> Block:
    if len(content) < _HEADER_BYTES:
        raise UnreadableFileError(
            f"The binary block has {len(content)} bytes; its header alone has {_HEADER_BYTES}."
        )
    (_, version, kind, name_bytes, stream, seq, time_us, rate, scale, rpm, unit, number) = (
        _HEAD.unpack_from(content)
    )
    if version != VERSION or kind not in _TYPES:
        raise UnreadableFileError(
            f"The binary block is of version {version} and sample type {kind}; version {VERSION} "
            "and types 1 (int16) and 2 (float32) are read here."
        )
    _check_number(number)
    expected = _HEADER_BYTES + name_bytes + number * _TYPES[kind].itemsize
    if len(content) != expected or name_bytes > LONGEST_NAME:
        raise UnreadableFileError(
            f"The binary block has {len(content)} bytes; by its header it should have {expected}."
        )
    view = memoryview(content)
    crc = zlib.crc32(view[_HEADER_BYTES:], zlib.crc32(view[: _HEAD.size]))
    if crc != _CRC.unpack_from(content, _HEAD.size)[0]:
        raise UnreadableFileError("The binary block's CRC-32 does not fit its bytes: damaged.")
    if not 0 <= time_us <= LAST_US or seq > MOST_SEQ:
        raise UnreadableFileError(f"The binary block's time is {time_us} us, its seq {seq}.")
    raw = np.frombuffer(content, _TYPES[kind], number, _HEADER_BYTES + name_bytes)
    samples = raw.astype(np.float32)
    if scale != 1.0:
        samples *= np.float32(scale)
    try:
        return Block(
            channel=str(view[_HEADER_BYTES : _HEADER_BYTES + name_bytes], "utf-8"),
            seq=seq,
            time=EPOCH + timedelta(microseconds=time_us),
            sample_rate_hz=rate,
            samples=samples,
            stream=stream,
            unit=unit.rstrip(b"\0").decode("ascii") or None,
            shaft_rpm=rpm,
        )
    except UnicodeDecodeError as error:
        raise UnreadableFileError("The binary block's channel or unit is no text.") from error


def _of_json(content: bytes) -> Block:
    try:
        table = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(
            f"The message is neither a binary block nor JSON: it begins with {content[:16]!r}."
        ) from error
    if not isinstance(table, dict):
        raise UnreadableFileError("The message is JSON, but no object with seq, time and samples.")
    try:
        return _of_table(table)
    except (KeyError, ValueError, TypeError, OverflowError, AttributeError) as error:
        what = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise UnreadableFileError(
            f"The JSON block cannot be read: {what[:200]}. It needs seq, time, sample_rate_hz and "
            "samples."
        ) from error


def _of_table(table: dict[str, Any]) -> Block:
    given = table["samples"]
    if not isinstance(given, list):
        raise ValueError("samples is no list")
    _check_number(len(given))
    samples = np.asarray(given, dtype=np.float32)
    if samples.ndim != 1:
        raise ValueError("samples is no list of numbers")
    scale = float(table.get("scale", 1.0))
    unit, rpm = table.get("unit"), table.get("shaft_rpm")
    return Block(
        channel=name_in(table, "channel"),
        seq=whole_number(table["seq"], "seq", MOST_SEQ),
        time=time_in(table["time"]),
        sample_rate_hz=float(table["sample_rate_hz"]),
        samples=samples if scale == 1.0 else samples * np.float32(scale),
        stream=whole_number(table.get("stream", 0), "stream", (1 << 32) - 1),
        unit=None if unit is None else str(unit)[:32],
        shaft_rpm=None if rpm is None else float(rpm),
    )


def _check_number(number: int) -> None:
    if number > MOST_SAMPLES:
        raise TooLargeError(
            f"The block has {number} samples; up to {MOST_SAMPLES} are taken. Send shorter ones."
        )
    if number < 2:
        raise UnreadableFileError(f"The block has {number} samples; it needs 2 at least.")
