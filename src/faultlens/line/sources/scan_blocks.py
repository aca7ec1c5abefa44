"""Blocks of scans, as profile scanners and depth cameras send them over MQTT: binary and JSON.

**Binary**; all numbers little-endian, no padding:

    offset  size  type     what
    0       4     bytes    "FLSB"
    4       1     uint8    version of this form: 1
    5       1     uint8    type of the numbers: 1 int16, 2 float32, 3 uint16
    6       1     uint8    form: 1 profiles, one row each; 2 a depth image
    7       1     uint8    0
    8       2     uint16   bytes of the channel's name, 0 to 256; 0 where the topic names it
    10      2     uint16   bytes of the part's id, 0 to 256; 0 where nobody knows it
    12      4     uint32   stream: drawn anew at each start of the sender; 0 for none
    16      8     uint64   seq: number of the block, one more with each of its channel
    24      8     int64    time of the first row, microseconds since 1970 in UTC
    32      8     float64  scale: a height or depth is the number sent times this, mm
    40      8     float64  profiles: between points of a row, mm; depth image: fx, pixels
    48      8     float64  profiles: between rows (encoder pitch), mm; depth image: fy, pixels
    56      8     float64  profiles: way of the first row by the encoder, mm, NaN where it is not
                           known; depth image: cx, pixels
    64      8     float64  profiles: 0; depth image: cy, pixels
    72      4     uint32   rows
    76      4     uint32   points of a row; rows times points: up to 4194304
    80      4     uint32   CRC-32 (as of zlib) of all other bytes of the message
    84            bytes    name of the channel and id of the part in UTF-8, then the numbers by rows

Heights grow towards the scanner; depths grow away from the camera, along its axis. Where nothing
was measured stands -32768 (int16), 0 (uint16) or NaN (float32).

**JSON**: an object with `seq`, `time` (ISO 8601 with offset, or seconds since 1970) and, of
profiles, `heights` (rows of numbers, null where nothing was measured), `spacing_mm`, `pitch_mm` and
`travel_mm`; of a depth image `depths`, `fx`, `fy`, `cx` and `cy`; where it is known `scale`,
`channel`, `part`, `stream`.

A sender keeps each block until `faultlens watch` says that it is safe (see `mqtt`), and sends it
again, byte for byte, when it does not.
"""

import json
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import TooLargeError, UnreadableFileError, UsageError
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
from faultlens.surfaces.readers.intrinsics import Intrinsics

MAGIC = b"FLSB"
VERSION = 1
MOST_POINTS = 1 << 22
"""Of one block, and of one scan: a depth camera has 1 million, 1024 profiles of 4096 points 4."""
_PROFILES, _DEPTH = 1, 2
_INT16, _FLOAT32, _UINT16 = 1, 2, 3
_TYPES: dict[int, np.dtype[Any]] = {
    _INT16: np.dtype("<i2"), _FLOAT32: np.dtype("<f4"), _UINT16: np.dtype("<u2"),
}  # fmt: skip
_MISSING = {_INT16: -32768, _UINT16: 0}
_HEAD = struct.Struct("<4sBBBBHHIQqdddddII")
_CRC = struct.Struct("<I")
_HEADER_BYTES = _HEAD.size + _CRC.size
_STEPS_MM = (1e-6, 1e4)
"""Between points or rows, mm: from a nanometre to ten metres."""


@dataclass(frozen=True, eq=False)
class ScanBlock:
    """Some rows of a scan, or a depth image, with its place in the channel's stream.

    Args:
        channel: its name; "" where nobody said.
        seq: number of the block, one more with each.
        time: of the first row, aware, in UTC.
        heights_mm: (row, column) heights, or depths of a depth image, mm; NaN where nothing was
            measured.
        spacing_mm: between points of a row, mm; 1 of a depth image.
        pitch_mm: between rows, mm; 1 of a depth image.
        travel_mm: way of the first row by the encoder, mm; None where it is not known.
        camera: of a depth image; None of profiles.
        stream: of the sender; another one means that it began anew.
        part: id of the part; None where nobody said.
    """

    channel: str
    seq: int
    time: datetime
    heights_mm: NDArray[np.float32]
    spacing_mm: float = 1.0
    pitch_mm: float = 1.0
    travel_mm: float | None = None
    camera: Intrinsics | None = None
    stream: int = 0
    part: str | None = None

    @property
    def rows(self) -> int:
        """Rows of it."""
        return len(self.heights_mm)

    @property
    def numbers(self) -> int:
        """How many heights it holds."""
        return self.heights_mm.size


