"""WAV files: integers and floats, any number of channels, RF64 and BW64, read by seeking.

Source: Microsoft, Multiple Channel Audio Data and WAVE Files (2007); EBU Tech 3306 (RF64).
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import UnreadableFileError
from faultlens.core.notice import Notice
from faultlens.signals.readers.contents import Channel, Contents, Window

_INTEGER, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE  # wFormatTag
_READ_BITS = {_INTEGER: (8, 16, 24, 32), _FLOAT: (32, 64)}
_UNKNOWN_SIZE = (
    0xFFFFFFFF  # RF64: the true size stands in the ds64 chunk; also streams never closed
)
_MOST_CHANNELS = 1024  # the largest recorders have some hundred
_MOST_CHUNKS = 1000  # a file with more than this before its data is no recording

KEPT_BYTES = 1 << 20
"""Samples up to here are read when the file is opened: a second of them is looked at four times."""

UNIT_ADVICE = Notice(
    en="A WAV file carries no unit; levels are relative. Give the unit in a sidecar.",
    zh="WAV 文件不含单位，幅值只有相对意义。请在同名元数据文件中给出单位。",
)


@dataclass(frozen=True)
class WavLayout:
    """Where the samples of a WAV file lie and how they are written.

    Args:
        channels: number of channels.
        sample_rate_hz: frames per second.
        bits: bits per sample as stored: 8, 16, 24, 32 or 64.
        is_float: IEEE floats rather than integers.
        data_at: byte where the first frame starts.
        frames: whole frames that are there.
        frames_stated: frames that the header promises.
    """

    channels: int
    sample_rate_hz: float
    bits: int
    is_float: bool
    data_at: int
    frames: int
    frames_stated: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame: one sample of every channel."""
        return self.channels * self.bits // 8


def read_wav(path: Path, largest_samples: int | None = None) -> Contents:
    """Open a WAV file; integer samples are scaled to [-1, 1).

    Args:
        path: the file.
        largest_samples: of every reader; this one loads none before a channel is chosen.

    Raises:
        UnreadableFileError: no format or data chunk, or a compressed encoding.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "pump7.wav"
        >>> form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
        >>> data = np.array([0, 16384], "<i2").tobytes()
        >>> head = b"RIFF" + struct.pack("<I", 40) + b"WAVEfmt " + struct.pack("<I", 16) + form
        >>> _ = path.write_bytes(head + b"data" + struct.pack("<I", 4) + data)
        >>> channel = read_wav(path).channels[0]
        >>> channel.sample_rate_hz, channel.read(0, 2)
        (8000.0, array([0. , 0.5]))
    """
    with path.open("rb") as stream:
        layout = _layout(stream, path.stat().st_size)
        size = layout.frames * layout.frame_bytes
        stream.seek(layout.data_at)
        kept = stream.read(size) if size <= KEPT_BYTES else None
    several = layout.channels > 1
    channels = tuple(
        Channel(
            f"channel {lane + 1}" if several else "mono",
            layout.frames,
            _reader(path, layout, lane, kept),
            sample_rate_hz=layout.sample_rate_hz,
        )
        for lane in range(layout.channels)
    )
    warnings = []
    if layout.frames < layout.frames_stated:
        warnings.append(
            Notice(
                en=f"The file was cut: its header promises {layout.frames_stated} samples per "
                f"channel, {layout.frames} are there and were read.",
                zh=f"文件被截断：文件头标明每通道 {layout.frames_stated} 个采样点，实际有 "
                f"{layout.frames} 个，已全部读取。",
            )
        )
    return Contents("WAV", channels, unit_advice=UNIT_ADVICE, warnings=tuple(warnings))


