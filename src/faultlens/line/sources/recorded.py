"""What a file holds, piece by piece: a picture, a stack of them, a video, a scan, vibration."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faultlens.core.errors import MissingMetadataError, UnreadableFileError
from faultlens.images.image import Image
from faultlens.images.read import read_image
from faultlens.inference.diagnose_file import described
from faultlens.inference.inspect_batch import PICTURES
from faultlens.line.sources.scan_reading import ScanReading
from faultlens.line.sources.video_frames import VIDEOS, video_frames
from faultlens.signals.read import FORMATS
from faultlens.signals.signal import Signal
from faultlens.surfaces.surface import Surface

STACKS = (".npy", ".npz")
"""Suffixes of files that may hold many pictures, (frame, row, column) or with red, green, blue."""

FRAMES = "frames"
"""Array of an npz that holds them."""

LARGEST_STACK_BYTES = 4 << 30
"""Of an npz, which is held in memory; an npy is mapped, and may be as large as the disk."""

LARGEST_SAMPLES = 50_000_000
"""Of a recording that is judged as a whole: half an hour at 25.6 kHz."""


@dataclass(frozen=True, eq=False)
class Piece:
    """One frame of a file.

    Args:
        name: of it in its file; "" where it is the whole file.
        payload: picture, scan or window of vibration.
        at_s: when it was taken, counted from the first of the file, s.
        lasts_s: until the next, s.
        channel: of a file with several.
    """

    name: str
    payload: Image | Signal | Surface
    at_s: float
    lasts_s: float
    channel: str = ""


@dataclass(frozen=True)
class Reading:
    """How files are read.

    Args:
        rate_hz: pictures or scans per second, where a file does not say.
        window_s: length of a window of vibration, s; 0 for a recording as a whole.
        sample_rate_hz: of recordings that do not say it.
        channels: of recordings; empty for the one that its reader takes.
        scans: how scans are read.
    """

    rate_hz: float = 1.0
    window_s: float = 2.0
    sample_rate_hz: float | None = None
    channels: tuple[str, ...] = ()
    scans: ScanReading = field(default_factory=ScanReading)


def is_recorded(name: str, scans: ScanReading | None = None) -> bool:
    """Whether a file's name is that of a picture, a stack, a video, a scan or vibration.

    Args:
        name: of the file.
        scans: how scans are read; None for those that can be nothing else.

    Example:
        >>> names = ("a.PNG", "pump.csv", "line.mp4", "plate.ply", "notes.docx")
        >>> [is_recorded(x) for x in names]
        [True, True, True, True, False]
    """
    scans = scans or ScanReading()
    # Where all are scans, files of other names are none.
    if scans.always or scans.takes(name):
        return scans.takes(name)
    suffix = os.path.splitext(name)[1].lower()
    return suffix in PICTURES or suffix in VIDEOS or suffix in FORMATS


def in_order(name: str) -> tuple[tuple[int, int | str], ...]:
    """Key by which people order files: shot2 comes before shot10.

    Args:
        name: of a file.

    Example:
        >>> sorted(["shot10.png", "shot2.png"], key=in_order)
        ['shot2.png', 'shot10.png']
    """
    parts = re.split(r"(\d+)", name)
    # The name itself comes last, since 02 and 2 are one number.
    return (*((0, int(x)) if x.isdecimal() else (1, x) for x in parts), (1, name))


def pieces_of(path: Path, reading: Reading, first: int = 0) -> Iterator[Piece]:
    """What a file holds, in its order; each piece is read when it is asked for.

    Args:
        path: of a file.
        reading: how.
        first: pieces that are passed over.

    Raises:
        InputError: it cannot be read, or not to its end.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "belt.npy"
        >>> np.save(path, np.zeros((3, 4, 6), np.uint8))
        >>> [x.name for x in pieces_of(path, Reading(), first=1)]
        ['000001', '000002']
    """
    suffix = path.suffix.lower()
    if reading.scans.takes(path.name):
        yield from [Piece("", reading.scans.surface(path), 0.0, 1 / reading.rate_hz)][first:]
    elif suffix in PICTURES:
        yield from [Piece("", read_image(path), 0.0, 1 / reading.rate_hz)][first:]
    elif suffix in VIDEOS:
        yield from _of_video(path, reading, first)
    else:
        stack = _stack(path) if suffix in STACKS else None
        if stack is None:
            yield from _of_recording(path, reading, first)
        else:
            yield from _of_stack(path, stack, reading, first)


def _of_video(path: Path, reading: Reading, first: int) -> Iterator[Piece]:
    before_s = 0.0
    for i, (image, told_s) in enumerate(video_frames(path)):
        at_s = i / reading.rate_hz if told_s is None else told_s
        if i >= first:
            yield Piece(f"{i:06d}", image, at_s, at_s - before_s)
        before_s = at_s


def _of_stack(path: Path, stack: NDArray[Any], reading: Reading, first: int) -> Iterator[Piece]:
    lasts_s = 1 / reading.rate_hz
    for i in range(first, len(stack)):
        # Read here and now: a mapped page that comes late would be the model's time.
        image = Image(np.array(stack[i]), name=f"{path.name}#{i:06d}")
        yield Piece(f"{i:06d}", image, i * lasts_s, lasts_s)


def _stack(path: Path) -> NDArray[Any] | None:
    """The pictures of a file; None where it holds something else, such as vibration."""
    try:
        opened = np.load(path, mmap_mode="r", allow_pickle=False)
    # A damaged file raises what it likes; the reader of recordings then says what is wrong.
    except Exception:
        return None
    if isinstance(opened, np.ndarray):
        return opened if _shows_pictures(opened) else None
    with opened:
        if FRAMES not in opened.files:
            return None
        size = opened.zip.getinfo(f"{FRAMES}.npy").file_size
        if size > LARGEST_STACK_BYTES:
            raise UnreadableFileError(
                f"{path} unfolds to {size / 1e9:.1f} GB; up to {LARGEST_STACK_BYTES / 1e9:.1f} GB "
                "are held in memory. Save the frames as .npy, which is read piece by piece."
            )
        try:
            stack: NDArray[Any] = opened[FRAMES]
        except Exception as error:
            raise UnreadableFileError(f"{path} is damaged: {error}. Copy it again.") from error
    return stack if _shows_pictures(stack) else None


def _shows_pictures(stack: NDArray[Any]) -> bool:
    colours = stack.shape[3:]
    return stack.dtype in (np.uint8, np.uint16) and stack.ndim in (3, 4) and colours in ((), (3,))


def _of_recording(path: Path, reading: Reading, first: int) -> Iterator[Piece]:
    asked: tuple[str | None, ...] = reading.channels or (None,)
    opened = [
        described(
            path,
            sample_rate_hz=reading.sample_rate_hz,
            channel=x,
            largest_samples=None if reading.window_s else LARGEST_SAMPLES,
        )
        for x in asked
    ]
    rate = opened[0].rate_hz
    whole = min(x.length for x in opened)
    length = whole if reading.window_s == 0 else round(reading.window_s * rate)
    if not 2 <= length <= whole:
        raise MissingMetadataError(
            f"{path} lasts {whole / rate:g} s, less than one window of {reading.window_s:g} s. "
            "Give a longer recording, or a smaller window_s."
        )
    at = 0
    for start in range(0, whole - length + 1, length):
        for recording, channel in zip(opened, asked, strict=True):
            if at >= first:
                name = "" if reading.window_s == 0 else f"{start / rate:09.3f}s"
                yield Piece(
                    ":".join(x for x in (channel, name) if x),
                    recording.signal(start, start + length),
                    start / rate,
                    length / rate,
                    channel or "",
                )
            at += 1