def packed_scan(block: ScanBlock, *, scale: float | None = None) -> bytes:
    """A block in the binary form.

    Args:
        block: to be sent.
        scale: one step of int16, of a depth image of uint16, mm; None sends float32.

    Example:
        >>> from datetime import UTC
        >>> heights = np.array([[0.5, np.nan, -0.25]], np.float32)
        >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
        >>> content = packed_scan(ScanBlock("top", 7, at, heights, 0.1, 0.2), scale=0.01)
        >>> len(content), unpacked_scan(content).heights_mm, unpacked_scan(content).pitch_mm
        (93, array([[ 0.5 ,   nan, -0.25]], dtype=float32), 0.2)
    """
    name, part = block.channel.encode(), (block.part or "").encode()
    heights, camera = block.heights_mm, block.camera
    if scale is None:
        kind, raw = _FLOAT32, heights.astype("<f4")
    else:
        kind = _INT16 if camera is None else _UINT16
        low, high = (-32767, 32767) if camera is None else (1, 65535)
        with np.errstate(invalid="ignore"):
            counts = np.clip(np.rint(heights / scale), low, high)
        raw = np.where(np.isfinite(heights), counts, _MISSING[kind]).astype(_TYPES[kind])
    travel = float("nan") if block.travel_mm is None else block.travel_mm
    form, four = _PROFILES, (block.spacing_mm, block.pitch_mm, travel, 0.0)
    if camera is not None:
        form, four = _DEPTH, (camera.fx, camera.fy, camera.cx, camera.cy)
    head = _HEAD.pack(
        MAGIC, VERSION, kind, form, 0, len(name), len(part), block.stream, block.seq,
        (block.time - EPOCH) // timedelta(microseconds=1), scale or 1.0, *four, *heights.shape,
    )  # fmt: skip
    body = name + part + raw.tobytes()
    return head + _CRC.pack(zlib.crc32(body, zlib.crc32(head))) + body


def unpacked_scan(content: bytes) -> ScanBlock:
    """The block of a message, in either form.

    Args:
        content: of the message.

    Raises:
        TooLargeError: more points than are taken.
        UnreadableFileError: it is damaged, of another version, or no block at all.

    Example:
        >>> text = b'{"seq": 1, "time": 0, "heights": [[1, null]], "spacing_mm": 1, "pitch_mm": 2}'
        >>> unpacked_scan(text).heights_mm
        array([[ 1., nan]], dtype=float32)
        >>> unpacked_scan(b"hello")
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnreadableFileError: The message is neither a binary block ...
    """
    if len(content) > LARGEST_BYTES:
        raise TooLargeError(
            f"The message has {len(content) / 1e6:.4g} MB; up to {LARGEST_BYTES / 1e6:.4g} are "
            "taken. Send fewer rows at a time."
        )
    block = _of_binary(content) if content[:4] == MAGIC else _of_json(content)
    low, high = _STEPS_MM
    steps = () if block.camera is not None else (block.spacing_mm, block.pitch_mm)
    # A comparison with NaN is false: only numbers that are fine pass.
    if not all(low <= x <= high for x in steps):
        raise UnreadableFileError(
            f"The block's spacing is {block.spacing_mm:g} mm, its pitch {block.pitch_mm:g} mm; "
            f"{low:g} to {high:g} mm are taken."
        )
    return block