def decoded(raw: bytes, bits: int, *, is_float: bool) -> NDArray[np.float64]:
    """Samples from their bytes, integers scaled to [-1, 1).

    Args:
        raw: little-endian samples, whole ones.
        bits: 8 (unsigned), 16, 24, 32 or 64 per sample.
        is_float: IEEE floats rather than integers.

    Returns:
        (sample,) float64.

    Example:
        >>> decoded(b"\\x00\\x40\\x00\\x80", 16, is_float=False)
        array([ 0.5, -1. ])
    """
    if is_float:
        return np.frombuffer(raw, f"<f{bits // 8}").astype(np.float64)
    if bits == 8:
        return (np.frombuffer(raw, np.uint8).astype(np.float64) - 128) / 128
    if bits == 24:
        # Three bytes become the upper three of an int32, which keeps the sign.
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return wide.view("<i4").ravel() / 2.0**31
    return np.frombuffer(raw, f"<i{bits // 8}") / 2.0 ** (bits - 1)


def _reader(path: Path, layout: WavLayout, lane: int, kept: bytes | None) -> Window:
    def frames(first: int, last: int) -> bytes:
        if kept is not None:
            return kept[first:last]
        with path.open("rb") as stream:
            stream.seek(layout.data_at + first)
            return stream.read(last - first)

    def read(start: int, stop: int) -> NDArray[np.float64]:
        raw = frames(start * layout.frame_bytes, stop * layout.frame_bytes)
        if layout.channels > 1:
            width = layout.bits // 8
            whole = np.frombuffer(raw, np.uint8).reshape(-1, layout.channels, width)
            raw = whole[:, lane].tobytes()
        return decoded(raw, layout.bits, is_float=layout.is_float)

    return read


def _layout(stream: BinaryIO, size: int) -> WavLayout:
    stream.seek(12)
    form: bytes | None = None
    long_size: int | None = None
    for _ in range(_MOST_CHUNKS):
        header = stream.read(8)
        if len(header) < 8:
            break
        name, length = struct.unpack("<4sI", header)
        at = stream.tell()
        if name == b"data":
            if form is None:
                raise UnreadableFileError("The WAV file has its data before its format chunk.")
            stated = long_size if length == _UNKNOWN_SIZE and long_size else length
            return _described(form, at, stated, size - at)
        if name == b"fmt ":
            form = stream.read(min(length, 64))
        elif name == b"ds64":
            sizes = stream.read(24)
            long_size = struct.unpack("<8xQ8x", sizes)[0] if len(sizes) == 24 else None
        stream.seek(at + length + length % 2)
    missing = "format" if form is None else "data"
    raise UnreadableFileError(f"The WAV file has no {missing} chunk; it was cut or is damaged.")


def _described(form: bytes, at: int, stated: int, there: int) -> WavLayout:
    if len(form) < 16:
        raise UnreadableFileError("The format chunk of the WAV file is too short; it is damaged.")
    tag, channels, rate, _, frame_bytes, stated_bits = struct.unpack("<HHIIHH", form[:16])
    if tag == _EXTENSIBLE and len(form) >= 26:
        tag = struct.unpack("<H", form[24:26])[0]
    # The container counts, not the valid bits: 12 valid bits lie in the upper part of 16.
    bits = 8 * frame_bytes // channels if channels else 0
    if bits not in _READ_BITS.get(tag, ()) or bits * channels != 8 * frame_bytes:
        raise UnreadableFileError(
            f"The WAV file uses encoding {tag} with {stated_bits} bits; 8, 16, 24 and 32 bit "
            "integers and 32 and 64 bit floats are read. Convert it to one of them."
        )
    if channels > _MOST_CHANNELS:
        raise UnreadableFileError(
            f"The WAV file has {channels} channels; up to {_MOST_CHANNELS} are read. Split it."
        )
    # A recorder that lost power leaves 0 or the largest size: what is there is then the data.
    open_ended = stated in (0, _UNKNOWN_SIZE)
    frames_there = max(there, 0) // frame_bytes
    frames_stated = frames_there if open_ended else stated // frame_bytes
    return WavLayout(
        channels,
        float(rate),
        bits,
        tag == _FLOAT,
        at,
        min(frames_there, frames_stated),
        frames_stated,
    )