def _of_binary(content: bytes) -> ScanBlock:
    if len(content) < _HEADER_BYTES:
        raise UnreadableFileError(
            f"The binary block has {len(content)} bytes; its header alone has {_HEADER_BYTES}."
        )
    (_, version, kind, form, _, name_bytes, part_bytes, stream, seq, time_us, scale, *four,
     rows, columns) = _HEAD.unpack_from(content)  # fmt: skip
    if version != VERSION or kind not in _TYPES or form not in (_PROFILES, _DEPTH):
        raise UnreadableFileError(
            f"The binary block is of version {version}, type {kind} and form {form}; version "
            f"{VERSION}, types 1 (int16), 2 (float32) and 3 (uint16), and forms 1 (profiles) and 2 "
            "(depth image) are read here."
        )
    _check_size(rows, columns)
    begin = _HEADER_BYTES + name_bytes + part_bytes
    expected = begin + rows * columns * _TYPES[kind].itemsize
    if len(content) != expected or max(name_bytes, part_bytes) > LONGEST_NAME:
        raise UnreadableFileError(
            f"The binary block has {len(content)} bytes; by its header it should have {expected}."
        )
    view = memoryview(content)
    crc = zlib.crc32(view[_HEADER_BYTES:], zlib.crc32(view[: _HEAD.size]))
    if crc != _CRC.unpack_from(content, _HEAD.size)[0]:
        raise UnreadableFileError("The binary block's CRC-32 does not fit its bytes: damaged.")
    if not 0 <= time_us <= LAST_US or seq > MOST_SEQ:
        raise UnreadableFileError(f"The binary block's time is {time_us} us, its seq {seq}.")
    raw = np.frombuffer(content, _TYPES[kind], rows * columns, begin).reshape(rows, columns)
    heights = raw.astype(np.float32)
    if kind in _MISSING:
        heights[raw == _MISSING[kind]] = np.nan
    try:
        return _block(
            str(view[_HEADER_BYTES : _HEADER_BYTES + name_bytes], "utf-8"),
            str(view[_HEADER_BYTES + name_bytes : begin], "utf-8"),
            (seq, stream, EPOCH + timedelta(microseconds=time_us)),
            heights, scale, tuple(four), form,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        raise UnreadableFileError("The binary block's channel or part is no text.") from error
    except (ValueError, UsageError) as error:
        raise UnreadableFileError(f"The binary block cannot be read: {error}.") from error


def _of_json(content: bytes) -> ScanBlock:
    try:
        table = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(
            f"The message is neither a binary block nor JSON: it begins with {content[:16]!r}."
        ) from error
    if not isinstance(table, dict):
        raise UnreadableFileError("The message is JSON, but no object with seq, time and heights.")
    try:
        return _of_table(table)
    except (KeyError, ValueError, TypeError, OverflowError, AttributeError, UsageError) as error:
        what = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise UnreadableFileError(
            f"The JSON block cannot be read: {what[:200]}. It needs seq, time, and heights with "
            "spacing_mm and pitch_mm, or depths with fx, fy, cx and cy."
        ) from error


def _of_table(table: dict[str, Any]) -> ScanBlock:
    form = _DEPTH if "depths" in table else _PROFILES
    given = table["depths" if form == _DEPTH else "heights"]
    if not isinstance(given, list) or not all(isinstance(x, list) for x in given):
        raise ValueError("heights or depths are no list of rows")
    _check_size(len(given), len(given[0]) if given else 0)
    # null becomes NaN; rows of different lengths are refused.
    heights = np.array(given, dtype=np.float32)
    if heights.ndim != 2:
        raise ValueError("heights or depths are no rows of numbers")
    names = ("fx", "fy", "cx", "cy") if form == _DEPTH else ("spacing_mm", "pitch_mm")
    four = tuple(float(table[x]) for x in names)
    if form == _PROFILES:
        travel = table.get("travel_mm")
        four = (*four, float("nan") if travel is None else float(travel), 0.0)
    place = (
        whole_number(table["seq"], "seq", MOST_SEQ),
        whole_number(table.get("stream", 0), "stream", (1 << 32) - 1),
        time_in(table["time"]),
    )
    return _block(
        name_in(table, "channel"), name_in(table, "part"), place, heights,
        float(table.get("scale", 1.0)), four, form,
    )  # fmt: skip


def _block(
    channel: str, part: str, place: tuple[int, int, datetime], heights: NDArray[np.float32],
    scale: float, four: tuple[float, ...], form: int,
) -> ScanBlock:  # fmt: skip
    if not (isfinite(scale) and scale > 0):
        raise ValueError(f"scale is {scale:g}; a positive number of mm")
    heights = heights if scale == 1.0 else heights * np.float32(scale)
    heights[~np.isfinite(heights)] = np.nan
    seq, stream, time = place
    if form == _DEPTH:
        fx, fy, cx, cy = four
        camera = Intrinsics(fx, fy, cx, cy)
        heights[heights <= 0] = np.nan
        return ScanBlock(
            channel, seq, time, heights, camera=camera, stream=stream, part=part or None
        )
    spacing_mm, pitch_mm, travel_mm, _ = four
    travel = None if isnan(travel_mm) else travel_mm
    return ScanBlock(
        channel, seq, time, heights, spacing_mm, pitch_mm, travel, None, stream, part or None
    )


def _check_size(rows: int, columns: int) -> None:
    if rows * columns > MOST_POINTS:
        raise TooLargeError(
            f"The block has {rows} rows of {columns} points; up to {MOST_POINTS} points are taken. "
            "Send fewer rows at a time."
        )
    if rows < 1 or columns < 2:
        raise UnreadableFileError(
            f"The block has {rows} rows of {columns} points; it needs a row of 2 at least."
        )
